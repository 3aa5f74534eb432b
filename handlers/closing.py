"""How a letter ends, by its writer's word, and begins again; and how its words are corrected."""

from dataclasses import replace

import msgspec

from handlers.case_parts import own_case, reader_of, seen_from, tell_cadre
from handlers.context import Context
from handlers.conversation import HELD, unconfirmed_cases, youth_of
from handlers.errors import Refused
from handlers.events import HERE, Button, HoldWords, Incoming, Reply, Result
from handlers.letters import close_entry, continue_case
from handlers.readers import assign, find_reader, promised_by, reader_params
from handlers.registry import command, tap, word_for
from handlers.youth import held_words, one_case, waiting_words
from storage.records import Case, Message, MessageSeal, Words, hour

STARS = 5


# closing, rating, opening again


@command("solved", role="youth", scope="own", words=("解决了", "办好了", "solved"))
async def solved(ctx: Context, event: Incoming, args: str) -> Result:
    who = youth_of(event)
    unconfirmed = unconfirmed_cases(who)
    if event.case is None and not who.open_cases and len(unconfirmed) == 1:
        return await _solve(ctx, unconfirmed[0])
    case = await one_case(event, ctx, "solved")
    return [case] if isinstance(case, Reply) else await _solve(ctx, case)


@tap("solved", role="youth", scope="own")
async def solved_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await _solve(ctx, own_case(event))


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
    saved = await seen_from(
        ctx, replace(case, closed_hour=case.closed_hour or hour(ctx.now), seal=seal)
    )
    stars = tuple(
        Button("star", "rate", arg=str(number), params={"count": number})
        for number in range(1, STARS + 1)
    )
    return [
        *flushed,
        Reply(HERE, "solved", {"name": saved.name}, stars, case=saved, menu=True),
        *tell_cadre(saved, "card-confirmed" if by_cadre else "card-solved"),
    ]


@tap("rate", role="youth", scope="own", once=False)
async def rate(ctx: Context, event: Incoming, args: str) -> Result:
    case = own_case(event)
    if case.seal.rating or not args.isdigit() or not 1 <= int(args) <= STARS:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(case.seal, rating=int(args))
    saved = await ctx.store.cases.save(replace(case, seal=seal))
    return [Reply(HERE, "rated", {"name": saved.name, "count": int(args)},
                  (Button("reopen", "reopen"),), case=saved)]  # fmt: skip


@command("reopen", role="youth", scope="own", words=("重开", "重新打开", "reopen", "open again"))
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
    return await _reopen(ctx, event, own_case(event), args)


async def _reopen(ctx: Context, event: Incoming, case: Case, args: str = "") -> Result:
    if case.open:
        raise Refused("gone-button")
    seal = msgspec.structs.replace(
        case.seal, closed=0, closed_by="", confirmed=False, rating=0, youth_at=ctx.now
    )
    opened = replace(case, closed_hour=None, seal=seal)
    reader = await reader_of(ctx, opened)
    if reader is None:
        opened = await assign(ctx, opened, await find_reader(ctx, opened))
        reader = await reader_of(ctx, opened)
    due = promised_by(ctx, opened, reader)
    opened = replace(opened, seal=msgspec.structs.replace(opened.seal, due=due))
    saved = await seen_from(ctx, opened)
    params = await reader_params(ctx, saved, reader)
    told = [Reply(HERE, "reopened", params, case=saved), *tell_cadre(saved, "card-reopened")]
    if args != HELD:
        return told
    who = youth_of(event)
    held = await waiting_words(ctx, who)
    return [
        *told, *await continue_case(ctx, event, saved, held.text, held.takes, who.desk.held)
    ]  # fmt: skip


# an edited message


async def correct(ctx: Context, event: Incoming) -> Result:
    """Reworded while nobody has read it, else a marked correction beside the old words."""
    before = await ctx.store.messages.by_id(event.edits)
    who = youth_of(event)
    text = _without_command(event.text)
    if before is None and text and await held_words(ctx, who) is not None:
        return [HoldWords(text, edits=event.edits)]
    mine = {one.id: one for one in who.cases}
    if before is None or before.seal is None or before.case_id not in mine or not text:
        return []
    case = mine[before.case_id]
    entry = case.seal.entry
    if entry is not None and entry.id == before.entry and not entry.carded:
        await ctx.store.messages.reword(before, text)
        return []
    saved = await seen_from(ctx, case)
    await ctx.store.messages.add(Message(
        id=event.id, case_id=case.id, entry=before.entry, ord=saved.turn, side="youth", staff="",
        corrects=before.id, visible_at=saved.visible_at, seal=MessageSeal(text, ctx.now),
    ))  # fmt: skip
    return [
        Reply(HERE, "corrected", {"name": case.name}, case=saved),
        *tell_cadre(saved, "card-correction", {"words": Words((event.id,))}),
    ]


def _without_command(text: str) -> str:
    """「写信 …」 edited is still the letter without its first word."""
    if text.startswith("/"):
        name, rest = [*text[1:].split(maxsplit=1), "", ""][:2]
        return rest if name.partition("@")[0].casefold() == "write" else ""
    found = word_for(text, frozenset({"youth"}))
    return text if found is None else found[1]
