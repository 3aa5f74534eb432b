"""The web channel: messages come by POST, everything else leaves by one WebSocket per page.

It keeps no log: a page that connects is given what the cases' own rows say, and after that
what is delivered while it is open.
"""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.base import Address, Inbound, Outgoing, Receive
from bot.gateway.history import Line, Log

BODY_LIMIT = 64 * 1024
_COOKIE_DAYS = 180
_TOKEN_BYTES = 24
_QUEUE = 256
_LANGUAGES = ("zh-CN", "en")

GetLog = Callable[[Address], Awaitable[Log]]
Words = Callable[[str, str], str]


class Posted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page may send; `id` is its own and makes a repeat harmless."""

    id: str
    text: str = ""
    choice: str = ""
    reply_to: str = ""
    language: str = ""


class _TooLarge(Exception):
    """The body is longer than BODY_LIMIT."""


class Web:
    name = "web"

    def __init__(
        self,
        receive: Receive,
        log: GetLog,
        words: Words,
        now: Callable[[], int],
        phones: Sequence[str] = ("me",),
        secure: bool = False,
    ) -> None:
        """`phones` are the sessions that one browser may hold; the page itself has one: me."""
        self._receive, self._log, self._words, self._now = receive, log, words, now
        self._phones, self._secure = frozenset(phones), secure
        self._pages: dict[str, set[asyncio.Queue[dict[str, Any]]]] = {}
        self._languages: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._pages.clear()

    async def run(self) -> None:
        await asyncio.Event().wait()

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/web/{phone}/messages", self._posted, methods=["POST"]),
            Route("/web/{phone}/language", self._posted, methods=["POST"]),
            WebSocketRoute("/web/{phone}/stream", self._stream),
        ]

    async def send(self, address: Address, message: Outgoing) -> tuple[str, ...]:
        """A closed page misses nothing of a case: it is rebuilt when it opens again."""
        self._show(address, Line(False, message))
        return (message.id,)

    def _show(self, address: Address, line: Line) -> None:
        for queue in self._pages.get(address.id, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait({"type": "bubble", "bubble": bubble(line)})

    # sessions

    def address_of(self, token: str) -> Address:
        """The cookie itself is nowhere stored, only what it hashes to."""
        return Address("web", "web", hashlib.sha256(token.encode()).hexdigest())

    def session(self, request: Request | WebSocket, phone: str) -> str:
        return request.cookies.get(f"santong-{phone}", "")

    def give_session(self, response: Response, request: Request, phone: str) -> str:
        """Set the cookie of `phone` where the browser has none; returns its token."""
        token = self.session(request, phone) or secrets.token_urlsafe(_TOKEN_BYTES)
        response.set_cookie(
            f"santong-{phone}", token, max_age=_COOKIE_DAYS * 86_400, httponly=True,
            samesite="strict", secure=self._secure,
        )  # fmt: skip
        return token

    # in

    async def _posted(self, request: Request) -> Response:
        phone = request.path_params["phone"]
        token = self.session(request, phone)
        language = self._languages.get(token, "zh-CN")
        if phone not in self._phones or not token or not _same_origin(request):
            return self._refuse(403, "web-no-session", language)
        try:
            posted = msgspec.json.decode(await _body(request), type=Posted)
        except _TooLarge:
            return self._refuse(413, "web-too-large", language)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return self._refuse(400, "web-not-understood", language)
        if not 0 < len(posted.id) <= 64:
            return self._refuse(400, "web-not-understood", language)
        if request.url.path.endswith("/language"):
            return await self._set_language(token, posted)
        if not posted.choice and not posted.text.strip():
            return self._refuse(400, "web-empty", language)
        return await self._take(token, posted, language)

    async def _take(self, token: str, posted: Posted, language: str) -> Response:
        inbound = Inbound(
            address=self.address_of(token), key=posted.id, native_id=posted.id,
            kind="tap" if posted.choice else "text", text="" if posted.choice else posted.text,
            choice=posted.choice, reply_to=posted.reply_to, language=language,
        )  # fmt: skip
        try:
            accepted = await self._receive(inbound)
        except Exception:
            return self._refuse(503, "web-busy", language)
        if inbound.text and not posted.language and accepted.fresh:
            # A second page of this session shows what was said on the first.
            said = Outgoing(id=accepted.bubble, text=posted.text, at=self._now())
            self._show(inbound.address, Line(True, said))
        return JSONResponse({
            "bubble": accepted.bubble, "until": accepted.until, "case": accepted.case_name
        })  # fmt: skip

    async def _set_language(self, token: str, posted: Posted) -> Response:
        if posted.language not in _LANGUAGES:
            return self._refuse(400, "web-not-understood", "zh-CN")
        address, wanted = self.address_of(token), posted.language
        if address.id in self._pages:
            self._languages[token] = wanted
        if (await self._log(address)).language == wanted:
            return JSONResponse({"bubble": "", "until": None})
        said = Posted(posted.id, f"/language {wanted}", language=wanted)
        return await self._take(token, said, wanted)

    def _refuse(self, status: int, key: str, language: str) -> Response:
        return JSONResponse({"error": self._words(key, language)}, status_code=status)

    # out

    async def _stream(self, socket: WebSocket) -> None:
        phone = socket.path_params["phone"]
        token = self.session(socket, phone)
        if phone not in self._phones or not token or not _same_origin(socket):
            await socket.close(code=1008)
            return
        await socket.accept()
        address = self.address_of(token)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_QUEUE)
        # Listen before looking: what comes meanwhile may come twice, and the id tells.
        self._pages.setdefault(address.id, set()).add(queue)
        try:
            await self._welcome(socket, address, token)
            await _until_closed(socket, queue)
        finally:
            self._leave(address.id, queue, token)

    def _leave(self, session: str, queue: asyncio.Queue[dict[str, Any]], token: str) -> None:
        """Nothing remembers a session that has no page open."""
        open_pages = self._pages.get(session, set())
        open_pages.discard(queue)
        if not open_pages:
            self._pages.pop(session, None)
            self._languages.pop(token, None)

    def _moment(self) -> float:
        """Not in whole seconds: a page counting down by it would promise a second too much."""
        return self._now() + time.time() % 1

    async def _welcome(self, socket: WebSocket, address: Address, token: str) -> None:
        log = await self._log(address)
        self._languages[token] = log.language
        await socket.send_text(_json({
            "type": "hello", "language": log.language, "now": self._moment(), "until": log.until,
            "bubbles": [bubble(line) for line in log.lines],
        }))  # fmt: skip
        if not log.lines and "resume" not in socket.query_params:
            key = secrets.token_hex(8)
            await self._receive(Inbound(address=address, key=key, native_id=key, kind="enter"))


async def _until_closed(socket: WebSocket, queue: asyncio.Queue[dict[str, Any]]) -> None:
    async def out() -> None:
        while True:
            await socket.send_text(_json(await queue.get()))

    sender = asyncio.ensure_future(out())
    try:
        while True:
            await socket.receive_text()  # a page says nothing here; its end is what we wait for
    except (WebSocketDisconnect, RuntimeError, KeyError):
        pass
    finally:
        sender.cancel()


def bubble(line: Line) -> dict[str, Any]:
    message = line.message
    return {
        "id": message.id, "from": "me" if line.mine else "bot", "text": message.text,
        "at": message.at, "until": message.until, "case": message.case_name,
        "buttons": [{"label": one.label, "token": one.token} for one in message.buttons],
    }  # fmt: skip


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise msgspec.DecodeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise _TooLarge
    return bytes(body)


def _same_origin(request: Request | WebSocket) -> bool:
    """A page of another site must not write, nor listen, with this browser's cookie."""
    origin = request.headers.get("origin")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
