from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The town on the web channel, in Chinese; nothing in it may ever meet."""
    async with open_world(tmp_path) as town:
        yield town
        assert not town.meetings.broken


@pytest.fixture(
    params=[("web", "zh-CN"), ("telegram", "zh-CN"), ("web", "en"), ("telegram", "en")],
    ids=lambda pair: f"{pair[0]}-{pair[1]}",
)
async def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The same story through each channel and in each language."""
    channel, language = request.param
    async with open_world(tmp_path, channel, language) as town:
        yield town
        assert not town.meetings.broken
        assert town.meetings.transactions
