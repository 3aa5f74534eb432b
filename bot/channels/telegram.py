"""Telegram: updates come in by polling or webhook, plain messages go out.

From the top: the fields that are looked at, the words, the errors, the channel.
"""

import asyncio
import hmac
import json
import logging
import math
import os
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Literal, Self, TypeVar

import httpx
import msgspec
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.base import (
    Address,
    Button,
    ChannelError,
    Gone,
    Inbound,
    Outgoing,
    Receive,
    Refused,
    TooFast,
    Unknown,
    Unreachable,
)

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
TEXT_LIMIT = 4096
TOKEN_LIMIT = 64
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Answer = TypeVar("Answer")
Mark = tuple[str, str, int, int]


# ── what is looked at; nothing else of an update is ever decoded into the program's records


class Present(msgspec.Struct):
    """Something was there. What it holds is not looked at."""


Some = Present | list[Present] | None


class Chat(msgspec.Struct):
    id: int
    type: str


class Person(msgspec.Struct):
    id: int
    is_bot: bool = False
    language_code: str = ""


class Earlier(msgspec.Struct):
    message_id: int


class Message(msgspec.Struct, rename={"sender": "from"}):
    message_id: int
    chat: Chat
    sender: Person | None = None
    text: str = ""
    caption: str = ""
    reply_to_message: Earlier | None = None
    animation: Some = None
    photo: Some = None
    voice: Some = None
    video: Some = None
    video_note: Some = None
    audio: Some = None
    sticker: Some = None
    document: Some = None
    contact: Some = None
    location: Some = None
    poll: Some = None
    dice: Some = None
    story: Some = None


class Under(msgspec.Struct):
    """The message that a button sits on; an old one arrives with little more than this."""

    message_id: int
    chat: Chat


class Tap(msgspec.Struct, rename={"sender": "from"}):
    id: str
    sender: Person
    data: str = ""
    message: Under | None = None


class Numbered(msgspec.Struct):
    update_id: int


class Update(Numbered):
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Tap | None = None


# An animation also arrives as a document, so it is asked first.
MEDIA = {
    "animation": "animation", "photo": "photo", "voice": "voice", "video": "video",
    "video_note": "video", "audio": "audio", "sticker": "sticker", "document": "file",
    "contact": "contact", "location": "location", "poll": "poll", "dice": "dice",
    "story": "story",
}  # fmt: skip


def read(raw: object) -> Update | None:
    """A malformed update keeps its number, so that it is passed over; without one it is nothing."""
    with suppress(msgspec.ValidationError):
        return msgspec.convert(raw, Update)
    log.warning("a malformed update was left out")
    with suppress(msgspec.ValidationError):
        return Update(msgspec.convert(raw, Numbered).update_id)
    return None


def understood(update: Update, app: str) -> Inbound | None:
    if update.callback_query:
        return tapped(update.update_id, update.callback_query, app)
    if update.edited_message:
        return said(update.update_id, update.edited_message, app, "edit")
    if update.message:
        return said(update.update_id, update.message, app, "text")
    return None


def said(number: int, message: Message, app: str, kind: Literal["text", "edit"]) -> Inbound | None:
    person, media = message.sender, media_of(message)
    text = clean(message.text or message.caption)
    if message.chat.type != "private" or person is None or person.is_bot:
        return None
    if not (text or media) or (kind == "edit" and media == "location"):
        return None  # a service notice; a live location that moved
    entered = kind == "text" and text.strip() == "/start"
    return Inbound(
        address=Address("telegram", app, str(person.id)),
        key=f"u{number}",
        native_id=str(message.message_id),
        kind="enter" if entered else kind,
        text="" if entered else text,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
        media=media,
        language=language_of(person),
    )


def tapped(number: int, tap: Tap, app: str) -> Inbound | None:
    if not (tap.message and tap.data) or tap.message.chat.type != "private":
        return None
    return Inbound(
        address=Address("telegram", app, str(tap.sender.id)),
        key=f"u{number}",
        native_id=f"cb{tap.id}",
        kind="tap",
        choice=clean(tap.data),
        reply_to=str(tap.message.message_id),
        language=language_of(tap.sender),
    )


def media_of(message: Message) -> str:
    found = (kind for field, kind in MEDIA.items() if getattr(message, field) is not None)
    return next(found, "")


def language_of(person: Person) -> str:
    known = {"en": "en", "zh": "zh-CN"}
    return known.get(person.language_code.lower()[:2], "")


