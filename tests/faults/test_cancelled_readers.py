"""Whoever stops waiting for an answer of the store must not spoil the next one's."""

import asyncio
from pathlib import Path

from storage import open_store


async def test_a_cancelled_reader_leaves_no_transaction_open(tmp_path: Path):
    async with open_store(tmp_path / "main.db", tmp_path / "keys.db", bytes(32)) as stores:
        for number in range(60):
            reading = asyncio.create_task(stores.read(lambda store: store.timers.next_due()))
            for _ in range(number % 6):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait({reading})
        for _ in range(4):
            assert await stores.read(lambda store: store.timers.next_due()) is None
