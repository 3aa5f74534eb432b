"""Words go where their writer meant them to go, or the bot asks; nothing comes back unasked."""

from pathlib import Path
from typing import Any

import pytest

from tests.world import World, open_world


async def two_letters(world: World) -> tuple[Any, Any]:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "写信 加班费少算了两天")
    await world.later(700)
    world.heard("mei")
    world.heard("zhao")
    first, second = await world.cases()
    return first, second


async def test_words_of_full_length_arrive_whole_in_both_directions(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍" * 1950)
    assert "宿舍" * 1950 in world.heard("zhao")[-1].replace("\n", "") or world.channel == "telegram"
    assert "".join(world.log("zhao")).count("宿舍") >= 1950
    await world.says("zhao", "修好" * 1950)
    await world.later(60)
    assert "".join(world.log("mei")).count("修好") == 1950


async def test_a_button_of_a_closed_letter_never_acts_on_another(world: World) -> None:
    first, second = await two_letters(world)
    await world.enrol("qian", sites=("factory",))
    await world.says("mei", "换人")
    await world.says("mei", "解决了")
    await world.taps("mei", first.name, about=world.text("which-letter"))
    menu = next(one for one in world.people["mei"].screen if first.name in one.buttons)
    await world.people["mei"].taps(menu, first.name)
    await world.settle()
    now = {one.id: one for one in await world.cases()}
    assert not now[first.id].open and now[second.id].cadre == second.cadre


async def test_a_button_works_while_a_question_is_open(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿舍漏水")
    await world.says("mei", "换站点")
    await world.taps("mei", "分类不对")
    assert "应该算哪一类" in world.heard("mei")[-1]


async def test_a_cadres_abandoned_words_reach_nobody(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    first = await world.asks("mei", "宿舍漏水")
    await world.asks("fang", "工资没发")
    await world.says("zhao", "你三楼的漏水已报修")
    await world.says("zhao", f"#{first} 已报修")
    await world.later(1500)
    await world.says("zhao", "工资下周发")
    second = (await world.cases())[1]
    await world.taps("zhao", world.label("case", name=second.name, code=second.code))
    await world.later(60)
    assert "工资下周发" in world.log("fang")[-1]
    assert "漏水" not in "".join(world.log("fang")[-1:])


async def test_words_taken_back_stay_gone(world: World) -> None:
    await world.enrol("zhao", sites=("factory", "dorm"))
    await world.says("mei", "我讨厌我的组长")
    await world.taps("mei", "明达电子厂")
    await world.says("mei", "撤回")
    assert await world.cases() == []
    await world.says("mei", "/join 河西新村宿舍")
    await world.later(120)
    assert await world.cases() == []
    assert world.heard("zhao") == []


async def test_another_reader_gets_the_whole_letter_even_while_more_is_written(
    world: World,
) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("qian", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    before = (await world.cases())[0].cadre.removeprefix("staff-")
    after = {"zhao": "qian", "qian": "zhao"}[before]
    await world.says("mei", "今天更厉害了")
    world.heard(before)
    await world.says("mei", "换人")
    assert "宿舍漏水" in world.heard(after)[-1]
    assert "转给别人" in world.heard(before)[-1]
    await world.later(60)
    assert "今天更厉害了" in world.heard(after)[-1]
    assert world.heard(before) == []


async def test_staff_see_nothing_of_a_letter_that_is_still_being_written(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿舍漏水")
    code = (await world.cases())[0].code
    for asked in ("/inbox", f"#{code} 你好", f"/transfer {code}"):
        await world.says("zhao", asked)
    assert "宿舍" not in "".join(world.heard("zhao"))


async def test_the_undo_time_tells_nothing_of_a_letter_that_is_still_being_written(
    world: World,
) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.later(3600)
    await world.says("mei", "今天更厉害了")
    await world.says("zhao", f"#{code} 已报修")
    assert "30 秒" in world.heard("zhao")[-1]


async def test_a_digit_answers_the_question_whatever_came_in_between(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    for name in ("mei", "fang", "jun", "lan", "tao", "xia", "wen"):
        await world.asks(name, "宿舍漏水")
    await world.says("zhao", "明天去看")
    await world.says("zhao", "2")
    await world.later(60)
    answered = [one for one in await world.cases() if one.answered_hour is not None]
    assert len(answered) == 1


async def test_every_answer_has_its_own_undo(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.later(700)
    world.heard("mei")
    await world.says("zhao", "第一句")
    await world.later(5)
    await world.says("zhao", "第二句")
    first = world.people["zhao"].screen[-2]
    await world.people["zhao"].taps(first, "撤回")
    await world.later(60)
    assert [text for text in world.heard("mei") if "句" in text] == [
        text for text in world.log("mei") if "第二句" in text
    ]


async def test_after_a_cadre_closed_plain_words_confirm_or_go_on(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", "修好了")
    await world.later(60)
    await world.says("zhao", f"/close {code}")
    await world.says("mei", "没有，还在漏")
    assert "重新打开" in world.buttons("mei", "已经结束了")
    await world.taps("mei", "重新打开", about="已经结束了")
    await world.later(60)
    assert "还在漏" in world.heard("zhao")[-1] and len(await world.cases()) == 1
    await world.says("zhao", f"#{code} 这次换了管子")
    await world.later(60)
    await world.says("zhao", f"/close {code}")
    await world.says("mei", "解决了")
    assert (await world.cases())[0].seal.confirmed
    await world.taps("mei", "5 分")
    assert (await world.cases())[0].seal.rating == 5


async def test_an_answer_carries_no_link_that_the_office_does_not_know(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "户口怎么迁")
    for link in (
        "https://evil.example/u?c=1",
        "看 www.evil.cn/x",
        "t.cn/abc",
        "http://gov.cn.evil.com",
        "https://evil.com，.gov.cn",
        "https://evil.com\\.gov.cn/x",
        "evil.ru/x",
    ):
        await world.says("zhao", f"#{code} 看这里 {link}")
        assert "不能带这个链接" in world.heard("zhao")[-1]
    await world.says("zhao", f"#{code} 看 https://www.gz.gov.cn/hukou 3.5 元")
    await world.later(60)
    assert "www.gz.gov.cn" in world.log("mei")[-1]


async def test_failed_acts_come_back_in_the_order_they_came(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers import conversation

    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    honest = conversation.open_case

    async def broken(*args: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(conversation, "open_case", broken)
    for number in range(6):
        await world.says("mei", f"第{number}句，宿舍漏水")
    monkeypatch.setattr(conversation, "open_case", honest)
    await world.later(5)
    await world.later(60)
    words = await world.words((await world.cases())[0].code)
    assert words == [f"第{number}句，宿舍漏水" for number in range(6)]


async def test_words_still_waiting_can_be_edited(tmp_path: Path) -> None:
    async with open_world(tmp_path, "telegram") as world:
        await world.enrol("zhao", sites=("factory",))
        await world.says("mei", "我叫张三，宿舍漏水")
        await world.people["mei"].edits("宿舍漏水")
        await world.settle()
        await world.taps("mei", "明达电子厂")
        await world.later(60)
        card = world.heard("zhao")[-1]
        assert "宿舍漏水" in card and "张三" not in card


async def test_whatever_comes_first_the_promise_is_said(tmp_path: Path) -> None:
    async with open_world(tmp_path, "telegram") as world:
        for number, said in enumerate(("/help", "我的信", "换站点", "饭" * 4001, "😀", "MINGDA")):
            await world.says(f"youth-{number}", said)
            assert world.log(f"youth-{number}")[0] == world.text("promise"), said


async def test_more_sites_than_fit_are_shown_page_by_page(world: World) -> None:
    await world.enrol("li", "admin")
    for number in range(12):
        await world.says("li", f"/sites add 工地{number:02d} building_site")
    await world.says("mei", "/start")
    await world.taps("mei", "更多站点")
    assert world.buttons("mei", world.text("more-sites"))


async def test_the_log_is_cut_after_an_idle_minute(world: World, tmp_path: Path) -> None:
    await world.joins("mei")
    log = next(tmp_path.rglob("santong.db-wal"))
    assert log.stat().st_size > 0
    for _ in range(3):
        await world.later(40)
    assert log.stat().st_size == 0


async def test_the_row_near_one_letter_is_never_near_another(world: World) -> None:
    """What a youth has on the desk lies under another tag after every act on a letter."""
    tags: list[set[bytes]] = []

    async def look(tx: Any) -> set[bytes]:
        rows = await tx.rows("SELECT tag FROM nullifier WHERE day IS NOT NULL")
        return {bytes(row["tag"]) for row in rows}

    await two_letters(world)
    for words, button in (("有消息了吗，没人管", 0), ("还是没人管，怎么回事", 1)):
        before = await world.app.stores.database.transaction(look)
        await world.says("mei", words)
        tags.append(await world.app.stores.database.transaction(look) - before)
        await world.taps("mei", f"接着说{(await world.cases())[button].name}")
        await world.later(700)
    assert tags[0] and tags[1] and not tags[0] & tags[1]


async def test_a_code_may_stand_right_before_the_words(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    code = await world.asks("fang", "饭堂太贵")
    for said in (
        f"#{code}马上处理",
        f"#{code}：明天",
        f"# {code} 后天",
        f"＃{code.lower()}，大后天",
    ):
        await world.says("zhao", said)
    await world.later(60)
    heard = "".join(world.log("fang"))
    assert all(words in heard for words in ("马上处理", "明天", "后天", "大后天"))
    assert code not in heard and "马上处理" not in "".join(world.log("mei"))


async def test_a_quoted_card_and_another_code_send_nothing(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    code = await world.asks("fang", "饭堂太贵")
    await world.says("zhao", f"#{code} 给第二封", about="宿舍漏水")
    assert world.heard("zhao")[-1] == world.text("two-cases")
    await world.later(60)
    assert "第二封" not in "".join(world.log("mei") + world.log("fang"))


async def test_edited_answers_keep_the_rules_of_answers(tmp_path: Path) -> None:
    async with open_world(tmp_path, "telegram") as world:
        await world.enrol("zhao", sites=("factory",))
        code = await world.asks("mei", "宿舍漏水")
        await world.says("zhao", f"#{code} 马上处理")
        await world.people["zhao"].edits(f"#{code} 明天处理")
        await world.people["zhao"].edits(f"#{code} 看 evil.example/track")
        await world.later(60)
        assert "明天处理" in world.heard("mei")[-1] and code not in world.log("mei")[-1]
        await world.people["zhao"].edits("后天处理")
        await world.settle()
        await world.taps("zhao", "撤回", about="更正已交出")
        await world.later(60)
        assert "后天" not in "".join(world.log("mei"))
        await world.people["zhao"].edits("大后天处理")
        await world.later(60)
        assert "更正" in world.log("mei")[-1] and "大后天处理" in world.log("mei")[-1]
        assert "evil" not in "".join(world.log("mei"))


async def test_the_word_undo_finds_the_answer_that_has_not_left(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.later(700)
    await world.says("zhao", f"#{code} 你几号床")
    await world.says("fang", "/join MINGDA")
    await world.says("fang", "饭堂太贵")
    await world.says("fang", "写完了")
    await world.says("zhao", "撤回")
    assert world.heard("zhao")[-1] == world.text("undone", name=(await world.cases())[0].name)
    await world.later(60)
    assert "几号床" not in "".join(world.log("mei"))


async def test_button_labels_typed_as_words_do_what_they_say(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "分类不对")
    assert "应该算哪一类" in world.heard("mei")[-1]
    await world.says("mei", "English")
    for said, key in (("Wrong category", "Where does"), ("Take back", "taken back")):
        await world.says("mei", said)
        assert key in world.heard("mei")[-1]


async def test_a_new_beginning_begins_with_the_promise(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "全部删掉")
    await world.taps("mei", "全部删掉")
    world.heard("mei")
    await world.says("mei", "我的信")
    assert world.heard("mei")[0] == world.text("promise")


async def test_full_width_digits_are_digits(world: World) -> None:
    await world.says("mei", "/start")
    await world.says("mei", "２")
    assert "河西新村宿舍" in world.heard("mei")[-1] or "明达电子厂" in world.heard("mei")[-1]


async def test_a_nudge_while_it_is_written_hands_the_letter_over(world: World) -> None:
    """A notice about a letter that its reader has not got yet must not hold up its card."""
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿舍漏水")
    await world.says("mei", "催一下")
    await world.later(60)
    heard = world.heard("zhao")
    assert len(heard) == 1 and "宿舍漏水" in heard[0]
    await world.later(4 * 3600)
    assert world.heard("zhao") == []
    await world.says("mei", "催一下")
    assert "在等您的答复" in world.heard("zhao")[-1]
