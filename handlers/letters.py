"""From bubbles to an entry, from an entry to a card: the youth's half of a case."""

from dataclasses import replace
from datetime import datetime
from itertools import count

import msgspec

from handlers.access import new_code
from handlers.context import Context
from handlers.events import (
    HERE,
    YOUTH,
    Button,
    Incoming,
    Reply,
    Result,
    ToStaff,
    Until,
    Youth,
)
from handlers.registry import timer
from handlers.routing.assignment import Question, choose_reader, may_read, works_for_site
from handlers.routing.hours import answer_by, parse_hours
from handlers.routing.names import NAMES_COUNT, name_at
from handlers.timing import ENTRY_SECONDS, LIVE_WAIT, live, visible_at
from storage.records import (
    Case,
    CaseSeal,
    CategoryName,
    EntrySeal,
    Label,
    Message,
    MessageSeal,
    Param,
    Site,
    StaffRecord,
    Timer,
    Timing,
    When,
    Words,
    hour,
)

JOIN = "join"
_OFFICE_HOURS = "1-5 09:00-18:00"


# opening and going on


async def open_case(ctx: Context, event: Incoming, text: str, id: str) -> Result:
    """A new case of this youth with `text` as its first bubble."""
    who = _youth(event)
    site = await ctx.store.sites.by_id(who.sites[-1])
    assert site is not None
    analysis = ctx.analyse(text)
    blank = Case(
        id=ctx.new_id(), code=await new_code(ctx), name="", owner=who.owner_tag,
        region=site.region, site=site.id, cadre=None, opened_hour=hour(ctx.now),
        answered_hour=None, closed_hour=None, visible_at=visible_at(site.timing, ctx.now), turn=0,
        seal=CaseSeal(analysis.category, analysis.urgent, opened=ctx.now, youth_at=ctx.now),
    )  # fmt: skip
    reader = await find_reader(ctx, blank, strict=True)
    entry = EntrySeal(ctx.new_id(), ctx.now, ctx.now + ctx.settings.join_seconds)
    due = promised_by(ctx, blank, reader)
    case = await _named(ctx, replace(
        blank, cadre=reader.id if reader else None,
        seal=msgspec.structs.replace(blank.seal, entry=entry, due=due),
    ))  # fmt: skip
    await ctx.store.cases.add(case, who.route(case.id, case.owner), who.counted(case.id))
    await _add_bubble(ctx, case, entry.id, text, id)
    await _set_join_timer(ctx, case, entry)
    return [await _receipt(ctx, case, reader, site), Until(entry.until)]


async def continue_case(ctx: Context, event: Incoming, case: Case, text: str, id: str) -> Result:
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
    saved = await ctx.store.cases.save(
        replace(case, seal=seal, visible_at=visible_at(timing, ctx.now))
    )
    await _add_bubble(ctx, saved, entry.id, text, id)
    await _set_join_timer(ctx, saved, entry)
    after: Result = [Until(entry.until)]
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
    entry = case.seal.entry
    if entry is None or entry.carded:
        return []
    await ctx.store.timers.drop(case.id, JOIN)
    messages = await ctx.store.messages.of_entry(case.id, entry.id)
    living = [one for one in messages if one.seal is not None]
    done = msgspec.structs.replace(entry, carded=True)
    if not living:
        return await _saved_silently(ctx, case, done)
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
    params: dict[str, Param] = {
        "name": saved.name, "category": CategoryName(category), "reader": reader_name(reader)
    }  # fmt: skip
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


# cards


async def cards(ctx: Context, case: Case, key: str, ids: tuple[str, ...]) -> Result:
    """The entry for its reader, or for everybody of the region's pool while it has none."""
    params = {**await card_params(ctx, case), "words": Words(ids)}
    timing = await site_timing(ctx, case)
    later = visible_at(timing, ctx.now) if timing != "prompt" else 0
    if case.cadre is not None:
        # Another card ends the focus: the next plain words might be meant for this one.
        await ctx.store.staff.end_focus(case.cadre, case.id)
        buttons = (
            Button("reply", "focus"), Button("solved-cadre", "close"),
            Button("hand-over", "hand-over"),
        )  # fmt: skip
        return [Reply(ToStaff(case.cadre), key, params, buttons, case=case, not_before=later)]
    return [
        Reply(
            ToStaff(one.id), "card-pool", params, (Button("take", "take"),), case=case,
            not_before=later,
        )
        for one in await allowed_readers(ctx, case)
    ]  # fmt: skip


