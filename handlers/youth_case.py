"""What a youth does with one letter: done, wrong category, take back, nudge, close, rate."""

from dataclasses import replace

import msgspec

from handlers.context import Context
from handlers.conversation import youth_of
from handlers.errors import Refused
from handlers.events import (
    HERE,
    Button,
    Incoming,
    Reply,
    Result,
    ToStaff,
)
from handlers.letters import (
    all_words,
    assign,
    cards,
    close_entry,
    continue_case,
    find_reader,
    promised_by,
    reader_name,
    site_timing,
)
from handlers.registry import command, tap
from handlers.timing import visible_at
from handlers.youth import held_text, one_case
from storage.records import (
    DAY,
    Case,
    CategoryName,
    Message,
    MessageSeal,
    Param,
    StaffRecord,
    Words,
    hour,
)

STARS = 5


# the running entry


@command("done", role="youth", scope="own", words=("写完了", "done"))
async def done(ctx: Context, event: Incoming, args: str) -> Result:
    case = await one_case(event, ctx, "done")
    if isinstance(case, Reply):
        return [case]
    entry = case.seal.entry
    if entry is None or entry.carded:
        return [Reply(HERE, "done-already", {"name": case.name})]
    return [*await close_entry(ctx, case), Reply(HERE, "done", {"name": case.name}, case=case)]


@tap("done", role="youth", scope="own")
async def done_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await done(ctx, event, "")


@command("undo", role="youth", scope="own", words=("撤回", "undo"))
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
        return [Reply(HERE, "taken-back", {"name": case.name, "count": len(gone)})]
    for one in gone:
        await ctx.store.messages.take_back(one)
    saved = await _seen_from(ctx, case)
    told: Result = [Reply(HERE, "taken-back", {"name": case.name, "count": len(gone)}, case=saved)]
    return told if unread else [*told, *_tell_cadre(saved, "card-taken-back")]


# the category


@tap("wrong-category", role="youth", scope="own", once=False)
async def wrong_category(ctx: Context, event: Incoming, args: str) -> Result:
    case = _own(event)
    buttons = tuple(
        Button("category", "category", arg=slug, params={"category": CategoryName(slug)})
        for slug in ctx.taxonomy.categories
        if slug != case.seal.category
    )
    return [Reply(HERE, "which-category", {"name": case.name}, buttons, case=case, menu=True)]


