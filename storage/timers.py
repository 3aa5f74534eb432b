"""What must happen later, each once."""

from storage.database import Row, Transaction
from storage.guard import Guard
from storage.records import Timer

_COLUMNS = "id, case_id, kind, due, sealed"


class Timers:
    def __init__(self, tx: Transaction, guard: Guard) -> None:
        self._tx, self._guard = tx, guard

    async def set(self, timer: Timer) -> None:
        """One timer per case and kind: setting it again moves it."""
        if timer.case_id is not None:
            self._guard.case(timer.case_id)
        await self._tx.run(
            f"INSERT INTO timer ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (case_id, kind) WHERE case_id IS NOT NULL DO UPDATE SET due = $4",
            timer.id, timer.case_id, timer.kind, timer.due, timer.sealed,
        )  # fmt: skip

    async def due(self, now: int, limit: int) -> list[tuple[str, str]]:
        """(id, kind)"""
        rows = await self._tx.rows(
            "SELECT id, kind FROM timer WHERE due <= $1 ORDER BY due LIMIT $2", now, limit
        )
        return [(row["id"], row["kind"]) for row in rows]

    async def next_due(self) -> int | None:
        row = await self._tx.row("SELECT min(due) AS due FROM timer")
        return None if row is None else row["due"]

    async def take(self, id: str, now: int) -> Timer | None:
        """Remove a due timer and return it; None when somebody else was first or it moved."""
        row = await self._tx.row(
            f"DELETE FROM timer WHERE id = $1 AND due <= $2 RETURNING {_COLUMNS}", id, now
        )
        if row is not None and row["case_id"] is not None:
            self._guard.case(row["case_id"])
        return None if row is None else Timer(**dict(row))

    async def look(self, id: str) -> Timer | None:
        row = await self._tx.row(f"SELECT {_COLUMNS} FROM timer WHERE id = $1", id)
        return None if row is None else Timer(**dict(row))

    async def postpone(self, id: str, due: int) -> None:
        await self._tx.run("UPDATE timer SET due = $2 WHERE id = $1", id, due)

    async def remove(self, id: str) -> None:
        """For timers without a case."""
        await self._tx.run("DELETE FROM timer WHERE id = $1 AND case_id IS NULL", id)

    async def drop(self, case_id: str, kind: str) -> None:
        self._guard.case(case_id)
        await self._tx.run("DELETE FROM timer WHERE case_id = $1 AND kind = $2", case_id, kind)

    async def of_kind(self, kind: str) -> list[Row]:
        return await self._tx.rows("SELECT id, due FROM timer WHERE kind = $1", kind)
