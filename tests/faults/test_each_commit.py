"""The process dies right after each commit of each act in turn; the platform tells it again."""

from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from handlers.events import IssueInvite
from tests.world import World, open_world

MOST_COMMITS = 4
Act = Callable[[], Awaitable[Any]]
Screens = dict[str, list[str]]


class Death(BaseException):
    """Nothing in the program may catch it."""


class Mortal:
    """Runs acts that die after their n-th commit and are then delivered again, unharmed."""

    def __init__(self, world: World, dies_after: int) -> None:
        self.world, self.dies_after, self.deaths = world, dies_after, 0

    async def happens(self, act: Act) -> None:
        with suppress(Death), self._mortal():
            await act()
        await self.world.fake.push()
        assert not self.world.fake.pending
        await self.world.settle()

    @contextmanager
    def _mortal(self) -> Any:
        database, left = self.world.app.stores.database, self.dies_after
        commit = database.transaction

        async def dying(work: Any) -> Any:
            nonlocal left
            result = await commit(work)
            left -= 1
            if left == 0:
                self.deaths += 1
                raise Death
            return result

        database.transaction = dying  # type: ignore[method-assign]
        try:
            yield
        finally:
            database.transaction = commit  # type: ignore[method-assign]

    async def says(self, name: str, text: str, about: str = "") -> None:
        person = await self.world.person(name)
        reply_to = self.world.bubble(name, about).id if about else ""
        await self.happens(lambda: person.says(text, reply_to))

    async def taps(self, name: str, label: str) -> None:
        person = self.world.people[name]
        bubble = [one for one in person.screen if label in one.buttons][-1]
        await self.happens(lambda: person.taps(bubble, label))


async def told(folder: Path, dies_after: int) -> tuple[Mortal, list[list[str]], Screens]:
    """The story, and what the store, the screens and the audit hold at its end."""
    async with open_world(folder, "telegram") as world:
        await world.enrol("zhao")
        mortal = Mortal(world, dies_after)
        label = world.label
        join = world.app.config.join_seconds

        await mortal.says("mei", "宿舍热水坏了三天")
        await mortal.taps("mei", label("site", site="明达电子厂"))
        await mortal.says("mei", "宿管说没人修")
        await world.later(join)
        await mortal.says("zhao", "明天下午有人去修", about="热水")
        await world.later(world.app.config.undo_seconds)
        await world.later(3600)
        await mortal.says("mei", "写信 加班费两个月没发")
        await world.later(join + 3600)
        await mortal.says("mei", "刚才又有人来催我签字")
        await mortal.taps("mei", label("new-letter"))
        await world.later(join)
        await mortal.says("zhao", "收到,这就去问")
        await mortal.taps("zhao", _case_button(world, "zhao"))
        await world.later(join)
        await mortal.says("lin", "明达电子厂")
        await mortal.says("lin", "想学电工,哪里有培训")
        await world.later(join)
        await mortal.says("ou", "/start")
        await mortal.taps("ou", label("site", site="河西新村宿舍"))
        await mortal.says("ou", "食堂的饭里有虫")
        await world.later(join)
        await mortal.says("ou", "全部删掉")
        await mortal.taps("ou", label("wipe"))
        await mortal.says("lin", "也想学挖掘机")
        await mortal.taps("lin", label("done"))
        await mortal.taps("lin", label("undo"))
        await mortal.says("zhao", "镇上每周三晚有夜校", about="电工")
        await world.later(join)
        await mortal.taps("lin", label("solved"))
        await mortal.says("lin", "夜校的门锁着进不去", about="夜校")
        await mortal.taps("lin", label("reopen"))
        await world.later(join)
        code = await world.app.gateway.issue_invite(
            IssueInvite("cadre", "town", "", "孙立", "社工站", "")
        )
        await mortal.says("sun", f"/redeem {code}")
        await mortal.taps("sun", label("enrol"))
        await mortal.says("sun", "/language en")
        screens = {name: _plain(world.log(name), await world.cases()) for name in world.people}
        await world.later(4 * 24 * 3600)  # what was wiped or left behind is gone by now
        audit = await world.app.stores.read(lambda store: store.audit.last("town", 50))
        words = sorted([await world.words(case.code) for case in await world.cases()])
        assert not await world.app.stores.read(lambda store: store.held.ids())
        return mortal, words, {**screens, "audit": [line.act for line in audit]}


def _case_button(world: World, name: str) -> str:
    return next(iter(world.people[name].screen[-1].buttons))


def _plain(log: list[str], cases: list[Any]) -> list[str]:
    """Without what chance has chosen: the names and codes of the cases."""
    said = "\0".join(log)
    for case in cases:
        said = said.replace(case.name, "◯").replace(case.code, "◯")
    return said.split("\0")


@pytest.mark.parametrize("commit", range(1, MOST_COMMITS))
async def test_dying_after_a_commit_changes_nothing(tmp_path: Path, commit: int):
    unharmed, words, screens = await told(tmp_path / "unharmed", dies_after=0)
    mortal, words_then, screens_then = await told(tmp_path / "mortal", dies_after=commit)

    assert words_then == words
    assert screens_then == screens
    assert not mortal.world.meetings.broken
    assert (unharmed.deaths, mortal.deaths > 0) == (0, True)
