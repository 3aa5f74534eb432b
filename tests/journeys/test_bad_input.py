from pathlib import Path
from typing import Any

import pytest

from bot.clean import clean
from handlers.registry import COMMANDS
from tests.world import SECRET, World, open_world


async def test_empty_and_blank_words_open_nothing(world: World) -> None:
    await world.joins("mei")
    for blank in ("", "   ", "\n\n", "\u200b\u200b", "\u202e"):
        await world.says("mei", blank)
    assert await world.cases() == []
    assert all(answer.status_code in (200, 400) for answer in world.people["mei"].answers)


async def test_words_that_are_too_long_are_refused_with_a_way_out(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "饭" * 4001)
    assert world.heard("mei")[-1] == world.text("too-long", count=4001, most=4000)
    await world.says("mei", "饭堂" * 2000)
    await world.later(60)
    assert len((await world.words((await world.cases())[0].code))[0]) == 4000


async def test_a_body_over_64_kb_is_refused_and_says_so(world: World) -> None:
    await world.joins("mei")
    answer = await world.people["mei"].posts({"text": "x" * 100_000})
    assert answer.status_code == 413
    assert answer.json() == {"error": world.text("web-too-large")}
    assert await world.cases() == []


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"id": 7}', b'{"id": "", "text": "a"}', b"\xff\xfe", b'{"id":"a","x":1}'],
)
async def test_malformed_json_gets_a_plain_refusal(world: World, body: bytes) -> None:
    mei = await world.person("mei")
    answer = await mei.client.post(
        "/web/me/messages", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


async def test_a_page_of_another_site_cannot_write(world: World) -> None:
    mei = await world.person("mei")
    body = {"id": "1", "text": "宿舍漏水"}
    foreign = await mei.client.post(
        "/web/me/messages", json=body, headers={"origin": "https://evil.example"}
    )
    form = await mei.client.post("/web/me/messages", data=body)
    assert (foreign.status_code, form.status_code) == (403, 400)


async def test_tricks_of_direction_and_invisible_letters_are_taken_out(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿\u200b舍\u202e漏\u2066水\U000e0041了\ufeff\x00\x07")
    await world.later(60)
    assert "宿舍漏水了" in world.heard("zhao")[-1]
    assert clean("a\r\nb\u2028c\n\n\n\nd") == "a\nb\nc\n\nd"
    assert clean("e" + "\u0301" * 50) == "é" + "\u0301" * 3


async def test_unknown_commands_and_wrong_codes_get_a_clear_answer(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "/frobnicate now")
    assert world.heard("mei")[-1] == world.text("unknown-command")
    await world.says("mei", "/join NOWHERE")
    assert world.heard("mei")[-1] == world.text("no-such-site")
    for wrong in ("#", "#12", "#ABCDEFG 你好", "#!!!!! 你好"):
        await world.says("zhao", wrong)
        assert world.heard("zhao")[-1] == world.text("no-such-case")


async def test_an_answer_without_words_says_what_is_missing(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", f"#{code}")
    assert world.heard("zhao")[-1] == world.text("answer-empty", code=code)


@pytest.mark.parametrize(
    "token", ["", "x", "p", "m", "p.1", "m===", "p" + "A" * 16 + ".0", "é", "m" * 5000]
)
async def test_made_up_buttons_answer_like_used_ones(world: World, token: str) -> None:
    await world.joins("mei")
    await world.people["mei"].posts({"choice": token, "text": "" if token else "/frob"})
    await world.settle()
    expected = "gone-button" if token else "unknown-command"
    assert world.heard("mei") == [world.text(expected)]


async def test_photos_and_stickers_are_answered_not_kept(tmp_path: Path) -> None:
    async with open_world(tmp_path, "telegram") as world:
        await world.joins("mei")
        number = world.people["mei"].number
        world.fake.shows(number, "photo")
        await world.fake.push()
        await world.settle()
        assert world.heard("mei") == [world.text("only-text")]
        assert await world.cases() == []


async def test_a_wrong_webhook_secret_is_refused_before_anything(tmp_path: Path) -> None:
    async with open_world(tmp_path, "telegram") as world:
        update = world.fake.says(7_001, "/start")
        url = "https://bot.example/telegram"
        for secret in ("", "wrong", SECRET + "x"):
            status = await world.fake.post(url, {"X-Telegram-Bot-Api-Secret-Token": secret}, update)
            assert status == 403
        await world.settle()
        assert world.fake.sent == []


async def test_the_same_update_twice_is_one_message(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    person = world.people["mei"]
    if world.channel == "web":
        for _ in range(3):
            answer = await person.client.post(
                "/web/me/messages", json={"id": "same", "text": "宿舍漏水"}
            )
        assert answer.json()["bubble"]
    else:
        update = world.fake.says(person.number, "宿舍漏水")
        for _ in range(3):
            await world.fake.post(
                "https://bot.example/telegram", {"X-Telegram-Bot-Api-Secret-Token": SECRET}, update
            )
    await world.later(60)
    assert await world.words((await world.cases())[0].code) == ["宿舍漏水"]


# an error nobody foresaw


async def test_words_that_met_a_bug_are_kept_and_come_through_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    one = COMMANDS["mine", "youth"]
    from handlers import conversation

    honest = conversation.open_case

    async def broken(*args: Any) -> Any:
        raise KeyError("宿舍漏水")

    monkeypatch.setattr(conversation, "open_case", broken)
    await world.says("mei", "宿舍漏水")
    told = world.heard("mei")
    assert len(told) == 1 and world.text("failed", reference="").split("。")[0] in told[0]
    assert await world.cases() == []

    monkeypatch.setattr(conversation, "open_case", honest)
    await world.later(5)
    await world.later(60)
    assert "宿舍漏水" in world.heard("zhao")[-1]
    assert len(await world.cases()) == 1
    assert one


async def test_an_act_that_fails_for_ever_is_laid_aside_after_five_tries(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await world.joins("mei")
    from handlers import conversation

    tries = []

    async def broken(*args: Any) -> Any:
        tries.append(1)
        raise RuntimeError("secret words")

    monkeypatch.setattr(conversation, "open_case", broken)
    await world.says("mei", "宿舍漏水")
    for _ in range(10):
        await world.later(6000)
    assert len(tries) == 6
    assert await world.app.stores.read(lambda store: store.retries.dead()) == 1
    assert "secret words" not in "".join(record.getMessage() for record in caplog.records)


async def test_one_broken_act_does_not_take_its_neighbours_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from handlers import conversation

    await world.enrol("zhao", sites=("factory",))
    names = [f"youth-{number}" for number in range(12)]
    for name in names:
        await world.joins(name)
    honest = conversation.open_case

    async def sometimes(ctx: Any, event: Any, text: str, id: str) -> Any:
        if text.endswith("3"):
            raise ValueError
        return await honest(ctx, event, text, id)

    monkeypatch.setattr(conversation, "open_case", sometimes)
    await asyncio.gather(*(
        world.people[name].says(f"宿舍漏水 {number}") for number, name in enumerate(names)
    ))  # fmt: skip
    await world.later(2)
    assert len(await world.cases()) == 11
