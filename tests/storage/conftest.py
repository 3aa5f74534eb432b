from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Stores, open_store

ROOT = bytes(range(32))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_store(tmp_path / "main.db", tmp_path / "keyring.db", ROOT) as opened:
        yield opened
