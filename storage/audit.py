"""What staff did: append-only, each line bound to the one before by a keyed hash."""

from storage.database import Transaction
from storage.records import AuditLine, hour
from storage.seal import tag


class Audit:
    def __init__(self, tx: Transaction, key: bytes) -> None:
        self._tx, self._key = tx, key

    async def note(self, now: int, region: str, staff: str, act: str, subject: str) -> None:
        """`subject` names a case, a site or a staff member by id; never a youth, never words."""
        last = await self._tx.row("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1")
        seq = 1 if last is None else last["seq"] + 1
        before = b"" if last is None else last["mac"]
        line = (seq, hour(now), region, staff, act, subject)
        await self._tx.run(
            "INSERT INTO audit (seq, hour, region, staff, act, subject, mac) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            *line, tag(self._key, before, *line),
        )  # fmt: skip

    async def last(self, region: str, limit: int) -> list[AuditLine]:
        rows = await self._tx.rows(
            "SELECT seq, hour, region, staff, act, subject FROM audit WHERE region = $1 "
            "ORDER BY seq DESC LIMIT $2",
            region, limit,
        )  # fmt: skip
        return [AuditLine(**dict(row)) for row in rows]

    async def first_broken(self) -> int | None:
        """The number of the first line that was changed, or whose forerunner is missing."""
        before, expected = b"", 1
        for row in await self._tx.rows("SELECT * FROM audit ORDER BY seq"):
            line = tuple(row[name] for name in ("seq", "hour", "region", "staff", "act", "subject"))
            if row["seq"] != expected or row["mac"] != tag(self._key, before, *line):
                return expected
            before, expected = row["mac"], expected + 1
        return None
