"""全部删掉: the cases of a youth who left, each at its own random hour, one transaction each."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from storage import Store, Stores, Vault
from storage.records import HOUR, GoneSeal, Timer, hour


class Departures:
    def __init__(self, stores: Stores, now: Callable[[], int]) -> None:
        self._stores, self._now = stores, now

    async def delete_due(self, id: str) -> None:
        """Delete those cases of a departed youth whose hour has come, one transaction each."""
        timer = await self._stores.transaction(lambda store: store.timers.look(id))
        if timer is None or timer.sealed is None or timer.due > self._now():
            return
        sealed = timer.sealed

        async def look(_: Store, vault: Vault) -> tuple[bytes, GoneSeal | None]:
            tag = vault.open_timer(id, sealed)
            return tag, await vault.gone_by_tag(tag)

        tag, gone = await self._stores.border(look)
        due = [owner for owner, at in gone.times if at <= self._now()] if gone else []
        for owner in due:
            await self._stores.transaction(partial(_delete_case, owner=owner))
        left = tuple(pair for pair in gone.times if pair[0] not in due) if gone else ()
        await self._stores.border(
            lambda store, vault: self._rearm(store, vault, timer, tag, gone, left)
        )

    async def _rearm(
        self, store: Store, vault: Vault, timer: Timer, tag: bytes, gone: GoneSeal | None,
        left: Sequence[tuple[bytes, int]],
    ) -> None:  # fmt: skip
        if gone is not None and left:
            await vault.save_gone_by_tag(tag, msgspec.structs.replace(gone, times=tuple(left)))
            await store.timers.postpone(timer.id, hour(self._now()) + HOUR)
            return
        if gone is not None:
            await vault.drop_nullifier(tag)
        await store.timers.remove(timer.id)


async def _delete_case(store: Store, owner: bytes) -> None:
    for case in await store.cases.owned([owner]):
        await store.cases.delete(case.id)
