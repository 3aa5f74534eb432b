"""A conversation in a terminal: lines in, lines out, buttons as numbers."""

import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Self

from starlette.routing import BaseRoute

from bot.channels.base import Address, Button, Inbound, Outgoing, Receive

ReadLine = Callable[[], Awaitable[str]]


class Console:
    name = "console"

    def __init__(
        self, receive: Receive, person: str, read_line: ReadLine, write: Callable[[str], None]
    ) -> None:
        """`person` tells apart who sits at the terminal; `read_line` returns "" at the end."""
        self._receive, self._read_line, self._write = receive, read_line, write
        self.address = Address("console", "local", person)
        self._buttons: tuple[Button, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._buttons = ()

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self) -> None:
        """Returns when the terminal is closed."""
        await self._receive(self._inbound("enter", ""))
        while line := await self._read_line():
            await self._receive(self.inbound_of(line.rstrip("\n")))

    def inbound_of(self, line: str) -> Inbound:
        """A number is the button that it stands under; anything else is text."""
        if line.isascii() and line.isdigit() and 0 < int(line) <= len(self._buttons):
            return self._inbound("tap", "", self._buttons[int(line) - 1].token)
        return self._inbound("text", line)

    def _inbound(self, kind: str, text: str, choice: str = "") -> Inbound:
        # A terminal repeats nothing, so every line is an act of its own.
        key = secrets.token_hex(8)
        return Inbound(
            address=self.address, key=key, native_id=key,
            kind="tap" if kind == "tap" else "enter" if kind == "enter" else "text",
            text=text, choice=choice,
        )  # fmt: skip

    async def send(self, address: Address, message: Outgoing) -> tuple[str, ...]:
        self._write(f"\n{message.text}\n")
        if message.buttons:
            self._buttons = message.buttons
            labels = (f"{n}) {one.label}" for n, one in enumerate(message.buttons, 1))
            self._write("  ".join(labels) + "\n")
        return (message.id,)


def lines_of_terminal() -> ReadLine:
    """Lines of standard input; "" at its end.

    A thread that blocks in `input` or `sys.stdin` would hold up Ctrl-C until the next Enter.
    """
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(line: str) -> None:
        with suppress(RuntimeError):  # the conversation is over, and its loop closed
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        try:
            with open(0, encoding="utf-8", errors="replace", closefd=False) as terminal:
                for line in terminal:
                    tell(line)
        finally:
            tell("")

    threading.Thread(target=read, daemon=True).start()
    return lines.get
