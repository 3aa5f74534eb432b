"""The program is killed at random moments and started again: nothing is lost, nothing doubled."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import websockets

from storage.sqlite import connect
from tests.fakes.telegram import TOKEN, FakeBotApi
from tests.faults.service import SECRET, Left, Service, in_flight, installed, look_into, until
from tests.faults.town import CADRE, FIRST_YOUTH, MARK, Town, bare

STORMS = [
    pytest.param((6, 8, 3), id="3-kills"),
    pytest.param((20, 9, 10), id="10-kills", marks=[pytest.mark.ci, pytest.mark.timeout(400)]),
]
"""(youths, letters of each, kills); with joining, the long one makes 200 updates of the youths."""


@pytest.mark.parametrize("storm", STORMS)
async def test_every_letter_is_in_its_case_once_and_every_answer_arrives(
    storm: tuple[int, int, int], tmp_path: Path, fake: FakeBotApi, api: str, chance: Random
):
    youths, letters, kills = storm
    town = Town(fake, chance, youths, letters)
    fake.latency = 0.02
    async with installed(tmp_path, telegram={"api_base": api}) as service:
        await service.start()
        await town.enrols(await service.invites("赵敏"))

        broken_off = await lives_through(service, town, kills)

        await service.stop()
        left = await look_into(service)
    assert_nothing_lost_or_doubled(left, town, broken_off)
    assert_nothing_leaked(service.complaints, town)


def assert_nothing_lost_or_doubled(left: Left, town: Town, broken_off: int) -> None:
    assert_each_letter_once(left, town)
    assert_answers_arrived(left, town)
    assert_repeats_are_marked(left, town, broken_off)
    assert not (left.laid_aside or left.held or left.orphans or left.audit_broken)


def assert_nothing_leaked(logged: str, town: Town) -> None:
    for secret in (TOKEN.partition(":")[2], SECRET, str(CADRE), "青年", "答复", "Traceback"):
        assert secret not in logged
    assert not [youth for youth in town.letters if str(youth) in logged]


async def lives_through(service: Service, town: Town, kills: int) -> int:
    """Returns how many sends the kills broke off."""
    async with asyncio.TaskGroup() as group:
        cadre = group.create_task(town.answers_all())
        writing = group.create_task(town.all_write(seconds=2.0 * kills))
        broken_off = await killed(service, town.chance, kills)
        await writing
        await until("the town comes to rest", town.comes_to_rest, seconds=90)
        cadre.cancel()
    return broken_off


async def killed(service: Service, chance: Random, kills: int) -> int:
    broken_off = 0
    for _ in range(kills):
        # From the first moment of its start to the midst of its work.
        await asyncio.sleep(chance.uniform(0.2, 3.5))
        await service.kill()
        broken_off += in_flight(service)
        await service.spawn()
    await service.ready()
    return broken_off


def assert_each_letter_once(left: Left, town: Town) -> None:
    written = [letter for letters in town.letters.values() for letter in letters]
    assert Counter(left.words("youth")) == Counter(written)
    kept = [left.words_of(code, "youth") for code in left.cases]
    assert sorted(kept) == sorted(town.letters.values()), "in one case, in the order of writing"


def assert_answers_arrived(left: Left, town: Town) -> None:
    stored = Counter(left.words("cadre"))
    assert set(stored.values()) == {1}
    for tries in town.answers.values():
        assert set(tries) & stored.keys()
    owners = {letters[0]: youth for youth, letters in town.letters.items()}
    for code in left.cases:
        youth = owners[left.words_of(code, "youth")[0]]
        answers = left.words_of(code, "cadre")
        heard = [one for said in town.fake.heard(youth) for one in answers if one in said]
        assert list(dict.fromkeys(heard)) == answers, "in the order of answering"


def assert_repeats_are_marked(left: Left, town: Town, broken_off: int) -> None:
    repeats = len(town.fake.sent) - left.states["sent"]
    marked = [one["text"] for one in town.fake.sent if one["text"].startswith(MARK)]
    sys.stdout.write(
        f"{len(town.fake.sent)} messages, {broken_off} broken off, {repeats} repeated\n"
    )
    assert left.states.keys() == {"sent"}
    assert 0 <= repeats <= len(marked) <= broken_off
    unmarked = [said for said in town.fake.heard(CADRE) if "#" in said and bare(said) == said]
    assert set(Counter(unmarked).values()) <= {1}


# the web channel


class Browser:
    """A page that posts again under the same id until somebody takes it."""

    def __init__(self, service: Service, name: str, letters: int) -> None:
        self.service, self.name = service, name
        self.letters = [f"宿舍热水又坏了,{name}的第{k:02}句" for k in range(letters)]
        self.bubbles: list[str] = []
        self.again = 0
        self.client = httpx.AsyncClient(base_url=service.base, trust_env=False, timeout=5)

    async def opens(self) -> None:
        await self._insists(partial(self.client.get, "/"))

    async def writes(self, chance: Random, seconds: float) -> None:
        await self.opens()
        await self.posts("0", "华兴")
        for number, letter in enumerate(self.letters, 1):
            await asyncio.sleep(chance.uniform(0, 2 * seconds / len(self.letters)))
            self.bubbles.append((await self.posts(str(number), letter)).json()["bubble"])

    async def posts(self, id: str, text: str) -> httpx.Response:
        body = {"id": f"{self.name}-{id}", "text": text}
        return await self._insists(partial(self.client.post, "/web/me/messages", json=body))

    async def _insists(self, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        while True:
            with suppress(httpx.TransportError):
                answer = await call()
                if answer.status_code == 200:
                    return answer
                assert answer.status_code == 503, answer.text
            self.again += 1
            await asyncio.sleep(0.1)

    async def reloads(self) -> dict[str, Any]:
        """What the page is given when it opens again."""
        cookie = f"santong-me={self.client.cookies['santong-me']}"
        address = f"{self.service.base}/web/me/stream?resume=1".replace("http", "ws", 1)
        async with websockets.connect(
            address, additional_headers={"cookie": cookie}, proxy=None
        ) as socket:
            hello: dict[str, Any] = json.loads(await socket.recv())
            return hello


WEB_STORMS = [
    pytest.param((4, 6, 2), id="2-kills"),
    pytest.param((12, 15, 10), id="10-kills", marks=[pytest.mark.ci, pytest.mark.timeout(400)]),
]


@pytest.mark.parametrize("storm", WEB_STORMS)
async def test_a_page_that_posts_again_is_heard_once(
    storm: tuple[int, int, int], tmp_path: Path, chance: Random
):
    youths, letters, kills = storm
    async with installed(tmp_path) as service:
        browsers = [Browser(service, f"青年{n:02}", letters) for n in range(youths)]
        await service.start()

        async with asyncio.TaskGroup() as group:
            for one in browsers:
                group.create_task(one.writes(chance, seconds=2.0 * kills))
            await killed(service, chance, kills)

        for one in browsers:
            mine = [it["text"] for it in (await one.reloads())["bubbles"] if it["from"] == "me"]
            assert mine == one.letters
        await service.stop()
        left = await look_into(service)
    kept = [left.words_of(code, "youth") for code in left.cases]
    assert sorted(kept) == sorted(one.letters for one in browsers)
    ids = {message.id for messages in left.cases.values() for message in messages}
    assert ids == {bubble for one in browsers for bubble in one.bubbles}
    sys.stdout.write(f"{sum(one.again for one in browsers)} posts were repeated\n")
    assert not (left.laid_aside or left.held or left.orphans)


# the webhook


@pytest.fixture
def pushed(fake: FakeBotApi) -> list[int]:
    """How each push was answered; 599 where nobody was there."""
    answers: list[int] = []
    post = fake.post

    async def noted(url: str, headers: dict[str, str], update: dict[str, Any]) -> int:
        answers.append(await post(url, headers, update))
        return answers[-1]

    fake.post = noted
    return answers


@pytest.mark.ci
async def test_what_telegram_pushes_in_vain_comes_again(
    tmp_path: Path, fake: FakeBotApi, api: str, pushed: list[int], chance: Random
):
    town = Town(fake, chance, youths=4, letters=6)
    webhook = {"api_base": api, "mode": "webhook", "webhook_secret": SECRET}
    async with installed(tmp_path, telegram=webhook) as service:
        await service.start()
        await town.enrols(await service.invites("赵敏"))

        broken_off = await lives_through(service, town, kills=3)

        await service.stop()
        left = await look_into(service)
    assert set(pushed) == {200, 599}
    assert_nothing_lost_or_doubled(left, town, broken_off)
    assert_nothing_leaked(service.complaints, town)


@pytest.mark.ci
async def test_while_nothing_can_be_stored_nothing_is_acknowledged(
    tmp_path: Path, fake: FakeBotApi, api: str, pushed: list[int]
):
    webhook = {"api_base": api, "mode": "webhook", "webhook_secret": SECRET}
    async with installed(tmp_path, telegram=webhook) as service:
        await service.start()
        await until("the webhook is set", lambda: fake.webhook)
        with closing(connect(str(service.database))) as other:
            other.execute("BEGIN IMMEDIATE")
            fake.says(FIRST_YOUTH, "华兴")
            await until("the push is refused", lambda: 503 in pushed)
            parts = await service.parts()
            assert (parts["status"], parts["store"].split()[0]) == ("503", "failed")
            assert 200 not in pushed
            other.execute("ROLLBACK")
        await until("the push is taken", lambda: pushed[-1] == 200)
        await until("the youth is answered", lambda: fake.heard(FIRST_YOUTH))
        await service.comes_to("ready again", lambda parts: parts["status"] == "200")
        await service.stop()
