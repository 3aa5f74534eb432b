"""Cables are cut, programs are killed: nothing is lost, nothing comes twice."""

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.phones import Phone, Visitor, visit
from tests.browser.program import Program
from tests.browser.wire import wire_to

pytestmark = [pytest.mark.browser, pytest.mark.ci]

BROKEN = ("ERR_", "WebSocket connection")


async def _online(visitor: Visitor) -> None:
    for phone in (visitor.youth, visitor.cadre, visitor.admin):
        await phone.is_connected()


async def _offline(phone: Phone) -> None:
    await expect(phone.connection).to_have_attribute("data-state", "offline")


async def test_words_written_without_a_network_arrive_once(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.context.set_offline(True)
    await visitor.youth.says("宿舍热水坏了三天")
    await expect(visitor.youth.log.get_by_test_id("status")).to_contain_text("网络不通")
    await visitor.context.set_offline(False)
    await visitor.youth.hears("这封信叫")
    await visitor.cadre.hears("宿舍热水坏了三天")
    await visitor.youth.shows_once("宿舍热水坏了三天")
    await visitor.reloads()
    await visitor.youth.shows_once("宿舍热水坏了三天", "这封信叫")
    await visitor.cadre.shows_once("✉")
    visitor.forgives(*BROKEN)


async def test_words_whose_receipt_was_lost_are_sent_again_and_kept_once(
    visitor: Visitor,
) -> None:
    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await visitor.joins()
    await visitor.page.route("**/web/youth/messages", lose_the_answer, times=1)
    await visitor.youth.says("宿舍热水坏了三天")
    card = await visitor.cadre.hears("✉")
    assert (await card.inner_text()).count("宿舍热水坏了三天") == 1
    await expect(visitor.youth.log.get_by_test_id("status")).to_have_count(0)
    await visitor.youth.shows_once("宿舍热水坏了三天", "这封信叫")
    visitor.forgives(*BROKEN)


async def test_what_comes_while_the_cable_is_cut_is_there_afterwards(
    demo: Program, browser: Browser
) -> None:
    async with wire_to(demo.port) as wire, visit(browser, demo, wire.url) as visitor:
        await visitor.joins()
        await visitor.writes("宿舍热水坏了三天")
        await visitor.cadre.says("今晚来修")
        await visitor.cadre.hears("已交出")
        await wire.cut()
        await _offline(visitor.youth)
        await visitor.youth.says("谢谢,我等着")
        await _is_answered_elsewhere(demo, browser)
        await wire.join()
        await _online(visitor)
        await visitor.cadre.hears("谢谢,我等着")
        await visitor.youth.shows_once(
            "宿舍热水坏了三天", "这封信叫", "今晚来修", "第二封回信", "谢谢,我等着"
        )
        await visitor.cadre.shows_once("今晚来修", "第二封回信")
        visitor.forgives(*BROKEN)


async def _is_answered_elsewhere(demo: Program, browser: Browser) -> None:
    """The same cadre at another screen, whose cable is whole."""
    async with visit(browser, demo) as other:
        await other.cadre.shows_once("今晚来修")
        await other.cadre.says("第二封回信")
        await other.cadre.hears("已交出", times=2)
        await expect(other.cadre.countdown).to_have_count(0)


async def test_two_tabs_of_one_browser_show_the_same(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    twin = await visitor.another_tab()
    await twin.youth.shows_once("宿舍热水坏了三天", "这封信叫")
    await twin.youth.says("找了宿管两次")
    await visitor.cadre.says("今晚来修")
    for tab in (visitor, twin):
        await tab.youth.hears("今晚来修")
        await tab.youth.shows_once("宿舍热水坏了三天", "找了宿管两次", "今晚来修")
        await tab.cadre.shows_once("宿舍热水坏了三天", "找了宿管两次", "今晚来修")
    assert twin.complaints == []


async def test_a_killed_program_comes_back_and_the_talk_goes_on(
    demo: Program, visitor: Visitor
) -> None:
    await visitor.joins()
    await visitor.youth.says("宿舍热水坏了三天")
    await visitor.youth.hears("这封信叫")
    await demo.kill()
    await _offline(visitor.youth)
    await visitor.youth.says("找了宿管两次")
    await demo.start()
    await _online(visitor)
    await visitor.cadre.hears("宿舍热水坏了三天")
    await visitor.cadre.hears("找了宿管两次")
    await visitor.cadre.says("今晚来修")
    await visitor.cadre.hears("已交出")
    await demo.kill()
    await demo.start()
    await visitor.youth.hears("今晚来修")
    await _has_all_once(visitor)
    await visitor.reloads()
    await _has_all_once(visitor)
    visitor.forgives(*BROKEN)


async def _has_all_once(visitor: Visitor) -> None:
    await visitor.youth.shows_once("宿舍热水坏了三天", "找了宿管两次", "这封信叫", "今晚来修")
    await visitor.cadre.shows_once("宿舍热水坏了三天", "找了宿管两次", "今晚来修", "已交出")


async def test_a_page_left_open_over_a_restart_still_lets_its_buttons_work(
    demo: Program, visitor: Visitor
) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    await visitor.cadre.says("今晚来修")
    await visitor.youth.hears("今晚来修")
    await demo.kill()
    await demo.start()
    await _online(visitor)
    await visitor.youth.taps("解决了")
    await visitor.youth.taps("5 分")
    await visitor.youth.hears("记下了")
    visitor.forgives(*BROKEN)
