"""What a visitor may do beside the main story."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.phones import Visitor, visit
from tests.browser.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.ci]


async def test_the_same_story_in_english(visitor: Visitor) -> None:
    await visitor.page.get_by_test_id("language").click()
    for phone in (visitor.youth, visitor.cadre, visitor.admin):
        await phone.hears("English from now on")
    await visitor.joins()
    await visitor.writes("No hot water in our dorm for three days", done="That's all")
    await expect(visitor.cadre.bubbles("Housing and dormitory", by="bot")).to_have_count(1)
    await visitor.cadre.says("Repair is booked for tonight")
    await visitor.youth.hears("Repair is booked for tonight")
    await visitor.youth.taps("Solved")
    await visitor.youth.taps("4 ★")
    await visitor.youth.hears("Noted, thank you")
    await expect(visitor.page.get_by_role("heading", name="Santong", exact=True)).to_be_visible()
    await expect(visitor.page.get_by_test_id("path-about")).to_contain_text("Housing")


async def test_a_visitor_who_asked_for_english_is_greeted_in_english(
    demo: Program, browser: Browser
) -> None:
    async with visit(browser, demo, query="?lang=en") as visitor:
        await visitor.youth.hears("Here you can write anonymously")
        await visitor.cadre.hears("Hello")
        await visitor.admin.hears("Hello")
        chrome = visitor.page.locator("[data-say]")
        await expect(chrome.filter(has_text=re.compile(r"[\u4e00-\u9fff]"))).to_have_text("中文")


async def test_an_answer_taken_back_never_arrives(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    await visitor.cadre.says("写错了的回信")
    await expect(visitor.cadre.countdown).to_be_visible()
    await visitor.cadre.taps("撤回")
    await visitor.cadre.hears("撤回了")
    await expect(visitor.cadre.countdown).to_have_count(0)
    # What was written after it is there, so it would have been there, too.
    await visitor.cadre.says("真正的回信")
    await visitor.youth.hears("真正的回信")
    await expect(visitor.youth.bubbles("写错了的回信")).to_have_count(0)
    await visitor.reloads()
    await visitor.youth.shows_once("真正的回信")
    await expect(visitor.youth.bubbles("写错了的回信")).to_have_count(0)


async def test_an_answer_that_has_left_does_not_offer_to_be_taken_back(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    await visitor.cadre.says("今晚来修")
    await expect(visitor.cadre.button("撤回")).to_be_visible()
    await visitor.youth.hears("今晚来修")
    await expect(visitor.cadre.button("撤回")).to_have_count(0)


async def test_with_two_open_letters_the_bot_asks_instead_of_guessing(visitor: Visitor) -> None:
    youth = visitor.youth
    await visitor.joins()
    first = await visitor.writes("宿舍热水坏了三天")
    await youth.taps("写信")
    await youth.hears("这会是新的一封")
    second = await visitor.writes("上个月的加班费没有发")
    assert first != second
    await youth.says("今天还是一样")
    question = await youth.hears("还是接着说其中一封")
    await expect(question).to_contain_text(first)
    await expect(question).to_contain_text(second)
    await youth.taps(f"接着说{first}")
    await youth.hears(f"接在「{first}」后面了")
    await expect(await visitor.cadre.hears("今天还是一样")).to_contain_text(first)


async def test_a_wrong_category_is_set_right_by_two_taps(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.youth.says("宿舍热水坏了三天")
    await visitor.youth.hears("住房宿舍")
    await visitor.youth.taps("分类不对")
    await visitor.youth.hears("应该算哪一类")
    await visitor.youth.taps("工资待遇")
    await visitor.youth.hears("改成「工资待遇」了")
    await expect(await visitor.cadre.hears("宿舍热水坏了三天")).to_contain_text("工资待遇")


async def test_delete_everything_leaves_nothing_on_the_phone(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    await visitor.youth.says("全部删掉")
    await visitor.youth.hears("确定吗")
    await visitor.youth.taps("全部删掉")
    await visitor.youth.hears("已经删掉")
    await visitor.page.reload()
    await visitor.youth.hears("先选你在哪儿")
    await expect(visitor.youth.bubbles("宿舍热水坏了三天")).to_have_count(0)


async def test_a_button_pressed_again_gets_a_clear_answer(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.youth.says("宿舍热水坏了三天")
    for _ in range(2):
        await visitor.youth.taps("写完了")
    await visitor.youth.hears("整封交出去了")
    await visitor.youth.hears("已经用过或过期了")
    for times in (1, 2):
        await visitor.admin.taps("工作量")
        await visitor.admin.hears("各人手上的信", times=times)


async def test_another_cadre_takes_the_phone_and_sees_only_their_own_letters(
    visitor: Visitor,
) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    who = visitor.page.get_by_test_id("cadre-who")
    await who.select_option(label="孙立 · 三同镇青年社工站")
    await visitor.cadre.hears("孙立")
    await expect(visitor.cadre.bubbles("宿舍热水坏了三天")).to_have_count(0)
    await who.select_option(label="赵敏 · 三同镇团委")
    await visitor.cadre.shows_once("宿舍热水坏了三天")
