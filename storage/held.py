"""Words that wait for a case, each under a key of its own."""

from storage.database import Transaction
from storage.keyring import Keyring
from storage.records import day
from storage.seal import seal, unseal


class Held:
    def __init__(self, tx: Transaction, keyring: Keyring) -> None:
        self._tx, self._keyring = tx, keyring

    async def add(self, id: str, text: str, now: int) -> None:
        key = await self._keyring.create(id)
        await self._tx.run(
            "INSERT INTO held (id, day, sealed) VALUES ($1, $2, $3) "
            "ON CONFLICT (id) DO UPDATE SET sealed = $3",
            id, day(now), seal(key, text.encode(), "held", id),
        )  # fmt: skip

    async def text(self, id: str) -> str | None:
        row = await self._tx.row("SELECT sealed FROM held WHERE id = $1", id)
        if row is None:
            return None
        return unseal(await self._keyring.key(id), row["sealed"], "held", id).decode()

    async def drop(self, id: str) -> None:
        await self._tx.run("DELETE FROM held WHERE id = $1", id)
        await self._keyring.destroy(id)

    async def stale(self, before: int, limit: int) -> list[str]:
        rows = await self._tx.rows("SELECT id FROM held WHERE day < $1 LIMIT $2", before, limit)
        return [row["id"] for row in rows]

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._tx.rows("SELECT id FROM held")}
