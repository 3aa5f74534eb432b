"""The cadre's half of a case: which case plain words go to, the answer, and its undo."""

from dataclasses import replace

import msgspec

from handlers.access import NO_SUCH_CASE, case_of_cadre, reads, split_code
from handlers.context import Context
from handlers.conversation import WAITING
from handlers.errors import Refused
from handlers.events import (
    HERE,
    YOUTH,
    Button,
    HoldWords,
    Incoming,
    Reply,
    Result,
    Staff,
    Until,
)
from handlers.links import check_links
from handlers.readers import site_timing
from handlers.registry import tap
from handlers.timing import FOCUS_SECONDS, LIVE_WAIT, live
from storage.records import Case, Message, MessageSeal, Words, hour

_CHOICES = 6


async def speak(ctx: Context, event: Incoming) -> Result:
    """Plain words of a cadre: to the card they answer, `#CODE …`, or the one case in focus."""
    staff = staff_of(event)
    if not event.text:
        raise Refused("only-text" if event.media else "say-something")
    if event.unknown_quote:
        raise Refused(NO_SUCH_CASE)
    coded = split_code(event.text)
    if event.case is not None or coded is not None:
        case, text = await _named_case(ctx, staff, event, coded)
        return await answer(ctx, event, case, text, event.id)
    focus = await focused(ctx, staff)
    if focus is not None:
        return await answer(ctx, event, focus, event.text, event.id)
    return await _ask_which(ctx, staff, event)


async def _named_case(
    ctx: Context, staff: Staff, event: Incoming, coded: tuple[str, str] | None
) -> tuple[Case, str]:
    """The case that the code or the quoted card names. Where they differ, nothing is sent."""
    if coded is None:
        if not reads(staff, event.case, ctx.now) or event.case is None:
            raise Refused(NO_SUCH_CASE)
        return event.case, event.text
    code, text = coded
    case = await case_of_cadre(ctx, staff, code)
    if event.case is not None and event.case.id != case.id:
        raise Refused("two-cases")
    if not text.strip():
        raise Refused("answer-empty", {"code": case.code})
    return case, text


async def focused(ctx: Context, staff: Staff) -> Case | None:
    """The case that was chosen last, or the only one there is."""
    if staff.record.focus and staff.record.focus_until > ctx.now:
        case = await ctx.store.cases.by_id(staff.record.focus)
        if case is not None and reads(staff, case, ctx.now):
            return case
    mine = await ctx.store.cases.open_of(staff.record.id, ctx.now, limit=2)
    return mine[0] if len(mine) == 1 else None


async def _ask_which(ctx: Context, staff: Staff, event: Incoming) -> Result:
    mine = await ctx.store.cases.open_of(staff.record.id, ctx.now, limit=_CHOICES)
    if not mine:
        raise Refused("nothing-open")
    buttons = tuple(
        Button("case", "answer", arg="held", case=one, params={"name": one.name, "code": one.code})
        for one in mine
    )
    return [
        HoldWords(event.text, joins=False),
        Reply(HERE, "which-case-cadre", {"words": WAITING}, buttons, menu=True),
    ]


async def answer(ctx: Context, event: Incoming, case: Case, text: str, id: str) -> Result:
    staff = staff_of(event)
    if await ctx.store.messages.by_id(id) is not None:
        return []
    check_links(text, ctx.settings.allowed_links)
    timing = await site_timing(ctx, case)
    wait = _undo_wait(ctx, case, live(timing, case.seal.carded_at, ctx.now, ctx.now))
    until = ctx.now + wait
    seal = msgspec.structs.replace(case.seal, cadre_at=ctx.now, answer_at=until)
    saved = await ctx.store.cases.save(
        replace(case, seal=seal, answered_hour=case.answered_hour or hour(ctx.now))
    )
    await ctx.store.messages.add(Message(
        id=id, case_id=case.id, entry=id, ord=saved.turn, side="cadre", staff=staff.record.id,
        corrects="", visible_at=hour(ctx.now), seal=MessageSeal(text, ctx.now),
    ))  # fmt: skip
    await ctx.store.staff.set_focus(staff.record.id, case.id, focus_until(ctx.now))
    await ctx.store.staff.set_held(staff.record.id, "")  # other waiting words were meant for nobody
    return [
        Reply(HERE, "answer-given", {"name": case.name, "seconds": wait},
              (Button("undo", "undo-answer", arg=id),), case=saved, until=until),
        Reply(YOUTH, "answer",
              {"name": case.name, "who": f"{staff.record.unit} {staff.record.name}".strip(),
               "words": Words((id,))},
              (Button("solved", "solved"), Button("go-on", "go-on")),
              case=saved, kind="answer", not_before=until, id=id),
        Until(until, case.name),
    ]  # fmt: skip


