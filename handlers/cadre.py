"""What a cadre can do with the cases that lie with them."""

from dataclasses import replace

import msgspec

from handlers.access import (
    NO_SUCH_CASE,
    case_in_pool,
    case_of_cadre,
    reads,
    tidy_code,
)
from handlers.answers import focus_until, focused, staff_of, undo_answer
from handlers.cards import all_words, cards
from handlers.context import Context
from handlers.errors import Refused
from handlers.events import (
    HERE,
    YOUTH,
    Button,
    Incoming,
    Reply,
    Result,
    Staff,
    ToStaff,
)
from handlers.readers import allowed_readers, assign, reader_name, reader_params
from handlers.registry import command, tap
from storage.records import Case, CategoryName, Label, Lines, Param, StaffRecord, When, hour

_PAGE = 10
_COLLEAGUES = 8


@command("start", role="cadre", scope="self")
async def start(ctx: Context, event: Incoming, args: str) -> Result:
    return [Reply(HERE, "welcome-cadre", {"who": staff_of(event).record.name}, menu_buttons())]


def menu_buttons() -> tuple[Button, ...]:
    return Button("inbox", "inbox"), Button("help", "help")


@command("inbox", role="cadre", scope="case", words=("收件箱", "来信", "inbox"))
async def inbox(ctx: Context, event: Incoming, args: str) -> Result:
    """Open cases, the longest waiting first, then those that nobody reads yet."""
    staff = staff_of(event)
    page = max(int(args), 1) if args.isascii() and args.isdigit() and len(args) < 4 else 1
    mine = await ctx.store.cases.open_of(staff.record.id, ctx.now, limit=page * _PAGE + 1)
    shown = mine[(page - 1) * _PAGE : page * _PAGE]
    pool = [
        case
        for region in sorted(staff.record.regions("cadre"))
        for case in await ctx.store.cases.pool(region, ctx.now, limit=_PAGE)
        if staff.record.id not in case.seal.excluded
    ]
    if not shown and not pool:
        return [Reply(HERE, "inbox-empty")]
    buttons = (
        *(_named("case-reply", "focus", case) for case in shown),
        *(_named("case-take", "take", case) for case in pool),
        *([Button("next-page", "inbox", arg=str(page + 1))] if len(mine) > page * _PAGE else []),
    )
    params: dict[str, Param] = {
        "rows": Lines("inbox-row", tuple(_row(case) for case in shown)),
        "pool": Lines("inbox-pool-row", tuple(_row(case) for case in pool)),
        "count": await ctx.store.cases.count_open(staff.record.id, ctx.now),
    }
    return [Reply(HERE, "inbox", params, buttons)]


@tap("inbox", role="cadre", scope="case", once=False)
async def inbox_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await inbox(ctx, event, args)


def _named(label: str, action: str, case: Case) -> Button:
    return Button(label, action, case=case, params={"name": case.name, "code": case.code})


def _row(case: Case) -> dict[str, Param]:
    return {
        "name": case.name,
        "code": case.code,
        "category": CategoryName(case.seal.category),
        "urgency": Label("urgent" if case.seal.urgent else "not-urgent"),
        "state": Label(_state(case)),
        "due": When(case.seal.due),
    }


def _state(case: Case) -> str:
    if case.answered_hour is None:
        return "inbox-new"
    return "inbox-answered" if case.seal.cadre_at >= case.seal.carded_at else "inbox-again"


@tap("focus", role="cadre", scope="case", once=False)
async def focus(ctx: Context, event: Incoming, args: str) -> Result:
    """回复: what the cadre writes next goes to this case."""
    staff = staff_of(event)
    case = _readable(ctx, staff, event.case)
    await ctx.store.staff.set_focus(staff.record.id, case.id, focus_until(ctx.now))
    return [Reply(HERE, "focus", {"name": case.name, "code": case.code}, case=case)]


@command("undo", role="cadre", scope="case", words=("撤回", "undo"))
async def undo(ctx: Context, event: Incoming, args: str) -> Result:
    """Take back the answer given last, as long as it has not left."""
    pending = await ctx.store.outbox.pending_answer(staff_of(event).record.id, ctx.now)
    case = await ctx.store.cases.by_id(pending["case_id"]) if pending is not None else None
    if pending is None or case is None:
        raise Refused("undo-too-late")
    return await undo_answer(ctx, replace(event, case=case), pending["id"])


# taking and handing over


