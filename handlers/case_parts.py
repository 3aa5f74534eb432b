"""What several acts of a youth on one letter share."""

from dataclasses import replace

from handlers.context import Context
from handlers.errors import Refused
from handlers.events import Button, Incoming, Reply, Result, ToStaff
from handlers.readers import site_timing
from handlers.timing import visible_at
from storage.records import Case, Param, StaffRecord


def tell_cadre(case: Case, key: str, more: dict[str, Param] | None = None) -> Result:
    if case.cadre is None:
        return []
    params: dict[str, Param] = {"name": case.name, "code": case.code, **(more or {})}
    later = max(case.visible_at, 0)
    buttons = (Button("reply", "focus"),) if case.open else ()
    return [Reply(ToStaff(case.cadre), key, params, buttons, case=case, not_before=later)]


def tell_left(before: Case, saved: Case) -> Result:
    """To the reader of before: no answer needed any more."""
    if before.cadre is None:
        return []
    return [Reply(ToStaff(before.cadre), "card-moved", {"name": before.name}, case=saved)]


async def seen_from(ctx: Context, case: Case) -> Case:
    timing = await site_timing(ctx, case)
    return await ctx.store.cases.save(replace(case, visible_at=visible_at(timing, ctx.now)))


async def reader_of(ctx: Context, case: Case) -> StaffRecord | None:
    return await ctx.store.staff.by_id(case.cadre) if case.cadre else None


def own_case(event: Incoming) -> Case:
    if event.case is None:
        raise Refused("gone-button")
    return event.case
