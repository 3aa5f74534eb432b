"""The border outwards: outbox → sealed route → words → channel.

At least once: what may have arrived is sent again with a mark. What became of a message is
told to nobody; it stays a column.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.channels.base import (
    Address,
    Channel,
    ChannelError,
    Gone,
    Outgoing,
    Refused,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.gateway.people import tokens_of
from bot.logs import log_failure
from bot.rest import until_due
from bot.speech import Speech
from storage import Store, Stores, Vault
from storage.database import Row
from storage.records import DAY, AddressSeal, OutboxRow, OutboxState

_AT_ONCE = 16
_PAGE = 64
_LEASE = 60
_FINISH = 4
"""Seconds that a stop waits for what is being sent."""
_AMBIGUOUS_PAUSE = 30
_GIVE_UP = 3 * DAY
_LONGEST_PAUSE = 900
_MOST_BROKEN = 5
Observe = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class _Ready:
    row: OutboxRow
    to: tuple[tuple[AddressSeal, Outgoing], ...]


class Delivery:
    def __init__(
        self,
        stores: Stores,
        channels: Mapping[str, Channel],
        speech: Speech,
        now: Callable[[], int],
        observe: Observe,
    ) -> None:
        self._stores, self._channels, self._speech = stores, channels, speech
        self._now, self._observe = now, observe
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; what is being sent then is finished first."""
        await self.end_leases()
        while True:
            self._wake.clear()
            step = asyncio.ensure_future(self.step())
            try:
                busy = await asyncio.shield(step)
            except asyncio.CancelledError:
                await asyncio.wait({step}, timeout=_FINISH)
                raise
            if not busy:
                await self._wait()

    async def _wait(self) -> None:
        due = await self._stores.read(lambda store: store.outbox.next_due())
        await until_due(self._wake, due, self._now())

    async def end_leases(self) -> None:
        """This process is alone: what was leased before it started was cut off in flight."""
        for row in await self._stores.read(lambda store: store.outbox.in_flight()):
            await self._stores.transaction(partial(self._end_lease, row=row))

    async def _end_lease(self, store: Store, row: Row) -> None:
        await store.outbox.end_lease(row["id"], row["case_id"], self._now())

    async def step(self) -> bool:
        """Send what is due now; False when there was nothing."""
        due = await self._stores.read(lambda store: store.outbox.due(self._now(), _PAGE))
        # Rows of one moment leave in no order that tells which case was written first.
        random.shuffle(due)
        gate = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for row in due:
                group.create_task(self._through(gate, row))
        return bool(due)

    async def _through(self, gate: asyncio.Semaphore, row: Row) -> None:
        async with gate:
            try:
                await self._deliver(row["id"], row["case_id"])
            except Exception as error:
                log_failure("delivery-failed", error)
                await self._lay_aside(row["id"], row["case_id"])

    async def _deliver(self, id: str, case_id: str | None) -> None:
        ready = await self._stores.border(
            lambda store, vault: self._claim(store, vault, id, case_id)
        )
        if ready is None:
            return
        state, due, natives = await self._send(ready)
        await self._stores.border(
            lambda store, vault: self._settle(store, vault, ready.row, state, due, natives)
        )
        if state == "sent":
            self._observe(f"delivered {ready.row.seal.key}", case_id or "")

    async def _lay_aside(self, id: str, case_id: str | None) -> None:
        """A row that cannot be put into words must not be claimed again at once."""
        due = self._pause(_MOST_BROKEN)
        await self._stores.transaction(
            lambda store: store.outbox.lay_aside(id, case_id, due, _MOST_BROKEN)
        )

    # claim

    async def _claim(
        self, store: Store, vault: Vault, id: str, case_id: str | None
    ) -> _Ready | None:
        row = await store.outbox.claim(id, case_id, self._now(), self._now() + _LEASE)
        if row is None:
            return None
        to = await self._recipients(store, vault, row)
        repeat = row.state in ("leased", "ambiguous")
        tokens = tokens_of(store, row)
        said = [
            (address, await self._speech.say(store, row, language, tokens, repeat))
            for address, language in to
        ]
        return _Ready(row, tuple(said))

    async def _recipients(
        self, store: Store, vault: Vault, row: OutboxRow
    ) -> list[tuple[AddressSeal, str]]:
        if row.staff is not None:
            record = await store.staff.by_id(row.staff)
            addresses = await vault.staff_addresses(row.staff) if record else []
            return [(one, record.language) for one in addresses if record]
        if row.case_id is None:
            route = vault.open_route(row.route, row.id) if row.route else None
        else:
            case = await store.cases.by_id(row.case_id)
            route = await vault.case_route(case) if case else None
        if route is None:
            return []
        if route.address is not None:
            return [(route.address, route.language)]
        wallet = await vault.wallet(route.wallet)
        if wallet is None:
            return []
        return [(one, wallet.seal.language) for one in wallet.seal.addresses]

    # send

    async def _send(self, ready: _Ready) -> tuple[OutboxState, int, list[tuple[AddressSeal, str]]]:
        """(state, due, native ids). One recipient on several devices counts as one message."""
        natives: list[tuple[AddressSeal, str]] = []
        errors: list[ChannelError] = []
        for address, message in ready.to:
            try:
                channel = self._channels.get(address.channel)
                if channel is None:
                    raise Unreachable
                ids = await channel.send(Address(address.channel, address.app, address.id), message)
                natives += [(address, native) for native in ids]
            except ChannelError as error:
                errors.append(error)
        state, due = self._verdict(ready.row, errors, bool(natives))
        return state, due, natives

    def _verdict(
        self, row: OutboxRow, errors: list[ChannelError], arrived: bool
    ) -> tuple[OutboxState, int]:
        lasting = [error for error in errors if not isinstance(error, Gone | Refused)]
        if row.staff is not None and not errors and not arrived:
            return "parked", 0  # no device yet: it goes out with the first one
        if not lasting:
            return "sent" if arrived else "dead", 0
        slow = [error.seconds for error in lasting if isinstance(error, TooFast)]
        if slow:
            return "retry", self._now() + max(slow)
        if any(isinstance(error, Unknown) for error in lasting):
            if self._now() - row.seal.at > _GIVE_UP:
                return "dead", 0
            longer = _AMBIGUOUS_PAUSE * 2 ** min(row.tries - 1, 10)
            return "ambiguous", self._now() + min(longer, _LONGEST_PAUSE)
        return "retry", self._pause(row.tries)

    def _pause(self, tries: int) -> int:
        """Full jitter, at most 15 minutes (reliability: outbox)."""
        longest = min(_LONGEST_PAUSE, 2 ** min(tries, 10))
        return self._now() + 1 + random.randrange(longest)

    async def _settle(
        self, store: Store, vault: Vault, row: OutboxRow, state: OutboxState, due: int,
        natives: list[tuple[AddressSeal, str]],
    ) -> None:  # fmt: skip
        if not await store.outbox.settle(row, state, due, self._now()):
            return
        for address, native in natives:
            await store.outbox.note_bubble(vault.bubble_ref(address, native), row)
