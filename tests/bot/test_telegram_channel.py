import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.channels.base import (
    Accepted,
    Address,
    Button,
    Channel,
    Gone,
    Inbound,
    Outgoing,
    Refused,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.channels.telegram import Telegram, api_url
from bot.channels.telegram.errors import Stopped
from bot.channels.telegram.updates import read, understood
from bot.channels.telegram.words import split
from tests.fakes.telegram import SECRET_HEADER, TOKEN, FakeBotApi

MEI, LIU, GROUP = 7001, 7002, -100123
SECRET = "the-webhook-secret"
UPDATES = Path(__file__).parent.parent / "updates"


class Border:
    """Takes what the channel hands over; `refuses` decides what it cannot take now."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.tries = 0
        self.refuses: Callable[[Inbound], bool] = lambda inbound: False
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, inbound: Inbound) -> Accepted:
        self.tries += 1
        if self.refuses(inbound):
            raise OSError("disk full")
        await self.open.wait()
        self.taken.append(inbound)
        return Accepted()

    def texts(self, person: int | None = None) -> list[str]:
        return [i.text for i in self.taken if person is None or i.address.id == str(person)]


@pytest.fixture
def fake() -> FakeBotApi:
    return FakeBotApi()


@pytest.fixture
def border() -> Border:
    return Border()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def make(fake: FakeBotApi, border: Border, pauses: list[float]) -> Callable[..., Telegram]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    def make(**changes: Any) -> Telegram:
        options: dict[str, Any] = {
            "token": TOKEN,
            "receive": border,
            "mode": "polling",
            "webhook_secret": SECRET,
            "public_url": "https://santong.example",
            "api_base": "http://telegram.test",
            "proxy": "",
            "words": lambda key, language: f"{key} {language}".strip(),
            "transport": httpx.ASGITransport(app=fake),
            "sleep": sleep,
        }
        return Telegram(**{**options, **changes})

    return make


@pytest.fixture
def channel(make: Callable[..., Telegram]) -> Telegram:
    return make()


@pytest.fixture
def webhook(make: Callable[..., Telegram], fake: FakeBotApi) -> Telegram:
    channel = make(mode="webhook")
    fake.post = at(channel)
    return channel


def at(channel: Telegram) -> Callable[..., Any]:
    """How Telegram posts to our webhook, without a network."""

    async def post(url: str, headers: dict[str, str], body: Any) -> int:
        app = httpx.ASGITransport(app=Starlette(routes=list(channel.routes())))
        content = body if not isinstance(body, dict | list) else json.dumps(body).encode()
        async with httpx.AsyncClient(transport=app) as client:
            return (await client.post(url, headers=headers, content=content)).status_code

    return post


async def pushed(channel: Telegram, body: Any, secret: str = SECRET) -> int:
    return await at(channel)("https://santong.example/telegram", {SECRET_HEADER: secret}, body)


@asynccontextmanager
async def running(channel: Telegram) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(channel.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for is many things
            await asyncio.sleep(0)


def to(person: int) -> Address:
    return Address("telegram", "4242", str(person))


def note(text: str, *buttons: Button, silent: bool = False) -> Outgoing:
    return Outgoing(id="m1", text=text, buttons=buttons, silent=silent)


def sample(name: str) -> Any:
    return json.loads((UPDATES / f"telegram-{name}.json").read_text("utf-8"))


def heard_in(name: str) -> Inbound | None:
    update = read(sample(name))
    return understood(update, "4242") if update else None


# ── what is understood


def test_it_is_a_channel(channel: Telegram):
    kept: Channel = channel
    assert kept.name == "telegram"


def test_a_text_becomes_an_inbound_without_any_name():
    inbound = heard_in("text")

    assert inbound == Inbound(
        address=to(MEI),
        key="u880001",
        native_id="55",
        kind="text",
        text="哪里有招聘会?",
        language="zh-CN",
    )
    assert "mei" not in repr(inbound).lower()


UNDERSTOOD = {
    "english": ("text", "Any job fair?", "", "", ""),
    "start": ("enter", "", "", "", ""),
    "start-payload": ("text", "/start s-K7Q2", "", "", ""),
    "reply": ("text", "谢谢", "50", "", ""),
    "edit": ("edit", "哪里有招聘会?下周的", "", "", ""),
    "tap": ("tap", "", "50", "t:Qm9", ""),
    "tap-old": ("tap", "", "3", "t:Old", ""),
    "photo": ("text", "我的简历", "", "", "photo"),
    "sticker": ("text", "", "", "", "sticker"),
    "animation": ("text", "", "", "", "animation"),
    "voice": ("text", "", "", "", "voice"),
    "document": ("text", "", "", "", "file"),
    "contact": ("text", "", "", "", "contact"),
    "forward": ("text", "招聘启事", "", "", ""),
}
IGNORED = ["live-location", "pinned", "from-bot", "group", "group-tap", "tap-inline"]
IGNORED += ["channel-post", "malformed-no-chat", "malformed-types", "malformed-chat-id"]
IGNORED += ["malformed-no-number"]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_each_kind_of_act_is_understood(name: str):
    inbound = heard_in(name)

    assert inbound
    told = (inbound.kind, inbound.text, inbound.reply_to, inbound.choice, inbound.media)
    assert told == UNDERSTOOD[name]


@pytest.mark.parametrize("name", IGNORED)
def test_all_else_is_passed_over(name: str):
    assert heard_in(name) is None


def test_every_sample_is_told_of():
    names = {path.stem.removeprefix("telegram-") for path in UPDATES.glob("telegram-*.json")}
    assert names == {"text", *UNDERSTOOD, *IGNORED}


def test_an_edit_names_the_message_that_it_corrects_and_has_a_key_of_its_own():
    first, edit = heard_in("text"), heard_in("edit")

    assert first and edit
    assert edit.native_id == first.native_id
    assert edit.key != first.key


def test_what_no_database_takes_is_cleaned_away():
    update = {**sample("text")}
    update["message"] = {**update["message"], "text": "a\ud800b\0c"}
    known = read(update)

    assert known
    inbound = understood(known, "4242")
    assert inbound
    assert inbound.text == "a?bc"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(["text", "reply", "tap", "edit", "photo", "group"]), st.data())
def test_no_update_however_wrong_is_a_crash(name: str, data: st.DataObject):
    update = spot = sample(name)
    while True:
        key = data.draw(st.sampled_from(sorted(spot)))
        if not isinstance(spot[key], dict) or data.draw(st.booleans()):
            break
        spot = spot[key]
    spot[key] = data.draw(anything)

    known = read(update)
    assert known is None or isinstance(understood(known, "4242"), Inbound | None)


# ── polling


async def test_what_a_person_writes_arrives_and_is_then_forgotten_by_telegram(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    fake.says(MEI, "hello")  # before the bot is up, and kept

    async with running(channel):
        await until(lambda: not fake.pending)

    assert border.texts() == ["hello"]


async def test_nothing_is_lost_when_the_border_cannot_take_it(
    channel: Telegram, fake: FakeBotApi, border: Border, pauses: list[float]
):
    border.refuses = lambda inbound: border.tries <= 3
    fake.says(MEI, "one")
    fake.says(MEI, "two")

    async with running(channel):
        await until(lambda: border.texts() == ["one", "two"])

    assert pauses == [1, 2, 4]


async def test_after_a_success_pauses_are_short_again(
    channel: Telegram, fake: FakeBotApi, border: Border, pauses: list[float]
):
    border.refuses = lambda inbound: border.tries in (1, 2, 4)
    fake.says(MEI, "one")
    async with running(channel):
        await until(lambda: border.texts() == ["one"] and not fake.pending)
        fake.says(MEI, "two")
        await until(lambda: border.texts() == ["one", "two"])

    assert pauses == [1, 2, 1]


async def test_a_process_that_dies_before_the_commit_is_told_again(
    make: Callable[..., Telegram], fake: FakeBotApi, border: Border
):
    border.open.clear()
    fake.says(MEI, "my letter")
    async with running(make()):
        await until(lambda: border.tries)
    assert border.taken == []

    border.open.set()
    async with running(make()):
        await until(lambda: border.taken)

    assert border.texts() == ["my letter"]


async def test_a_process_that_dies_after_the_commit_is_told_again_under_the_same_key(
    make: Callable[..., Telegram], fake: FakeBotApi, border: Border
):
    fake.says(MEI, "my letter")
    async with running(make()):
        await until(lambda: border.taken)
        fake.fail_next("getUpdates", 500, times=99)  # dies before it can confirm
    fake.faults.clear()

    async with running(make()):
        await until(lambda: len(border.taken) == 2)

    assert border.taken[0] == border.taken[1]


async def test_the_offset_moves_only_past_what_is_finished(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    border.refuses = lambda inbound: inbound.text == "bad"
    fake.says(LIU, "a")
    stuck = fake.says(MEI, "bad")
    fake.says(LIU, "b")
    fake.says(MEI, "after bad")

    async with running(channel):
        await until(lambda: fake.counts["getUpdates"] >= 3)
        assert fake.pending[0] == stuck
        assert set(border.texts()) == {"a", "b"}
        border.refuses = lambda inbound: False
        await until(lambda: not fake.pending)

    assert border.texts(MEI) == ["bad", "after bad"]


async def test_each_chat_keeps_its_order(channel: Telegram, fake: FakeBotApi, border: Border):
    for number in range(60):
        fake.says(MEI + number % 3, str(number))

    async with running(channel):
        await until(lambda: not fake.pending)

    for person in range(3):
        wanted = [str(n) for n in range(60) if n % 3 == person]
        assert border.texts(MEI + person) == wanted


async def test_at_most_sixteen_chats_are_worked_on_at_once(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    border.open.clear()
    for number in range(40):
        fake.says(MEI + number, "hello")

    async with running(channel):
        await until(lambda: border.tries == 16)
        for _ in range(100):
            await asyncio.sleep(0)
        assert border.tries == 16
        border.open.set()
        await until(lambda: len(border.taken) == 40)


async def test_malformed_updates_hold_nobody_up(
    channel: Telegram, fake: FakeBotApi, border: Border, caplog: pytest.LogCaptureFixture
):
    fake.pending = [sample("malformed-no-chat"), sample("malformed-types")]
    fake.update_ids = count(990000)
    fake.says(MEI, "hello")

    async with running(channel):
        await until(lambda: not fake.pending)

    assert border.texts() == ["hello"]
    assert "秘密" not in caplog.text


async def test_updates_that_telegram_numbers_anew_are_seen(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    fake.patience = 0.01
    fake.says(MEI, "before the quiet week")
    async with running(channel):
        await until(lambda: fake.counts["getUpdates"] >= 3)
        fake.update_ids = count(5)
        fake.says(MEI, "after it")
        await until(lambda: len(border.taken) == 2)


async def test_the_network_may_fail_for_long(
    channel: Telegram, fake: FakeBotApi, border: Border, pauses: list[float]
):
    fake.fail_next("deleteWebhook", 500)
    fake.fail_next("getUpdates", 0, times=7)
    fake.fail_next("getUpdates", 502, body="<html>")
    fake.fail_next("getUpdates", 200, body="no JSON")
    fake.fail_next("getUpdates", 200, body='{"ok":true,"result":true}')
    fake.fail_next("getUpdates", 200, body='{"ok":true,"result":[{"no":"number"}]}')
    fake.fail_next("getUpdates", 429, retry_after=17)
    fake.says(MEI, "hello")

    async with running(channel):
        await until(lambda: border.taken)

    assert pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 17]


@pytest.mark.parametrize("status", [401, 404, 409])
async def test_a_bot_that_may_not_work_says_so(channel: Telegram, fake: FakeBotApi, status: int):
    fake.fail_next("getUpdates", status)

    with pytest.raises(Stopped):
        await channel.run()


async def test_waiting_messages_are_never_dropped(channel: Telegram, fake: FakeBotApi):
    fake.webhook = {"url": "https://old.example"}
    fake.says(MEI, "hello")

    async with running(channel):
        await until(lambda: fake.counts["deleteWebhook"])
        assert len(fake.pending) == 1


# ── webhook


async def test_the_webhook_is_registered_with_its_secret(webhook: Telegram, fake: FakeBotApi):
    fake.says(MEI, "hello")
    async with running(webhook):
        await until(lambda: fake.webhook)

    assert fake.webhook["url"] == "https://santong.example/telegram"
    assert fake.webhook["secret_token"] == SECRET
    assert fake.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert len(fake.pending) == 1


async def test_a_push_is_answered_once_the_border_has_it(
    webhook: Telegram, fake: FakeBotApi, border: Border
):
    fake.webhook = {"url": "https://santong.example/telegram", "secret_token": SECRET}
    border.open.clear()
    fake.says(MEI, "hello")
    push = asyncio.create_task(fake.push())
    await until(lambda: border.tries)
    assert not push.done()

    border.open.set()

    assert await push == [200]
    assert border.texts() == ["hello"]


async def test_a_push_that_the_border_cannot_take_comes_again(
    webhook: Telegram, fake: FakeBotApi, border: Border
):
    fake.webhook = {"url": "https://santong.example/telegram", "secret_token": SECRET}
    border.refuses = lambda inbound: border.tries == 1
    fake.says(MEI, "hello")

    assert await fake.push() == [503]
    assert await fake.push() == [200]
    assert border.texts() == ["hello"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1]])
async def test_a_wrong_secret_is_refused_before_the_body_is_read(
    webhook: Telegram, border: Border, secret: str
):
    async def body() -> AsyncIterator[bytes]:
        pytest.fail("the body was read")
        yield b""

    assert await pushed(webhook, body(), secret) == 403
    assert border.tries == 0


async def test_a_huge_body_is_refused_while_it_comes(webhook: Telegram, border: Border):
    chunks: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(1000):
            chunks.append(b" " * 1024)
            yield chunks[-1]

    assert await pushed(webhook, body()) == 413
    assert len(chunks) == 65


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"[]", b"7", b"null", b'{"a": "\\ud800"}']
)
async def test_a_body_that_is_no_json_is_refused(webhook: Telegram, body: bytes):
    assert await pushed(webhook, body) == 400


@pytest.mark.parametrize("body", [b"{}", b'{"update_id":"x"}'])
async def test_json_that_is_no_update_is_acknowledged_and_forgotten(
    webhook: Telegram, border: Border, body: bytes
):
    assert await pushed(webhook, body) == 200
    assert await pushed(webhook, sample("malformed-types")) == 200
    assert border.tries == 0


def test_there_is_no_webhook_without_a_secret(make: Callable[..., Telegram]):
    with pytest.raises(ValueError, match="secret"):
        make(mode="webhook", webhook_secret="")


def test_polling_opens_no_door(channel: Telegram):
    assert list(channel.routes()) == []


# ── buttons


async def test_a_button_pressed_comes_back_as_its_token_and_stops_spinning(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    fake.says(MEI, "/start")
    ids = await channel.send(to(MEI), note("Which?", Button("Work", "t:1"), Button("Home", "t:2")))
    fake.presses(MEI, int(ids[0]), "Home")

    async with running(channel):
        await until(lambda: fake.counts["answerCallbackQuery"])

    tap = border.taken[-1]
    assert (tap.kind, tap.choice, tap.reply_to) == ("tap", "t:2", ids[0])


async def test_a_tap_that_cannot_be_answered_is_taken_all_the_same(
    channel: Telegram, fake: FakeBotApi, border: Border
):
    fake.fail_next("answerCallbackQuery", 400)
    fake.pending = [sample("tap")]

    async with running(channel):
        await until(lambda: not fake.pending)

    assert [tap.choice for tap in border.taken] == ["t:Qm9"]


async def test_a_pushed_tap_is_acknowledged_before_the_spinner_stops(
    webhook: Telegram, fake: FakeBotApi
):
    order: list[str] = []
    app = Starlette(routes=list(webhook.routes()))

    async def spied(scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            order.append(f"{message['type']} {fake.counts['answerCallbackQuery']}")
            await send(message)

        await app(scope, receive, noted)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=spied)) as client:
        secret = {SECRET_HEADER: SECRET}
        await client.post("https://x/telegram", headers=secret, json=sample("tap"))

    assert order == ["http.response.start 0", "http.response.body 0"]
    assert fake.counts["answerCallbackQuery"] == 1


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["是", "否", "不说"], [3]),
        (["1", "2", "3", "4"], [3, 1]),
        (["换一位干部", "再想想"], [2]),
        (["我现在就想送出去", "等到傍晚"], [2]),
        (["It can wait until this evening", "No"], [1, 1]),
    ],
)
async def test_short_buttons_share_a_row(
    channel: Telegram, fake: FakeBotApi, labels: list[str], rows: list[int]
):
    fake.known.add(MEI)
    await channel.send(to(MEI), note("?", *(Button(label, label[:9]) for label in labels)))

    assert [len(row) for row in fake.sent[0]["rows"]] == rows


@pytest.mark.parametrize("token", ["", "x" * 65, "字" * 22])
async def test_a_token_that_telegram_would_refuse_is_our_bug(channel: Telegram, token: str):
    with pytest.raises(AssertionError):
        await channel.send(to(MEI), note("?", Button("a", token)))


# ── groups


@pytest.mark.parametrize("text", ["/help", "/start x", "/ask@Santong_Test_Bot where?"])
async def test_a_group_is_shown_the_door_to_the_private_chat(
    channel: Telegram, fake: FakeBotApi, border: Border, text: str
):
    fake.group_says(GROUP, MEI, text)

    async with running(channel):
        await until(lambda: fake.sent)

    assert fake.heard(GROUP) == ["group-go-private"]
    door = {"text": "group-open-button", "url": "https://t.me/santong_test_bot?start=hi"}
    assert fake.sent[0]["buttons"] == [door]
    assert border.tries == 0


@pytest.mark.parametrize("text", ["hello", "/help@other_bot", "a /help", "/", "/home/mei"])
async def test_all_else_in_a_group_is_ignored(
    channel: Telegram, fake: FakeBotApi, border: Border, text: str
):
    fake.group_says(GROUP, MEI, text)

    async with running(channel):
        await until(lambda: not fake.pending)

    assert fake.sent == []
    assert border.tries == 0


async def test_the_name_of_the_bot_is_asked_once(channel: Telegram, fake: FakeBotApi):
    fake.group_says(GROUP, MEI, "/help")
    async with running(channel):
        await until(lambda: len(fake.sent) == 1)
        fake.group_says(GROUP, LIU, "/help")
        await until(lambda: len(fake.sent) == 2)

    assert fake.counts["getMe"] == 1


# ── sending


async def test_a_message_arrives_as_plain_text(channel: Telegram, fake: FakeBotApi):
    fake.known.add(MEI)

    ids = await channel.send(to(MEI), note("<b>*see* https://x.example", silent=True))

    assert fake.heard(MEI) == ["<b>*see* https://x.example"]
    assert ids == (str(fake.sent[0]["message_id"]),)
    asked = fake.sent[0]["asked"]
    assert asked["disable_notification"].lower() == "true"
    assert asked["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in asked


async def test_a_long_message_comes_in_parts_with_the_buttons_below_the_last(
    channel: Telegram, fake: FakeBotApi
):
    fake.known.add(MEI)

    ids = await channel.send(to(MEI), note("字" * 4000 + "\n" + "句" * 4000, Button("好", "t")))

    assert fake.heard(MEI) == ["字" * 4000, "句" * 4000]
    assert [len(message["buttons"]) for message in fake.sent] == [0, 1]
    assert len(ids) == 2


async def test_a_second_try_leaves_out_the_parts_that_arrived(channel: Telegram, fake: FakeBotApi):
    fake.known.add(MEI)
    long = note("字" * 4000 + "\n" + "句" * 4000)
    fake.fail_next("sendMessage", 429, skip=1, retry_after=3)
    with pytest.raises(TooFast):
        await channel.send(to(MEI), long)

    ids = await channel.send(to(MEI), long)

    assert fake.heard(MEI) == ["字" * 4000, "句" * 4000]
    assert list(ids) == [str(message["message_id"]) for message in fake.sent]


SPLITS = {
    "a paragraph before a line": ("aaa\nb\n\nccc\ndd", 12, ["aaa\nb", "ccc\ndd"]),
    "a line before a sentence": ("aaaaa.\nbb. ccccc", 12, ["aaaaa.", "bb. ccccc"]),
    "a sentence before a word": ("aaaa aa. bb ccc", 12, ["aaaa aa.", "bb ccc"]),
    "a Chinese sentence": ("今天有招聘会。明天没有", 10, ["今天有招聘会。", "明天没有"]),
    "a closing quotation mark": ("他说「有招聘。」然后走了", 10, ["他说「有招聘。」", "然后走了"]),
    "a word": ("aaaa bbbb cccc", 12, ["aaaa bbbb", "cccc"]),
    "no border at all": ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
    "emoji count two": ("😀" * 8, 10, ["😀" * 5, "😀" * 3]),
    "never half an emoji": ("a" + "😀" * 6, 10, ["a" + "😀" * 4, "😀" * 2]),
    "a family stays together": ("aaaaaa👩‍👩‍👧", 10, ["aaaaaa", "👩‍👩‍👧"]),
    "a skin tone stays on its hand": ("aaaaaaaa👍🏽", 10, ["aaaaaaaa", "👍🏽"]),
}


@pytest.mark.parametrize("name", SPLITS)
def test_a_text_is_cut_where_it_reads_best(name: str):
    text, limit, parts = SPLITS[name]
    assert split(text, limit) == parts


@given(st.text(alphabet=st.sampled_from("ab字。 \n.😀\u200d🏽"), max_size=300))
def test_cutting_loses_nothing_but_space(text: str):
    parts = split(text, 40)

    assert all(len(part.encode("utf-16-le")) <= 80 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


# ── what goes wrong when sending


def answer(status: int, **more: Any) -> Callable[[FakeBotApi], None]:
    return lambda fake: fake.fail_next("sendMessage", status, **more)


FAILURES: dict[str, tuple[Callable[[FakeBotApi], object], type[Exception]]] = {
    "blocked": (lambda fake: fake.blocked.add(MEI), Gone),
    "never seen": (lambda fake: fake.known.clear(), Gone),
    "refused": (answer(400), Refused),
    "too fast": (answer(429, retry_after=7), TooFast),
    "server error": (answer(500), Unreachable),
    "bad gateway": (answer(502, body="<html>502</html>"), Unknown),
    "gateway, in JSON": (answer(502, body='{"ok":false,"description":"Bad Gateway"}'), Unknown),
    "a proxy forbids it": (answer(403, body="<html>403</html>"), Unreachable),
    "token withdrawn": (answer(401), Unreachable),
    "reset before the act": (answer(0), Unknown),
    "reset after the act": (answer(0, after=True), Unknown),
    "no JSON": (answer(200, after=True, body="hello"), Unknown),
    "no object": (answer(200, after=True, body="[]"), Unknown),
    "no result": (answer(200, after=True, body="{}"), Unknown),
    "no message": (answer(200, after=True, body='{"ok":true,"result":{}}'), Unknown),
    "a truth": (answer(200, after=True, body='{"ok":true,"result":true}'), Unknown),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_has_its_name(channel: Telegram, fake: FakeBotApi, name: str):
    fail, wanted = FAILURES[name]
    fake.known.add(MEI)
    fail(fake)

    with pytest.raises(wanted) as caught:
        await channel.send(to(MEI), note("hello"))

    tells_nothing(caught.value)


async def test_the_pause_that_telegram_wants_is_told(channel: Telegram, fake: FakeBotApi):
    fake.known.add(MEI)
    fake.fail_next("sendMessage", 429, retry_after=7)

    with pytest.raises(TooFast) as caught:
        await channel.send(to(MEI), note("hello"))

    assert caught.value.seconds == 7


BROKEN = {
    httpx.ConnectError: Unreachable,
    httpx.ConnectTimeout: Unreachable,
    httpx.PoolTimeout: Unreachable,
    httpx.ProxyError: Unreachable,
    httpx.ReadTimeout: Unknown,
    httpx.WriteTimeout: Unknown,
    httpx.ReadError: Unknown,
    httpx.WriteError: Unknown,
    httpx.RemoteProtocolError: Unknown,
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_each_broken_connection_has_its_name(
    make: Callable[..., Telegram], broken: type[httpx.TransportError]
):
    def breaks(request: httpx.Request) -> httpx.Response:
        raise broken(f"could not post to {request.url}", request=request)

    with pytest.raises(BROKEN[broken]) as caught:
        await make(transport=httpx.MockTransport(breaks)).send(to(MEI), note("hello"))

    tells_nothing(caught.value)


def tells_nothing(error: BaseException) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    assert TOKEN not in "".join(traceback.format_exception(error))


async def test_no_log_holds_the_token_or_a_word(
    channel: Telegram, fake: FakeBotApi, border: Border, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    border.refuses = lambda inbound: border.tries == 1
    fake.fail_next("getUpdates", 200, body='{"result": "my secret" ')
    fake.says(MEI, "my secret")
    async with running(channel):
        await until(lambda: not fake.pending)
    await channel.send(to(MEI), note("my secret"))

    assert "OSError" in caplog.text
    assert TOKEN not in caplog.text
    assert "secret" not in caplog.text


# ── where the API is


async def test_a_proxy_is_used_when_one_is_set(make: Callable[..., Telegram], fake: FakeBotApi):
    fake.known.add(MEI)

    async with fake.serve() as address, make(transport=None, proxy=address) as channel:
        await channel.send(to(MEI), note("hello"))

    assert fake.heard(MEI) == ["hello"]


@pytest.mark.parametrize("base", ["http://x:1", "http://x:1/", "http://x:1/bot", "http://x:1/bot/"])
def test_the_address_of_the_api_may_end_in_bot(base: str):
    assert api_url(base) == "http://x:1/bot"


def test_without_an_address_it_is_telegrams():
    assert api_url("") == "https://api.telegram.org/bot"
