"""What falls due: timers, replays of failed acts, jobs of the command line, purges."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.gateway import Gateway
from bot.gateway.departures import DEPARTURES
from bot.jobs import Jobs
from bot.logs import log_failure
from bot.rest import until_due
from storage import Store, Stores
from storage.records import DAY, HOUR, day, hour

_PAGE = 64
_PURGE_PAGE = 500
_SEEN_KEPT = 8 * DAY
_HELD_KEPT = 2 * DAY
_LINES_KEPT = HOUR
_IDLE = 60


class Chores:
    def __init__(
        self,
        stores: Stores,
        gateway: Gateway,
        jobs: Jobs,
        now: Callable[[], int],
        truncate_log: Callable[[], Awaitable[None]],
    ) -> None:
        self._stores, self._gateway, self._jobs, self._now = stores, gateway, jobs, now
        self._truncate_log = truncate_log
        self._purged_hour = 0
        self._last_busy, self._last_cut, self._stirred = now(), 0, False
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._stirred = True
        self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            try:
                busy = await self.step()
            except Exception as error:
                log_failure("chores-failed", error)
                busy = False
            if not busy:
                await self._rest()

    async def _rest(self) -> None:
        due = await self._stores.read(_next_due)
        await until_due(self._wake, due, self._now())

    async def step(self) -> bool:
        """Do what is due now; False when there was nothing."""
        timers, retries = await self._stores.read(self._due)
        for id, kind in timers:
            work = self._gateway.depart if kind in DEPARTURES else self._gateway.fire
            await work(id)
        if retries:
            await self._gateway.replay(retries)
        jobs = await self._jobs.step()
        if self._purged_hour != hour(self._now()):
            await self._purge()
            self._purged_hour = hour(self._now())
        busy = bool(timers or retries or jobs)
        await self._tidy_when_idle(busy)
        return busy

    async def _due(self, store: Store) -> tuple[list[tuple[str, str]], list[str]]:
        timers = await store.timers.due(self._now(), _PAGE)
        return timers, await store.retries.due(self._now(), _PAGE)

    async def _tidy_when_idle(self, busy: bool) -> None:
        """The write-ahead log keeps old pages until it is cut (threat model: remnants).

        In every minute without an act, whatever else was written meanwhile.
        """
        now = self._now()
        if busy or self._stirred:
            self._last_busy, self._stirred = now, False
        elif now - max(self._last_busy, self._last_cut) >= _IDLE:
            await self._truncate_log()
            self._last_cut = now

    # purges

    async def _purge(self) -> None:
        now = self._now()
        # Not at the moment the words were sent: that would show whose they were.
        for id in await self._stores.read(lambda store: store.held.spent(day(now) - _HELD_KEPT)):
            await self._stores.transaction(partial(_drop_held, id=id))
        await self._gateway.sweep_desks(day(now) - _HELD_KEPT)
        await self._page_by_page(
            lambda store: store.outbox.purge(hour(now) - _LINES_KEPT, _PURGE_PAGE)
        )
        await self._page_by_page(lambda store: store.purge_seen(day(now) - _SEEN_KEPT, _PURGE_PAGE))
        while expired := await self._stores.read(
            lambda store: store.cases.expired(now, _PURGE_PAGE)
        ):
            for id in expired:
                await self._stores.transaction(partial(_delete_case, id=id))

    async def _page_by_page(self, purge: Callable[[Store], Awaitable[int]]) -> None:
        """Each page a transaction of its own, so that letters come in between."""
        full = True
        while full:
            full = await self._stores.transaction(purge) >= _PURGE_PAGE

    async def sweep_keys(self) -> None:
        """Keys without words, and words without keys: one of two commits did not go through.

        Only before anything is taken in: a letter between its two commits looks the same.
        """

        async def find(store: Store) -> tuple[set[str], set[str]]:
            keys = await store.keyring.ids()
            known = await store.cases.ids() | await store.held.ids() | await store.retries.ids()
            return keys - known, await store.cases.ids() - keys

        orphans, unreadable = await self._stores.read(find)
        for id in orphans:
            await self._stores.transaction(partial(_destroy_key, id=id))
        for id in unreadable:
            await self._stores.transaction(partial(_delete_case, id=id))


async def _drop_held(store: Store, id: str) -> None:
    await store.held.drop(id)


async def _delete_case(store: Store, id: str) -> None:
    await store.cases.delete(id)


async def _destroy_key(store: Store, id: str) -> None:
    await store.keyring.destroy(id)


async def _next_due(store: Store) -> int | None:
    found = (await store.timers.next_due(), await store.retries.next_due())
    return min((one for one in found if one is not None), default=None)
