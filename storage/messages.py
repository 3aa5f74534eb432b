"""The words of a case, each sealed under the case's key."""

from collections.abc import Sequence

import msgspec

from storage.database import Row, Transaction
from storage.guard import Guard
from storage.keyring import Keyring
from storage.records import Message, MessageSeal, Side
from storage.seal import seal, unseal

_COLUMNS = "id, case_id, entry, ord, side, staff, corrects, visible_at, sealed"


def _place(id: str, case_id: str) -> tuple[str, ...]:
    return ("message", id, "sealed", case_id)


class Messages:
    def __init__(self, tx: Transaction, keyring: Keyring, guard: Guard) -> None:
        self._tx, self._keyring, self._guard = tx, keyring, guard

    async def add(self, message: Message) -> None:
        assert message.seal is not None
        self._guard.case(message.case_id)
        await self._tx.run(
            f"INSERT INTO message ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            message.id, message.case_id, message.entry, message.ord, message.side, message.staff,
            message.corrects, message.visible_at, await self._sealed(message, message.seal),
        )  # fmt: skip

    async def reword(self, message: Message, text: str) -> None:
        """Replace words that nobody has read yet."""
        assert message.seal is not None
        self._guard.case(message.case_id)
        words = MessageSeal(text=text, at=message.seal.at)
        await self._tx.run(
            "UPDATE message SET sealed = $2 WHERE id = $1",
            message.id, await self._sealed(message, words),
        )  # fmt: skip

    async def take_back(self, message: Message) -> None:
        """Destroy the words; the bare row stays."""
        self._guard.case(message.case_id)
        await self._tx.run("UPDATE message SET sealed = NULL WHERE id = $1", message.id)

    async def by_id(self, id: str) -> Message | None:
        row = await self._tx.row(f"SELECT {_COLUMNS} FROM message WHERE id = $1", id)
        return None if row is None else await self._open(row)

    async def of_case(self, case_id: str) -> list[Message]:
        rows = await self._tx.rows(
            f"SELECT {_COLUMNS} FROM message WHERE case_id = $1 ORDER BY ord, id", case_id
        )
        return [await self._open(row) for row in rows]

    async def of_entry(self, case_id: str, entry: str) -> list[Message]:
        return [message for message in await self.of_case(case_id) if message.entry == entry]

    async def last(self, case_id: str, side: Side) -> Message | None:
        row = await self._tx.row(
            f"SELECT {_COLUMNS} FROM message WHERE case_id = $1 AND side = $2 "
            "AND sealed IS NOT NULL ORDER BY ord DESC, id LIMIT 1",
            case_id, side,
        )  # fmt: skip
        return None if row is None else await self._open(row)

    async def texts(self, ids: Sequence[str]) -> list[str]:
        """The words of `ids` that still stand, in this order; a later wording is marked."""
        found = [await self.by_id(id) for id in ids]
        mark = "✎ " if len(ids) > 1 else ""
        return [
            f"{mark if one.corrects else ''}{one.seal.text}"
            for one in found
            if one is not None and one.seal is not None
        ]

    async def _sealed(self, message: Message, words: MessageSeal) -> bytes:
        key = await self._keyring.key(message.case_id)
        return seal(key, msgspec.msgpack.encode(words), *_place(message.id, message.case_id))

    async def _open(self, row: Row) -> Message:
        fields = {name: row[name] for name in _COLUMNS.split(", ") if name != "sealed"}
        if row["sealed"] is None:
            return Message(**fields, seal=None)
        key = await self._keyring.key(row["case_id"])
        plain = unseal(key, row["sealed"], *_place(row["id"], row["case_id"]))
        return Message(**fields, seal=msgspec.msgpack.decode(plain, type=MessageSeal))
