"""The program is killed at random moments and started again: nothing is lost, nothing doubled."""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.fakes.telegram import FakeBotApi
from tests.faults.service import Left, Service, in_flight, installed, look_into, until
from tests.faults.town import CADRE, MARK, Town, bare

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
    assert_each_letter_once(left, town)
    assert_answers_arrived(left, town)
    assert_repeats_are_marked(left, town, broken_off)
    assert not (left.laid_aside or left.held or left.orphans or left.audit_broken)


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
