"""Telegram: updates come in by polling or webhook, plain messages go out."""

import asyncio
import hmac
import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, Self

import httpx
import msgspec
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.base import (
    Address,
    ChannelError,
    Outgoing,
    Receive,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.channels.telegram.errors import Answer, Stopped, asked
from bot.channels.telegram.updates import Message, Update, by_chat, clean, read, understood
from bot.channels.telegram.words import keyboard, split

log = logging.getLogger(__name__)

for noisy in ("httpx", "httpcore", "telegram"):
    # Below WARNING they log URLs, which carry the token, and answers, which carry words.
    logging.getLogger(noisy).setLevel(logging.WARNING)
os.environ.setdefault("PTB_TIMEDELTA", "true")  # else PTB warns at every flood limit

KINDS = ["message", "edited_message", "callback_query"]
DEFAULT_API = "https://api.telegram.org/bot"
POLL_SECONDS = 25
LONGEST_PAUSE = 60
CHATS_AT_ONCE = 16
BODY_LIMIT = 64 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Mark = tuple[str, str, int, int]


class QuietRequest(HTTPXRequest):
    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """PTB's own logs an answer that it cannot read, words and all."""
        answer: object = None
        with suppress(ValueError, RecursionError):
            answer = json.loads(payload.decode("utf-8", "replace"))
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


class Telegram:
    name = "telegram"
    trouble = ""
    """Why the platform does not answer just now, while it is asked again and again."""

    def __init__(
        self,
        *,
        token: str,
        receive: Receive,
        mode: Literal["polling", "webhook"],
        webhook_secret: str,
        public_url: str,
        api_base: str,
        proxy: str,
        words: Callable[[str, str], str],
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if mode == "webhook" and not webhook_secret:
            raise ValueError("the webhook of Telegram needs a secret")
        self._app = token.partition(":")[0]
        self._receive, self._mode, self._words, self._sleep = receive, mode, words, sleep
        self._secret = webhook_secret
        self._webhook_url = public_url.rstrip("/") + "/telegram"
        self._request = QuietRequest(
            connection_pool_size=64,
            connect_timeout=10,
            read_timeout=20,
            write_timeout=20,
            pool_timeout=5,
            proxy=proxy or None,
            httpx_kwargs={"transport": transport, "trust_env": False},
        )
        self._bot = Bot(
            token,
            base_url=api_url(api_base),
            request=self._request,
            get_updates_request=self._request,
        )
        self._username = ""
        self._sent: dict[Mark, str] = {}

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._request.shutdown()

    def routes(self) -> Sequence[BaseRoute]:
        if self._mode == "polling":
            return []
        return [Route("/telegram", self._pushed, methods=["POST"])]

    async def run(self) -> None:
        if self._mode == "webhook":
            await self._insist(self._set_webhook)
            await asyncio.Event().wait()
        await self._insist(partial(self._bot.delete_webhook, drop_pending_updates=False))
        await self._poll()

    async def send(self, address: Address, message: Outgoing) -> tuple[str, ...]:
        """A repeated call leaves out the parts of a long text that have already arrived."""
        parts = split(clean(message.text))
        keys = keyboard(message.buttons)
        marks = [(address.id, message.id, number, hash(p)) for number, p in enumerate(parts)]
        ids = []
        for mark, part in zip(marks, parts, strict=True):
            if mark not in self._sent:
                last = keys if mark is marks[-1] else None
                self._sent[mark] = await asked(self._say(address.id, part, last, message.silent))
            ids.append(self._sent[mark])
        self._forget(marks)
        return tuple(ids)

    def _forget(self, marks: list[Mark]) -> None:
        for mark in marks:
            self._sent.pop(mark, None)
        if len(self._sent) > 1000:  # parts of texts that were given up halfway
            self._sent.clear()

    async def _say(
        self, chat: str | int, text: str, keys: InlineKeyboardMarkup | None, silent: bool
    ) -> str:
        sent = await self._bot.send_message(
            chat,
            text,
            reply_markup=keys,
            disable_notification=silent,
            protect_content=False,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str(sent.message_id)

    # ── polling

    async def _poll(self) -> None:
        offset: int | None = None
        pauses = growing()
        while True:
            updates = await self._insist(partial(self._updates, offset))
            unfinished = await self._take_all(updates)
            if unfinished is not None:
                offset = unfinished
                await self._sleep(next(pauses))
                continue
            # An empty answer has confirmed all before it. Then no offset is sent, because
            # after a week of silence Telegram numbers anew, perhaps below the old offset.
            offset = updates[-1].update_id + 1 if updates else None
            pauses = growing()

    async def _updates(self, offset: int | None) -> list[Update]:
        # Spelt so, PTB sends "getUpdates" and returns it raw; under either of its own names it
        # would parse every field or warn.
        answer = await self._bot.do_api_request(
            "get_Updates",
            api_kwargs={"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": KINDS},
            read_timeout=POLL_SECONDS + 10,
        )
        updates = [update for raw in answer if (update := read(raw))]
        if answer and not updates:
            raise NetworkError("nothing in the answer has a number")
        return sorted(updates, key=lambda update: update.update_id)

    async def _take_all(self, updates: list[Update]) -> int | None:
        """Each chat in its own order. Answers the first number that was not finished."""
        finished: set[int] = set()
        gate = asyncio.Semaphore(CHATS_AT_ONCE)

        async def in_order(chain: list[Update]) -> None:
            async with gate:
                for update in chain:
                    if not await self._took(update):
                        return
                    finished.add(update.update_id)
                    group.create_task(self._be_polite(update))

        async with asyncio.TaskGroup() as group:
            for chain in by_chat(updates):
                group.create_task(in_order(chain))
        return next((u.update_id for u in updates if u.update_id not in finished), None)

    async def _insist(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        pauses = growing()
        while True:
            try:
                answer = await asked(call())
                self.trouble = ""
                return answer
            except Stopped:
                raise
            except TooFast as error:
                pause, self.trouble = error.seconds, "asked to slow down"
            except (Unreachable, Unknown) as error:
                pause, self.trouble = next(pauses), type(error).__name__.lower()
            await self._sleep(pause)

    # ── webhook

    async def _set_webhook(self) -> bool:
        return await self._bot.set_webhook(
            self._webhook_url,
            allowed_updates=KINDS,
            drop_pending_updates=False,
            secret_token=self._secret,
        )

    async def _pushed(self, request: Request) -> Response:
        secret = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return Response(status_code=403)
        try:
            body = await limited(request)
            raw = msgspec.json.decode(body) if body is not None else {}
            if not isinstance(raw, dict):
                return Response(status_code=400)
            update = read(raw)
        except (ValueError, RecursionError, ClientDisconnect):
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        if update is None:
            return Response()
        if not await self._took(update):
            return Response(status_code=503)
        return Response(background=BackgroundTask(self._be_polite, update))

    # ── both

    async def _took(self, update: Update) -> bool:
        try:
            inbound = understood(update, self._app)
            if inbound:
                await self._receive(inbound)
        except Exception as error:  # whatever it was, Telegram keeps the update
            log.warning("an update was not taken: %s", type(error).__name__)
            return False
        return True

    async def _be_polite(self, update: Update) -> None:
        """Stop the spinner on a button, show a group the door. Not worth a second try."""
        with suppress(ChannelError):
            if update.callback_query:
                await asked(self._bot.answer_callback_query(update.callback_query.id))
            elif update.message and update.message.chat.type in ("group", "supergroup"):
                await self._show_the_door(update.message)

    async def _show_the_door(self, message: Message) -> None:
        command = re.match(r"/\w+(?:@(\w+))?(?!\S)", message.text)
        if not command or (message.sender and message.sender.is_bot):
            return
        if not self._username:
            self._username = (await asked(self._bot.get_me())).username or ""
        if command[1] and command[1].lower() != self._username.lower():
            return
        # No language: a group sees the same whoever asked.
        door = InlineKeyboardButton(
            self._words("group-open-button", ""), url=f"https://t.me/{self._username}?start=hi"
        )
        text = self._words("group-go-private", "")
        await asked(self._say(message.chat.id, text, InlineKeyboardMarkup([[door]]), silent=True))


def growing() -> Iterator[int]:
    pause = 1
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


def api_url(api_base: str) -> str:
    return api_base.rstrip("/").removesuffix("/bot") + "/bot" if api_base else DEFAULT_API


async def limited(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body