def focus_until(now: int) -> int:
    """Ten minutes and what is left of the next ten: the clear column tells no second."""
    return now - now % FOCUS_SECONDS + 2 * FOCUS_SECONDS


def _undo_wait(ctx: Context, case: Case, is_live: bool) -> int:
    wait = ctx.settings.undo_seconds
    return min(wait, LIVE_WAIT) if is_live else wait


@tap("undo-answer", role="cadre", scope="case")
async def undo_answer(ctx: Context, event: Incoming, args: str) -> Result:
    """Allowed exactly while now < answered + undo, whatever became of the row meanwhile."""
    message = await ctx.store.messages.by_id(args)
    row = await ctx.store.outbox.by_id(args)
    case = event.case
    mine = message is not None and message.staff == staff_of(event).record.id
    if case is None or message is None or row is None or not mine or ctx.now >= row.seal.at:
        raise Refused("undo-too-late")
    await ctx.store.outbox.drop(row)
    await ctx.store.messages.take_back(message)
    return [Reply(HERE, "undone", {"name": case.name}, case=await _as_before(ctx, case))]


async def _as_before(ctx: Context, case: Case) -> Case:
    """The case as it stood before an answer that was undone."""
    last = await ctx.store.messages.last(case.id, "cadre")
    row = await ctx.store.outbox.by_id(last.id) if last is not None else None
    seal = msgspec.structs.replace(
        case.seal,
        cadre_at=last.seal.at if last is not None and last.seal is not None else 0,
        answer_at=row.seal.at if row is not None else 0,
    )
    answered = case.answered_hour if last is not None else None
    return await ctx.store.cases.save(replace(case, answered_hour=answered, seal=seal))


@tap("answer", role="cadre", scope="case", once=False)
async def answer_with_held(ctx: Context, event: Incoming, args: str) -> Result:
    """The cadre chose the case that the waiting words go to."""
    staff = staff_of(event)
    case = event.case
    if case is None or not reads(staff, case, ctx.now):
        raise Refused(NO_SUCH_CASE)
    held = await ctx.store.held.by_id(staff.record.held) if staff.record.held else None
    if held is None or ctx.now - held.at > FOCUS_SECONDS:
        raise Refused("nothing-held")
    return await answer(ctx, event, case, held.text, staff.record.held)


async def correct(ctx: Context, event: Incoming) -> Result:
    """An edited answer: reworded while it has not left, else a marked correction."""
    staff = staff_of(event)
    before = await ctx.store.messages.by_id(event.edits)
    if before is None or before.staff != staff.record.id or before.seal is None or not event.text:
        return []
    case = await ctx.store.cases.by_id(before.case_id)
    if case is None or not reads(staff, case, ctx.now):
        raise Refused(NO_SUCH_CASE)
    coded = split_code(event.text)
    if coded is not None and coded[0] != case.code:
        raise Refused("two-cases")
    text = coded[1] if coded is not None else event.text
    if not text.strip():
        raise Refused("answer-empty", {"code": case.code})
    check_links(text, ctx.settings.allowed_links)
    row = await ctx.store.outbox.by_id(before.id)
    if row is not None and ctx.now < row.seal.at:
        await ctx.store.messages.reword(before, text)
        return [Reply(HERE, "reworded", {"name": case.name}, case=case)]
    return await _send_correction(ctx, event, case, before, text)


async def _send_correction(
    ctx: Context, event: Incoming, case: Case, before: Message, text: str
) -> Result:
    """Like an answer of its own: it waits, and may be undone until it leaves."""
    timing = await site_timing(ctx, case)
    wait = _undo_wait(ctx, case, live(timing, case.seal.carded_at, ctx.now, ctx.now))
    until = ctx.now + wait
    seal = msgspec.structs.replace(case.seal, answer_at=until)
    saved = await ctx.store.cases.save(replace(case, seal=seal))
    await ctx.store.messages.add(Message(
        id=event.id, case_id=case.id, entry=before.entry, ord=saved.turn, side="cadre",
        staff=before.staff, corrects=before.id, visible_at=hour(ctx.now),
        seal=MessageSeal(text, ctx.now),
    ))  # fmt: skip
    return [
        Reply(HERE, "correction-given", {"name": case.name, "seconds": wait},
              (Button("undo", "undo-answer", arg=event.id),), case=saved, until=until),
        Reply(YOUTH, "answer-corrected", {"name": case.name, "words": Words((event.id,))},
              case=saved, kind="answer", not_before=until, id=event.id),
        Until(until, case.name),
    ]  # fmt: skip


def staff_of(event: Incoming) -> Staff:
    assert isinstance(event.who, Staff)
    return event.who
