"""Every command, button and timer, with who may use it: the one policy table.

A command's decorator is its permission; `help-NAME` in the catalogue is its help. Plain words
do what the command does: young people do not type slashes.
"""

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from typing import Literal

from handlers.context import Context
from handlers.events import Incoming, Result

Role = Literal["youth", "cadre", "admin", "stranger", "anyone"]
Scope = Literal["own", "case", "region", "self"]
"""own: the youth's cases · case: cases that this cadre reads · region: the post's region ·
self: the person's own settings."""

Handler = Callable[[Context, Incoming, str], Awaitable[Result]]
TapHandler = Callable[[Context, Incoming, str], Awaitable[Result]]
TimerHandler = Callable[[Context, Incoming], Awaitable[Result]]


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    role: Role
    scope: Scope
    words: tuple[str, ...]
    words_take_text: bool
    run: Handler


@dataclass(frozen=True, slots=True)
class Tap:
    name: str
    role: Role
    scope: Scope
    once: bool
    run: TapHandler


COMMANDS: dict[tuple[str, str], Command] = {}
TAPS: dict[tuple[str, str], Tap] = {}
TIMERS: dict[str, TimerHandler] = {}


def command(
    name: str,
    *,
    role: Role,
    scope: Scope,
    words: tuple[str, ...] = (),
    words_take_text: bool = False,
) -> Callable[[Handler], Handler]:
    def register(run: Handler) -> Handler:
        _refuse_clash((name, role), COMMANDS)
        COMMANDS[name, role] = Command(name, role, scope, words, words_take_text, run)
        return run

    return register


def tap(
    name: str, *, role: Role, scope: Scope, once: bool = True
) -> Callable[[TapHandler], TapHandler]:
    """`once`: the button works a single time; False for those that only show or choose."""

    def register(run: TapHandler) -> TapHandler:
        _refuse_clash((name, role), TAPS)
        TAPS[name, role] = Tap(name, role, scope, once, run)
        return run

    return register


def timer(name: str) -> Callable[[TimerHandler], TimerHandler]:
    def register(run: TimerHandler) -> TimerHandler:
        _refuse_clash(name, TIMERS)
        TIMERS[name] = run
        return run

    return register


def _refuse_clash(key: object, registry: Container[object]) -> None:
    if key in registry:
        raise ValueError(f"{key} is registered twice")


def command_for(name: str, roles: frozenset[str]) -> Command | None:
    return next(
        (COMMANDS[name, role] for role in (*sorted(roles), "anyone") if (name, role) in COMMANDS),
        None,
    )


def word_for(text: str, roles: frozenset[str]) -> tuple[Command, str] | None:
    """The command whose plain word `text` is, and the words after it."""
    spoken = text.strip().casefold().replace("\u2019", "'")
    head, rest = [*text.split(maxsplit=1), "", ""][:2]
    for (_, role), one in COMMANDS.items():
        if role not in roles and role != "anyone":
            continue
        if spoken in one.words:
            return one, ""
        # "Write to my boss" is a sentence; 「写信 …」 is not.
        takes = one.words_take_text and not head.isascii()
        if takes and head.casefold() in one.words and rest.strip():
            return one, rest.strip()
    return None


def tap_for(name: str, roles: frozenset[str]) -> Tap | None:
    return next(
        (TAPS[name, role] for role in (*sorted(roles), "anyone") if (name, role) in TAPS), None
    )
