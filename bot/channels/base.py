"""What a channel owes the border, and what the border hands to a channel.

A channel turns one platform's wire format into `Inbound` and one `Outgoing` into
that platform's calls. It holds no state that must survive a restart.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, Protocol, Self

import msgspec
from starlette.routing import BaseRoute

InboundKind = Literal["text", "tap", "edit", "enter"]


class Address(msgspec.Struct, frozen=True):
    """Where one person is reached: channel name, app within it (bot id, corp id), platform id."""

    channel: str
    app: str
    id: str


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person did, rebuilt from an allow-list of the platform's fields.

    `key` tells a repeated delivery of the same act; `native_id` names the platform message
    (an edit carries the id of the message it corrects); `choice` is the token of a pressed
    button; `reply_to` the native id of the message that the person answered.
    """

    address: Address
    key: str
    native_id: str
    kind: InboundKind
    text: str = ""
    choice: str = ""
    reply_to: str = ""
    media: str = ""
    """What else the message held and was left out: photo, voice, sticker, file, contact …"""
    language: str = ""


class Accepted(msgspec.Struct, frozen=True):
    """The answer of the border once an Inbound is committed.

    `until` is the epoch second at which the running entry closes, if one runs, and `case_name`
    the letter that it belongs to.
    `bubble` is the stable id under which the message is shown when a page rebuilds its log.
    """

    bubble: str = ""
    until: int | None = None
    case_name: str = ""
    fresh: bool = True


class Button(msgspec.Struct, frozen=True):
    label: str
    token: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message, in the recipient's language, ready for any channel.

    `text` is plain text. `until` is the epoch second of a deadline worth showing (joining,
    undo). `at` is the epoch second the message became due.
    """

    id: str
    text: str
    buttons: tuple[Button, ...] = ()
    silent: bool = False
    at: int = 0
    until: int | None = None
    case_name: str = ""


class ChannelError(Exception):
    """A send did not succeed."""


class Gone(ChannelError):
    """The recipient cannot be reached again (blocked the bot, account deleted): give up."""


class Refused(ChannelError):
    """The platform refuses these words (400): trying again will not help."""


class Unreachable(ChannelError):
    """The platform did not take the message; try again later."""


class TooFast(ChannelError):
    """The platform asked for a pause of `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"pause {seconds} s")
        self.seconds = seconds


class Unknown(ChannelError):
    """The call broke off after the words had left: they may or may not have arrived."""


Receive = Callable[[Inbound], Awaitable[Accepted]]


class Channel(Protocol):
    """Opened by the app with `async with`; `send` works as long as it is open."""

    @property
    def name(self) -> str: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc: object) -> None: ...

    def routes(self) -> Sequence[BaseRoute]:
        """The HTTP routes that this channel needs in the one web app."""
        ...

    async def run(self) -> None:
        """Work until cancelled. Raising is allowed: the app restarts it with back-off."""
        ...

    async def send(self, address: Address, message: Outgoing) -> tuple[str, ...]:
        """Send, and return the native ids of what was sent. Raises a ChannelError."""
        ...
