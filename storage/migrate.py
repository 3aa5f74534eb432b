"""Numbered SQL files, each one transaction, one text for both engines."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from storage.errors import TooNew


def numbered_texts(folder: str) -> list[tuple[int, str]]:
    """(number, SQL) of storage/migrations/FOLDER, in order."""
    found = [
        (int(entry.name.split("_")[0]), entry.read_text(encoding="utf-8"))
        for entry in files("storage").joinpath("migrations", folder).iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found)


def migrate_sqlite(connection: sqlite3.Connection, folder: str) -> None:
    """Raises TooNew."""
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY)")
    texts = numbered_texts(folder)
    found = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    present = int(found[0])
    if present > texts[-1][0]:
        raise TooNew(f"the store has schema {present}, this program knows {texts[-1][0]}")
    for number, text in texts:
        if number > present:
            _apply(connection, number, text)


def _apply(connection: sqlite3.Connection, number: int, text: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(text):
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version VALUES (?)", (number,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _statements(text: str) -> Iterator[str]:
    for part in text.split(";"):
        bare = re.sub(r"--.*", "", part).strip()
        if bare:
            yield f"{bare} WITHOUT ROWID" if "-- person-keyed" in part else bare