@command("take", role="cadre", scope="case")
async def take(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    case = await case_in_pool(ctx, staff, args)
    return await _take(ctx, staff, case)


@tap("take", role="cadre", scope="case")
async def take_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    code = event.case.code if event.case is not None else ""
    return await _take(ctx, staff, await case_in_pool(ctx, staff, code))


async def _take(ctx: Context, staff: Staff, case: Case) -> Result:
    if staff.record.id not in {one.id for one in await allowed_readers(ctx, case)}:
        raise Refused(NO_SUCH_CASE)
    saved = await ctx.store.cases.save(await assign(ctx, case, staff.record))
    await _note(ctx, staff, "take", saved)
    return [
        Reply(HERE, "taken", {"name": saved.name, "code": saved.code}, case=saved),
        *await cards(ctx, saved, "card", await all_words(ctx, saved)),
        Reply(YOUTH, "reader-changed", await reader_params(ctx, saved, staff.record), case=saved),
    ]  # fmt: skip


@command("transfer", role="cadre", scope="case")
async def transfer(ctx: Context, event: Incoming, args: str) -> Result:
    """`/transfer CODE NAME`; without a name, the colleagues are offered."""
    staff = staff_of(event)
    code, *rest = args.split(maxsplit=1) if args else [""]
    case = await case_of_cadre(ctx, staff, code) if tidy_code(code) else None
    if case is None:
        case = event.case or await focused(ctx, staff)
        rest = [args] if args else []
    case = _readable(ctx, staff, case)
    if not rest:
        return await _offer_colleagues(ctx, staff, case)
    named = [one for one in await _colleagues(ctx, staff, case) if one.name == rest[0].strip()]
    if len(named) != 1:
        raise Refused("no-such-colleague")
    return await _hand_over(ctx, staff, case, named[0])


@tap("hand-over", role="cadre", scope="case", once=False)
async def hand_over(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    return await _offer_colleagues(ctx, staff, _readable(ctx, staff, event.case))


@tap("transfer", role="cadre", scope="case")
async def transfer_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    case = _readable(ctx, staff, event.case)
    chosen = [one for one in await _colleagues(ctx, staff, case) if one.id == args]
    if not chosen:
        raise Refused("no-such-colleague")
    return await _hand_over(ctx, staff, case, chosen[0])


async def _colleagues(ctx: Context, staff: Staff, case: Case) -> list[StaffRecord]:
    return [one for one in await allowed_readers(ctx, case) if one.id != staff.record.id]


async def _offer_colleagues(ctx: Context, staff: Staff, case: Case) -> Result:
    colleagues = await _colleagues(ctx, staff, case)
    if not colleagues:
        raise Refused("no-colleague")
    buttons = tuple(
        Button("name", "transfer", arg=one.id, params={"name": f"{one.unit} {one.name}".strip()})
        for one in colleagues[:_COLLEAGUES]
    )
    params: dict[str, Param] = {"name": case.name, "code": case.code}
    return [Reply(HERE, "which-colleague", params, buttons, case=case, menu=True)]


async def _hand_over(ctx: Context, staff: Staff, case: Case, to: StaffRecord) -> Result:
    moved = await assign(ctx, case, to)
    renamed = moved.name != case.name
    saved = await ctx.store.cases.save(moved)
    await _note(ctx, staff, "transfer", saved)
    params: dict[str, Param] = {"name": case.name, "reader": reader_name(to)}
    note: Result = [
        Reply(ToStaff(to.id), "card-renamed", {"name": saved.name, "before": case.name}, case=saved)
    ]
    return [
        Reply(HERE, "transferred", params, case=saved),
        *(note if renamed else []),
        *await cards(ctx, saved, "card", await all_words(ctx, saved)),
        Reply(YOUTH, "reader-changed", await reader_params(ctx, saved, to), case=saved),
    ]  # fmt: skip


# closing


@command("close", role="cadre", scope="case")
async def close(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    if args:
        return await _close(ctx, staff, await case_of_cadre(ctx, staff, args.split()[0]))
    case = event.case or await focused(ctx, staff)
    if case is None:
        raise Refused("which-code")
    return await _close(ctx, staff, _readable(ctx, staff, case))


@tap("close", role="cadre", scope="case")
async def close_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    staff = staff_of(event)
    return await _close(ctx, staff, _readable(ctx, staff, event.case))


async def _close(ctx: Context, staff: Staff, case: Case) -> Result:
    """The youth has the last word: confirmed, or opened again with one tap."""
    if case.answered_hour is None:
        raise Refused("close-unanswered", {"name": case.name, "code": case.code})
    if ctx.now < case.seal.answer_at:
        seconds = case.seal.answer_at - ctx.now
        raise Refused("close-too-soon", {"name": case.name, "seconds": seconds})
    seal = msgspec.structs.replace(case.seal, closed=ctx.now, closed_by=staff.record.id)
    saved = await ctx.store.cases.save(replace(case, closed_hour=hour(ctx.now), seal=seal))
    await _note(ctx, staff, "close", saved)
    reader = reader_name(staff.record)
    return [
        Reply(HERE, "closed", {"name": saved.name, "code": saved.code}, case=saved),
        Reply(YOUTH, "closed-by-cadre", {"name": saved.name, "reader": reader},
              (Button("solved", "solved"), Button("not-solved", "reopen")), case=saved,
              kind="answer"),
    ]  # fmt: skip


# parts


def _readable(ctx: Context, staff: Staff, case: Case | None) -> Case:
    if case is None or not reads(staff, case, ctx.now):
        raise Refused(NO_SUCH_CASE)
    return case


async def _note(ctx: Context, staff: Staff, act: str, case: Case) -> None:
    await ctx.store.audit.note(ctx.now, case.region, staff.record.id, act, case.code)
