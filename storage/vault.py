"""Who is behind a case: addresses, wallets, nullifiers, sealed reply routes.

Only the border may open this room. Handlers receive tags and sealed routes made here, and
nothing that names a person.
"""

from typing import TypeVar

import msgspec

from storage.database import Transaction
from storage.guard import Guard
from storage.keys import VaultKeys
from storage.records import AddressSeal, Case, DeskSeal, GoneSeal, RouteSeal, Wallet, WalletSeal
from storage.seal import derive, new_key, seal, tag, unseal

S = TypeVar("S", bound=msgspec.Struct)
_DESK, _GONE = "desk", "gone"
_DESKS = 12
"""Acts on cases (a cadre's answers among them) after which a question is forgotten."""
CASE_STEP = 4096
"""What a new case adds to the mark, so that no mark comes back when one is deleted."""


class Vault:
    def __init__(self, tx: Transaction, keys: VaultKeys, guard: Guard) -> None:
        self._tx, self._keys, self._guard = tx, keys, guard

    # addresses and wallets

    def index(self, address: AddressSeal) -> bytes:
        return tag(self._keys.index, address.channel, address.app, address.id)

    async def wallet_of(self, address: AddressSeal) -> Wallet | None:
        index = self.index(address)
        row = await self._tx.row("SELECT sealed FROM address WHERE tag = $1", index)
        if row is None:
            return None
        return await self.wallet(unseal(self._keys.address, row["sealed"], "address", index))

    async def wallet(self, id: bytes) -> Wallet | None:
        row = await self._tx.row("SELECT sealed FROM wallet WHERE id = $1", id)
        if row is None:
            return None
        plain = unseal(self._keys.wallet, row["sealed"], "wallet", id)
        return Wallet(id, msgspec.msgpack.decode(plain, type=WalletSeal))

    async def open_wallet(self, address: AddressSeal, language: str) -> Wallet:
        """First contact. The person is fixed by this address for as long as the wallet lives."""
        person = tag(self._keys.person, address.channel, address.app, address.id)
        wallet = Wallet(new_key()[:16], WalletSeal(person, (address,), language))
        index = self.index(address)
        await self.save_wallet(wallet)
        await self._tx.run(
            "INSERT INTO address (tag, sealed) VALUES ($1, $2)",
            index, seal(self._keys.address, wallet.id, "address", index),
        )  # fmt: skip
        return wallet

    async def save_wallet(self, wallet: Wallet) -> None:
        self._guard.person()
        plain = msgspec.msgpack.encode(wallet.seal)
        await self._tx.run(
            "INSERT INTO wallet (id, sealed) VALUES ($1, $2) "
            "ON CONFLICT (id) DO UPDATE SET sealed = $2",
            wallet.id, seal(self._keys.wallet, plain, "wallet", wallet.id),
        )  # fmt: skip

    async def drop_wallet(self, wallet: Wallet) -> None:
        self._guard.person()
        for address in wallet.seal.addresses:
            await self._tx.run("DELETE FROM address WHERE tag = $1", self.index(address))
        await self._tx.run("DELETE FROM wallet WHERE id = $1", wallet.id)

    # nullifiers

    def nullifier(self, person: bytes, purpose: str) -> bytes:
        return tag(self._keys.nullifier, person, purpose)

    def case_tag(self, person: bytes, number: int) -> bytes:
        return self.nullifier(person, f"case|{number}")

    def counted(self, person: bytes, case_id: str, period: str) -> bytes:
        """The person's tag in one period's count, opened by the closing job of that period."""
        key = derive(self._keys.count_root, period)
        return seal(key, self.nullifier(person, f"count|{period}"), "counted", case_id, period)

    def _desk_tag(self, person: bytes, mark: int) -> bytes:
        return self.nullifier(person, f"{_DESK}|{mark}")

    def _desk_tags(self, person: bytes, mark: int) -> list[bytes]:
        """Of the last few acts, and of the last few before the newest case, newest first."""
        starts = (mark, mark - CASE_STEP)
        return [self._desk_tag(person, start - back) for start in starts for back in range(_DESKS)]

    async def desk(self, person: bytes, mark: int) -> DeskSeal:
        """The newest one; `mark` changes with every act on one of the youth's cases."""
        tags = self._desk_tags(person, mark)
        marks = ", ".join(f"${number + 1}" for number in range(len(tags)))
        rows = await self._tx.rows(f"SELECT tag FROM nullifier WHERE tag IN ({marks})", *tags)
        present = {bytes(row["tag"]) for row in rows}
        newest = next((tag for tag in tags if tag in present), None)
        found = await self._row_by_tag(newest, DeskSeal) if newest else None
        return found or DeskSeal()

    async def save_desk(self, person: bytes, desk: DeskSeal, day: int) -> None:
        await self._save_row(self._desk_tag(person, desk.mark), desk, day)

    async def drop_desks(self, person: bytes, mark: int) -> None:
        for desk_tag in self._desk_tags(person, mark):
            await self.drop_nullifier(desk_tag)

    async def sweep_desks(self, before: int) -> None:
        self._guard.person()
        await self._tx.run("DELETE FROM nullifier WHERE day < $1", before)

    async def gone(self, person: bytes) -> GoneSeal | None:
        return await self._nullifier_row(person, _GONE, GoneSeal)

    async def gone_by_tag(self, row_tag: bytes) -> GoneSeal | None:
        return await self._row_by_tag(row_tag, GoneSeal)

    async def save_gone(self, person: bytes, gone: GoneSeal) -> bytes:
        """Returns the tag of the row."""
        await self._save_nullifier_row(person, _GONE, gone)
        return self.nullifier(person, _GONE)

    async def drop_nullifier(self, row_tag: bytes) -> None:
        self._guard.person()
        await self._tx.run("DELETE FROM nullifier WHERE tag = $1", row_tag)

    async def _nullifier_row(self, person: bytes, purpose: str, kind: type[S]) -> S | None:
        return await self._row_by_tag(self.nullifier(person, purpose), kind)

    async def _row_by_tag(self, row_tag: bytes, kind: type[S]) -> S | None:
        row = await self._tx.row("SELECT sealed FROM nullifier WHERE tag = $1", row_tag)
        if row is None:
            return None
        plain = unseal(self._keys.nullifier_row, row["sealed"], "nullifier", row_tag)
        return msgspec.msgpack.decode(plain, type=kind)

    async def _save_nullifier_row(self, person: bytes, purpose: str, value: msgspec.Struct) -> None:
        await self._save_row(self.nullifier(person, purpose), value)

    async def _save_row(
        self, row_tag: bytes, value: msgspec.Struct, day: int | None = None
    ) -> None:
        self._guard.person()
        sealed = seal(self._keys.nullifier_row, msgspec.msgpack.encode(value), "nullifier", row_tag)
        await self._tx.run(
            "INSERT INTO nullifier (tag, day, sealed) VALUES ($1, $2, $3) "
            "ON CONFLICT (tag) DO UPDATE SET day = $2, sealed = $3",
            row_tag, day, sealed,
        )  # fmt: skip

    # reply routes

    def route(self, route: RouteSeal, *place: str | bytes) -> bytes:
        """A fresh nonce each time: two routes of one youth do not look alike."""
        return seal(self._keys.route, msgspec.msgpack.encode(route), "route", *place)

    async def case_route(self, case: Case) -> RouteSeal | None:
        row = await self._tx.row('SELECT route FROM "case" WHERE id = $1', case.id)
        return None if row is None else self.open_route(row["route"], case.id, case.owner)

    def open_route(self, sealed: bytes, *place: str | bytes) -> RouteSeal:
        plain = unseal(self._keys.route, sealed, "route", *place)
        return msgspec.msgpack.decode(plain, type=RouteSeal)

    # staff

    def staff_index(self, address: AddressSeal) -> bytes:
        return tag(self._keys.staff, address.channel, address.app, address.id)

    async def staff_of(self, address: AddressSeal) -> str | None:
        row = await self._tx.row(
            "SELECT a.staff AS staff FROM staff_address AS a JOIN staff AS s ON s.id = a.staff "
            "WHERE a.tag = $1 AND s.removed = 0",
            self.staff_index(address),
        )
        return None if row is None else row["staff"]

    async def bind_staff(self, address: AddressSeal, staff: str) -> None:
        index = self.staff_index(address)
        sealed = seal(
            self._keys.staff_address, msgspec.msgpack.encode(address), "staff_address", index
        )
        await self._tx.run(
            "INSERT INTO staff_address (tag, staff, sealed) VALUES ($1, $2, $3) "
            "ON CONFLICT (tag) DO UPDATE SET staff = $2, sealed = $3",
            index, staff, sealed,
        )  # fmt: skip

    async def staff_addresses(self, staff: str) -> list[AddressSeal]:
        rows = await self._tx.rows(
            "SELECT tag, sealed FROM staff_address WHERE staff = $1 ORDER BY tag", staff
        )
        plains = [
            unseal(self._keys.staff_address, row["sealed"], "staff_address", row["tag"])
            for row in rows
        ]
        return [msgspec.msgpack.decode(plain, type=AddressSeal) for plain in plains]

    # hashes of single acts

    def seen_tag(self, channel: str, app: str, key: str) -> bytes:
        return tag(self._keys.seen, channel, app, key)

    async def seen(self, seen_tag: bytes) -> bool:
        row = await self._tx.row("SELECT 1 AS one FROM seen WHERE tag = $1", seen_tag)
        return row is not None

    async def mark_seen(self, seen_tag: bytes, day: int) -> None:
        await self._tx.run("INSERT INTO seen (tag, day) VALUES ($1, $2)", seen_tag, day)

    def bubble_ref(self, address: AddressSeal, native_id: str) -> bytes:
        """Where one platform message stands; ids of messages are made of it."""
        return tag(self._keys.bubble, address.channel, address.app, address.id, native_id)

    def lane(self, address: AddressSeal, minute: int) -> str:
        """Replies without a case keep their order for a minute, and show nothing beyond it."""
        return tag(
            self._keys.bubble, "lane", address.channel, address.app, address.id, minute
        ).hex()

    def button_mac(self, reader: bytes, payload: bytes) -> bytes:
        return tag(self._keys.press, "button", reader, payload)[:10]

    def invite_tag(self, code: str) -> bytes:
        return tag(self._keys.invite, code)

    def seal_timer(self, id: str, plain: bytes) -> bytes:
        return seal(self._keys.timer, plain, "timer", id)

    def open_timer(self, id: str, sealed: bytes) -> bytes:
        return unseal(self._keys.timer, sealed, "timer", id)
