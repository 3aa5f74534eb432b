"""Who reads a letter, under which name it lies there, and by when an answer is promised."""

from dataclasses import replace
from datetime import datetime
from itertools import count

from handlers.context import Context
from handlers.routing.assignment import Question, choose_reader, may_read, works_for_site
from handlers.routing.hours import answer_by, parse_hours
from handlers.routing.names import NAMES_COUNT, name_at
from storage.records import Case, Label, Param, Site, StaffRecord, Timing

_OFFICE_HOURS = "1-5 09:00-18:00"


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
    return case if cadre == case.cadre else await named(ctx, replace(case, cadre=cadre))


async def named(ctx: Context, case: Case) -> Case:
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


async def reader_params(ctx: Context, case: Case, reader: StaffRecord | None) -> dict[str, Param]:
    """Name of the letter, who reads it, and whether they are the firm's own."""
    site = await ctx.store.sites.by_id(case.site) if case.site else None
    return {"name": case.name, "reader": reader_name(reader), "note": reader_note(site, reader)}


def reader_note(site: Site | None, reader: StaffRecord | None) -> Label:
    """Whether the reader is one of the firm's own people: the first thing a worker asks.

    Nothing is claimed of somebody whose employer nobody wrote down.
    """
    if site is None or reader is None or site.kind != "enterprise":
        return Label("reader-note-none")
    if not (reader.employer and site.employer):
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
