"""Draws docs/images/three-phones*.png from the real program: python -m tests.browser.screenshot"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from tests.browser.browser import chromium
from tests.browser.phones import Visitor, visit
from tests.browser.program import running

SIZE = {"width": 1280, "height": 940}
IMAGES = Path(__file__).parents[2] / "docs" / "images"


@dataclass(frozen=True)
class Script:
    file: str
    language: str
    first: str
    second: str
    answer: str
    thanks: str
    promise: str
    looks_at: tuple[str, str]


CHINESE = Script(
    "three-phones.png", "zh-CN", "宿舍热水坏了三天", "找了宿管两次，都没人来",
    "已经联系后勤，今晚八点前来人修。修好前先用二楼浴室。", "谢谢！我怕又没人来",
    "我八点打电话盯着，没来您再说。", ("工作量", "站点"),
)  # fmt: skip
ENGLISH = Script(
    "three-phones.en.png", "en", "No hot water in our dorm for three days",
    "Told the warden twice, nobody came",
    "Repair is booked for tonight, before eight. Until then, use the showers on floor 2.",
    "Thank you! I fear nobody will come again", "I will call them at eight. Tell me if not.",
    ("Load", "Sites"),
)  # fmt: skip


async def draw(script: Script) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as demo, chromium() as browser:
            query = f"?lang={script.language}"
            async with visit(browser, demo, query=query, viewport=SIZE) as visitor:
                await _talk(visitor, script)
                await visitor.page.screenshot(path=IMAGES / script.file, animations="disabled")


async def _talk(visitor: Visitor, script: Script) -> None:
    youth, cadre, admin = visitor.youth, visitor.cadre, visitor.admin
    await visitor.joins()
    await youth.says(script.first)
    await expect(youth.countdown).to_be_visible()
    await youth.says(script.second)
    await admin.taps(script.looks_at[0])
    await expect(cadre.bubbles(script.second)).to_be_visible()
    await cadre.says(script.answer)
    await admin.taps(script.looks_at[1])
    await expect(youth.bubbles(script.answer)).to_be_visible()
    await youth.says(script.thanks)
    await cadre.says(script.promise)
    await expect(cadre.countdown).to_be_visible()
    await expect(youth.countdown).to_be_visible()
    await youth.input.blur()


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for script in (CHINESE, ENGLISH):
        await draw(script)


if __name__ == "__main__":
    asyncio.run(main())
