"""From what happened to the handler that answers it. Importing this fills the registry."""

from handlers import (
    admin,
    answers,
    cadre,
    closing,
    conversation,
    enrol,
    letters,
    youth,
    youth_case,
)
from handlers.context import Context
from handlers.errors import Refused
from handlers.events import HERE, Choice, Incoming, Reply, Result, Staff, Stranger, Youth
from handlers.registry import TIMERS, command_for, tap_for, word_for

GONE_BUTTON = "gone-button"
ROOMS = (admin, answers, cadre, conversation, enrol, letters, youth, youth_case, closing)
"""Every room that registers something."""


async def dispatch(ctx: Context, event: Incoming) -> Result:
    """What to say, and whom. A refusal is an answer like any other."""
    try:
        result = await _answer(ctx, event)
    except Refused as refusal:
        key = refusal.key
        if key == GONE_BUTTON and isinstance(event.who, Staff):
            key = "gone-button-staff"
        result = [Reply(HERE, key, refusal.params, refused=True)]
    return [*_promise_first(event, result), *result]


def _promise_first(event: Incoming, result: Result) -> Result:
    """Whatever somebody does first, the first words are what is promised and what is not."""
    said = any(isinstance(one, Reply) and one.key == "promise" for one in result)
    first = isinstance(event.who, Youth) and event.who.first
    return [conversation.promise()] if first and not said else []


async def _answer(ctx: Context, event: Incoming) -> Result:
    if len(event.text) > conversation.LONGEST:
        raise Refused("too-long", {"count": len(event.text), "most": conversation.LONGEST})
    if event.kind == "timer":
        return await TIMERS[event.text](ctx, event)
    if event.kind == "tap":
        return await _tap(ctx, event)
    if event.kind == "edit":
        return await _edit(ctx, event)
    if event.kind == "enter":
        return await _command(ctx, event, "start", "")
    if event.text.startswith("/"):
        name, args = [*event.text[1:].split(maxsplit=1), "", ""][:2]
        return await _command(ctx, event, name.partition("@")[0].casefold(), args.strip())
    return await _words(ctx, event)


async def _command(ctx: Context, event: Incoming, name: str, args: str) -> Result:
    one = command_for(name, enrol.roles_of(event))
    if one is None:
        raise Refused(_nothing_for(event))
    return await one.run(ctx, event, args)


async def _tap(ctx: Context, event: Incoming) -> Result:
    choice = event.choice or Choice("")
    one = tap_for(choice.action, enrol.roles_of(event))
    if one is None:
        raise Refused(GONE_BUTTON)
    return await one.run(ctx, event, choice.arg)


async def _words(ctx: Context, event: Incoming) -> Result:
    result = await _spoken(ctx, event)
    left_out = bool(event.media and event.text)
    if not left_out:
        return result
    case = next((one.case for one in result if isinstance(one, Reply) and one.to is HERE), None)
    return [*result, Reply(HERE, "media-left-out", case=case)]


async def _spoken(ctx: Context, event: Incoming) -> Result:
    found = word_for(event.text, enrol.roles_of(event))
    if found is not None:
        return await found[0].run(ctx, event, found[1])
    if isinstance(event.who, Youth):
        return await conversation.speak(ctx, event)
    if isinstance(event.who, Staff) and "cadre" in event.who.roles:
        return await answers.speak(ctx, event)
    raise Refused(_nothing_for(event))


def _nothing_for(event: Incoming) -> str:
    if not isinstance(event.who, Stranger):
        return "unknown-command"
    return "stranger-claimed" if event.who.claimed else "stranger"


async def _edit(ctx: Context, event: Incoming) -> Result:
    if isinstance(event.who, Youth):
        return await closing.correct(ctx, event)
    if isinstance(event.who, Staff):
        return await answers.correct(ctx, event)
    return []
