"""The real program and a real browser; each story has both of its own."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.browser import chromium
from tests.browser.phones import Visitor, visit
from tests.browser.program import Program, running

WENT_WRONG = pytest.StashKey[bool]()


class StoryFailed(Exception):
    """The test failed; the note says where its last screen is."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        yield program
        assert program.complaints() == ""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tells the fixtures whether the story went wrong: pytest does not."""
    report = yield
    if report.when == "call":
        item.stash[WENT_WRONG] = report.failed
    return report


@pytest.fixture
async def visitor(
    demo: Program, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Visitor]:
    async with visit(browser, demo) as somebody:
        yield somebody
        if request.node.stash.get(WENT_WRONG, False):
            raise StoryFailed
