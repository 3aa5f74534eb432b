"""What people type, paste and press."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import Phone, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.ci]

TRICKS = {
    "turned around": "热水坏了\u202e三天了\u202c\u2066\u2067",
    "invisible": "热水\u200b\u200c\u200d\u2060\ufeff坏了" + "\u200b" * 500,
    "without a gap": "热水" + "坏" * 900,
    "one long word": "w" * 1500,
    "towers": "热" + "\u0301\u0489" * 400 + "水",
    "arabic": "مرحبا الماء الساخن لا يعمل",
    "lines": "热水\n" * 60 + "坏了",
    "markup": "<img src=x onerror=alert(1)><script>alert(1)</script>",
}  # fmt: skip


async def test_enter_sends_and_shift_enter_makes_a_new_line(visitor: Visitor) -> None:
    await visitor.joins()
    youth = visitor.youth
    await youth.input.press_sequentially("宿舍热水坏了")
    await youth.input.press("Shift+Enter")
    await youth.input.press_sequentially("三天了")
    await expect(youth.input).to_have_value("宿舍热水坏了\n三天了")
    await youth.input.press("Enter")
    await expect(youth.input).to_have_value("")
    await expect(youth.bubbles("宿舍热水坏了\n三天了", by="me")).to_have_count(1)
    await expect(await visitor.cadre.hears("✉")).to_contain_text("宿舍热水坏了\n三天了")


async def test_blank_words_are_not_sent(visitor: Visitor) -> None:
    await visitor.joins()
    before = await visitor.youth.bubbles(by="me").count()
    send = visitor.page.get_by_test_id("youth-send")
    await visitor.youth.input.fill("  \n ")
    await expect(send).to_be_disabled()
    await visitor.youth.input.press("Enter")
    await visitor.youth.input.fill("在吗")
    await send.click()
    await visitor.youth.hears("在的")
    assert await visitor.youth.bubbles(by="me").count() == before + 1


@pytest.mark.parametrize("length", [4_001, 30_000, 100_000])
async def test_too_many_words_are_refused_and_stay_in_the_input(
    visitor: Visitor, length: int
) -> None:
    await visitor.joins()
    pasted = "热" * length
    await _pastes(visitor.youth, pasted)
    await visitor.youth.input.press("Enter")
    refusal = visitor.youth.log.get_by_test_id("error")
    await expect(refusal).to_contain_text("太长")
    await expect(refusal).to_contain_text("4000")
    assert await visitor.youth.input.input_value() == pasted
    await visitor.youth.says("宿舍热水坏了三天")
    await visitor.cadre.hears("宿舍热水坏了三天")


async def _pastes(phone: Phone, text: str) -> None:
    await phone.input.focus()
    await phone.page.keyboard.insert_text(text)


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_trick_breaks_the_page(visitor: Visitor, trick: str) -> None:
    await visitor.joins()
    await visitor.youth.says("宿舍热水坏了三天")
    await visitor.youth.hears("这封信叫")
    await visitor.youth.says(TRICKS[trick])
    await visitor.youth.says("后面这句照旧")
    await expect(await visitor.cadre.hears("后面这句照旧")).to_be_visible()
    for phone in (visitor.youth, visitor.cadre):
        await _stays_inside(phone)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await visitor.page.evaluate(sideways) == 0


async def _stays_inside(phone: Phone) -> None:
    """No bubble reaches over the edge of its phone, nor over its neighbour."""
    boxes = "nodes => nodes.map(node => node.getBoundingClientRect().toJSON())"
    log = await phone.log.evaluate("node => node.getBoundingClientRect().toJSON()")
    bubbles = await phone.bubbles().evaluate_all(boxes)
    assert all(log["left"] <= one["left"] and one["right"] <= log["right"] for one in bubbles)
    pairs = zip(bubbles, bubbles[1:], strict=False)
    assert all(above["bottom"] <= below["top"] for above, below in pairs)
    assert await phone.log.evaluate("node => node.scrollWidth - node.clientWidth") == 0
