"""A visitor of /demo: one browser session, three phones, and whatever the page complains of."""

import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.program import Program

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
Words = str | re.Pattern[str]
expect.set_options(timeout=15_000)


class Phone:
    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.node = page.locator(f"#{name}")
        self.log = page.get_by_test_id(f"{name}-log")
        self.input = page.get_by_test_id(f"{name}-input")
        self.unread = page.get_by_test_id(f"{name}-unread")
        self.tab = page.get_by_test_id(f"{name}-tab")
        self.connection = page.get_by_test_id(f"{name}-connection")
        self.countdown = self.log.get_by_test_id("countdown")

    def bubbles(self, text: Words = "", by: str = "") -> Locator:
        found = self.log.get_by_test_id("bubble")
        found = found.and_(self.page.locator(f'[data-from="{by}"]')) if by else found
        return found.filter(has_text=text) if text else found

    def button(self, label: str) -> Locator:
        """The newest of that name: older ones may have been used."""
        return self.log.get_by_role("button", name=label, exact=True).last

    async def says(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")
        await expect(self.input).to_have_value("")

    async def taps(self, label: str) -> None:
        await self.button(label).click()

    async def hears(self, text: Words, times: int = 1) -> Locator:
        """`text` in exactly so many bubbles of the bot; returns the newest of them."""
        found = self.bubbles(text, by="bot")
        await expect(found).to_have_count(times)
        return found.last

    async def shows_once(self, *texts: str) -> None:
        for text in texts:
            await expect(self.bubbles(text)).to_have_count(1)

    async def is_connected(self) -> None:
        await expect(self.connection).to_have_attribute("data-state", "online")

    async def ids(self) -> list[str]:
        every = "nodes => nodes.map(node => node.dataset.id)"
        return list(await self.bubbles().evaluate_all(every))


class Visitor:
    def __init__(self, context: BrowserContext, page: Page, host: str) -> None:
        self.context, self.page, self._host = context, page, host
        self.youth, self.cadre, self.admin = (Phone(page, name) for name in PHONES)
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc != self._host:
            self.complaints.append(f"asked a foreign host: {url}")

    def forgives(self, *parts: str) -> None:
        """What Chromium itself writes to the console when a test breaks something."""
        kept = [one for one in self.complaints if not any(part in one for part in parts)]
        self.complaints[:] = kept

    async def another_tab(self) -> "Visitor":
        twin = Visitor(self.context, await self.context.new_page(), self._host)
        await twin.page.goto(self.page.url)
        await twin.arrives()
        return twin

    async def arrives(self) -> None:
        """Everything connected, everybody greeted."""
        for phone in (self.youth, self.cadre, self.admin):
            await phone.is_connected()
            await expect(phone.bubbles().first).to_be_attached()

    async def reloads(self) -> None:
        await self.page.reload()
        for phone in (self.youth, self.cadre, self.admin):
            await phone.is_connected()

    async def joins(self, site: str = "明达电子厂") -> None:
        await self.youth.taps(site)
        await self.youth.hears(re.compile("直接写就行|Just write, "))

    async def writes(self, text: str, done: str = "写完了") -> str:
        """One whole letter; returns its name."""
        before = await self.youth.countdown.count()
        await self.youth.says(text)
        await expect(self.youth.countdown).to_have_count(before + 1)
        await self.youth.taps(done)
        card = await self.cadre.hears(text)
        return (await card.inner_text()).split()[1]


PHONES = ("youth", "cadre", "admin")


@contextlib.asynccontextmanager
async def visit(
    browser: Browser, demo: Program, url: str = "", query: str = "", **options: Any
) -> AsyncIterator[Visitor]:
    """Opens /demo; at the end nothing may have gone wrong on the page."""
    url = url or demo.url
    settings = {"viewport": WIDE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
    context = await browser.new_context(**settings)
    visitor = Visitor(context, await context.new_page(), urlsplit(url).netloc)
    try:
        await visitor.page.goto(f"{url}/demo{query}")
        await visitor.arrives()
        yield visitor
    except BaseException as error:
        seen = demo.folder / "seen.png"
        await visitor.page.screenshot(path=seen)
        error.add_note(f"what the browser showed: {seen}; it complained: {visitor.complaints}")
        raise
    await context.close()
    assert visitor.complaints == []