@tap("category", role="youth", scope="own")
async def set_category(ctx: Context, event: Incoming, args: str) -> Result:
    """A new category may bring a new reader, as long as nobody has answered."""
    case = _own(event)
    if args not in ctx.taxonomy.categories or not case.open:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(case.seal, category=args, chosen=True)
    tagged = replace(case, seal=seal)
    entry = case.seal.entry
    read = entry is None or entry.carded or len(await _entries(ctx, case)) > 1
    untouched = case.answered_hour is None
    reader = await find_reader(ctx, tagged, strict=not read) if untouched else None
    moved = await assign(ctx, tagged, reader) if untouched else tagged
    saved = await _seen_from(ctx, moved)
    params: dict[str, Param] = {
        "name": saved.name,
        "category": CategoryName(args),
        "reader": reader_name(reader or await _reader(ctx, saved)),
    }
    told: Result = [Reply(HERE, "category-set", params, case=saved)]
    if not read:
        return told
    if saved.cadre == case.cadre:
        return [*told, *_tell_cadre(saved, "card-category", {"category": CategoryName(args)})]
    return [
        *told, *_tell_left(case, saved),
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
    saved = await _seen_from(ctx, await assign(ctx, without, reader))
    told = Reply(HERE, "switched", {"name": saved.name, "reader": reader_name(reader)}, case=saved)
    words = await all_words(ctx, saved)
    running = saved.seal.entry is not None and not saved.seal.entry.carded
    carded = [] if running or not words else await cards(ctx, saved, "card", words)
    return [told, *([] if running else _tell_left(case, saved)), *carded]


@tap("switch", role="youth", scope="own")
async def switch_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await switch(ctx, event, "")


@command("nudge", role="youth", scope="own", words=("催一下", "nudge"))
async def nudge(ctx: Context, event: Incoming, args: str) -> Result:
    """Once a day for each letter."""
    case = await one_case(event, ctx, "nudge")
    if isinstance(case, Reply):
        return [case]
    if case.seal.nudged > ctx.now - DAY:
        raise Refused("nudged-already", {"name": case.name})
    seal = msgspec.structs.replace(case.seal, nudged=ctx.now)
    saved = await _seen_from(ctx, replace(case, seal=seal))
    return [
        Reply(HERE, "nudged", {"name": saved.name}, case=saved),
        *_tell_cadre(saved, "card-nudge"),
    ]


@tap("nudge", role="youth", scope="own")
async def nudge_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await nudge(ctx, event, "")


# closing, rating, opening again


@command("solved", role="youth", scope="own", words=("解决了", "办好了", "solved"))
async def solved(ctx: Context, event: Incoming, args: str) -> Result:
    case = await one_case(event, ctx, "solved")
    return [case] if isinstance(case, Reply) else await _solve(ctx, case)


@tap("solved", role="youth", scope="own")
async def solved_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await _solve(ctx, _own(event))


async def _solve(ctx: Context, case: Case) -> Result:
    if case.seal.confirmed:
        raise Refused("gone-button")
    by_cadre = not case.open
    flushed = await close_entry(ctx, case) if case.open else []
    case = await ctx.store.cases.by_id(case.id) or case
    seal = msgspec.structs.replace(
        case.seal, closed=case.seal.closed or ctx.now, confirmed=True,
        closed_by=case.seal.closed_by or "youth",
    )  # fmt: skip
    saved = await _seen_from(
        ctx, replace(case, closed_hour=case.closed_hour or hour(ctx.now), seal=seal)
    )
    stars = tuple(
        Button("star", "rate", arg=str(number), params={"count": number})
        for number in range(1, STARS + 1)
    )
    return [
        *flushed,
        Reply(HERE, "solved", {"name": saved.name}, stars, case=saved, menu=True),
        *_tell_cadre(saved, "card-confirmed" if by_cadre else "card-solved"),
    ]


@tap("rate", role="youth", scope="own")
async def rate(ctx: Context, event: Incoming, args: str) -> Result:
    case = _own(event)
    if case.seal.rating or not args.isdigit() or not 1 <= int(args) <= STARS:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(case.seal, rating=int(args))
    saved = await ctx.store.cases.save(replace(case, seal=seal))
    return [Reply(HERE, "rated", {"name": saved.name, "count": int(args)},
                  (Button("reopen", "reopen"),), case=saved)]  # fmt: skip


@command("reopen", role="youth", scope="own", words=("重开", "reopen"))
async def reopen(ctx: Context, event: Incoming, args: str) -> Result:
    who = youth_of(event)
    closed = [one for one in who.cases if not one.open]
    if not closed:
        raise Refused("nothing-closed")
    if event.case is not None and not event.case.open:
        return await _reopen(ctx, event, event.case)
    if len(closed) == 1:
        return await _reopen(ctx, event, closed[0])
    buttons = tuple(Button("name", "reopen", case=one, params={"name": one.name}) for one in closed)
    return [Reply(HERE, "which-letter", {}, buttons, menu=True)]


@tap("reopen", role="youth", scope="own")
async def reopen_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await _reopen(ctx, event, _own(event))


async def _reopen(ctx: Context, event: Incoming, case: Case) -> Result:
    if case.open:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(
        case.seal, closed=0, closed_by="", confirmed=False, youth_at=ctx.now
    )
    opened = replace(case, closed_hour=None, seal=seal)
    reader = await _reader(ctx, opened)
    if reader is None:
        opened = await assign(ctx, opened, await find_reader(ctx, opened))
        reader = await _reader(ctx, opened)
    due = promised_by(ctx, opened, reader)
    opened = replace(opened, seal=msgspec.structs.replace(opened.seal, due=due))
    saved = await _seen_from(ctx, opened)
    params: dict[str, Param] = {"name": saved.name, "reader": reader_name(reader)}
    told = [Reply(HERE, "reopened", params, case=saved), *_tell_cadre(saved, "card-reopened")]
    who = youth_of(event)
    text = await held_text(ctx, who)
    if text is None:
        return told
    return [*told, *await continue_case(ctx, event, saved, text, who.desk.takes)]


# an edited message


async def correct(ctx: Context, event: Incoming) -> Result:
    """Reworded while nobody has read it, else a marked correction beside the old words."""
    before = await ctx.store.messages.by_id(event.edits)
    mine = {one.id: one for one in youth_of(event).cases}
    if before is None or before.seal is None or before.case_id not in mine or not event.text:
        return []
    case = mine[before.case_id]
    entry = case.seal.entry
    if entry is not None and entry.id == before.entry and not entry.carded:
        await ctx.store.messages.reword(before, event.text)
        return []
    saved = await _seen_from(ctx, case)
    await ctx.store.messages.add(Message(
        id=event.id, case_id=case.id, entry=before.entry, ord=saved.turn, side="youth", staff="",
        corrects=before.id, visible_at=saved.visible_at, seal=MessageSeal(event.text, ctx.now),
    ))  # fmt: skip
    return [
        Reply(HERE, "corrected", {"name": case.name}, case=saved),
        *_tell_cadre(saved, "card-correction", {"words": Words((event.id,))}),
    ]


# parts


def _tell_cadre(case: Case, key: str, more: dict[str, Param] | None = None) -> Result:
    if case.cadre is None:
        return []
    params: dict[str, Param] = {"name": case.name, "code": case.code, **(more or {})}
    later = max(case.visible_at, 0)
    buttons = (Button("reply", "focus"),) if case.open else ()
    return [Reply(ToStaff(case.cadre), key, params, buttons, case=case, not_before=later)]


def _tell_left(before: Case, saved: Case) -> Result:
    """To the reader of before: no answer needed any more."""
    if before.cadre is None:
        return []
    return [Reply(ToStaff(before.cadre), "card-moved", {"name": before.name}, case=saved)]


async def _seen_from(ctx: Context, case: Case) -> Case:
    timing = await site_timing(ctx, case)
    return await ctx.store.cases.save(replace(case, visible_at=visible_at(timing, ctx.now)))


async def _reader(ctx: Context, case: Case) -> StaffRecord | None:
    return await ctx.store.staff.by_id(case.cadre) if case.cadre else None


def _own(event: Incoming) -> Case:
    if event.case is None:
        raise Refused("gone-button")
    return event.case
