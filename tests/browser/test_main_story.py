"""The whole story on /demo, as a visitor lives it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Visitor
from tests.browser.program import Program

pytestmark = pytest.mark.browser

FIRST, SECOND = "宿舍热水坏了三天", "找了宿管两次都没人来"
ANSWER = "已经报修,今晚八点前修好"
MEMORY_LIMIT = 250


async def test_a_youth_writes_the_cadre_answers_and_nobody_learns_who(
    visitor: Visitor, demo: Program
) -> None:
    name = await _youth_writes(visitor)
    await _cadre_has_one_card(visitor, name)
    await _path_is_complete(visitor, name)
    await _a_reload_keeps_everything_once(visitor)
    await _cadre_answers(visitor)
    await _youth_closes_and_rates(visitor)
    await _admin_looks(visitor)
    await _the_store_shows_no_words(visitor)
    _the_files_hold_no_words(demo.folder)
    assert demo.megabytes() < MEMORY_LIMIT


async def _youth_writes(visitor: Visitor) -> str:
    youth = visitor.youth
    await youth.hears("看不到你是谁")
    await youth.taps("明达电子厂")
    await youth.hears("不是厂里的人")
    await youth.says(FIRST)
    receipt = await youth.hears("这封信叫")
    await expect(youth.countdown).to_be_visible()
    await youth.says(SECOND)
    await expect(youth.bubbles(SECOND, by="me")).not_to_contain_text("正在发送")
    await youth.taps("写完了")
    await youth.hears("整封交出去了")
    await youth.hears("这封信叫")
    return (await receipt.inner_text()).partition("「")[2].partition("」")[0]


async def _cadre_has_one_card(visitor: Visitor, name: str) -> None:
    card = await visitor.cadre.hears("✉")
    for part in (name, "明达电子厂", "住房宿舍", FIRST, SECOND):
        await expect(card).to_contain_text(part)


async def _path_is_complete(visitor: Visitor, name: str) -> None:
    for step in ("received", "tagged", "queued", "delivered"):
        shown = visitor.page.get_by_test_id(f"path-{step}")
        await expect(shown).to_have_attribute("data-done", "true")
    await expect(visitor.page.get_by_test_id("path-about")).to_contain_text(name)


async def _a_reload_keeps_everything_once(visitor: Visitor) -> None:
    await visitor.reloads()
    await visitor.youth.shows_once(FIRST, SECOND, "这封信叫", "整封交出去了")
    await visitor.cadre.shows_once("✉")
    for phone in (visitor.youth, visitor.cadre):
        ids = await phone.ids()
        assert len(ids) == len(set(ids))


async def _cadre_answers(visitor: Visitor) -> None:
    await visitor.cadre.says(ANSWER)
    await visitor.cadre.hears("已交出")
    await expect(visitor.cadre.countdown).to_be_visible()
    await expect(visitor.youth.bubbles(ANSWER)).to_have_count(0)
    await visitor.youth.hears(ANSWER)
    await expect(visitor.cadre.countdown).to_have_count(0)


async def _youth_closes_and_rates(visitor: Visitor) -> None:
    await visitor.youth.taps("解决了")
    await visitor.youth.hears("这次帮得怎么样")
    await visitor.youth.taps("5 分")
    await visitor.youth.hears("记下了")
    await visitor.cadre.hears(re.compile("说.解决了"))


async def _admin_looks(visitor: Visitor) -> None:
    await visitor.admin.taps("工作量")
    await expect(await visitor.admin.hears("各人手上的信")).to_contain_text(re.compile("赵敏.0 / "))
    await visitor.admin.says("/load")
    await visitor.admin.hears("各人手上的信", times=2)


async def _the_store_shows_no_words(visitor: Visitor) -> None:
    await visitor.page.get_by_test_id("stored-toggle").click()
    drawer = visitor.page.get_by_test_id("stored")
    await expect(drawer.locator("table[data-table=case]")).to_have_count(1)
    await expect(drawer.locator("table[data-table=message]")).to_have_count(3)
    for words in (FIRST, SECOND, ANSWER):
        await expect(drawer).not_to_contain_text(words)


def _the_files_hold_no_words(folder: Path) -> None:
    files = [one for one in (folder / "data").rglob("*") if one.is_file()]
    stored = b"".join(one.read_bytes() for one in files)
    assert stored
    assert all(words.encode() not in stored for words in (FIRST, SECOND, ANSWER))
