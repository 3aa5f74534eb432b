"""全部删掉: the cases of a youth who left, each at its own random hour, one transaction each."""

from collections.abc import Callable
from functools import partial

from storage import Store, Stores, Vault
from storage.records import HOUR, GoneSeal, hour


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
        for owner, at in gone.times if gone else ():
            if at <= self._now():
                await self._stores.transaction(partial(_delete_case, owner=owner))
        # The youth's own row is touched an hour after the last letter, never beside one.
        last = max((at for _, at in gone.times), default=0) if gone else 0
        if last + HOUR > self._now():
            await self._stores.transaction(partial(_look_again, id=id, now=self._now()))
            return
        await self._stores.border(partial(_end, id=id, tag=tag, now=self._now()))


async def _look_again(store: Store, id: str, now: int) -> None:
    await store.timers.postpone(id, hour(now) + HOUR)


async def _end(store: Store, vault: Vault, id: str, tag: bytes, now: int) -> None:
    gone = await vault.gone_by_tag(tag)
    if gone is not None and max((at for _, at in gone.times), default=0) + HOUR > now:
        await store.timers.postpone(id, hour(now) + HOUR)  # somebody left again meanwhile
        return
    await vault.drop_nullifier(tag)
    await store.timers.remove(id)


async def _delete_case(store: Store, owner: bytes) -> None:
    for case in await store.cases.owned([owner]):
        await store.cases.delete(case.id)
