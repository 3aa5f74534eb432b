"""The real program and a real browser; each story has both of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.browser import chromium
from tests.browser.phones import Visitor, visit
from tests.browser.program import Program, running


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        yield program
        assert program.complaints() == ""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.fixture
async def visitor(demo: Program, browser: Browser) -> AsyncIterator[Visitor]:
    async with visit(browser, demo) as somebody:
        yield somebody
