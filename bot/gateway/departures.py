"""全部删掉: the cases of a youth who left, each at its own random hour, one transaction each.

Each case has a timer of its own, which nothing ties to the others; the youth's own row goes
an hour after the last case, never beside one.
"""

import secrets
from collections.abc import Callable, Sequence

from bot.gateway.posting import new_id
from storage import Store, Stores, Vault
from storage.records import HOUR, Case, GoneSeal, Timer, hour

ONE_GOES, ALL_WENT = "gone", "all-gone"
DEPARTURES = frozenset({ONE_GOES, ALL_WENT})
_HOURS = range(1, 23)


async def leave(
    store: Store, vault: Vault, person: bytes, cases: Sequence[Case], below: int, now: int
) -> None:
    """Note when each case goes, and that none of them exists for this youth any more."""
    before = await vault.gone(person)
    times = _random_hours(len(cases), now)
    for case, at in zip(cases, times, strict=True):
        await _set(store, vault, ONE_GOES, case.owner, at)
    if not (cases or before):
        return
    until = max([*times, before.until - HOUR if before else 0]) + HOUR
    tag = await vault.save_gone(person, GoneSeal(below, until))
    await _set(store, vault, ALL_WENT, tag, until)


async def _set(store: Store, vault: Vault, kind: str, tag: bytes, at: int) -> None:
    id = new_id()
    await store.timers.set(Timer(id, None, kind, at, vault.seal_timer(id, tag)))


def _random_hours(count: int, now: int) -> list[int]:
    """Within the day, each its own as far as there are enough: none goes beside another."""
    rounds = count // len(_HOURS) + 1
    chosen = [
        one for _ in range(rounds) for one in secrets.SystemRandom().sample(_HOURS, len(_HOURS))
    ]
    return [hour(now) + HOUR * one for one in chosen[:count]]


class Departures:
    def __init__(self, stores: Stores, now: Callable[[], int]) -> None:
        self._stores, self._now = stores, now

    async def depart(self, id: str) -> None:
        """Do what a departure's timer says, once."""
        await self._stores.border(lambda store, vault: self._depart(store, vault, id))

    async def _depart(self, store: Store, vault: Vault, id: str) -> None:
        timer = await store.timers.take(id, self._now())
        if timer is None or timer.sealed is None:
            return
        tag = vault.open_timer(id, timer.sealed)
        if timer.kind == ONE_GOES:
            for case in await store.cases.owned([tag]):
                await store.cases.delete(case.id)
            return
        gone = await vault.gone_by_tag(tag)
        if gone is not None and gone.until <= self._now():  # else somebody left again meanwhile
            await vault.drop_nullifier(tag)
