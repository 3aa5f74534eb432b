"""What a cadre gets of a letter: the same for every channel, every language, every youth."""

from handlers.context import Context
from handlers.events import Button, Reply, Result, ToStaff
from handlers.readers import allowed_readers, site_timing
from handlers.timing import visible_at
from storage.records import Case, CategoryName, Label, Param, When, Words


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
    """What the youth handed over so far; an entry that still runs is not."""
    running = case.seal.entry.id if case.seal.entry and not case.seal.entry.carded else ""
    return tuple(
        one.id
        for one in await ctx.store.messages.of_case(case.id)
        if one.side == "youth" and one.seal is not None and one.entry != running
    )
