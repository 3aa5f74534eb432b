"""Replies become rows of the outbox, in the transaction that caused them."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence

import msgspec

from bot.gateway.act import Act, Person
from bot.tokens import Act as ButtonAct
from bot.tokens import act_token
from handlers.events import Button, Here, Reply, Staff, ToStaff, Youth
from storage import Store, Vault
from storage.records import (
    DAY,
    ButtonSeal,
    HeldWords,
    OutboxRow,
    OutboxSeal,
    Param,
    RouteSeal,
    day,
)

_MENUS_LIVE = 600
_LANE_SECONDS = 60
_ROOM = 64
"""Rows that one turn of a case may add; `ord` is turn × this + number."""


def new_id() -> str:
    """80 random bits in 16 characters: nothing tells when or in which order it was made."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


class Posting:
    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now

    async def post(
        self,
        store: Store,
        vault: Vault,
        replies: Sequence[Reply],
        person: Person | None = None,
        act: Act | None = None,
    ) -> None:
        """`person` and `act` are absent when a timer speaks."""
        lane = vault.lane(act.address, self._now() // _LANE_SECONDS) if act else new_id()
        first = self._now() % _LANE_SECONDS * _ROOM + (_ROOM // 2 if act and act.follow else 0)
        for number, reply in enumerate(replies):
            place = number if reply.case is not None else first + number
            await self._add(store, vault, reply, lane, place, person, act)

    async def _add(
        self,
        store: Store,
        vault: Vault,
        reply: Reply,
        lane: str,
        number: int,
        person: Person | None,
        act: Act | None,
    ) -> None:
        case = reply.case
        staff = _staff_id(reply, person)
        id = reply.id or new_id()
        at = max(self._now(), reply.not_before)
        buttons = tuple(self._button(vault, reply, one, person) for one in reply.buttons)
        row_seal = OutboxSeal(
            reply.key, _filled(reply.params, act), buttons, at, reply.until, reply.menu,
            case.name if case else "", _waits_for_slot(reply, self._now()),
        )  # fmt: skip
        route = None
        if case is None and staff is None and act is not None:
            route = vault.route(_straight_back(act, person), id)
        await store.outbox.add(OutboxRow(
            id=id, case_id=case.id if case else None, staff=staff,
            lane=_lane(reply, staff) or lane,
            ord=(case.turn if case else 0) * _ROOM + number, state="ready", due=at, fence=0,
            tries=0, used=0, route=route, seal=row_seal,
        ))  # fmt: skip
        if reply.menu and staff is not None:
            await store.staff.set_menu(staff, id)
        elif reply.menu and case is None:
            await self._note_menu(store, vault, person, buttons, at)

    def _button(
        self, vault: Vault, reply: Reply, button: Button, person: Person | None
    ) -> ButtonSeal:
        """A message of a case is its own token; any other button carries what it means."""
        token = ""
        if reply.case is None and person is not None:
            case = button.case.id if button.case else ""
            act = ButtonAct(button.action, button.arg, case, self._now() // DAY)
            token = act_token(act, vault.button_mac(person.reader, act.payload()))
        return ButtonSeal(button.label, button.action, button.arg, token, dict(button.params))

    async def _note_menu(
        self,
        store: Store,
        vault: Vault,
        person: Person | None,
        buttons: tuple[ButtonSeal, ...],
        at: int,
    ) -> None:
        """A youth's question without a case lies in the youth's own row, never beside a case."""
        if person is None or person.wallet is None or store.guard.touches_case:
            return
        mine = person.wallet.seal.person
        desk = msgspec.structs.replace(
            await vault.desk(mine, person.mark),
            mark=person.mark,
            menu=tuple(one.token for one in buttons),
            menu_at=at,
            menu_until=at + _MENUS_LIVE,
        )
        await vault.save_desk(mine, desk, day(self._now()))


def _filled(params: Mapping[str, Param], act: Act | None) -> dict[str, Param]:
    """The words that wait are named by the row that was just laid down for them."""
    held = act.held if act is not None else ""
    return {
        name: HeldWords(held) if isinstance(value, HeldWords) else value
        for name, value in params.items()
    }


def _staff_id(reply: Reply, person: Person | None) -> str | None:
    if isinstance(reply.to, ToStaff):
        return reply.to.id
    if isinstance(reply.to, Here) and person is not None and isinstance(person.who, Staff):
        return person.who.record.id
    return None


def _lane(reply: Reply, staff: str | None) -> str:
    """What must keep its order: the notices, and the answers, of one case to one reader."""
    if reply.case is None:
        return ""
    return f"{reply.case.id}:{staff or reply.kind}"


def _waits_for_slot(reply: Reply, now: int) -> bool:
    """What leaves with its slot makes no sound (threat model, timing)."""
    return reply.kind == "notice" and reply.not_before > now


def _straight_back(act: Act, person: Person | None) -> RouteSeal:
    language = act.inbound.language
    if person is not None and isinstance(person.who, Youth):
        language = person.wallet.seal.language if person.wallet else person.who.language
    return RouteSeal(b"", act.address, language)
