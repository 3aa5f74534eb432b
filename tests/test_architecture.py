"""One arrow: bot → handlers → storage. Addresses are seen at the border and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
BORDER = ("bot/gateway/", "bot/delivery.py", "bot/jobs.py", "bot/keys.py")
CHANCE_AND_WORLD = {"asyncio", "httpx", "time", "random", "secrets", "socket", "threading", "os"}


def rooms(folder: str) -> dict[str, str]:
    return {
        str(path.relative_to(HOUSE)): path.read_text(encoding="utf-8")
        for path in (HOUSE / folder).rglob("*.py")
    }


def imports(text: str) -> Iterator[str]:
    """Every dotted name that a module imports, `from a import b` as a.b."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}" for one in node.names)


def wrongs(room: str, text: str) -> list[str]:
    found = set(imports(text))
    tops = {one.partition(".")[0] for one in found}
    wrong = []
    if room.startswith("handlers/"):
        wrong += sorted(tops & (CHANCE_AND_WORLD | {"bot"}))
        wrong += [one for one in sorted(found) if names_vault(one)]
    if room.startswith("storage/"):
        wrong += sorted(tops & {"bot", "handlers"})
    if room.startswith("bot/") and not room.startswith(BORDER):
        wrong += [one for one in sorted(found) if names_vault(one)]
        wrong += ["a transaction with the vault"] if uses_border(text) else []
    return wrong


def names_vault(dotted: str) -> bool:
    """The type by whatever way it comes."""
    return dotted.startswith("storage.vault") or dotted == "storage.Vault"


def uses_border(text: str) -> bool:
    calls = {"border", "read_border"}
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    return any(node.attr in calls for node in nodes)


@pytest.mark.parametrize("folder", ["bot", "handlers", "storage"])
def test_every_room_keeps_to_the_arrow(folder: str) -> None:
    broken = {room: wrong for room, text in rooms(folder).items() if (wrong := wrongs(room, text))}
    assert broken == {}


@pytest.mark.parametrize(
    "line",
    [
        "from storage.vault import Vault",
        "import storage.vault",
        "from storage import Vault",
        "from bot.channels.web import Web",
        "import asyncio",
        "from httpx import AsyncClient",
        "import time",
        "from random import choice",
        "import secrets",
    ],
)
def test_a_handler_that_breaks_the_arrow_is_seen(line: str) -> None:
    assert wrongs("handlers/youth.py", f"{line}\n") != []


def test_a_room_of_the_bot_that_opens_the_vault_is_seen() -> None:
    assert wrongs("bot/web/site.py", "from storage.vault import Vault\n")
    assert wrongs("bot/chores.py", "async def peep(stores):\n    await stores.border(look)\n")
    assert wrongs("bot/gateway/people.py", "from storage.vault import Vault\n") == []


def test_nothing_but_the_tokens_room_imports_jieba() -> None:
    users = [
        room
        for folder in ("bot", "handlers", "storage")
        for room, text in rooms(folder).items()
        if any(one.partition(".")[0] == "jieba" for one in imports(text))
    ]
    assert users in ([], ["handlers/routing/tokens.py"])


def test_what_a_handler_gets_of_a_youth_names_no_person() -> None:
    from handlers.events import Youth

    assert set(Youth.__slots__) == {
        "language", "sites", "cases", "desk", "owner_tag", "route", "counted", "first", "role",
    }  # fmt: skip
