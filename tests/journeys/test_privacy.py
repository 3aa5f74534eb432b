"""What a cadre, an admin or a thief can see; each leak test has been seen to fail."""

import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.errors import Met
from tests.world import World, open_world

STORY = ("宿舍漏水三天了", "没人来修")


def dice() -> Any:
    """The same throws in every world."""
    numbers = itertools.count(1)
    return lambda below: next(numbers) * 7919 % below


async def cards_of(folder: Path, youth: str, channel: str) -> list[tuple[Any, ...]]:
    """All that reaches the cadre, byte for byte, while `youth` tells the story."""
    async with open_world(folder, "telegram", below=dice()) as world:
        await world.enrol("zhao", sites=("factory",))
        await world.person(youth, channel)
        await world.joins(youth)
        for words in STORY:
            await world.says(youth, words)
        await world.later(60)
        await world.says("zhao", "已经报修", about=STORY[0])
        await world.later(30)
        await world.taps(youth, "解决了")
        await world.later(60)
        number = world.people["zhao"].number
        return [
            (one["text"], [key["text"] for key in one["buttons"]], one.get("disable_notification"))
            for one in world.fake.sent
            if one["chat_id"] == number
        ]


async def test_two_persons_and_two_channels_give_the_same_cards(tmp_path: Path) -> None:
    mei = await cards_of(tmp_path / "1", "mei", "telegram")
    fang = await cards_of(tmp_path / "2", "fang", "telegram")
    page = await cards_of(tmp_path / "3", "mei", "web")
    assert any(STORY[0] in text for text, _, _ in mei)
    assert mei == fang == page


