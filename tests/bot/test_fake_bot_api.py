"""The fake is only worth something while it behaves as the Bot API does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.base import Accepted, Address, Inbound, Outgoing
from bot.channels.telegram import Telegram
from tests.fakes.telegram import TOKEN, FakeBotApi

MEI = 7001


@pytest.fixture
def fake() -> FakeBotApi:
    return FakeBotApi()


@pytest.fixture
async def client(fake: FakeBotApi) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=fake)
    async with httpx.AsyncClient(transport=transport, base_url="http://telegram.test") as client:
        yield client


async def call(client: httpx.AsyncClient, method: str, **fields: Any) -> Any:
    return (await client.post(f"/bot{TOKEN}/{method}", data=fields)).json()


async def polled(fake: FakeBotApi) -> None:
    while not fake.counts["getUpdates"]:  # noqa: ASYNC110 - the fake has no bell for this
        await asyncio.sleep(0)


async def test_an_offset_confirms_all_below_it_and_forgets_it(
    fake: FakeBotApi, client: httpx.AsyncClient
):
    first, second = fake.says(MEI, "one"), fake.says(MEI, "two")

    assert (await call(client, "getUpdates"))["result"] == [first, second]
    assert (await call(client, "getUpdates"))["result"] == [first, second]
    assert (await call(client, "getUpdates", offset=second["update_id"]))["result"] == [second]
    assert (await call(client, "getUpdates", offset=1))["result"] == [second]


async def test_a_negative_offset_keeps_the_last_ones(fake: FakeBotApi, client: httpx.AsyncClient):
    updates = [fake.says(MEI, str(number)) for number in range(5)]

    assert (await call(client, "getUpdates", offset=-2))["result"] == updates[-2:]
    assert fake.pending == updates[-2:]


async def test_at_most_a_hundred_updates_come_at_once(fake: FakeBotApi, client: httpx.AsyncClient):
    updates = [fake.says(MEI, str(number)) for number in range(120)]

    assert (await call(client, "getUpdates"))["result"] == updates[:100]
    assert (await call(client, "getUpdates", limit=3))["result"] == updates[:3]


async def test_a_long_poll_ends_with_the_first_update(fake: FakeBotApi, client: httpx.AsyncClient):
    poll = asyncio.create_task(call(client, "getUpdates", timeout=50))
    await polled(fake)

    update = fake.says(MEI, "hello")

    assert (await poll)["result"] == [update]


async def test_a_second_poller_drives_the_first_out(fake: FakeBotApi, client: httpx.AsyncClient):
    first = asyncio.create_task(call(client, "getUpdates", timeout=50))
    await polled(fake)

    await call(client, "getUpdates")

    assert (await first)["error_code"] == 409


async def test_there_is_no_polling_beside_a_webhook(fake: FakeBotApi, client: httpx.AsyncClient):
    await call(client, "setWebhook", url="https://x.example")
    assert (await call(client, "getUpdates"))["error_code"] == 409

    await call(client, "deleteWebhook")
    assert (await call(client, "getUpdates"))["ok"]


async def test_only_the_kinds_asked_for_arrive(fake: FakeBotApi, client: httpx.AsyncClient):
    await call(client, "getUpdates", allowed_updates='["edited_message"]')
    fake.says(MEI, "hello")
    edit = fake.edits(MEI, 101, "hello!")

    assert (await call(client, "getUpdates"))["result"] == [edit]


async def test_methods_are_found_in_any_case_and_others_are_not(client: httpx.AsyncClient):
    assert (await call(client, "GETME"))["result"]["username"] == "santong_test_bot"
    assert (await call(client, "getMoney"))["error_code"] == 404
    assert (await client.post("/bot1:wrong/getMe")).status_code == 401


REFUSED = {
    "empty": {"text": " "},
    "too long": {"text": "字" * 4097},
    "too long in UTF-16": {"text": "😀" * 2049},
    "long token": {
        "text": "?",
        "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"%s"}]]}' % ("x" * 65),
    },
    "unknown chat": {"text": "hello", "chat_id": 1},
}


@pytest.mark.parametrize("name", REFUSED)
async def test_it_refuses_what_telegram_refuses(
    fake: FakeBotApi, client: httpx.AsyncClient, name: str
):
    fake.known.add(MEI)

    answer = await call(client, "sendMessage", **{"chat_id": MEI, **REFUSED[name]})

    assert answer["error_code"] == 400
    assert fake.sent == []


async def test_numbers_of_messages_grow(fake: FakeBotApi, client: httpx.AsyncClient):
    said = fake.says(MEI, "hello")["message"]["message_id"]
    sent = (await call(client, "sendMessage", chat_id=MEI, text="hi"))["result"]["message_id"]

    assert said < sent < fake.says(MEI, "again")["message"]["message_id"]


async def test_a_message_can_be_changed_and_taken_back(fake: FakeBotApi, client: httpx.AsyncClient):
    fake.known.add(MEI)
    sent = (await call(client, "sendMessage", chat_id=MEI, text="hi"))["result"]["message_id"]

    await call(client, "editMessageText", chat_id=MEI, message_id=sent, text="hello")
    await call(client, "deleteMessage", chat_id=MEI, message_id=sent)

    assert fake.heard(MEI) == ["hello"]
    again = await call(client, "deleteMessage", chat_id=MEI, message_id=sent)
    assert again["error_code"] == 400


async def test_a_fault_comes_as_often_as_told(fake: FakeBotApi, client: httpx.AsyncClient):
    fake.fail_next("getMe", 429, retry_after=5, times=2)

    answers = [await call(client, "getMe") for _ in range(3)]

    assert [answer["ok"] for answer in answers] == [False, False, True]
    assert answers[0]["parameters"] == {"retry_after": 5}


async def test_a_fault_after_the_act_leaves_the_act_done(
    fake: FakeBotApi, client: httpx.AsyncClient
):
    fake.known.add(MEI)
    fake.fail_next("sendMessage", after=True)

    with pytest.raises(httpx.RemoteProtocolError):
        await call(client, "sendMessage", chat_id=MEI, text="hi")

    assert fake.heard(MEI) == ["hi"]


async def test_over_real_http_a_letter_comes_in_and_an_answer_goes_out(fake: FakeBotApi):
    taken: asyncio.Queue[Inbound] = asyncio.Queue()

    async def receive(inbound: Inbound) -> Accepted:
        taken.put_nowait(inbound)
        return Accepted()

    async with fake.serve() as address, asyncio.timeout(20):
        channel = Telegram(
            token=TOKEN,
            receive=receive,
            mode="polling",
            webhook_secret="",
            public_url="",
            api_base=address,
            proxy="",
            words=lambda key, language: key,
        )
        async with channel, httpx.AsyncClient(base_url=address, trust_env=False) as hand:
            working = asyncio.create_task(channel.run())
            await hand.post("/control/says", json={"user_id": MEI, "text": "hello"})
            letter = await taken.get()
            await channel.send(letter.address, Outgoing(id="m", text="good day"))
            sent = (await hand.get("/control/sent")).json()
            working.cancel()

    assert letter.address == Address("telegram", "4242", str(MEI))
    assert [message["text"] for message in sent] == ["good day"]


async def test_over_real_http_a_broken_answer_is_a_broken_connection(fake: FakeBotApi):
    fake.fail_next("getMe")
    async with fake.serve() as address, httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(f"{address}/bot{TOKEN}/getMe")


async def test_served_it_pushes_until_the_webhook_agrees(fake: FakeBotApi):
    answers, arrived = [503, 200], asyncio.Event()
    pushes: list[tuple[str, str]] = []

    async def post(url: str, headers: dict[str, str], update: Any) -> int:
        pushes.append((url, update["message"]["text"]))
        if len(pushes) == len(answers):
            arrived.set()
        return answers[len(pushes) - 1]

    fake.post = post
    async with fake.serve(), asyncio.timeout(20):
        fake.webhook = {"url": "https://x.example", "secret_token": "s"}
        fake.says(MEI, "hello")
        await arrived.wait()

    assert pushes == [("https://x.example", "hello")] * 2
