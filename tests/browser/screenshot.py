"""Draws docs/images/three-phones*.png from the real program: python -m tests.browser.screenshot"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from tests.browser.browser import chromium
from tests.browser.phones import Visitor, visit
from tests.browser.program import running

IMAGES = Path(__file__).parents[2] / "docs" / "images"


@dataclass(frozen=True)
class Script:
    file: str
    language: str
    first: str
    second: str
    done: str
    answer: str
    further: str
    further_answer: str
    last: str
    load: str


CHINESE = Script(
    "three-phones.png", "zh-CN", "宿舍热水坏了三天", "找了宿管两次,都没人来", "写完了",
    "已经联系后勤,今晚八点前来人修。修好前先用二楼浴室。", "二楼下班后就锁门了", "马上请宿管改到十一点锁门。",
    "谢谢!今晚我试试", "工作量",
)  # fmt: skip
ENGLISH = Script(
    "three-phones.en.png", "en", "No hot water in our dorm for three days",
    "Told the warden twice, nobody came", "That's all",
    "Repair is booked for tonight, before eight. Use the showers on floor 2 meanwhile.",
    "Floor 2 is locked after work", "I am asking them to keep it open until eleven.",
    "Thank you! I will try tonight", "Load",
)  # fmt: skip


async def draw(script: Script) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as demo, chromium() as browser:
            address = f"{demo.url}/demo?lang={script.language}"
            async with visit(browser, demo, locale=script.language) as visitor:
                await visitor.page.goto(address)
                await visitor.arrives()
                await _talk(visitor, script)
                await visitor.page.screenshot(path=IMAGES / script.file)


async def _talk(visitor: Visitor, script: Script) -> None:
    youth, cadre, admin = visitor.youth, visitor.cadre, visitor.admin
    await visitor.joins()
    await youth.says(script.first)
    await expect(youth.countdown).to_be_visible()
    await youth.says(script.second)
    await youth.taps(script.done)
    await expect(cadre.bubbles(script.second)).to_be_visible()
    await cadre.says(script.answer)
    await expect(youth.bubbles(script.answer)).to_be_visible()
    await youth.says(script.further)
    await expect(cadre.bubbles(script.further)).to_be_visible()
    await admin.taps(script.load)
    await cadre.says(script.further_answer)
    await expect(cadre.countdown).to_be_visible()
    await youth.says(script.last)
    await expect(youth.countdown).to_be_visible()
    await expect(admin.bubbles().nth(2)).to_be_visible()
    await youth.input.blur()


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for script in (CHINESE, ENGLISH):
        await draw(script)


if __name__ == "__main__":
    asyncio.run(main())
