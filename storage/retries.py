"""Acts that met an error nobody foresaw: kept sealed, replayed, at last laid aside."""

from storage.database import Transaction
from storage.keyring import Keyring
from storage.seal import seal, unseal

MOST_TRIES = 5


class Retries:
    def __init__(self, tx: Transaction, keyring: Keyring) -> None:
        self._tx, self._keyring = tx, keyring

    async def add(self, id: str, plain: bytes, due: int) -> None:
        key = await self._keyring.create(id)
        await self._tx.run(
            "INSERT INTO retry_in (id, tries, due, dead, sealed) VALUES ($1, 0, $2, 0, $3) "
            "ON CONFLICT (id) DO NOTHING",
            id, due, seal(key, plain, "retry_in", id),
        )  # fmt: skip

    async def due(self, now: int, limit: int) -> list[str]:
        rows = await self._tx.rows(
            "SELECT id FROM retry_in WHERE dead = 0 AND due <= $1 ORDER BY id LIMIT $2", now, limit
        )
        return [row["id"] for row in rows]

    async def next_due(self) -> int | None:
        row = await self._tx.row("SELECT min(due) AS due FROM retry_in WHERE dead = 0")
        return None if row is None else row["due"]

    async def open(self, id: str) -> tuple[bytes, int] | None:
        """The act and how often it was tried."""
        row = await self._tx.row("SELECT sealed, tries FROM retry_in WHERE id = $1", id)
        if row is None:
            return None
        key = await self._keyring.key(id)
        return unseal(key, row["sealed"], "retry_in", id), row["tries"]

    async def postpone(self, id: str, due: int) -> bool:
        """Count one more failure; True when this was the last and the act is laid aside."""
        await self._tx.run(
            "UPDATE retry_in SET tries = tries + 1, "
            "due = CASE WHEN tries + 1 >= $3 THEN $2 - $2 % 3600 ELSE $2 END, "
            "dead = CASE WHEN tries + 1 >= $3 THEN 1 ELSE 0 END WHERE id = $1",
            id, due, MOST_TRIES,
        )  # fmt: skip
        row = await self._tx.row("SELECT dead FROM retry_in WHERE id = $1", id)
        return row is not None and bool(row["dead"])

    async def drop(self, id: str) -> None:
        await self._tx.run("DELETE FROM retry_in WHERE id = $1", id)
        await self._keyring.destroy(id)

    async def dead(self) -> int:
        row = await self._tx.row("SELECT count(*) AS n FROM retry_in WHERE dead = 1")
        return 0 if row is None else int(row["n"])

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._tx.rows("SELECT id FROM retry_in")}