def clean(text: str) -> str:
    """Without lone surrogates and NUL, which no database takes and no request can carry."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def chat_of(update: Update) -> int:
    tap, message = update.callback_query, update.message or update.edited_message
    if tap:
        return tap.message.chat.id if tap.message else tap.sender.id
    return message.chat.id if message else 0


def by_chat(updates: list[Update]) -> list[list[Update]]:
    chains: dict[int, list[Update]] = {}
    for update in updates:
        chains.setdefault(chat_of(update), []).append(update)
    return list(chains.values())


# ── words and buttons

BORDERS = [
    re.compile(border)
    for border in (r"\n\s*\n", r"\n", r"[。！？!?…][”』」）)]*|[.;；]\s", r"[\s，、,]")
]


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Parts of at most `limit` UTF-16 units, cut at the best border in the second half."""
    parts = []
    while len(text.encode("utf-16-le")) > 2 * limit:
        cut = border(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"), text)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip("\n ")
    return [part for part in [*parts, text] if part] or [text]


def border(head: str, text: str) -> int:
    for pattern in BORDERS:
        ends = [found.end() for found in pattern.finditer(head)]
        if ends and ends[-1] > len(head) // 2:
            return ends[-1]
    cuts = range(len(head), len(head) // 2, -1)
    return next((cut for cut in cuts if not glued(text[cut - 1], text[cut])), len(head))


def glued(left: str, right: str) -> bool:
    """Whether both belong to one visible sign: joined emoji, skin tone, accent, selector."""
    mark = unicodedata.category(right).startswith("M") or "\U0001f3fb" <= right <= "\U0001f3ff"
    return mark or "\u200d" in (left, right)


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    assert all(1 <= len(button.token.encode()) <= TOKEN_LIMIT for button in buttons)
    widest = max(width(button.label) for button in buttons)
    columns = 3 if widest <= 10 else 2 if widest <= 18 else 1
    keys = [InlineKeyboardButton(b.label, callback_data=b.token) for b in buttons]
    return InlineKeyboardMarkup([keys[i : i + columns] for i in range(0, len(keys), columns)])


def width(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in label)


# ── errors


class Stopped(Unreachable):
    """Telegram does not let this bot work now: token withdrawn, or another process polls."""


NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
NOBODY_THERE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")


async def asked(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except TelegramError as error:
        trouble = told(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        trouble = Unknown("the answer could not be read")
    raise trouble  # out here no context leads to the request, whose URL holds the token


def told(error: TelegramError) -> ChannelError:
    if type(error.__cause__) is TelegramError:  # so PTB says that it could not read the answer
        return from_a_gateway(error)
    match error:
        case RetryAfter():
            return TooFast(whole_seconds(error.retry_after))
        case Forbidden() | ChatMigrated():
            return Gone("forbidden")
        case InvalidToken() | EndPointNotFound() | Conflict():
            return Stopped(type(error).__name__)
        case BadRequest() if any(words in error.message.lower() for words in NOBODY_THERE):
            return Gone("nobody there")
        case BadRequest():
            return Refused(error.message[:100])
        case NetworkError():
            return broken_off(error)
    return Unknown(type(error).__name__)


def from_a_gateway(error: TelegramError) -> ChannelError:
    """A page that the Bot API did not write, so a 403 says nothing about the recipient.

    Behind a 5xx of a gateway the message may have been sent; a 4xx stopped it there.
    """
    return Unknown("gateway") if type(error) is NetworkError else Unreachable("gateway")


def broken_off(error: NetworkError) -> ChannelError:
    cause = error.__cause__
    if isinstance(cause, NEVER_SENT):
        return Unreachable(type(cause).__name__)
    if cause is None and "gateway" not in error.message.lower():
        return Unreachable("server error")  # the Bot API itself says that it did not do it
    return Unknown(type(cause).__name__ if cause else "gateway")


def whole_seconds(pause: int | timedelta) -> int:
    return math.ceil(pause.total_seconds() if isinstance(pause, timedelta) else pause)


def growing() -> Iterator[int]:
    pause = 1
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


# ── the channel


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
        # Methods of the Bot API are case-insensitive; under its usual name PTB would either
        # parse every field or warn.
        answer = await self._bot.do_api_request(
            "getupdates",
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
                return await asked(call())
            except Stopped:
                raise
            except TooFast as error:
                pause = error.seconds
            except (Unreachable, Unknown):
                pause = next(pauses)
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
            update = read(msgspec.json.decode(body)) if body is not None else None
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
