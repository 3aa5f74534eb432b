"""The program as a process: how it ends, what it refuses, and what it does when a part fails."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from tests.fakes.telegram import TOKEN, FakeBotApi
from tests.faults.service import SITE, Page, Service, installed, ran, until
from tests.faults.town import FIRST_YOUTH, MARK, text

LETTER = "车间的安全帽裂了也不给换"


@pytest.fixture
def fake() -> FakeBotApi:
    return FakeBotApi()


@pytest.fixture
async def api(fake: FakeBotApi) -> AsyncIterator[str]:
    async with fake.serve() as address:
        yield address


@pytest.fixture
async def service(tmp_path: Path, api: str) -> AsyncIterator[Service]:
    async with installed(tmp_path, telegram={"api_base": api}) as service:
        yield service
        assert_nothing_leaked(service.complaints)


def assert_nothing_leaked(said: str) -> None:
    """What is logged holds no token, no number and no word of a person, and no traceback."""
    for secret in (TOKEN, TOKEN.partition(":")[2], str(FIRST_YOUTH), LETTER, "华兴", "Traceback"):
        assert secret not in said


# how it ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_it_stops_cleanly_with_everything_open(
    service: Service, fake: FakeBotApi, number: signal.Signals
):
    await service.start()
    await until("a long poll runs", lambda: fake.counts["getUpdates"])
    idle = await asyncio.open_connection("127.0.0.1", service.port)
    half_sent = await asyncio.open_connection("127.0.0.1", service.port)
    half_sent[1].write(b"POST /web/me/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    async with Page(service.base):
        code, seconds = await service.end(number)

    assert code == 0
    assert seconds < 10
    assert " error " not in service.complaints
    for _, writer in (idle, half_sent):
        writer.close()


async def test_the_demo_stops_at_control_c(tmp_path: Path):
    async with installed(tmp_path) as demo:
        await demo.start("demo", "--port", str(demo.port))
        async with Page(demo.base, "youth") as page:
            await page.says(LETTER)
            code, seconds = await demo.end(signal.SIGINT)

        assert code == 0
        assert seconds < 10
        assert demo.complaints == ""


async def test_what_was_being_sent_when_it_stopped_is_sent_once(service: Service, fake: FakeBotApi):
    await service.start()
    fake.latency = 1.5
    fake.says(FIRST_YOUTH, "/start")
    await until("a message is on its way", lambda: fake.counts["sendMessage"])

    await service.stop()
    fake.latency = 0
    await service.start()
    fake.says(FIRST_YOUTH, "华兴")
    await until("the youth joined", lambda: SITE in "".join(fake.heard(FIRST_YOUTH)[2:]))
    await service.stop()

    heard = fake.heard(FIRST_YOUTH)
    assert len(set(heard)) == len(heard)
    assert not [said for said in heard if said.startswith(MARK)]


async def test_what_was_received_when_it_stopped_is_kept(service: Service, fake: FakeBotApi):
    await service.start()
    fake.says(FIRST_YOUTH, "华兴")
    fake.says(FIRST_YOUTH, LETTER)
    await until("the letter is confirmed", lambda: not fake.pending)
    await service.stop()

    await service.start()
    await until("the receipt comes", lambda: len(fake.heard(FIRST_YOUTH)) >= 2)
    receipts = [said for said in fake.heard(FIRST_YOUTH) if "收到" in said]
    assert len(receipts) == 1
    await service.stop()


# what it refuses


async def test_a_second_program_on_the_same_data_is_refused(service: Service):
    await service.start()

    second = await ran("run", "--config", str(service.config), cwd=service.folder)

    assert second.code == 2
    assert "Another santong already works on this data folder" in second.err
    assert (await service.get("/livez")).text == "ok"
    await service.stop()


async def test_a_port_that_is_taken_is_named(service: Service, tmp_path: Path):
    await service.start()
    async with installed(tmp_path / "other", port=service.port) as other:
        for command in (["run"], ["demo", "--port", str(other.port)]):
            said = await ran(*command, "--config", str(other.config), cwd=other.folder)

            assert said.code == 2
            assert f"127.0.0.1:{service.port} cannot be used" in said.err
            assert "Traceback" not in said.err
    await service.stop()


# a channel that fails


async def test_a_bot_whose_token_was_withdrawn_is_tried_ever_more_slowly(
    service: Service, fake: FakeBotApi
):
    fake.token = "4242:another"
    await service.start()
    began = monotonic()
    parts = await service.comes_to("telegram fails", lambda parts: parts["status"] == "503")

    assert parts["telegram"].startswith("restarting")
    assert [name for name, state in parts.items() if state != "ok"] == ["telegram", "status"]
    await assert_the_page_works(service)

    await until("three tries", lambda: service.complaints.count("telegram-failed") >= 3)
    assert monotonic() - began > 1 + 2 - 0.5
    for _ in range(20):  # a try that has just begun is no recovery
        assert (await service.get("/readyz")).status_code == 503

    fake.token = TOKEN
    await assert_it_recovers(service, fake)


async def test_a_platform_that_only_fails_is_reported_and_harms_nobody_else(
    service: Service, fake: FakeBotApi
):
    for method in ("getUpdates", "deleteWebhook", "sendMessage"):
        fake.fail_next(method, 500, times=1000)
    await service.start()
    parts = await service.comes_to(
        "telegram fails", lambda parts: parts["status"] == "503", seconds=20
    )

    assert [name for name, state in parts.items() if state != "ok"] == ["telegram", "status"]
    await assert_the_page_works(service)

    fake.faults.clear()
    await assert_it_recovers(service, fake)


async def assert_the_page_works(service: Service) -> None:
    async with Page(service.base) as page:
        await page.says("华兴")
        await page.hears(SITE)
        assert (await page.says(LETTER)).status_code == 200
        await page.hears("收到")


async def assert_it_recovers(service: Service, fake: FakeBotApi) -> None:
    fake.says(FIRST_YOUTH, "/start")
    await until("the youth is greeted", lambda: fake.heard(FIRST_YOUTH), seconds=90)
    await service.comes_to("ready again", lambda parts: parts["status"] == "200")
    assert text("promise") in fake.heard(FIRST_YOUTH)
    answer = await service.get("/readyz")
    assert TOKEN not in answer.text
    await service.stop()
