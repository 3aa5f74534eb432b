"""What several acts of a youth on one letter share."""

from dataclasses import replace

from handlers.context import Context
from handlers.errors import Refused
from handlers.events import Button, Incoming, Reply, Result, ToStaff
from handlers.readers import site_timing
from handlers.timing import visible_at
from storage.records import Case, Param, StaffRecord


def tell_cadre(case: Case, key: str, more: dict[str, Param] | None = None) -> Result:
    """Nothing is said about a letter of which its reader has not got a word yet."""
    if case.cadre is None or not case.seal.carded_at:
        return []
    params: dict[str, Param] = {"name": case.name, "code": case.code, **(more or {})}
    buttons = (Button("reply", "focus"),) if case.open else ()
    to = ToStaff(case.cadre)
    return [Reply(to, key, params, buttons, case=case, not_before=case.visible_at)]


async def tell_left(ctx: Context, before: Case, saved: Case) -> Result:
    """The reader of before: what has not left is dropped, what they have seen needs no answer."""
    if before.cadre is None:
        return []
    await ctx.store.outbox.drop_waiting(saved.id, before.cadre)
    rows = await ctx.store.outbox.of_case(saved.id)
    if not any(row.staff == before.cadre for row in rows):
        return []
    return [
        Reply(
            ToStaff(before.cadre), "card-moved", {"name": before.name}, case=saved,
            not_before=saved.visible_at,
        )
    ]  # fmt: skip


async def seen_from(ctx: Context, case: Case) -> Case:
    """Save what a youth did; staff see it from its `visible_at` on, and nothing uncarded."""
    timing = await site_timing(ctx, case)
    seen = visible_at(timing, ctx.now) if case.seal.carded_at else case.visible_at
    return await ctx.store.cases.save(replace(case, visible_at=seen))


async def reader_of(ctx: Context, case: Case) -> StaffRecord | None:
    return await ctx.store.staff.by_id(case.cadre) if case.cadre else None


def own_case(event: Incoming) -> Case:
    if event.case is None:
        raise Refused("gone-button")
    return event.case
