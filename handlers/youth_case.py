"""What a youth does with one letter: done, take back, wrong category, another reader, a nudge."""

from dataclasses import replace

import msgspec

from handlers.cards import all_words, cards
from handlers.case_parts import own_case, reader_of, seen_from, tell_cadre, tell_left
from handlers.context import Context
from handlers.errors import Refused
from handlers.events import HERE, Button, DropWords, Incoming, Reply, Result, Until
from handlers.letters import close_entry
from handlers.readers import allowed_readers, assign, find_reader, reader_params
from handlers.registry import command, tap
from handlers.youth import one_case
from storage.records import DAY, Case, CategoryName, Param

# the running entry


@command("done", role="youth", scope="own", words=("写完了", "done", "that's all"))
async def done(ctx: Context, event: Incoming, args: str) -> Result:
    case = await one_case(event, ctx, "done")
    if isinstance(case, Reply):
        return [case]
    entry = case.seal.entry
    if entry is None or entry.carded:
        return [Reply(HERE, "done-already", {"name": case.name})]
    return [
        *await close_entry(ctx, case),
        Reply(HERE, "done", {"name": case.name}, case=case),
        Until(ctx.now, case.name),
    ]


@tap("done", role="youth", scope="own")
async def done_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await done(ctx, event, "")


@command("undo", role="youth", scope="own", words=("撤回", "undo", "take back"))
async def undo(ctx: Context, event: Incoming, args: str) -> Result:
    """Take back the entry written last."""
    case = await one_case(event, ctx, "undo")
    if isinstance(case, Reply):
        return [case]
    last = await ctx.store.messages.last(case.id, "youth")
    if last is None:
        raise Refused("nothing-to-undo")
    return await _take_back(ctx, case, last.entry)


@tap("undo", role="youth", scope="own")
async def undo_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    if event.case is None:
        raise Refused("gone-button")
    return await _take_back(ctx, event.case, args) if args else await undo(ctx, event, "")


async def _take_back(ctx: Context, case: Case, entry: str) -> Result:
    messages = await ctx.store.messages.of_case(case.id)
    gone = [one for one in messages if one.entry == entry and one.side == "youth" and one.seal]
    if not gone:
        raise Refused("nothing-to-undo")
    running = case.seal.entry
    unread = running is not None and running.id == entry and not running.carded
    if unread and len(gone) == len(messages):
        await ctx.store.cases.delete(case.id)
        told = Reply(HERE, "taken-back", {"name": case.name, "count": len(gone)})
        return [
            told,
            Until(ctx.now, case.name),
            *(DropWords(one.seal.held) for one in gone if one.seal and one.seal.held),
        ]
    for one in gone:
        await ctx.store.messages.take_back(one)
    saved = await seen_from(ctx, case)
    params: dict[str, Param] = {"name": case.name, "count": len(gone)}
    answer: Result = [Reply(HERE, "taken-back", params, case=saved), Until(ctx.now, case.name)]
    return answer if unread else [*answer, *tell_cadre(saved, "card-taken-back")]


# the category


@command("category", role="youth", scope="own", words=("分类不对", "wrong category"))
async def category(ctx: Context, event: Incoming, args: str) -> Result:
    case = await one_case(event, ctx, "wrong-category")
    return [case if isinstance(case, Reply) else _which_category(ctx, case)]


@tap("wrong-category", role="youth", scope="own", once=False)
async def wrong_category(ctx: Context, event: Incoming, args: str) -> Result:
    return [_which_category(ctx, own_case(event))]


def _which_category(ctx: Context, case: Case) -> Reply:
    buttons = tuple(
        Button("category", "category", arg=slug, params={"category": CategoryName(slug)})
        for slug in ctx.taxonomy.categories
        if slug != case.seal.category
    )
    return Reply(HERE, "which-category", {"name": case.name}, buttons, case=case, menu=True)


@tap("category", role="youth", scope="own", once=False)
async def set_category(ctx: Context, event: Incoming, args: str) -> Result:
    """A new category may bring a new reader, as long as nobody has answered."""
    case = own_case(event)
    if args not in ctx.taxonomy.categories or not case.open:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(case.seal, category=args, chosen=True)
    tagged = replace(case, seal=seal)
    entry = case.seal.entry
    read = entry is None or entry.carded or len(await _entries(ctx, case)) > 1
    untouched = case.answered_hour is None
    reader = await find_reader(ctx, tagged, strict=not read) if untouched else None
    moved = await assign(ctx, tagged, reader) if untouched else tagged
    saved = await seen_from(ctx, moved)
    params = await reader_params(ctx, saved, reader or await reader_of(ctx, saved))
    params["category"] = CategoryName(args)
    told: Result = [Reply(HERE, "category-set", params, case=saved)]
    if not read:
        return told
    if saved.cadre == case.cadre:
        return [*told, *tell_cadre(saved, "card-category", {"category": CategoryName(args)})]
    return [
        *told, *await tell_left(ctx, case, saved),
        *await cards(ctx, saved, "card", await all_words(ctx, saved)),
    ]  # fmt: skip


async def _entries(ctx: Context, case: Case) -> set[str]:
    return {one.entry for one in await ctx.store.messages.of_case(case.id)}


# another reader, a nudge


@command("switch", role="youth", scope="own", words=("换人", "another reader"))
async def switch(ctx: Context, event: Incoming, args: str) -> Result:
    """Somebody else reads on; the reader of before is never asked again for this letter."""
    case = await one_case(event, ctx, "switch")
    if isinstance(case, Reply):
        return [case]
    excluded = tuple(dict.fromkeys([*case.seal.excluded, *([case.cadre] if case.cadre else [])]))
    seal = msgspec.structs.replace(case.seal, excluded=excluded)
    without = replace(case, seal=seal)
    reader = await find_reader(ctx, without)
    if reader is None:
        raise Refused("nobody-else", {"name": case.name})
    saved = await seen_from(ctx, await assign(ctx, without, reader))
    told = Reply(HERE, "switched", await reader_params(ctx, saved, reader), case=saved)
    words = await all_words(ctx, saved)
    carded = await cards(ctx, saved, "card", words) if words else []
    return [told, *await tell_left(ctx, case, saved), *carded]


@tap("switch", role="youth", scope="own")
async def switch_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await switch(ctx, event, "")


@command("nudge", role="youth", scope="own", words=("催一下", "nudge"))
async def nudge(ctx: Context, event: Incoming, args: str) -> Result:
    """Once a day for each letter."""
    case = await one_case(event, ctx, "nudge")
    if isinstance(case, Reply):
        return [case]
    if not case.seal.carded_at:
        return await done(ctx, replace(event, case=case), "")  # nobody has it yet: off it goes
    if case.seal.nudged > ctx.now - DAY:
        raise Refused("nudged-already", {"name": case.name})
    seal = msgspec.structs.replace(case.seal, nudged=ctx.now)
    saved = await seen_from(ctx, replace(case, seal=seal))
    readers = (
        [saved.cadre] if saved.cadre else [one.id for one in await allowed_readers(ctx, saved)]
    )
    told = [one for id in readers for one in tell_cadre(replace(saved, cadre=id), "card-nudge")]
    return [Reply(HERE, "nudged", {"name": saved.name}, case=saved), *told]


@tap("nudge", role="youth", scope="own")
async def nudge_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await nudge(ctx, event, "")
