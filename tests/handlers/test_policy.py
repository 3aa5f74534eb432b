"""Role × command × scope: the table is read off the decorators, and tried out against them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.dispatch import ROOMS
from handlers.enrol import help_key
from handlers.registry import COMMANDS, TAPS, command, tap
from handlers.texts import Catalogue, MissingText
from tests.world import World, open_world

assert ROOMS
SPEAKERS = {"mei": "youth", "zhao": "cadre", "li": "admin", "far": "cadre", "remote": "admin"}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[World]:
    """A case of zhao's; far and remote hold the same roles in another region."""
    async with open_world(tmp_path) as world:
        await world.enrol("zhao", sites=("factory",))
        await world.enrol("li", "admin")
        await world.enrol("far", region="other")
        await world.enrol("remote", "admin", region="other")
        await world.asks("mei", "宿舍漏水")
        for name in SPEAKERS:
            world.heard(name)
        yield world


async def test_every_command_answers_those_whom_the_table_names_and_no_others(town: World) -> None:
    refused = town.text("unknown-command")
    for (name, role), one in COMMANDS.items():
        for speaker, speaks_as in SPEAKERS.items():
            if name in ("wipe", "language", "redeem") or (name == "start" and role != speaks_as):
                continue
            town.heard(speaker)
            await town.says(speaker, f"/{name}")
            heard = town.heard(speaker)
            allowed = one.role in (speaks_as, "anyone") or (name, speaks_as) in COMMANDS
            assert (heard == [refused]) is not allowed, (name, role, speaker, heard)


@pytest.mark.parametrize(
    "act", ["#{code} 你好", "/close {code}", "/transfer {code} zhao", "/take {code}"]
)
async def test_a_case_is_closed_to_staff_of_another_scope(town: World, act: str) -> None:
    code = (await town.cases())[0].code
    before = await town.cases()
    await town.says("far", act.format(code=code))
    assert town.heard("far") == [town.text("no-such-case")]
    await town.says("far", act.format(code="7ZZZZ"))
    assert town.heard("far") == [town.text("no-such-case")]
    assert await town.cases() == before


async def test_figures_of_a_region_are_closed_to_admins_of_another(town: World) -> None:
    for asked, seen in (("/load", "zhao"), ("/sites", "明达电子厂")):
        await town.says("li", asked)
        assert seen in town.heard("li")[-1]
        await town.says("remote", asked)
        assert seen not in town.heard("remote")[-1]


async def test_no_button_works_for_somebody_else(town: World) -> None:
    """Every button that anybody was offered, pressed by everybody it was not offered to."""
    await town.says("zhao", "已经报修")
    await town.later(30)
    await town.says("zhao", "/inbox")
    await town.says("li", "/help")
    await town.says("mei", "我的信")
    before = await town.cases()
    offered = {
        name: [token for one in town.people[name].screen for token in one.buttons.values()]
        for name in SPEAKERS
    }
    tried = 0
    for owner, tokens in offered.items():
        for thief in SPEAKERS.keys() - {owner}:
            for token in tokens:
                town.heard(thief)
                await town.people[thief].posts({"choice": token})
                await town.settle()
                key = "gone-button" if thief == "mei" else "gone-button-staff"
                assert town.heard(thief) == [town.text(key)], (owner, thief, token)
                tried += 1
    assert tried > 50
    assert await town.cases() == before


def test_every_command_and_button_has_a_role_and_a_scope() -> None:
    for one in (*COMMANDS.values(), *TAPS.values()):
        assert one.role in {"youth", "cadre", "admin", "stranger", "anyone"}
        assert one.scope in {"own", "case", "region", "self"}
        if one.scope == "region":
            assert one.role == "admin"
        if one.scope == "own":
            assert one.role == "youth"


def test_a_name_taken_twice_fails_at_import() -> None:
    async def twice(ctx, event, args):  # type: ignore[no-untyped-def]
        return []

    with pytest.raises(ValueError, match="inbox"):
        command("inbox", role="cadre", scope="case")(twice)
    with pytest.raises(ValueError, match="focus"):
        tap("focus", role="cadre", scope="case")(twice)


def test_a_command_without_help_stops_the_start() -> None:
    needed = frozenset(help_key(one) for one in COMMANDS.values())
    assert Catalogue(needed)
    with pytest.raises(MissingText, match="help-nothing"):
        Catalogue(needed | {"help-nothing"})


def test_every_youth_act_has_a_plain_word_in_both_languages() -> None:
    for (name, role), one in COMMANDS.items():
        if role == "youth" and name != "start":
            assert any(word.isascii() for word in one.words), name
            assert any(not word.isascii() for word in one.words), name


@pytest.mark.parametrize("file", ["README.md", "README.en.md"])
def test_the_readme_names_every_command(file: str) -> None:
    text = (Path(__file__).parent.parent.parent / file).read_text(encoding="utf-8")
    assert [name for name, _ in COMMANDS if f"/{name}" not in text] == []
