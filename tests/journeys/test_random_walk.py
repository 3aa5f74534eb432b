"""Thousands of odd acts in odd order: nothing fails, nothing meets, nothing reaches a stranger."""

import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.world import WebPerson, World, open_world

YOUTHS = {"mei": "web", "fang": "telegram", "jun": "telegram"}
CADRES = {"zhao": "web", "qian": "telegram", "sun": "web"}
YOUTH_WORDS = (
    "写信", "我的信", "取信", "撤回", "换人", "催一下", "全部删掉", "解决了", "重开", "写完了",
    "更多", "/help", "/join MINGDA", "/join HEXI", "/language en", "/language zh", "真的匿名吗",
    "在吗", "谢谢", "。。。", "1", "2", "9", "/start", "换站点", "/nosuch", "/redeem XXXX",
    "#ABCDE hi",
)  # fmt: skip
CADRE_WORDS = (
    "/inbox", "/inbox 2", "/close", "/transfer", "/take", "/undo", "撤回", "1", "2", "/help",
    "/language en", "/start", "谁", "全部删掉", "/load",
)  # fmt: skip
ADMIN_WORDS = ("/load", "/sites", "/audit", "/invite 王", "/invite", "/help", "hello", "1")
PAUSES = (1, 5, 11, 31, 61, 200, 700, 3600, 18_000, 90_000)


class Walk:
    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)
        self.sent: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        self.numbers = Counter[str]()

    async def step(self) -> None:
        name = self.dice.choice([*YOUTHS, *YOUTHS, *CADRES, "li"])
        person = self.world.people[name]
        chance = self.dice.random()
        if chance < 0.33:
            await self._press(person)
        elif chance < 0.72:
            await person.says(await self._words(name), self._quote(person))
        elif chance < 0.95:
            await person.says(self._command(name), self._quote(person, 0.1))
        elif isinstance(person, WebPerson):
            await person.closes()
            await person.opens()
        await self.world.settle()
        if self.dice.random() < 0.5:
            await self.world.later(self.dice.choice(PAUSES))
        await self._note_owners()

    async def _press(self, person: Any) -> None:
        offered = [one for one in person.screen if one.buttons]
        if offered:
            bubble = self.dice.choice(offered[-6:])
            await person.taps(bubble, self.dice.choice(list(bubble.buttons)))

    def _quote(self, person: Any, chance: float = 0.25) -> str:
        screen = person.screen
        return self.dice.choice(screen).id if screen and self.dice.random() < chance else ""

    async def _words(self, name: str) -> str:
        mark = "Y" if name in YOUTHS else "C"
        self.numbers[mark] += 1
        token = f"<{mark}{self.numbers[mark]}>"
        self.sent[token] = name
        cases = await self.world.cases() if mark == "C" and self.dice.random() < 0.3 else []
        code = f"#{self.dice.choice(cases).code} " if cases else ""
        return f"{code}宿舍漏水 {token}"

    def _command(self, name: str) -> str:
        if name in YOUTHS:
            return self.dice.choice(YOUTH_WORDS)
        return self.dice.choice(CADRE_WORDS if name in CADRES else ADMIN_WORDS)

    async def _note_owners(self) -> None:
        for name in YOUTHS:
            address = self.world.people[name].address

            async def look(store: Any, vault: Any, address: Any = address) -> list[str]:
                wallet = await vault.wallet_of(address)
                people = self.world.app.gateway._people
                found = (await people.cases_of(store, vault, wallet))[0] if wallet else []
                return [case.id for case in found]

            self.owner |= dict.fromkeys(await self.world.border(look), name)

    async def check(self) -> None:
        """Each word of a youth at most once, in a letter of its own writer; answers likewise."""

        async def look(store: Any) -> list[tuple[str, str]]:
            return [
                (id, one.seal.text)
                for id in await store.cases.ids()
                for one in await store.messages.of_case(id)
                if one.seal is not None
            ]

        landed = await self.world.app.stores.transaction(look)
        place: dict[str, str] = {}
        for id, text in landed:
            for token in re.findall(r"<[YC]\d+>", text):
                assert token not in place, f"{token} stands twice"
                place[token] = id
                if token.startswith("<Y"):
                    assert self.owner[id] == self.sent[token]
        for name in YOUTHS:
            for token in re.findall(r"<C\d+>", "".join(self.world.log(name))):
                assert token not in place or self.owner[place[token]] == name


async def walk(folder: Path, seed: int, steps: int) -> None:
    async with open_world(folder, "telegram") as world:
        await world.enrol("zhao", sites=("factory",), channel="web")
        await world.enrol("qian", sites=("factory", "dorm"))
        await world.enrol("sun", channel="web")
        await world.enrol("li", "admin", channel="web")
        for name, channel in YOUTHS.items():
            await world.person(name, channel)
        walker = Walk(world, seed)
        for _ in range(steps):
            await walker.step()
        await world.later(4000)
        await walker.check()
        assert world.meetings.broken == []
        assert await world.app.stores.read(lambda store: store.retries.ids()) == set()
        for name in (*YOUTHS, *CADRES, "li"):
            said = "\n".join(world.log(name))
            assert "出了点问题" not in said and "went wrong" not in said and "{" not in said


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_short_walk(tmp_path: Path, seed: int) -> None:
    await walk(tmp_path, seed, 80)


@pytest.mark.ci
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10, 18))
async def test_a_long_walk(tmp_path: Path, seed: int) -> None:
    await walk(tmp_path, seed, 400)
