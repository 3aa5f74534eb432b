"""Cases: found by the tag of their owner, never listed for a person."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from storage.database import Row, Transaction
from storage.errors import NoKey, Stale
from storage.guard import Guard
from storage.keyring import Keyring
from storage.records import Case, CaseSeal
from storage.seal import seal, unseal

_COLUMNS = (
    "id, code, name, owner, region, site, cadre, opened_hour, answered_hour, closed_hour, "
    "visible_at, turn, sealed"
)
_PAGE = 50


def _place(case: Case) -> tuple[str | bytes | int | None, ...]:
    """A swap of owner, site, cadre or of an older value of the same case does not open."""
    return ("case", case.id, "sealed", case.owner, case.site, case.cadre, case.turn)


class Cases:
    def __init__(self, tx: Transaction, keyring: Keyring, guard: Guard) -> None:
        self._tx, self._keyring, self._guard = tx, keyring, guard

    async def add(self, case: Case, route: bytes, counted: bytes) -> None:
        """Raises the engine's uniqueness error when code, owner or name is taken."""
        self._guard.case(case.id)
        key = await self._keyring.create(case.id)
        await self._tx.run(
            f'INSERT INTO "case" ({_COLUMNS}, route, counted) '
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            case.id, case.code, case.name, case.owner, case.region, case.site, case.cadre,
            case.opened_hour, case.answered_hour, case.closed_hour, case.visible_at, case.turn,
            seal(key, msgspec.msgpack.encode(case.seal), *_place(case)), route, counted,
        )  # fmt: skip

    async def save(self, case: Case) -> Case:
        """Write `case` and return it as it now stands. Raises Stale when it moved meanwhile."""
        self._guard.case(case.id)
        saved = replace(case, turn=case.turn + 1)
        key = await self._keyring.key(case.id)
        touched = await self._tx.run(
            'UPDATE "case" SET name = $3, cadre = $4, answered_hour = $5, closed_hour = $6, '
            "visible_at = $7, turn = $8, sealed = $9, owner = $10 WHERE id = $1 AND turn = $2",
            case.id, case.turn, saved.name, saved.cadre, saved.answered_hour, saved.closed_hour,
            saved.visible_at, saved.turn,
            seal(key, msgspec.msgpack.encode(saved.seal), *_place(saved)), saved.owner,
        )  # fmt: skip
        if not touched:
            raise Stale
        return saved

    async def by_id(self, id: str) -> Case | None:
        return await self._one("id = $1", id)

    async def by_code(self, code: str) -> Case | None:
        return await self._one("code = $1", code)

    async def owned(self, tags: Sequence[bytes]) -> list[Case]:
        marks = ", ".join(f"${number + 1}" for number in range(len(tags)))
        rows = await self._tx.rows(f'SELECT {_COLUMNS} FROM "case" WHERE owner IN ({marks})', *tags)
        return await self._open_all(rows)

    async def taken_tags(self, tags: Sequence[bytes]) -> set[bytes]:
        """Those of `tags` that a case has or once had."""
        marks = ", ".join(f"${number + 1}" for number in range(len(tags)))
        rows = await self._tx.rows(
            f'SELECT owner AS tag FROM "case" WHERE owner IN ({marks}) '
            f"UNION ALL SELECT tag FROM spent WHERE tag IN ({marks})",
            *tags,
        )
        return {row["tag"] for row in rows}

    async def open_of(self, cadre: str, now: int, limit: int = _PAGE) -> list[Case]:
        rows = await self._tx.rows(
            f'SELECT {_COLUMNS} FROM "case" WHERE cadre = $1 AND visible_at <= $2 '
            "AND closed_hour IS NULL ORDER BY opened_hour, code LIMIT $3",
            cadre, now, limit,
        )  # fmt: skip
        return await self._open_all(rows)

    async def count_open(self, cadre: str, now: int) -> int:
        row = await self._tx.row(
            'SELECT count(*) AS n FROM "case" WHERE cadre = $1 AND visible_at <= $2 '
            "AND closed_hour IS NULL",
            cadre, now,
        )  # fmt: skip
        return 0 if row is None else int(row["n"])

    async def seen_by(self, cadre: str, now: int, limit: int) -> list[Case]:
        """Open and closed cases of a cadre, the newest first: to rebuild a page."""
        rows = await self._tx.rows(
            f'SELECT {_COLUMNS} FROM "case" WHERE cadre = $1 AND visible_at <= $2 '
            "ORDER BY visible_at DESC, code LIMIT $3",
            cadre, now, limit,
        )  # fmt: skip
        return await self._open_all(rows)

    async def pool(self, region: str, now: int, limit: int = _PAGE) -> list[Case]:
        rows = await self._tx.rows(
            f'SELECT {_COLUMNS} FROM "case" WHERE region = $1 AND visible_at <= $2 '
            "AND cadre IS NULL AND closed_hour IS NULL ORDER BY opened_hour, code LIMIT $3",
            region, now, limit,
        )  # fmt: skip
        return await self._open_all(rows)

    async def load(self, region: str, now: int) -> dict[str, int]:
        """Open cases per cadre of a region."""
        rows = await self._tx.rows(
            'SELECT cadre, count(*) AS open FROM "case" WHERE region = $1 AND visible_at <= $2 '
            "AND closed_hour IS NULL AND cadre IS NOT NULL GROUP BY cadre",
            region, now,
        )  # fmt: skip
        return {row["cadre"]: row["open"] for row in rows}

    async def name_taken(self, cadre: str | None, name: str) -> bool:
        if cadre is None:
            return False
        row = await self._tx.row(
            'SELECT 1 AS one FROM "case" WHERE cadre = $1 AND name = $2', cadre, name
        )
        return row is not None

    async def code_taken(self, code: str) -> bool:
        row = await self._tx.row('SELECT 1 AS one FROM "case" WHERE code = $1', code)
        return row is not None

    async def expired(self, now: int, limit: int) -> list[str]:
        """Closed longer ago than their site keeps letters."""
        rows = await self._tx.rows(
            'SELECT c.id AS id FROM "case" AS c LEFT JOIN site AS s ON s.id = c.site '
            "WHERE c.closed_hour IS NOT NULL "
            "AND c.closed_hour < $1 - 86400 * coalesce(s.retention_days, 180) LIMIT $2",
            now, limit,
        )  # fmt: skip
        return [row["id"] for row in rows]

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._tx.rows('SELECT id FROM "case"')}

    async def delete(self, id: str) -> None:
        """The case and all that hangs on it; its bare tag stays behind, so that no gap shows."""
        self._guard.case(id)
        await self._tx.run(
            'INSERT INTO spent (tag) SELECT owner FROM "case" WHERE id = $1 '
            "ON CONFLICT (tag) DO NOTHING",
            id,
        )
        for table in ("message", "outbox", "bubble", "timer"):
            await self._tx.run(f"DELETE FROM {table} WHERE case_id = $1", id)
        await self._tx.run('DELETE FROM "case" WHERE id = $1', id)
        await self._keyring.destroy(id)

    async def _one(self, condition: str, *args: str) -> Case | None:
        row = await self._tx.row(f'SELECT {_COLUMNS} FROM "case" WHERE {condition}', *args)
        found = await self._open_all([row] if row is not None else [])
        return found[0] if found else None

    async def _open_all(self, rows: Sequence[Row]) -> list[Case]:
        """A case whose key is destroyed is gone, whatever is left of its rows until the sweep."""
        found = []
        for row in rows:
            with contextlib.suppress(NoKey):
                found.append(await self._open(row))
        return found

    async def _open(self, row: Row) -> Case:
        fields = {name: row[name] for name in _COLUMNS.split(", ") if name != "sealed"}
        bare = Case(**fields, seal=CaseSeal(category=""))
        key = await self._keyring.key(bare.id)
        plain = unseal(key, row["sealed"], *_place(bare))
        return replace(bare, seal=msgspec.msgpack.decode(plain, type=CaseSeal))
