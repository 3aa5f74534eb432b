"""From bubbles to an entry, from an entry to a card: the youth's half of a case."""

from dataclasses import replace

import msgspec

from handlers.access import new_code
from handlers.cards import cards
from handlers.context import Context
from handlers.events import (
    HERE,
    YOUTH,
    Button,
    Incoming,
    Reply,
    Result,
    Until,
    Youth,
)
from handlers.readers import (
    assign,
    find_reader,
    named,
    promised_by,
    reader_name,
    reader_note,
    reader_params,
    site_timing,
)
from handlers.registry import timer
from handlers.timing import ENTRY_SECONDS, LIVE_WAIT, live, visible_at
from storage.records import (
    HOUR,
    Case,
    CaseSeal,
    CategoryName,
    EntrySeal,
    Message,
    MessageSeal,
    Param,
    Site,
    StaffRecord,
    Timer,
    Timing,
    When,
    hour,
)

JOIN = "join"


# opening and going on


async def open_case(ctx: Context, event: Incoming, text: str, id: str, held: str = "") -> Result:
    """A new case of this youth with `text` as its first bubble.

    Staff see it from its first card on: what is taken back before that was never there.
    """
    who = _youth(event)
    site = await ctx.store.sites.by_id(who.sites[-1])
    assert site is not None
    analysis = ctx.analyse(text)
    blank = Case(
        id=ctx.new_id(), code=await new_code(ctx), name="", owner=who.owner_tag,
        region=site.region, site=site.id, cadre=None, opened_hour=hour(ctx.now),
        answered_hour=None, closed_hour=None, visible_at=hour(ctx.now) + 2 * HOUR, turn=1,
        seal=CaseSeal(analysis.category, analysis.urgent, opened=ctx.now, youth_at=ctx.now),
    )  # fmt: skip
    reader = await find_reader(ctx, blank, strict=True)
    entry = EntrySeal(ctx.new_id(), ctx.now, ctx.now + ctx.settings.join_seconds)
    due = promised_by(ctx, blank, reader)
    case = await named(ctx, replace(
        blank, cadre=reader.id if reader else None,
        seal=msgspec.structs.replace(blank.seal, entry=entry, due=due),
    ))  # fmt: skip
    await ctx.store.cases.add(case, who.route(case.id, case.owner), who.counted(case.id))
    await _add_bubble(ctx, case, entry.id, MessageSeal(text, ctx.now, held), id)
    await _set_join_timer(ctx, case, entry)
    return [await _receipt(ctx, case, reader, site), Until(entry.until, case.name)]


async def continue_case(
    ctx: Context, event: Incoming, case: Case, text: str, id: str, held: str = ""
) -> Result:
    """One more bubble of an open case; it joins the running entry or begins one."""
    running = case.seal.entry
    joins = running is not None and ctx.now < running.until and not running.carded
    timing = await site_timing(ctx, case)
    wait = _join_wait(ctx, case, timing)
    if joins and running is not None:
        until = min(ctx.now + wait, running.first + ENTRY_SECONDS)
        entry = msgspec.structs.replace(running, until=max(until, running.until))
    else:
        entry = EntrySeal(ctx.new_id(), ctx.now, ctx.now + wait)
    seal = msgspec.structs.replace(
        case.seal,
        entry=entry,
        youth_at=ctx.now,
        urgent=case.seal.urgent or ctx.analyse(text).urgent,
    )
    flushed = [] if joins or running is None else await _flush(ctx, case, running)
    if flushed:
        seal = msgspec.structs.replace(seal, carded_at=ctx.now)
    seen = visible_at(timing, ctx.now) if seal.carded_at else case.visible_at
    saved = await ctx.store.cases.save(replace(case, seal=seal, visible_at=seen))
    await _add_bubble(ctx, saved, entry.id, MessageSeal(text, ctx.now, held), id)
    await _set_join_timer(ctx, saved, entry)
    after: Result = [Until(entry.until, saved.name)]
    if joins:
        return [*flushed, *after]
    buttons = (Button("done", "done"), Button("undo", "undo", arg=entry.id))
    params: dict[str, Param] = {"name": saved.name}
    return [
        *flushed,
        Reply(HERE, "added", params, buttons, case=saved, until=entry.until),
        *after,
    ]


# an entry is complete


@timer(JOIN)
async def entry_is_complete(ctx: Context, event: Incoming) -> Result:
    assert event.case is not None
    return await close_entry(ctx, event.case)


