"""How the page shows itself: narrow and wide, to eyes, to keyboards, to screen readers."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.phones import NARROW, Visitor, visit
from tests.browser.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.ci]


async def test_a_narrow_screen_has_tabs_with_unread_marks(demo: Program, browser: Browser) -> None:
    options = {"viewport": NARROW, "has_touch": True, "is_mobile": True}
    async with visit(browser, demo, **options) as visitor:
        youth, cadre = visitor.youth, visitor.cadre
        await expect(youth.log).to_be_visible()
        await expect(cadre.log).not_to_be_visible()
        for phone in (visitor.admin, cadre, youth):
            await phone.tab.click()  # greeted by now, and seen
            await expect(phone.unread).not_to_be_visible()
        await visitor.joins()
        await youth.says("宿舍热水坏了三天")
        await expect(youth.countdown).to_be_visible()
        await expect(cadre.unread).to_have_text("1")
        await expect(visitor.page).to_have_title("(1) 三同信箱 · 演示")
        await cadre.tab.click()
        await expect(cadre.bubbles("宿舍热水坏了三天")).to_be_in_viewport()
        await expect(cadre.unread).not_to_be_visible()
        await cadre.says("今晚来修")
        await expect(cadre.countdown).to_be_in_viewport()
        await expect(youth.unread).to_have_text("1")
        await youth.tab.click()
        await expect(youth.bubbles("今晚来修")).to_be_in_viewport()
        await _fits(visitor)


async def _fits(visitor: Visitor) -> None:
    width = await visitor.page.evaluate("document.documentElement.scrollWidth")
    assert width == visitor.page.viewport_size["width"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_nothing_sticks_out(demo: Program, browser: Browser, language: str) -> None:
    async with visit(browser, demo, query=f"?lang={language}") as visitor:
        await visitor.joins()
        await visitor.page.get_by_test_id("stored-toggle").click()
        for width in (320, 390, 768, 801, 1024, 1280, 1920):
            await visitor.page.set_viewport_size({"width": width, "height": 800})
            await _fits(visitor)
            await expect(visitor.youth.input).to_be_visible()


async def test_a_log_scrolled_up_stays_there_and_tells_of_the_new(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("热水\n" * 40 + "坏了")
    await visitor.cadre.log.evaluate("node => { node.scrollTop = 0 }")
    await visitor.youth.says("还有一句")
    await expect(visitor.cadre.unread).to_have_text("1")
    await visitor.cadre.node.get_by_role("button", name="条新消息").click()
    await expect(visitor.cadre.bubbles("还有一句")).to_be_in_viewport()
    await expect(visitor.cadre.unread).not_to_be_visible()


async def test_the_whole_story_needs_no_mouse(visitor: Visitor) -> None:
    keyboard = visitor.page.keyboard
    await visitor.youth.button("明达电子厂").focus()
    await keyboard.press("Enter")
    await visitor.youth.hears("不是厂里的人")
    await expect(visitor.youth.input).to_be_focused()
    await keyboard.insert_text("宿舍热水坏了三天")
    await keyboard.press("Enter")
    await visitor.youth.hears("这封信叫")
    await visitor.youth.button("写完了").focus()
    await keyboard.press("Space")
    card = visitor.cadre.button("回复")
    await card.focus()
    await keyboard.press("Enter")
    await expect(visitor.cadre.input).to_be_focused()
    await keyboard.insert_text("今晚来修")
    await keyboard.press("Enter")
    await visitor.youth.hears("今晚来修")


async def test_tabs_are_reached_with_arrow_keys(demo: Program, browser: Browser) -> None:
    async with visit(browser, demo, viewport=NARROW) as visitor:
        await visitor.youth.tab.focus()
        await visitor.page.keyboard.press("ArrowRight")
        await expect(visitor.cadre.tab).to_be_focused()
        await expect(visitor.cadre.tab).to_have_attribute("aria-selected", "true")
        await expect(visitor.cadre.log).to_be_visible()
        await expect(visitor.page.get_by_role("tab")).to_have_count(3)
        await expect(visitor.page.get_by_role("tabpanel")).to_have_count(1)


async def test_everything_has_a_name_and_a_role(visitor: Visitor) -> None:
    await visitor.joins()
    await visitor.writes("宿舍热水坏了三天")
    page = visitor.page
    for name in ("青年", "团干部", "管理员"):
        await expect(page.get_by_role("region", name=name)).to_be_visible()
        await expect(page.get_by_role("log", name=name)).to_be_visible()
    for phone, label in ((visitor.youth, "写点什么"), (visitor.cadre, "写回信")):
        await expect(phone.node.get_by_role("textbox", name=label)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    for role in ("button", "textbox", "combobox"):
        for node in await page.get_by_role(role).all():
            assert (await node.aria_snapshot()).strip() not in (f"- {role}", f"- {role}:")


async def test_a_reply_to_an_older_card_names_its_letter(visitor: Visitor) -> None:
    await visitor.joins()
    first = await visitor.writes("宿舍热水坏了三天")
    await visitor.youth.taps("写信")
    await visitor.youth.hears("这会是新的一封")
    await visitor.writes("上个月的加班费没有发")
    card = visitor.cadre.node.locator(".line").filter(has_text="宿舍热水坏了三天")
    await card.hover()
    await card.get_by_test_id("reply").click()
    await expect(visitor.cadre.node.get_by_test_id("quote")).to_contain_text(first)
    await visitor.cadre.says("今晚来修")
    await expect(await visitor.youth.hears("今晚来修")).to_contain_text(first)
