"""What people type, paste and press."""

from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.browser.phones import Phone, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.ci]

TRICKS = (
    "热水坏了\u202e三天了\u202c\u2066\u2067",
    "热水\u200b\u200c\u200d\u2060\ufeff坏了" + "\u200b" * 500,
    "热水" + "坏" * 400,
    "w" * 600,
    "热" + "\u0301\u0489" * 200 + "水",
    "مرحبا الماء الساخن لا يعمل",
    "热水\n" * 60 + "坏了",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
)


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


async def test_too_many_words_are_refused_and_stay_in_the_input(visitor: Visitor) -> None:
    await visitor.joins()
    for length in (4_001, 100_000):
        await _pastes(visitor.youth, "热" * length)
        await visitor.youth.input.press("Enter")
        refusal = visitor.youth.log.get_by_test_id("error")
        await expect(refusal).to_contain_text(f"太长了（{length} 字）")
        await expect(refusal).to_contain_text("最多 4000 字")
        assert await visitor.youth.input.input_value() == "热" * length
    await visitor.youth.says("宿舍热水坏了三天")
    await visitor.cadre.hears("宿舍热水坏了三天")


async def _pastes(phone: Phone, text: str) -> None:
    await phone.input.fill("")
    await phone.page.keyboard.insert_text(text)


async def test_a_letter_of_full_length_arrives_whole(visitor: Visitor) -> None:
    await visitor.joins()
    letter = "宿舍热水坏了三天" + "热" * 3_980 + "到此为止"
    await visitor.youth.says(letter)
    await expect(await visitor.cadre.hears("到此为止")).to_contain_text(letter)
    await visitor.cadre.says("修" * 3_990 + "说完了")
    await visitor.youth.hears("修" * 3_990 + "说完了")


async def test_no_trick_breaks_the_page(visitor: Visitor) -> None:
    await visitor.joins()
    for trick in TRICKS:
        await visitor.youth.says(trick)
    await visitor.youth.says("后面这句照旧")
    await expect(await visitor.cadre.hears("后面这句照旧")).to_contain_text("<script>")
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
    pairs = pairwise(bubbles)
    assert all(above["bottom"] <= below["top"] for above, below in pairs)
    assert await phone.log.evaluate("node => node.scrollWidth - node.clientWidth") == 0
