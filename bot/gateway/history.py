"""The log of a page, rebuilt from the rows of its own cases; nothing else is kept of it."""

from dataclasses import dataclass

from bot.channels.base import Outgoing
from bot.gateway.people import People, tokens_of
from bot.speech import Speech
from storage import Store, Vault
from storage.records import AddressSeal, Case

_CASES = 50
_BUBBLES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """`mine`: the person of this page wrote it."""

    mine: bool
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Log:
    language: str
    lines: tuple[Line, ...]
    until: int | None = None


class History:
    def __init__(self, people: People, speech: Speech) -> None:
        self._people, self._speech = people, speech

    async def of(
        self, store: Store, vault: Vault, address: AddressSeal, now: int, language: str
    ) -> Log:
        staff = await vault.staff_of(address)
        if staff is not None:
            record = await store.staff.by_id(staff)
            cases = await store.cases.seen_by(staff, now, _CASES)
            spoken = record.language if record else language
            return await self._log(store, cases, spoken, staff)
        wallet = await vault.wallet_of(address)
        if wallet is None:
            return Log(language, ())
        cases, _ = await self._people.cases_of(store, vault, wallet)
        entries = [one.seal.entry for one in cases]
        running = [one.until for one in entries if one is not None and not one.carded]
        log = await self._log(store, cases, wallet.seal.language, None)
        until = max((one for one in running if one > now), default=None)
        return Log(log.language, log.lines, until)

    async def _log(self, store: Store, cases: list[Case], language: str, staff: str | None) -> Log:
        lines: list[tuple[int, int, Line]] = []
        for case in cases:
            lines += await self._written(store, case, staff)
            lines += await self._delivered(store, case, staff, language)
        lines.sort(key=lambda one: one[:2])
        return Log(language, tuple(one[2] for one in lines[-_BUBBLES:]))

    async def _written(
        self, store: Store, case: Case, staff: str | None
    ) -> list[tuple[int, int, Line]]:
        found = []
        for one in await store.messages.of_case(case.id):
            if one.seal is None or one.staff != (staff or ""):
                continue
            said = Outgoing(id=one.id, text=one.seal.text, at=one.seal.at, case_name=case.name)
            found.append((one.seal.at, one.ord * 64 - 1, Line(True, said)))
        return found

    async def _delivered(
        self, store: Store, case: Case, staff: str | None, language: str
    ) -> list[tuple[int, int, Line]]:
        found = []
        for row in await store.outbox.of_case(case.id):
            if row.staff == staff and row.state == "sent":
                said = await self._speech.say(store, row, language, tokens_of(store, row), False)
                found.append((row.seal.at, row.ord, Line(False, said)))
        return found
