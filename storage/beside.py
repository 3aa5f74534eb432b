"""The command line beside a running service: it reads, and may insert or remove a job row."""

import sqlite3
from pathlib import Path

import msgspec

from storage.jobs import JobSeal
from storage.seal import derive, seal, unseal
from storage.sqlite import connect


class Beside:
    def __init__(self, main: Path, root: bytes) -> None:
        self._connection: sqlite3.Connection = connect(str(main))
        self._key = derive(root, "job")

    def add_job(self, id: str, kind: str, arguments: dict[str, str]) -> None:
        sealed = seal(self._key, msgspec.msgpack.encode(JobSeal(arguments)), "job", id)
        self._connection.execute(
            "INSERT INTO job (id, kind, state, done, total, sealed) "
            "VALUES (?, ?, 'waiting', 0, 0, ?)",
            (id, kind, sealed),
        )

    def outcome(self, id: str) -> tuple[str, str]:
        """(state, result); a finished job is taken away, for its result may be a secret."""
        row = self._connection.execute(
            "SELECT state, sealed FROM job WHERE id = ?", (id,)
        ).fetchone()
        if row is None:
            return "gone", ""
        result = msgspec.msgpack.decode(unseal(self._key, row["sealed"], "job", id), type=JobSeal)
        if row["state"] in ("done", "failed"):
            self._connection.execute("DELETE FROM job WHERE id = ?", (id,))
        return row["state"], result.result

    def forget(self, id: str) -> None:
        self._connection.execute("DELETE FROM job WHERE id = ?", (id,))

    def close(self) -> None:
        self._connection.close()
