"""Messages on their way out: ready → leased → sent | retry | ambiguous | parked | dead.

A row waits until `due`. Rows of one lane leave in order. A lease carries a fencing number:
whoever holds an older one has lost the row.
"""

from dataclasses import replace

import msgspec

from storage.database import Row, Transaction
from storage.guard import Guard
from storage.keyring import Keyring
from storage.records import OutboxRow, OutboxSeal, OutboxState, hour
from storage.seal import seal, tag, unseal

_COLUMNS = "id, case_id, staff, lane, ord, state, due, fence, tries, used, route, sealed"
TOKEN_BYTES = 12
_WAITING = "('ready', 'leased', 'retry', 'ambiguous')"


def _place(id: str, case_id: str | None) -> tuple[str | None, ...]:
    return ("outbox", id, "sealed", case_id)


class Outbox:
    def __init__(
        self, tx: Transaction, keyring: Keyring, guard: Guard, sealing_key: bytes, press_key: bytes
    ) -> None:
        self._tx, self._keyring, self._guard = tx, keyring, guard
        self._sealing_key, self._press_key = sealing_key, press_key

    def token(self, id: str) -> bytes:
        """What the buttons of this message carry; the table knows only a hash of it."""
        return tag(self._press_key, "press", id)[:TOKEN_BYTES]

    async def add(self, row: OutboxRow) -> None:
        if row.case_id is not None:
            self._guard.case(row.case_id)
        press = tag(self._press_key, "pressed", self.token(row.id)) if row.seal.buttons else None
        key = await self._key(row.case_id)
        await self._tx.run(
            f"INSERT INTO outbox ({_COLUMNS}, press) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            row.id, row.case_id, row.staff, row.lane, row.ord, row.state, row.due, row.fence,
            row.tries, row.used, row.route,
            seal(key, msgspec.msgpack.encode(row.seal), *_place(row.id, row.case_id)), press,
        )  # fmt: skip

    async def by_id(self, id: str) -> OutboxRow | None:
        return await self._one("id = $1", id)

    async def by_token(self, token: bytes) -> OutboxRow | None:
        return await self._one("press = $1", tag(self._press_key, "pressed", token))

    async def use(self, row: OutboxRow, number: int) -> bool:
        """Take one button of a message; False when it was taken before."""
        if row.case_id is not None:
            self._guard.case(row.case_id)
        # Of a question only that it was answered: which button would tell the answer.
        bit = 1 if row.seal.menu else 1 << number
        return bool(
            await self._tx.run(
                "UPDATE outbox SET used = used + $2 WHERE id = $1 AND (used / $2) % 2 = 0",
                row.id,
                bit,
            )
        )

    async def due(self, now: int, limit: int) -> list[Row]:
        """(id, case_id) of the heads of their lanes that are due."""
        return await self._tx.rows(
            f"SELECT id, case_id FROM outbox AS o WHERE state IN {_WAITING} AND due <= $1 "
            f"AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.lane = o.lane AND e.ord < o.ord "
            f"AND e.state IN {_WAITING}) ORDER BY due LIMIT $2",
            now, limit,
        )  # fmt: skip

    async def next_due(self) -> int | None:
        row = await self._tx.row(
            f"SELECT min(due) AS due FROM outbox AS o WHERE state IN {_WAITING} "
            f"AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.lane = o.lane AND e.ord < o.ord "
            f"AND e.state IN {_WAITING})"
        )
        return None if row is None else row["due"]

    async def claim(self, id: str, case_id: str | None, now: int, until: int) -> OutboxRow | None:
        """Lease a due row until `until`; None when it is no longer to be had."""
        if case_id is not None:
            self._guard.case(case_id)
        before = await self._tx.row("SELECT state FROM outbox WHERE id = $1", id)
        leased = await self._tx.run(
            "UPDATE outbox SET state = 'leased', due = $3, fence = fence + 1, tries = tries + 1 "
            f"WHERE id = $1 AND due <= $2 AND state IN {_WAITING}",
            id, now, until,
        )  # fmt: skip
        row = await self.by_id(id) if leased else None
        if row is None or before is None:
            return None
        # The state before tells whether it may have arrived: a lease that ran out was in flight.
        return replace(row, state=before["state"])

    async def settle(self, row: OutboxRow, state: OutboxState, due: int, now: int) -> bool:
        """Write how it went; False when the lease was lost. A row at rest keeps the hour only."""
        if row.case_id is not None:
            self._guard.case(row.case_id)
        at_rest = state in ("sent", "dead", "parked")
        touched = await self._tx.run(
            "UPDATE outbox SET state = $3, due = $4 WHERE id = $1 AND fence = $2",
            row.id, row.fence, state, hour(now) if at_rest else due,
        )  # fmt: skip
        return bool(touched)

    async def lay_aside(self, id: str, case_id: str | None, due: int, most_tries: int) -> None:
        """For a row that cannot even be opened: later again, and at last never."""
        if case_id is not None:
            self._guard.case(case_id)
        await self._tx.run(
            "UPDATE outbox SET state = CASE WHEN tries >= $3 THEN 'dead' ELSE 'retry' END, "
            "due = $2, tries = tries + 1 WHERE id = $1",
            id, due, most_tries,
        )  # fmt: skip

    async def drop(self, row: OutboxRow) -> None:
        if row.case_id is not None:
            self._guard.case(row.case_id)
        await self._tx.run("DELETE FROM outbox WHERE id = $1", row.id)

    async def of_case(self, case_id: str) -> list[OutboxRow]:
        rows = await self._tx.rows(
            f"SELECT {_COLUMNS} FROM outbox WHERE case_id = $1 ORDER BY ord, id", case_id
        )
        return [await self._open(row) for row in rows]

    async def newest_menu_of_case(self, case_id: str) -> OutboxRow | None:
        """The youth's newest message with buttons about this case."""
        return await self._one(
            "case_id = $1 AND staff IS NULL AND press IS NOT NULL ORDER BY ord DESC LIMIT 1",
            case_id,
        )

    def used(self, row: OutboxRow, number: int) -> bool:
        return bool(row.used & 1 if row.seal.menu else row.used >> number & 1)

    async def drop_waiting(self, case_id: str, staff: str) -> None:
        """Cards that have not left for somebody who shall not read them any more."""
        self._guard.case(case_id)
        await self._tx.run(
            "DELETE FROM outbox WHERE case_id = $1 AND staff = $2 "
            "AND state IN ('ready', 'retry', 'parked')",
            case_id, staff,
        )  # fmt: skip

    async def pending_answer(self, staff: str, now: int) -> Row | None:
        """(id, case_id) of the answer of this staff member that was given last and has not left."""
        return await self._tx.row(
            "SELECT o.id AS id, o.case_id AS case_id FROM outbox AS o "
            "JOIN message AS m ON m.id = o.id WHERE m.staff = $1 AND o.staff IS NULL "
            "AND o.due > $2 AND o.state = 'ready' ORDER BY o.due DESC, o.ord DESC LIMIT 1",
            staff, now,
        )  # fmt: skip

    async def parked(self, staff: str) -> list[Row]:
        """(id, case_id) of what waits until this staff member has a device."""
        return await self._tx.rows(
            "SELECT id, case_id FROM outbox WHERE staff = $1 AND state = 'parked'", staff
        )

    async def unpark(self, id: str, case_id: str | None, now: int) -> None:
        if case_id is not None:
            self._guard.case(case_id)
        await self._tx.run(
            "UPDATE outbox SET state = 'ready', due = $2 WHERE id = $1 AND state = 'parked'",
            id, now,
        )  # fmt: skip

    async def note_bubble(self, ref: bytes, row: OutboxRow) -> None:
        if row.case_id is not None:
            self._guard.case(row.case_id)
        await self._tx.run(
            "INSERT INTO bubble (ref, case_id, outbox) VALUES ($1, $2, $3) "
            "ON CONFLICT (ref) DO NOTHING",
            ref, row.case_id, row.id,
        )  # fmt: skip

    async def bubble(self, ref: bytes) -> tuple[bool, str | None]:
        """(whether such a message was sent, the case that it belongs to)"""
        row = await self._tx.row("SELECT case_id FROM bubble WHERE ref = $1", ref)
        return (False, None) if row is None else (True, row["case_id"])

    async def purge(self, before: int, limit: int) -> int:
        """Delete messages without a case that are at rest since `before`."""
        rows = await self._tx.rows(
            "SELECT id FROM outbox WHERE case_id IS NULL AND state IN ('sent', 'dead') "
            "AND due < $1 LIMIT $2",
            before, limit,
        )  # fmt: skip
        for row in rows:
            await self._tx.run("DELETE FROM bubble WHERE outbox = $1", row["id"])
            await self._tx.run("DELETE FROM outbox WHERE id = $1", row["id"])
        return len(rows)

    async def in_flight(self) -> list[Row]:
        """(id, case_id) of what somebody was sending when the process ended."""
        return await self._tx.rows("SELECT id, case_id FROM outbox WHERE state = 'leased'")

    async def end_lease(self, id: str, case_id: str | None, now: int) -> None:
        """It may have arrived or not: send again, marked."""
        if case_id is not None:
            self._guard.case(case_id)
        await self._tx.run(
            "UPDATE outbox SET state = 'ambiguous', due = $2 WHERE id = $1 AND state = 'leased'",
            id, now,
        )  # fmt: skip

    async def _one(self, condition: str, *args: str | bytes) -> OutboxRow | None:
        row = await self._tx.row(f"SELECT {_COLUMNS} FROM outbox WHERE {condition}", *args)
        return None if row is None else await self._open(row)

    async def _key(self, case_id: str | None) -> bytes:
        return self._sealing_key if case_id is None else await self._keyring.key(case_id)

    async def _open(self, row: Row) -> OutboxRow:
        fields = {name: row[name] for name in _COLUMNS.split(", ") if name != "sealed"}
        key = await self._key(row["case_id"])
        plain = unseal(key, row["sealed"], *_place(row["id"], row["case_id"]))
        return OutboxRow(**fields, seal=msgspec.msgpack.decode(plain, type=OutboxSeal))