async def card_params(ctx: Context, case: Case) -> dict[str, Param]:
    site = await ctx.store.sites.by_id(case.site) if case.site else None
    return {
        "name": case.name,
        "code": case.code,
        "site": site.name if site else Label("site-unknown"),
        "category": CategoryName(case.seal.category),
        "urgency": Label("urgent" if case.seal.urgent else "not-urgent"),
        "due": When(case.seal.due),
    }


async def all_words(ctx: Context, case: Case) -> tuple[str, ...]:
    """What the youth wrote so far, for somebody who reads the case from now on."""
    messages = await ctx.store.messages.of_case(case.id)
    return tuple(one.id for one in messages if one.side == "youth" and one.seal is not None)


# readers


async def find_reader(ctx: Context, case: Case, strict: bool = False) -> StaffRecord | None:
    cadres = await ctx.store.staff.of_region(case.region, "cadre")
    load = dict(await ctx.store.cases.load(case.region, ctx.now))
    if case.cadre in load:
        load[case.cadre] -= 1  # the case itself is no reason to move it
    return choose_reader(await _question(ctx, case, strict), cadres, load)


async def allowed_readers(ctx: Context, case: Case) -> list[StaffRecord]:
    """Everybody of the region who may read this case at all."""
    question = await _question(ctx, case)
    cadres = await ctx.store.staff.of_region(case.region, "cadre")
    return [one for one in cadres if may_read(question, one)]


async def _question(ctx: Context, case: Case, strict: bool = False) -> Question:
    site = await ctx.store.sites.by_id(case.site) if case.site else None
    local = datetime.fromtimestamp(ctx.now, ctx.settings.zone)
    category = ctx.taxonomy.category(case.seal.category)
    line = tuple(ctx.taxonomy.line(category.slug))
    return Question(case.region, site, category, line, local, case.seal.excluded, strict)


async def assign(ctx: Context, case: Case, reader: StaffRecord | None) -> Case:
    """`case` with its reader, under a name that is free there; not saved yet."""
    cadre = reader.id if reader else None
    return case if cadre == case.cadre else await _named(ctx, replace(case, cadre=cadre))


async def _named(ctx: Context, case: Case) -> Case:
    """A name that this cadre does not have yet; a transferred case keeps its own if it can."""
    if case.name and not await ctx.store.cases.name_taken(case.cadre, case.name):
        return case
    start = ctx.below(NAMES_COUNT)
    for number in count():
        # All names in use: begin again with a number behind them.
        round_number = number // NAMES_COUNT
        name = name_at((start + number) % NAMES_COUNT) + (
            str(round_number + 1) if round_number else ""
        )
        if not await ctx.store.cases.name_taken(case.cadre, name):
            return replace(case, name=name)
    raise AssertionError("count never ends")


def reader_name(reader: StaffRecord | None) -> Param:
    return f"{reader.unit} {reader.name}".strip() if reader else Label("reader-pool")


def reader_note(site: Site | None, reader: StaffRecord | None) -> Label:
    """Whether the reader is one of the firm's own people: the first thing a worker asks."""
    if site is None or reader is None or site.kind != "enterprise":
        return Label("reader-note-none")
    return Label("reader-note-inside" if works_for_site(site, reader) else "reader-note-outside")


def promised_by(ctx: Context, case: Case, reader: StaffRecord | None) -> int:
    wait = ctx.taxonomy.answer_hours(case.seal.category, case.seal.urgent)
    local = datetime.fromtimestamp(ctx.now, ctx.settings.zone)
    hours = parse_hours(reader.hours if reader else _OFFICE_HOURS)
    return int(answer_by(local, wait, hours).timestamp())


async def site_timing(ctx: Context, case: Case) -> Timing:
    site = await ctx.store.sites.by_id(case.site) if case.site else None
    return site.timing if site else "prompt"


# small parts


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


async def _add_bubble(ctx: Context, case: Case, entry: str, text: str, id: str) -> None:
    await ctx.store.messages.add(Message(
        id=id, case_id=case.id, entry=entry, ord=case.turn, side="youth", staff="", corrects="",
        visible_at=case.visible_at, seal=MessageSeal(text, ctx.now),
    ))  # fmt: skip


async def _set_join_timer(ctx: Context, case: Case, entry: EntrySeal) -> None:
    await ctx.store.timers.set(Timer(ctx.new_id(), case.id, JOIN, entry.until, None))


def _join_wait(ctx: Context, case: Case, timing: Timing) -> int:
    wait = ctx.settings.join_seconds
    is_live = live(timing, case.seal.youth_at, case.seal.cadre_at, ctx.now)
    return min(wait, LIVE_WAIT) if is_live else wait


def _youth(event: Incoming) -> Youth:
    assert isinstance(event.who, Youth)
    return event.who
