"""The border inwards: an address comes in, a handler sees a youth without one.

One act, one transaction; what concerns a person is committed apart from what concerns a case,
and the row that says "seen" lies in the last of them, so that every step may run twice.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import msgspec

from bot.channels.base import Accepted, Address, Inbound
from bot.clean import clean
from bot.gateway.act import Act, Person
from bot.gateway.departures import Departures
from bot.gateway.effects import Effects
from bot.gateway.history import History, Log
from bot.gateway.people import People
from bot.gateway.posting import Posting, new_id
from bot.logs import log_failure
from bot.speech import Speech
from handlers import events
from handlers.context import Context
from handlers.dispatch import dispatch
from handlers.events import HERE, Choice, Clockwork, Incoming, Reply, Until
from handlers.routing.classifier import Analysis
from storage import Store, Stores, Vault
from storage.database import Row
from storage.errors import Clash, NoKey, Stale
from storage.records import AddressSeal, day
from storage.seal import Tampered

_TRIES = 3
_FIRST_PAUSE = 5
_PAUSE_GROWS = 4
_TIMER_PAUSE = 60

Analyse = Callable[[str], Analysis]
MakeContext = Callable[[Store, Analyse], Context]
Observe = Callable[[str, str], None]
"""(step of the path, case id): what the demo page draws; told nothing else."""


class Kept(msgspec.Struct, frozen=True):
    """An act in `retry_in`: when it came, and its number among those of one second."""

    inbound: Inbound
    at: int
    number: int


class Gateway:
    def __init__(
        self,
        stores: Stores,
        make_context: MakeContext,
        analyse: Analyse,
        now: Callable[[], int],
        period: Callable[[], str],
        language: str,
        wake: Callable[[], None],
        observe: Observe,
    ) -> None:
        self._stores, self._make_context = stores, make_context
        self._now, self._wake, self._observe = now, wake, observe
        self._language, self._analyse = language, analyse
        self._locks: dict[AddressSeal, tuple[asyncio.Lock, int]] = {}
        self._numbers = itertools.count()
        self._people = People(now, period, language)
        self._posting = Posting(now)
        self._effects = Effects(now, self._people)
        self._departures = Departures(stores, now)

    async def receive(self, inbound: Inbound) -> Accepted:
        """Returns once everything is committed. Raises only when nothing could be kept."""
        address = AddressSeal(inbound.address.channel, inbound.address.app, inbound.address.id)
        tidy = msgspec.structs.replace(inbound, text=clean(inbound.text))
        async with self._in_turn(address):
            try:
                accepted = await self._take_in(tidy, address)
            except Exception as error:
                accepted = await self._keep_for_later(tidy, address, error)
        self._wake()
        return accepted

    @contextlib.asynccontextmanager
    async def _in_turn(self, address: AddressSeal) -> AsyncIterator[None]:
        """One act of an address at a time: two of them must never share a commit."""
        lock, waiting = self._locks.get(address, (asyncio.Lock(), 0))
        self._locks[address] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[address]
            self._locks[address] = lock, waiting - 1
            if waiting == 1:
                del self._locks[address]

    # one act, step by step

    async def _take_in(
        self, inbound: Inbound, address: AddressSeal, replayed: str = ""
    ) -> Accepted:
        self._observe("received", "")
        # The costly look at the words happens here, while no transaction is open.
        known = {inbound.text: self._analyse(inbound.text)}
        act = Act(inbound, address, "", b"", known, replayed)
        while not act.done:
            act = await self._again_when_moved(partial(self._step, act=act))
        if act.left:
            await self._drop_retries(address)
        return act.accepted

    async def _drop_retries(self, address: AddressSeal) -> None:
        """Acts of somebody who left must not be replayed: they would be met anew."""
        for id in await self._stores.read(lambda store: store.retries.ids()):
            kept = await self._opened(id)
            if kept is not None and msgspec.structs.astuple(kept[0].inbound.address) == (
                address.channel, address.app, address.id,
            ):  # fmt: skip
                await self._stores.transaction(partial(_drop_retry, id=id))

    async def _again_when_moved(self, work: Callable[[Store, Vault], Awaitable[Act]]) -> Act:
        """Somebody changed the case, or took the same tag, meanwhile: the whole act again."""
        for _ in range(_TRIES - 1):
            with contextlib.suppress(Stale, Clash):
                return await self._stores.border(work)
        return await self._stores.border(work)

    async def _step(self, store: Store, vault: Vault, act: Act) -> Act:
        if not act.id:
            act = _named(vault, act)
        if not (act.replayed or act.marked) and await vault.seen(act.seen):
            repeated = Accepted(bubble=act.id, fresh=False)
            return replace(act, done=True, accepted=repeated)
        if act.closing:
            return await self._finish(store, vault, act)
        person = await self._people.find(store, vault, act)
        if person is None:
            language = act.inbound.language or self._language
            await vault.open_wallet(act.address, language)
            return act
        if self._people.is_blank(person) and self._people.shows_invite(act.inbound.text):
            await self._effects.apply(store, vault, act, person, events.ForgetMe())
            spoken = msgspec.structs.replace(act.inbound, language=person.who.language)
            return replace(act, inbound=spoken)
        return await self._decide(store, vault, act, person)

    async def _decide(self, store: Store, vault: Vault, act: Act, person: Person) -> Act:
        if act.inbound.kind == "text" and await store.messages.by_id(act.id) is not None:
            # A second run after a break: the case has these words, only the end is missing.
            return replace(act, closing=True)
        event, press = await self._people.event(store, vault, act, person)
        result = await dispatch(self._context(store, act.known), event)
        held = next((one for one in result if isinstance(one, events.HoldWords)), None)
        if held is not None and not act.held:
            return replace(act, held=await self._effects.lay_down(store, act, person, held))
        replies = await self._carry_out(store, vault, act, person, result)
        if press is not None and not any(one.refused for one in replies):
            await store.outbox.use(press.row, press.number)
        about_case = store.guard.touches_case or any(one.case is not None for one in replies)
        if event.kind == "tap" and not about_case:
            await self._effects.answered(vault, person)
        acts = _acts(result)
        speaking = await self._now_speaking(store, vault, act, person) if acts else person
        await self._posting.post(store, vault, replies, speaking, act)
        self._watch(act, replies)
        return await self._next(store, vault, act, person, result)

    async def _carry_out(
        self, store: Store, vault: Vault, act: Act, person: Person, result: events.Result
    ) -> list[Reply]:
        replies = [one for one in result if isinstance(one, Reply)]
        for effect in _acts(result):
            replies += await self._effects.apply(store, vault, act, person, effect)
        return replies

    async def _next(
        self, store: Store, vault: Vault, act: Act, person: Person, result: events.Result,
    ) -> Act:  # fmt: skip
        """What is left to do; the row that says "seen" comes last."""
        act = replace(act, accepted=_accepted(act, result))
        follow = next((then for one in _acts(result) if (then := getattr(one, "then", ""))), None)
        if follow is not None:
            act = replace(act, follow=Choice(follow))
            if person.wallet is None:
                # Rows of staff may share the commit; a break between would hide the welcome.
                now = await self._people.find(store, vault, act)
                return await self._decide(store, vault, act, now or person)
            return act
        drops = [one.held for one in result if isinstance(one, events.DropWords)]
        if any(isinstance(one, events.ForgetMe) for one in result):
            drops.append(self._effects.held_by(person))
            # Whoever is gone is not asked again: a repeat would meet a stranger.
            act = replace(await self._mark(store, vault, act), left=True)
        if drops or (act.replayed and store.guard.touches_case):
            return replace(act, closing=True, drops=tuple(drops))
        return await self._finish(store, vault, act)

    def _watch(self, act: Act, replies: Sequence[Reply]) -> None:
        for case in {one.case.id for one in replies if one.case is not None}:
            if act.inbound.kind == "text":
                self._observe("tagged", case)
                self._observe("queued", case)

    async def _now_speaking(self, store: Store, vault: Vault, act: Act, before: Person) -> Person:
        """After an effect: the language may be another, or nobody may be there any more."""
        after = await self._people.find(store, vault, act)
        return replace(after, who=before.who) if after and before.wallet else before

    def _context(self, store: Store, known: Mapping[str, Analysis]) -> Context:
        return self._make_context(store, lambda text: known.get(text) or self._analyse(text))

    async def _finish(self, store: Store, vault: Vault, act: Act) -> Act:
        for held in act.drops:
            await store.held.drop(held)
        return replace(await self._mark(store, vault, act), done=True)

    async def _mark(self, store: Store, vault: Vault, act: Act) -> Act:
        """The act is done with: its repeat is known, its row in `retry_in` is not needed."""
        if act.marked:
            return act
        if act.replayed:
            await store.retries.drop(act.replayed)
        else:
            await vault.mark_seen(act.seen, day(self._now()))
        return replace(act, marked=True)

    # what went wrong

    async def _keep_for_later(
        self, inbound: Inbound, address: AddressSeal, error: Exception
    ) -> Accepted:
        """Nothing is lost by a bug: the whole act waits, sealed, and the person is told."""
        reference = log_failure("act-failed", error)

        async def keep(store: Store, vault: Vault) -> Accepted:
            act = _named(vault, Act(inbound, address, "", b"", {}))
            if await vault.seen(act.seen):
                return Accepted(act.id, fresh=False)
            await store.retries.add(
                new_id(),
                msgspec.msgpack.encode(Kept(inbound, self._now(), next(self._numbers))),
                self._now() + _FIRST_PAUSE,
            )
            person = await self._people.find(store, vault, act)
            sorry = Reply(HERE, "failed", {"reference": reference})
            await self._posting.post(store, vault, [sorry], person, act)
            await vault.mark_seen(act.seen, day(self._now()))
            return Accepted(act.id)

        return await self._stores.border(keep)

    async def replay(self, ids: Sequence[str]) -> None:
        """Try acts of `retry_in` again, in the order in which they came; rows have none."""
        found = [(id, await self._opened(id)) for id in ids]
        kept = [(id, *one) for id, one in found if one is not None]
        for id, act, tries in sorted(kept, key=lambda one: (one[1].at, one[1].number)):
            await self._replay(id, act.inbound, tries)
        self._wake()

    async def _opened(self, id: str) -> tuple[Kept, int] | None:
        try:
            found = await self._stores.transaction(lambda store: store.retries.open(id))
        except (NoKey, Tampered) as error:
            log_failure("an-act-in-retry_in-cannot-be-opened", error)
            await self._stores.transaction(lambda store: store.retries.drop(id))
            return None
        return (msgspec.msgpack.decode(found[0], type=Kept), found[1]) if found else None

    async def _replay(self, id: str, inbound: Inbound, tries: int) -> None:
        address = AddressSeal(inbound.address.channel, inbound.address.app, inbound.address.id)
        async with self._in_turn(address):
            try:
                await self._take_in(inbound, address, replayed=id)
            except Exception as error:
                log_failure("replay-failed", error)
                pause = _FIRST_PAUSE * _PAUSE_GROWS ** (tries + 1)
                await self._stores.transaction(
                    lambda store: store.retries.postpone(id, self._now() + pause)
                )

    # timers

    async def fire(self, id: str) -> None:
        """Run one due timer: once, whoever else tries."""
        try:
            await self._stores.border(lambda store, vault: self._fire(store, vault, id))
        except Exception as error:
            log_failure("timer-failed", error)
            later = self._now() + _TIMER_PAUSE
            await self._stores.transaction(lambda store: store.timers.postpone(id, later))
        self._wake()

    async def _fire(self, store: Store, vault: Vault, id: str) -> None:
        timer = await store.timers.take(id, self._now())
        case = await store.cases.by_id(timer.case_id) if timer and timer.case_id else None
        if timer is None or case is None:
            return
        event = Incoming("timer", Clockwork(self._language), text=timer.kind, case=case)
        result = await dispatch(self._context(store, {}), event)
        replies = [one for one in result if isinstance(one, Reply)]
        await self._posting.post(store, vault, replies)
        self._observe("queued", case.id)

    async def depart(self, id: str) -> None:
        await self._departures.depart(id)

    # shortcuts of the demo and of the command line

    async def sweep_desks(self, before: int) -> None:
        await self._stores.border(lambda store, vault: vault.sweep_desks(before))

    async def staff_at(self, address: AddressSeal) -> str | None:
        return await self._stores.read_border(lambda store, vault: vault.staff_of(address))

    def clock(self) -> int:
        return self._now()

    async def page_log(self, address: Address, speech: Speech) -> Log:
        """What a page shows when it opens: found by tag, rebuilt from each case's own rows."""
        sealed = AddressSeal(address.channel, address.app, address.id)
        history = History(self._people, speech)
        return await self._stores.read_border(
            lambda store, vault: history.of(store, vault, sealed, self._now(), self._language)
        )

    async def bind_staff(self, address: AddressSeal, staff: str) -> None:
        """A device of this staff member; what waited for one goes out now."""
        await self._stores.border(lambda store, vault: vault.bind_staff(address, staff))
        for row in await self._stores.read(lambda store: store.outbox.parked(staff)):
            await self._stores.transaction(partial(_unpark, row=row, now=self._now()))
        self._wake()

    async def issue_invite(self, invite: events.IssueInvite) -> str:
        reply = await self._stores.border(
            lambda store, vault: self._effects.issue(store, vault, invite)
        )
        return str(reply.params["code"])


def _named(vault: Vault, act: Act) -> Act:
    address, inbound = act.address, act.inbound
    # An edit carries the number of the message that it corrects, and needs one of its own.
    name = f"edit|{inbound.key}" if inbound.kind == "edit" else inbound.native_id
    return replace(
        act,
        id=vault.bubble_ref(address, name).hex(),
        seen=vault.seen_tag(address.channel, address.app, f"{address.id}|{inbound.key}"),
    )


def _accepted(act: Act, result: events.Result) -> Accepted:
    until = next((one for one in result if isinstance(one, Until)), None)
    return Accepted(act.id, until.at, until.name) if until else Accepted(act.id)


def _acts(result: events.Result) -> list[events.Effect]:
    return [one for one in result if not isinstance(one, Reply | Until | events.DropWords)]


async def _unpark(store: Store, row: Row, now: int) -> None:
    await store.outbox.unpark(row["id"], row["case_id"], now)


async def _drop_retry(store: Store, id: str) -> None:
    await store.retries.drop(id)