async def close_entry(ctx: Context, case: Case) -> Result:
    """Tag what was joined, settle the reader, hand the entry over as one card."""
    entry, before = case.seal.entry, case
    if entry is None or entry.carded:
        return []
    await ctx.store.timers.drop(case.id, JOIN)
    messages = await ctx.store.messages.of_entry(case.id, entry.id)
    living = [one for one in messages if one.seal is not None]
    done = msgspec.structs.replace(entry, carded=True)
    timing = await site_timing(ctx, case)
    now_seen = visible_at(timing, ctx.now)
    case = replace(
        case, visible_at=now_seen, seal=msgspec.structs.replace(case.seal, carded_at=ctx.now)
    )
    if not living:
        return await _saved_silently(ctx, before, done)
    first = not await _carded_before(ctx, case, entry)
    settled, told = await _settle(ctx, case, living, done) if first else (None, [])
    if settled is None:
        seal = msgspec.structs.replace(case.seal, entry=done)
        settled = await ctx.store.cases.save(replace(case, seal=seal))
    key = "card" if first else "card-more"
    return [*told, *await cards(ctx, settled, key, tuple(one.id for one in living))]


async def _saved_silently(ctx: Context, case: Case, entry: EntrySeal) -> Result:
    await ctx.store.cases.save(replace(case, seal=msgspec.structs.replace(case.seal, entry=entry)))
    return []


async def _settle(
    ctx: Context, case: Case, living: list[Message], entry: EntrySeal
) -> tuple[Case, Result]:
    """Category and reader of the first entry, now that its words are complete."""
    text = "\n".join(one.seal.text for one in living if one.seal is not None)
    analysis = ctx.analyse(text)
    category = case.seal.category if case.seal.chosen else analysis.category
    seal = msgspec.structs.replace(
        case.seal, entry=entry, category=category, urgent=case.seal.urgent or analysis.urgent
    )
    tagged = replace(case, seal=seal)
    reader = await find_reader(ctx, tagged)
    moved = await assign(ctx, tagged, reader)
    changed = category != case.seal.category or moved.cadre != case.cadre
    saved = await ctx.store.cases.save(moved)
    if not changed:
        return saved, []
    params = await reader_params(ctx, saved, reader)
    params["category"] = CategoryName(category)
    return saved, [Reply(YOUTH, "retagged", params, case=saved)]


async def _flush(ctx: Context, case: Case, running: EntrySeal) -> Result:
    """The timer of an older entry has not fired yet: its card must not be lost."""
    if running.carded:
        return []
    messages = await ctx.store.messages.of_entry(case.id, running.id)
    living = tuple(one.id for one in messages if one.seal is not None)
    first = not await _carded_before(ctx, case, running)
    return await cards(ctx, case, "card" if first else "card-more", living) if living else []


async def _carded_before(ctx: Context, case: Case, entry: EntrySeal) -> bool:
    messages = await ctx.store.messages.of_case(case.id)
    return any(one.entry != entry.id for one in messages)


# small parts


def _join_wait(ctx: Context, case: Case, timing: Timing) -> int:
    wait = ctx.settings.join_seconds
    is_live = live(timing, case.seal.youth_at, case.seal.cadre_at, ctx.now)
    return min(wait, LIVE_WAIT) if is_live else wait


async def _receipt(ctx: Context, case: Case, reader: StaffRecord | None, site: Site) -> Reply:
    assert case.seal.entry is not None
    params: dict[str, Param] = {
        "name": case.name,
        "category": CategoryName(case.seal.category),
        "reader": reader_name(reader),
        "note": reader_note(site, reader),
        "due": When(case.seal.due),
    }
    buttons = (
        Button("done", "done"), Button("wrong-category", "wrong-category"),
        Button("undo", "undo", arg=case.seal.entry.id),
    )  # fmt: skip
    return Reply(HERE, "receipt", params, buttons, case=case, until=case.seal.entry.until)


async def _add_bubble(ctx: Context, case: Case, entry: str, words: MessageSeal, id: str) -> None:
    await ctx.store.messages.add(Message(
        id=id, case_id=case.id, entry=entry, ord=case.turn, side="youth", staff="", corrects="",
        visible_at=case.visible_at, seal=words,
    ))  # fmt: skip


async def _set_join_timer(ctx: Context, case: Case, entry: EntrySeal) -> None:
    await ctx.store.timers.set(Timer(ctx.new_id(), case.id, JOIN, entry.until, None))


def _youth(event: Incoming) -> Youth:
    assert isinstance(event.who, Youth)
    return event.who
