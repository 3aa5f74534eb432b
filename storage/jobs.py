"""Long work, and what the command line asks of the running service."""

import msgspec

from storage.database import Transaction
from storage.seal import seal, unseal


class JobSeal(msgspec.Struct, frozen=True):
    arguments: dict[str, str]
    result: str = ""


class Jobs:
    def __init__(self, tx: Transaction, key: bytes) -> None:
        self._tx, self._key = tx, key

    async def add(self, id: str, kind: str, arguments: dict[str, str]) -> None:
        await self._tx.run(
            "INSERT INTO job (id, kind, state, done, total, sealed) "
            "VALUES ($1, $2, 'waiting', 0, 0, $3)",
            id, kind, self._sealed(id, JobSeal(arguments)),
        )  # fmt: skip

    async def waiting(self) -> list[tuple[str, str]]:
        """(id, kind)"""
        rows = await self._tx.rows("SELECT id, kind FROM job WHERE state = 'waiting' ORDER BY id")
        return [(row["id"], row["kind"]) for row in rows]

    async def arguments(self, id: str) -> dict[str, str]:
        row = await self._tx.row("SELECT sealed FROM job WHERE id = $1", id)
        return {} if row is None else self._open(id, row["sealed"]).arguments

    async def finish(self, id: str, state: str, result: str = "") -> None:
        await self._tx.run(
            "UPDATE job SET state = $2, sealed = $3 WHERE id = $1",
            id, state, self._sealed(id, JobSeal({}, result)),
        )  # fmt: skip

    async def outcome(self, id: str) -> tuple[str, str]:
        """(state, result)"""
        row = await self._tx.row("SELECT state, sealed FROM job WHERE id = $1", id)
        if row is None:
            return "gone", ""
        return row["state"], self._open(id, row["sealed"]).result

    async def drop(self, id: str) -> None:
        await self._tx.run("DELETE FROM job WHERE id = $1", id)

    def _sealed(self, id: str, job: JobSeal) -> bytes:
        return seal(self._key, msgspec.msgpack.encode(job), "job", id)

    def _open(self, id: str, sealed: bytes) -> JobSeal:
        return msgspec.msgpack.decode(unseal(self._key, sealed, "job", id), type=JobSeal)
