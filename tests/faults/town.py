"""Young people and a cadre who live on the fake Bot API, whatever becomes of the bot."""

import asyncio
import re
from random import Random
from typing import Any

from handlers.texts import Catalogue
from tests.fakes.telegram import FakeBotApi
from tests.faults.service import SITE, until

CADRE = 700_000_001
FIRST_YOUTH = 800_000_001
CATALOGUE = Catalogue()


def text(key: str, **params: str | int) -> str:
    return CATALOGUE.say(key, "zh-CN", params)


MARK = text("repeat-mark")


def bare(said: str) -> str:
    """Without the mark of a repeat."""
    return said.removeprefix(MARK).strip()


class Town:
    def __init__(self, fake: FakeBotApi, chance: Random, youths: int, letters: int) -> None:
        self.fake, self.chance = fake, chance
        self.letters = {
            FIRST_YOUTH + n: [f"宿舍热水又坏了,青年{n:02}的第{k:02}句" for k in range(letters)]
            for n in range(youths)
        }
        self.answers: dict[str, list[str]] = {}
        """words of a card → what the cadre answered to it, one after the other if need be"""

    # what is seen

    def shown(self, chat: int, label: str) -> list[dict[str, Any]]:
        """Messages of a chat that carry this button."""
        mine = [one for one in self.fake.sent if one["chat_id"] == chat]
        return [one for one in mine if label in {key["text"] for key in one["buttons"]}]

    def reached(self, chat: int, words: str) -> bool:
        return any(words in said for said in self.fake.heard(chat))

    def at_home(self, words: str) -> bool:
        return any(self.reached(youth, words) for youth in self.letters)

    async def taps(self, chat: int, label: str) -> None:
        await until(f"{chat} sees {label}", lambda: self.shown(chat, label))
        self.fake.presses(chat, self.shown(chat, label)[-1]["message_id"], label)

    # the cadre

    async def enrols(self, code: str) -> None:
        """The two steps: show the code, say yes."""
        self.fake.says(CADRE, f"/redeem {code}")
        await self.taps(CADRE, text("button-enrol"))
        await until("the cadre is welcomed", lambda: self.shown(CADRE, text("button-inbox")))

    async def answers_all(self) -> None:
        """Every card, by reply; until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for card in self.shown(CADRE, text("button-reply")):
                    if bare(card["text"]) not in self.answers:
                        self.answers[bare(card["text"])] = []
                        group.create_task(self._answers(card, len(self.answers)))
                await asyncio.sleep(0.02)

    async def _answers(self, card: dict[str, Any], number: int) -> None:
        """By reply; by code where the bot died before it knew which message the card became."""
        attempts = self.answers[bare(card["text"])]
        code = re.findall(r"#(\w+)", card["text"])[0]
        attempts.append(f"第{number:03}号答复,明天有人来看")
        refused = self._refusals()
        self.fake.says(CADRE, attempts[0], reply_to=card["message_id"])
        await until(
            f"{attempts[0]} comes home or is refused",
            lambda: self.at_home(attempts[0]) or self._refusals() > refused,
        )
        if await self._comes_home_soon(attempts[0]):
            return
        attempts.append(f"再来一次,{attempts[0]}".replace("号答复", "号又答"))
        self.fake.says(CADRE, f"#{code} {attempts[1]}")
        await until(f"{attempts[1]} comes home", lambda: self.at_home(attempts[1]))

    def _refusals(self) -> int:
        return len([one for one in self.fake.heard(CADRE) if bare(one) == text("no-such-case")])

    async def _comes_home_soon(self, words: str) -> bool:
        try:
            await until(words, lambda: self.at_home(words), seconds=5)
        except AssertionError:
            return False
        return True

    # the youths

    async def all_write(self, seconds: float) -> None:
        """Everybody joins and writes all letters, spread over about so many seconds."""
        async with asyncio.TaskGroup() as group:
            for youth in self.letters:
                group.create_task(self._writes(youth, seconds))

    async def _writes(self, youth: int, seconds: float) -> None:
        letters = self.letters[youth]
        await asyncio.sleep(self.chance.uniform(0, seconds / len(letters)))
        if youth % 2:
            self.fake.says(youth, "/start")
            await self.taps(youth, text("button-site", site=SITE))
        else:
            self.fake.says(youth, "华兴")
        for letter in letters:
            await asyncio.sleep(self.chance.uniform(0, 2 * seconds / len(letters)))
            self.fake.says(youth, letter)

    # how it ends

    def comes_to_rest(self) -> bool:
        """Everything written was read, everything answered came home."""
        written = [letter for letters in self.letters.values() for letter in letters]
        read = "\n".join(self.fake.heard(CADRE))
        return (
            not self.fake.pending
            and all(letter in read for letter in written)
            and all(tries and self.at_home(tries[-1]) for tries in self.answers.values())
        )