async def test_a_card_that_tells_the_channel_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deliberate break: a handler slips something of the writer into the card."""
    from handlers import cards

    honest = cards.card_params
    told = iter(("telegram", "web"))

    async def slip(ctx: Any, case: Any) -> Any:
        return {**await honest(ctx, case), "site": next(told)}

    mei = None
    for folder, channel in (("1", "telegram"), ("2", "web")):
        with monkeypatch.context() as patch:
            patch.setattr(cards, "card_params", slip)
            got = await cards_of(tmp_path / folder, "mei", channel)
        assert got != mei
        mei = got


async def test_rows_that_meet_are_found_out(tmp_path: Path) -> None:
    """The deliberate break, once past the guard and once caught by it."""
    async with open_world(tmp_path) as world:
        await world.enrol("zhao", sites=("factory",))
        await world.asks("mei", "宿舍漏水")
        assert not world.meetings.broken

        async def join(tx: Any) -> None:
            await tx.run('UPDATE "case" SET visible_at = visible_at')
            await tx.run("UPDATE nullifier SET sealed = sealed")
            await tx.run("UPDATE wallet SET sealed = sealed")

        await world.app.stores.database.transaction(join)
        assert {one.table for one in world.meetings.broken[-1]} >= {"case", "wallet"}

        case = (await world.cases())[0]

        async def slip(store: Any, vault: Any) -> None:
            await store.cases.save(case)
            await vault.save_desk(b"somebody", await vault.desk(b"somebody", 0), 0)

        with pytest.raises(Met):
            await world.border(slip)


async def test_two_cases_in_one_transaction_are_found_out(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.enrol("zhao", sites=("factory",))
        await world.asks("mei", "宿舍漏水")
        await world.asks("fang", "饭堂太贵")

        async def both(tx: Any) -> None:
            await tx.run("UPDATE message SET ord = ord")

        await world.app.stores.database.transaction(both)
        assert world.meetings.broken


# one text per kind of no


async def test_unknown_foreign_closed_and_deleted_are_one_text(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("qian", sites=("dorm",))
    mine = await world.asks("mei", "宿舍漏水")
    await world.joins("fang", "河西新村宿舍")
    foreign = await world.asks("fang", "饭堂太贵")
    await world.says("zhao", f"#{mine} 好了")
    await world.later(60)
    await world.taps("mei", "解决了")
    world.heard("zhao")
    for code in (mine, foreign, "00000", "ZZZZZ"):
        for act in (f"#{code} 你好", f"/close {code}", f"/transfer {code} qian", f"/take {code}"):
            await world.says("zhao", act)
            assert world.heard("zhao") == [world.text("no-such-case")], act


async def test_a_button_pressed_twice_answers_like_an_unknown_one(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("zhao", "修好了")
    await world.later(60)
    person = world.people["mei"]
    bubble = world.bubble("mei", "修好了")
    await world.taps("mei", world.label("solved"))
    world.heard("mei")
    await person.taps(bubble, world.label("solved"))
    await world.settle()
    assert world.heard("mei") == [world.text("gone-button")]


async def test_every_answer_gets_the_same_words_whatever_became_of_it(tmp_path: Path) -> None:
    """Blocked, gone, or reached: the cadre cannot tell."""
    async with open_world(tmp_path, "telegram", below=dice()) as world:
        await world.enrol("zhao", sites=("factory",))
        said = []
        for name, blocked in (("mei", False), ("fang", True)):
            code = await world.asks(name, "宿舍漏水")
            if blocked:
                world.fake.blocked.add(world.people[name].number)
            world.heard("zhao")
            await world.says("zhao", f"#{code} 已经报修")
            case = next(one for one in await world.cases() if one.code == code)
            await world.later(60)
            said.append([text.replace(case.name, "…") for text in world.heard("zhao")])
        assert said[0] == said[1]


# canaries


def encodings(secret: str) -> Iterator[bytes]:
    """How a name may lie in a file."""
    plain = secret.encode()
    yield plain
    yield plain.hex().encode()
    yield secret.encode("utf-16-le")
    for shift in range(3):
        yield base64.b64encode(b"x" * shift + plain)[4:-4]
    if secret.isdigit():
        for size in (6, 8):
            for order in ("big", "little"):
                yield int(secret).to_bytes(size, order)  # type: ignore[arg-type]


def found_in(folder: Path, secrets: list[str]) -> list[str]:
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [one for one in secrets if any(form in data for form in encodings(one) if len(form) > 4)]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[World, list[str]]]:
    async with open_world(tmp_path, "telegram") as world:
        await world.enrol("zhao", sites=("factory",))
        await world.says("mei", "这句话先说,还没选地方呢")
        await world.taps("mei", "明达电子厂")
        await world.later(60)
        await world.says("zhao", "已经报修,今晚来人")
        await world.later(60)
        person = world.people["mei"]
        secrets = [str(person.number), "这句话先说,还没选地方呢", "已经报修,今晚来人"]
        yield world, secrets


async def test_neither_words_nor_ids_lie_open_in_the_files(
    told: tuple[World, list[str]], tmp_path: Path
) -> None:
    world, secrets = told
    assert found_in(tmp_path, secrets) == []

    async def leak(tx: Any) -> None:
        await tx.run("UPDATE staff SET focus = $1", secrets[0])
        await tx.run("UPDATE staff SET held = $1", secrets[1])

    await world.app.stores.database.transaction(leak)
    assert found_in(tmp_path, secrets) == secrets[:2]


@pytest.mark.parametrize("form", list(encodings("7001000017")), ids=lambda form: form.hex()[:12])
def test_the_scanner_finds_every_seeded_leak(tmp_path: Path, form: bytes) -> None:
    (tmp_path / "leak").write_bytes(b"\0\0\0" + form + b"\0\0\0")
    if len(form) > 4:
        assert found_in(tmp_path, ["7001000017"]) == ["7001000017"]


async def test_two_cases_of_one_youth_share_no_value(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "/write 宿舍漏水")
    await world.later(60)
    await world.asks("fang", "宿舍漏水")

    async def look(tx: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await tx.rows('SELECT * FROM "case"')]

    rows = await world.app.stores.database.transaction(look)
    own = [set(map(str, (row["owner"], row["sealed"], row["route"], row["counted"], row["name"],
                         row["id"], row["code"]))) for row in rows]  # fmt: skip
    assert len(rows) == 3
    assert all(not (first & second) for first, second in itertools.combinations(own, 2))
