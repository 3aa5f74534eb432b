"""Words that wait for a case, each row under a key of its own."""

import msgspec

from storage.database import Transaction
from storage.keyring import Keyring
from storage.records import HeldSeal, day
from storage.seal import seal, unseal


class Held:
    def __init__(self, tx: Transaction, keyring: Keyring) -> None:
        self._tx, self._keyring = tx, keyring

    async def add(self, id: str, held: HeldSeal, now: int) -> None:
        key = await self._keyring.create(id)
        await self._tx.run(
            "INSERT INTO held (id, day, sealed) VALUES ($1, $2, $3)",
            id, day(now), seal(key, msgspec.msgpack.encode(held), "held", id),
        )  # fmt: skip

    async def by_id(self, id: str) -> HeldSeal | None:
        row = await self._tx.row("SELECT sealed FROM held WHERE id = $1", id)
        if row is None:
            return None
        plain = unseal(await self._keyring.key(id), row["sealed"], "held", id)
        return msgspec.msgpack.decode(plain, type=HeldSeal)

    async def text(self, id: str) -> str | None:
        """The words, unless a message has them already."""
        held = await self.by_id(id)
        if held is None:
            return None
        sent = await self._tx.row("SELECT 1 AS one FROM message WHERE id = $1", held.takes)
        return held.text if sent is None else None

    async def drop(self, id: str) -> None:
        await self._tx.run("DELETE FROM held WHERE id = $1", id)
        await self._keyring.destroy(id)

    async def spent(self, before: int) -> set[str]:
        """Rows whose words are a message now, lie in another row, or were left since `before`."""
        spent: set[str] = set()
        for row in await self._tx.rows("SELECT id, day FROM held"):
            held = await self.by_id(row["id"])
            if row["day"] < before or await self.text(row["id"]) is None:
                spent.add(row["id"])
            if held is not None and held.replaces:
                spent.add(held.replaces)
        return spent

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._tx.rows("SELECT id FROM held")}
