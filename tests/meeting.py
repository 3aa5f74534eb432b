"""The meeting test: which rows every transaction touched, read off the tables themselves.

Temporary triggers on the writer's own connection note each row that is written or deleted;
nothing depends on how the SQL was spelt. At the end of every transaction the notes are judged.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

CASE_TABLES = {
    "case": "id", "held": "id", "retry_in": "id", "message": "case_id", "outbox": "case_id",
    "bubble": "case_id", "timer": "case_id",
}  # fmt: skip
"""Tables of a case and the column that names it; words without one count as one of their own."""
LETTER_TABLES = CASE_TABLES.keys() - {"held", "retry_in"}
PERSON_TABLES = {"address": "tag", "wallet": "id", "nullifier": "tag"}
WITHOUT_ROWID = {"spent": "tag", "timer": "id"}
OTHER_TABLES = {
    "hash_key", "region", "site", "staff", "staff_role", "staff_address", "invite",
    "spent", "seen", "job", "audit", "schema_version",
}  # fmt: skip
"""Staff, organisation, and rows whose key occurs once: none of them recurs for a youth."""


@dataclass(frozen=True)
class Touched:
    table: str
    key: str
    case: str


class Meetings:
    """Listens to every transaction of a database; `broken` tells which ones let rows meet."""

    def __init__(self, database: Any) -> None:
        self.transactions = 0
        self.tables: set[str] = set()
        self.broken: list[list[Touched]] = []
        self._ready = False
        self._commit: list[Touched] = []
        database.observe(self._after)

    def _after(self, main: sqlite3.Connection, keyring: sqlite3.Connection, end: bool) -> None:
        if end:
            self._judge_commit()
            return
        if not self._ready:
            _prepare(main, keyring)
            self._ready = True
            return
        touched = [
            Touched(row["name"], row["key"], row["of_case"])
            for connection in (main, keyring)
            for row in connection.execute("SELECT name, key, of_case FROM temp.touched")
        ]
        for connection in (main, keyring):
            connection.execute("DELETE FROM temp.touched")
        self.transactions += 1
        self._commit += touched
        self.tables |= {one.table for one in touched}
        if met(touched):
            self.broken.append(touched)

    def _judge_commit(self) -> None:
        """Many cases may share a commit, and many persons; never the one kind with the other."""
        cases = {one.case for one in self._commit if one.table in LETTER_TABLES and one.case}
        persons = {one.key for one in self._commit if one.table in PERSON_TABLES}
        if cases and persons:
            self.broken.append(list(self._commit))
        self._commit = []


def met(touched: list[Touched]) -> bool:
    cases = {one.case for one in touched if one.case}
    persons = {one.key for one in touched if one.table in PERSON_TABLES}
    return len(cases) > 1 or bool(cases and persons)


def _prepare(main: sqlite3.Connection, keyring: sqlite3.Connection) -> None:
    for connection in (main, keyring):
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS touched (name TEXT, key TEXT, of_case TEXT)"
        )
    found = {
        row["name"]
        for row in main.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row["name"].startswith("sqlite_")
    }
    known = CASE_TABLES.keys() | PERSON_TABLES.keys() | OTHER_TABLES
    assert found == known, f"the meeting test does not know {found ^ known}"
    for table in found - {"schema_version"}:
        case = CASE_TABLES.get(table, "")
        key = (PERSON_TABLES | WITHOUT_ROWID).get(table, "rowid")
        _watch(main, table, key, case)
    _watch(keyring, "case_key", "id", "id")


def _watch(connection: sqlite3.Connection, table: str, key: str, case: str) -> None:
    for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        of_case = f"coalesce({row}.{case}, '')" if case else "''"
        shown = f"hex({row}.{key})" if key != "rowid" else f"CAST({row}.rowid AS TEXT)"
        connection.execute(
            f'CREATE TEMP TRIGGER "watch_{table}_{event}_{row}" AFTER {event} ON main."{table}" '
            f"BEGIN INSERT INTO touched VALUES ('{table}', {shown}, {of_case}); END"
        )
