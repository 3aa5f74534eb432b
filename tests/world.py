"""A whole bot in memory: real gateway, store, outbox and channels, on a clock that stands still.

People talk through real channels: a web page by POST and WebSocket, Telegram by its webhook
against the fake Bot API. `world.later(60)` lets a minute pass.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import httpx
from starlette.types import Message as AsgiMessage

from bot.app import App, open_app
from bot.app import World as Parts
from bot.channels.base import Channel, Receive
from bot.channels.telegram import Telegram
from bot.config import Config, load_config
from bot.web.site import make_site
from storage import Store, Vault
from storage.records import AddressSeal, Post, Region, Site, StaffRecord
from tests.fakes.telegram import TOKEN, FakeBotApi
from tests.meeting import Meetings

SECRET = "hook-secret"
ROOT = bytes(range(32))
MONDAY = 1_795_399_200  # 2026-11-23 10:00 in Shanghai, a working hour
BASE = "http://127.0.0.1:8080"


class Clock:
    def __init__(self, now: int = MONDAY) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@dataclass
class Bubble:
    id: str
    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    """label → what pressing it needs: a token (web) or the label itself (Telegram)"""
    until: int | None = None


class Person(Protocol):
    """Somebody at a screen. `screen` holds what the bot said, oldest first."""

    @property
    def screen(self) -> list[Bubble]: ...

    async def says(self, text: str, reply_to: str = "") -> None: ...

    async def taps(self, bubble: Bubble, label: str) -> None: ...

    async def edits(self, text: str) -> None: ...


class WebPerson:
    def __init__(self, app: App, site: Any, token: str) -> None:
        self.token, self._app, self._site = token, app, site
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(site), base_url=BASE,
            cookies={"santong-me": token},
        )  # fmt: skip
        self.frames: list[dict[str, Any]] = []
        self.answers: list[httpx.Response] = []
        self._closing = asyncio.Event()
        self._page: asyncio.Task[None] | None = None
        self._numbers = itertools.count()

    @property
    def address(self) -> AddressSeal:
        address = self._app.web.address_of(self.token)
        return AddressSeal(address.channel, address.app, address.id)

    @property
    def screen(self) -> list[Bubble]:
        shown: dict[str, Bubble] = {}
        for one in self.bubbles:
            if one["from"] == "bot":
                buttons = {button["label"]: button["token"] for button in one["buttons"]}
                shown[one["id"]] = Bubble(one["id"], one["text"], buttons, one["until"])
        return list(shown.values())

    @property
    def bubbles(self) -> list[dict[str, Any]]:
        hello = [one for frame in self.frames for one in frame.get("bubbles", [])]
        return hello + [frame["bubble"] for frame in self.frames if frame["type"] == "bubble"]

    async def opens(self, query: str = "") -> None:
        """Open the page: the WebSocket, spoken by hand."""
        self._closing = asyncio.Event()
        inbox: asyncio.Queue[AsgiMessage] = asyncio.Queue()
        await inbox.put({"type": "websocket.connect"})
        opened = asyncio.Event()

        async def receive() -> AsgiMessage:
            if not inbox.empty():
                return await inbox.get()
            opened.set()  # greeted: from here on the server only waits for the end
            await self._closing.wait()
            return {"type": "websocket.disconnect", "code": 1001}

        async def send(message: AsgiMessage) -> None:
            if message["type"] == "websocket.send":
                self.frames.append(json.loads(message["text"]))

        scope = {
            "type": "websocket", "path": "/web/me/stream", "raw_path": b"/web/me/stream",
            "query_string": query.encode(), "scheme": "ws", "subprotocols": [], "root_path": "",
            "headers": [(b"host", b"127.0.0.1:8080"), (b"origin", BASE.encode()),
                        (b"cookie", f"santong-me={self.token}".encode())],
        }  # fmt: skip
        self._page = asyncio.ensure_future(self._site(scope, receive, send))
        await opened.wait()

    async def closes(self) -> None:
        self._closing.set()
        if self._page is not None:
            await self._page
        self.frames.clear()

    async def says(self, text: str, reply_to: str = "") -> None:
        await self.posts({"text": text, "reply_to": reply_to})

    async def taps(self, bubble: Bubble, label: str) -> None:
        await self.posts({"choice": bubble.buttons[label]})

    async def edits(self, text: str) -> None:
        raise NotImplementedError("a page has no editing")

    async def posts(self, body: dict[str, Any]) -> httpx.Response:
        posted = {"id": f"{self.token}-{next(self._numbers)}", **body}
        answer = await self.client.post("/web/me/messages", json=posted)
        self.answers.append(answer)
        return answer


class TelegramPerson:
    def __init__(self, fake: FakeBotApi, number: int) -> None:
        self._fake, self.number = fake, number
        self._last_written = 0

    @property
    def address(self) -> AddressSeal:
        return AddressSeal("telegram", TOKEN.partition(":")[0], str(self.number))

    @property
    def screen(self) -> list[Bubble]:
        mine = [one for one in self._fake.sent if one["chat_id"] == self.number]
        return [
            Bubble(str(one["message_id"]), one["text"], {label: label for label in _labels(one)})
            for one in mine
        ]

    async def says(self, text: str, reply_to: str = "") -> None:
        update = self._fake.says(self.number, text, int(reply_to) if reply_to else None)
        self._last_written = update["message"]["message_id"]
        await self._fake.push()

    async def taps(self, bubble: Bubble, label: str) -> None:
        self._fake.presses(self.number, int(bubble.id), label)
        await self._fake.push()

    async def edits(self, text: str) -> None:
        self._fake.edits(self.number, self._last_written, text)
        await self._fake.push()


def _labels(record: dict[str, Any]) -> list[str]:
    return [one["text"] for one in record["buttons"]]


class World:
    """The town of the tests: one region, a factory, a dormitory, and whoever is enrolled."""

    def __init__(
        self, app: App, clock: Clock, fake: FakeBotApi, channel: str, language: str,
        meetings: Meetings,
    ) -> None:  # fmt: skip
        self.app, self.clock, self.fake = app, clock, fake
        self.channel, self.language, self.meetings = channel, language, meetings
        self.site = make_site(app, [])
        self.people: dict[str, Any] = {}
        self._read: dict[str, int] = {}
        self._numbers = itertools.count(700_100_001)

    # people

    async def person(self, name: str, channel: str = "") -> Any:
        if name not in self.people:
            if (channel or self.channel) == "telegram":
                self.people[name] = TelegramPerson(self.fake, next(self._numbers))
            else:
                web = WebPerson(self.app, self.site, f"cookie-of-{name}")
                self.people[name] = web
                await web.opens()
                await self.settle()
                if self.language == "en":
                    await web.posts({"text": "/language en"})
                    await self.settle()
                self._read[name] = len(web.screen)
        return self.people[name]

    async def enrol(
        self, name: str, role: str = "cadre", *, sites: tuple[str, ...] = (), employer: str = "",
        skills: tuple[str, ...] = (), capacity: int = 100, channel: str = "",
        hours: str = "1-7 00:00-23:59", region: str = "town",
    ) -> StaffRecord:  # fmt: skip
        """A member of staff who sits at a screen already; the long way is in the journeys."""
        posts = tuple(Post(role, region, site) for site in (sites or ("",)))
        record = StaffRecord(
            id=f"staff-{name}", name=name, unit="镇团委", employer=employer, skills=skills,
            hours=hours, capacity=capacity, language=self.language, posts=posts,
        )  # fmt: skip
        await self.app.stores.transaction(lambda store: store.staff.add(record))
        number = next(self._numbers)
        person: Any = TelegramPerson(self.fake, number)
        if (channel or self.channel) == "web":
            person = WebPerson(self.app, self.site, f"cookie-of-{name}")
        self.fake.known.add(number)
        self.people[name] = person
        await self.app.gateway.bind_staff(person.address, record.id)
        if isinstance(person, WebPerson):
            await person.opens()
            await self.settle()
        self._read[name] = len(person.screen)
        return record

    async def joins(self, name: str, site: str = "明达电子厂") -> None:
        await self.says(name, "/start")
        if self.language == "en":
            await self.says(name, "/language en")
        await self.says(name, f"/join {site}")
        self.heard(name)

    # what happens

    async def says(self, name: str, text: str, about: str = "") -> None:
        """`about` names a word of the bubble that is answered."""
        person = await self.person(name)
        reply_to = self.bubble(name, about).id if about else ""
        await person.says(text, reply_to)
        await self.settle()

    async def asks(self, name: str, text: str) -> str:
        """Join if need be, write, finish: the code of the case as its cadre sees it."""
        if name not in self.people:
            await self.joins(name)
        await self.says(name, text)
        await self.later(self.app.config.join_seconds)
        return (await self.cases())[-1].code

    async def taps(self, name: str, label: str, about: str = "") -> None:
        person = await self.person(name)
        bubbles = [one for one in person.screen if about in one.text and label in one.buttons]
        assert bubbles, f"{name} sees no button {label!r} in {self.log(name)}"
        await person.taps(bubbles[-1], label)
        await self.settle()

    async def later(self, seconds: int) -> None:
        self.clock.now += seconds
        await self.settle()

    async def settle(self) -> None:
        """Everything that is due now is done."""
        for _ in range(200):
            await asyncio.sleep(0)
            done = [await self.app.delivery.step(), await self.app.chores.step()]
            if not any(done):
                for _ in range(5):  # what a page was sent still crosses its socket
                    await asyncio.sleep(0)
                return
        raise AssertionError("the town never comes to rest")

    # what is seen

    def log(self, name: str) -> list[str]:
        return [one.text for one in self.people[name].screen]

    def heard(self, name: str) -> list[str]:
        """What the bot said to `name` since the last look."""
        texts = self.log(name)
        new = texts[self._read.get(name, 0) :]
        self._read[name] = len(texts)
        return new

    def bubble(self, name: str, word: str) -> Bubble:
        found = [one for one in self.people[name].screen if word in one.text]
        assert found, f"{name} sees nothing with {word!r} in {self.log(name)}"
        return found[-1]

    def buttons(self, name: str, about: str = "") -> list[str]:
        return list(self.bubble(name, about).buttons)

    def text(self, key: str, **params: str | int) -> str:
        said = {name: str(value) for name, value in params.items()}
        return self.app.speech.catalogue.say(key, self.language, said)

    def label(self, key: str, **params: str | int) -> str:
        return self.text(f"button-{key}", **params)

    # what is stored

    async def cases(self) -> list[Any]:
        async def look(store: Store) -> list[Any]:
            found = [await store.cases.by_id(id) for id in await store.cases.ids()]
            living = [one for one in found if one is not None]
            return sorted(living, key=lambda one: (one.seal.opened, one.turn))

        return await self.app.stores.transaction(look)

    async def words(self, code: str) -> list[str]:
        async def look(store: Store) -> list[str]:
            case = await store.cases.by_code(code)
            assert case is not None
            found = await store.messages.of_case(case.id)
            return [one.seal.text if one.seal else "" for one in found]

        return await self.app.stores.transaction(look)

    async def border(self, work: Callable[[Store, Vault], Any]) -> Any:
        return await self.app.stores.border(work)


async def seed(store: Store) -> None:
    await store.sites.add_region(Region("town", None, "三同镇"))
    await store.sites.add_region(Region("other", None, "邻镇"))
    for id, name, kind, employer, code in (
        ("factory", "明达电子厂", "enterprise", "明达电子", "MINGDA"),
        ("dorm", "河西新村宿舍", "dormitory", "", "HEXI"),
    ):
        site = Site(id, "town", name, kind, employer, 400, "prompt", True, code, 180)  # type: ignore[arg-type]
        await store.sites.add(site)


@contextlib.asynccontextmanager
async def open_world(
    folder: Path,
    channel: str = "web",
    language: str = "zh-CN",
    below: Callable[[int], int] | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    clock, fake = Clock(), FakeBotApi()
    config = load_config(None, {}, base=folder)
    config = replace_config(config, **changes)

    def channels(
        _: Config, receive: Receive, words: Callable[[str, str], str]
    ) -> dict[str, Channel]:
        return {"telegram": Telegram(
            token=TOKEN, receive=receive, mode="webhook", webhook_secret=SECRET,
            public_url="https://bot.example", api_base="http://bot-api.invalid", proxy="",
            words=lambda key, spoken: words(key, spoken or language),
            transport=httpx.ASGITransport(fake),
        )}  # fmt: skip

    parts = replace(Parts(), now=clock, channels=channels, seed=seed)
    if below is not None:
        parts = replace(parts, below=below)
    async with open_app(config, ROOT, parts) as app:
        meetings = Meetings(app.stores.database)
        world = World(app, clock, fake, channel, language, meetings)
        fake.post = poster(world.site)
        fake.webhook = {"url": "https://bot.example/telegram", "secret_token": SECRET}
        yield world
        for person in world.people.values():
            if isinstance(person, WebPerson):
                await person.closes()
                await person.client.aclose()


def replace_config(config: Config, **changes: Any) -> Config:
    import msgspec

    return msgspec.structs.replace(config, **changes)


def poster(site: Any) -> Callable[[str, dict[str, str], dict[str, Any]], Any]:
    async def post(url: str, headers: dict[str, str], update: dict[str, Any]) -> int:
        transport = httpx.ASGITransport(site)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.post(url, headers=headers, json=update)).status_code

    return post
