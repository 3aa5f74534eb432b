"""A Bot API server of our own: in process (`httpx.ASGITransport(app=fake)`) or over HTTP.

Who plays a person calls `says`, `presses`, `edits`, `group_says`. With polling the bot fetches
what they did; with a webhook `push` posts it (under `serve` that happens by itself).
"""

import argparse
import asyncio
import itertools
import json
import socket
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TOKEN = "4242:a-fake-token-that-must-never-show"
USERNAME = "santong_test_bot"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Json = dict[str, Any]
Method = Callable[[Json], Awaitable[Any]]


class Refusal(Exception):
    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        self.status, self.description, self.retry_after = status, description, retry_after

    def answer(self) -> Response:
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after:
            answer["parameters"] = {"retry_after": self.retry_after}
        return JSONResponse(answer, self.status)


@dataclass
class Fault:
    """What goes wrong once. Status 0 breaks the connection, a `body` replaces the JSON;
    `after`: the method is carried out, and only its answer is spoilt."""

    status: int
    retry_after: int | None = None
    after: bool = False
    body: str | None = None


class FakeBotApi(Starlette):
    def __init__(self, token: str = TOKEN, username: str = USERNAME) -> None:
        self.token, self.username = token, username
        self.sent: list[Json] = []
        self.counts: Counter[str] = Counter()
        self.known: set[int] = set()
        self.blocked: set[int] = set()
        self.latency = 0.0
        self.patience = 50.0  # bounds the long poll
        self.webhook: Json = {}
        self.pending: list[Json] = []
        self.post = post_over_http
        self._allowed: list[str] = []
        self.faults: dict[str, list[Fault | None]] = defaultdict(list)
        self._poller = 0
        self._news = asyncio.Event()
        self.update_ids, self._message_ids = itertools.count(9001), itertools.count(101)
        names = [name for name in dir(self) if name.startswith("do_")]
        self._methods: dict[str, Method] = {name[3:].lower(): getattr(self, name) for name in names}
        api = Route("/bot{token}/{method}", self._called, methods=["GET", "POST"])
        control = Route("/control/{act}", self._control, methods=["GET", "POST"])
        super().__init__(routes=[api, control])

    def fail_next(
        self, method: str, status: int = 0, *, skip: int = 0, times: int = 1, **more: Any
    ) -> None:
        """`skip` calls go well before it; `retry_after`, `after`, `body`: see Fault."""
        self.faults[method] += [None] * skip + [Fault(status, **more)] * times

    # ── people

    def says(self, user_id: int, text: str, reply_to: int | None = None) -> Json:
        earlier = {"message_id": reply_to, "date": 0, "chat": private(user_id), "text": "…"}
        more = {"reply_to_message": earlier} if reply_to else {}
        return self._writes(user_id, private(user_id), text=text, **more)

    def shows(self, user_id: int, what: str, **more: str) -> Json:
        """A photo, a voice message, a sticker …"""
        held: Any = {"file_id": "F", "file_unique_id": "U"}
        content = {what: [held] if what == "photo" else held}
        return self._writes(user_id, private(user_id), **content, **more)

    def group_says(self, group_id: int, user_id: int, text: str) -> Json:
        self.known.add(group_id)
        group = {"id": group_id, "type": "supergroup", "title": "Village youth"}
        return self._writes(user_id, group, text=text)

    def edits(self, user_id: int, message_id: int, text: str) -> Json:
        message = {"message_id": message_id, "date": 0, "edit_date": 1, "chat": private(user_id)}
        return self._arrives("edited_message", user_id, {**message, "text": text})

    def presses(self, user_id: int, message_id: int, label: str) -> Json:
        buttons = self._shown(user_id, message_id)["buttons"]
        data = next(key["callback_data"] for key in buttons if key["text"] == label)
        under = {"message_id": message_id, "date": 0, "chat": private(user_id)}
        tap = {"id": f"{next(self._message_ids)}000", "data": data, "message": under}
        return self._arrives("callback_query", user_id, tap)

    def heard(self, chat_id: int) -> list[str]:
        return [message["text"] for message in self.sent if message["chat_id"] == chat_id]

    def _writes(self, user_id: int, chat: Json, **content: Any) -> Json:
        message = {"message_id": next(self._message_ids), "date": 0, "chat": chat}
        return self._arrives("message", user_id, {**message, **content})

    def _arrives(self, kind: str, user_id: int, content: Json) -> Json:
        self.known.add(user_id)
        update = {"update_id": next(self.update_ids), kind: {**content, "from": person(user_id)}}
        if not self._allowed or kind in self._allowed:
            self.pending.append(update)
        self._news.set()
        return update

    # ── updates

    async def do_getUpdates(self, asked: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poller = mine = self._poller + 1
        self._news.set()  # wakes an older poller, which loses
        self._allowed = asked.get("allowed_updates", self._allowed)
        if (offset := int(asked.get("offset", 0))) < 0:
            self.pending = self.pending[offset:]
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        await self._wait(min(float(asked.get("timeout", 0)), self.patience), mine)
        if mine != self._poller:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return self.pending[: min(int(asked.get("limit", 100)), 100)]

    async def _wait(self, seconds: float, poller: int) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.pending and poller == self._poller:
                    self._news.clear()
                    await self._news.wait()

    async def do_setWebhook(self, asked: Json) -> bool:
        await self.do_deleteWebhook(asked)
        self.webhook = asked if asked.get("url") else {}
        self._allowed = asked.get("allowed_updates", self._allowed)
        self._news.set()
        return True

    async def do_deleteWebhook(self, asked: Json) -> bool:
        self.webhook = {}
        if asked.get("drop_pending_updates", "").lower() == "true":
            self.pending.clear()
        return True

    async def push(self) -> list[int]:
        """Post what waits, in order. What is not answered with 200 goes on waiting."""
        secret = {SECRET_HEADER: self.webhook.get("secret_token", "")}
        answers: list[int] = []
        while self.webhook and self.pending and set(answers) <= {200}:
            update = self.pending[0]
            answers.append(await self.post(self.webhook["url"], secret, update))
            if answers[-1] == 200:
                self.pending.remove(update)
        return answers

    async def _keep_pushing(self) -> None:
        while True:
            self._news.clear()
            await self.push()
            with suppress(TimeoutError):  # asks again soon for what was refused
                await asyncio.wait_for(self._news.wait(), 0.2)

    # ── messages

    async def do_getMe(self, _: Json) -> Json:
        identity = {"id": int(self.token.split(":")[0]), "is_bot": True}
        return {**identity, "first_name": "Santong", "username": self.username}

    async def do_sendMessage(self, asked: Json) -> Json:
        record = {"chat_id": self._chat(asked), **checked(asked), "asked": asked}
        record["message_id"] = next(self._message_ids)
        self.sent.append(record)
        return as_message(record)

    async def do_editMessageText(self, asked: Json) -> Json:
        record = self._shown(self._chat(asked), int(asked["message_id"]))
        record.update(checked(asked), edited=True)
        return as_message(record)

    async def do_deleteMessage(self, asked: Json) -> bool:
        self._shown(self._chat(asked), int(asked["message_id"]))["deleted"] = True
        return True

    async def do_answerCallbackQuery(self, asked: Json) -> bool:
        if not asked.get("callback_query_id"):
            raise Refusal(400, "Bad Request: query is too old or query ID is invalid")
        return True

    async def do_sendChatAction(self, asked: Json) -> bool:
        return bool(self._chat(asked))

    def _chat(self, asked: Json) -> int:
        chat_id = int(asked.get("chat_id") or 0)
        if chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat_id not in self.known:
            raise Refusal(400, "Bad Request: chat not found")
        return chat_id

    def _shown(self, chat_id: int, message_id: int) -> Json:
        for record in self.sent:
            ours = record["chat_id"] == chat_id and record["message_id"] == message_id
            if ours and "deleted" not in record:
                return record
        raise Refusal(400, "Bad Request: message not found")

    # ── the server

    async def _called(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return Refusal(401, "Unauthorized").answer()
        method = self._methods.get(request.path_params["method"].lower())
        if method is None:
            return Refusal(404, "Not Found").answer()
        asked, name = await parameters(request), method.__name__.removeprefix("do_")
        self.counts[name] += 1
        await asyncio.sleep(self.latency)
        fault = self.faults[name].pop(0) if self.faults[name] else None
        if fault and not fault.after:
            return spoilt(fault)
        try:
            result = await method(asked)
        except Refusal as refusal:
            return refusal.answer()
        return spoilt(fault) if fault else JSONResponse({"ok": True, "result": result})

    async def _control(self, request: Request) -> Response:
        name = request.path_params["act"]
        if name == "sent":
            return JSONResponse(self.sent)
        acts = (self.says, self.shows, self.edits, self.presses, self.group_says, self.fail_next)
        act: Callable[..., Any] = {act.__name__: act for act in acts}[name]
        return JSONResponse(act(**await request.json()))

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        listener = socket.create_server(("127.0.0.1", port))
        config = uvicorn.Config(self, log_level="critical", lifespan="off", ws="none")
        config.timeout_graceful_shutdown = 0
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            pushing = group.create_task(self._keep_pushing())
            group.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                pushing.cancel()
                server.should_exit = server.force_exit = True


async def parameters(request: Request) -> Json:
    """Form data with JSON inside its fields, as PTB posts."""
    fields = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    asked: Json = {**request.query_params, **dict(fields)}
    nested = {"reply_markup", "allowed_updates", "link_preview_options"}
    return {name: json.loads(asked[name]) if name in nested else asked[name] for name in asked}


def checked(asked: Json) -> Json:
    text = asked.get("text", "").strip()
    rows = asked.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) > 2 * 4096:
        raise Refusal(400, "Bad Request: message is too long")
    if not all("url" in key or 1 <= len(key["callback_data"].encode()) <= 64 for key in buttons):
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return {"text": text, "buttons": buttons, "rows": rows}


def person(user_id: int) -> Json:
    name = {"first_name": "Mei", "last_name": "Lin", "username": f"mei{user_id}"}
    return {"id": user_id, "is_bot": False, **name, "language_code": "zh-hans"}


def private(user_id: int) -> Json:
    return {"id": user_id, "type": "private", "first_name": "Mei"}


def as_message(record: Json) -> Json:
    chat = {"id": record["chat_id"], "type": "private" if record["chat_id"] > 0 else "supergroup"}
    return {"message_id": record["message_id"], "text": record["text"], "date": 0, "chat": chat}


class Broken(Response):
    """Ends in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise httpx.RemoteProtocolError("the connection was reset")


def spoilt(fault: Fault) -> Response:
    if not fault.status:
        return Broken()
    if fault.body is not None:
        return PlainTextResponse(fault.body, fault.status)
    return Refusal(fault.status, f"Fault {fault.status}", fault.retry_after).answer()


async def post_over_http(url: str, headers: dict[str, str], update: Json) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        with suppress(httpx.HTTPError):
            return (await client.post(url, headers=headers, json=update)).status_code
    return 599


async def main(port: int) -> None:
    async with FakeBotApi().serve(port) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    asyncio.run(main(options.parse_args().port))
