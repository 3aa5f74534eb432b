"""From an address to a youth without one, and from a press or a quote to its case."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.gateway.act import Act, Person
from bot.tokens import press_token, read_act, read_press
from handlers.events import Choice, Incoming, Staff, Stranger, Youth
from handlers.registry import tap_for
from storage import Store, Vault
from storage.records import DAY, Case, DeskSeal, OutboxRow, RouteSeal, Wallet
from storage.vault import CASE_STEP

_BLOCK = 8
_BUTTONS_LIVE = 30 * DAY
_MENUS_LIVE = 600
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a message, used up once what it asks for is done."""

    row: OutboxRow
    number: int


_NOTHING = None, None, None


class People:
    def __init__(self, now: Callable[[], int], period: Callable[[], str], language: str) -> None:
        self._now, self._period, self._language = now, period, language

    # who it is

    async def find(self, store: Store, vault: Vault, act: Act) -> Person | None:
        """None for somebody never met, who is about to become a youth."""
        staff_id = await vault.staff_of(act.address)
        if staff_id is not None:
            record = await store.staff.by_id(staff_id)
            assert record is not None
            return Person(Staff(record), record.id.encode())
        wallet = await vault.wallet_of(act.address)
        if wallet is not None:
            return await self._youth(store, vault, wallet, act)
        return await self._stranger(store, vault, act)

    async def _stranger(self, store: Store, vault: Vault, act: Act) -> Person | None:
        index = vault.staff_index(act.address)
        claimed = await store.staff.claimed_by(index, self._now())
        if claimed is None and not self.shows_invite(act.inbound.text):
            return None
        language = act.inbound.language or self._language
        tag = claimed.tag if claimed else None
        return Person(Stranger(language, tag), index, claims=index)

    def shows_invite(self, text: str) -> bool:
        head = text[:_LONGEST_CODE].split(maxsplit=1)[:1]
        return [one.partition("@")[0].casefold() for one in head] == ["/redeem"]

    def is_blank(self, person: Person) -> bool:
        """A youth who has not even chosen a site: nothing is lost when they turn out staff."""
        who = person.who
        return isinstance(who, Youth) and not (who.sites or who.cases or who.desk.held)

    async def _youth(self, store: Store, vault: Vault, wallet: Wallet, act: Act) -> Person:
        person = wallet.seal.person
        cases, number = await self._cases(store, vault, person)
        mark = number * CASE_STEP + sum(case.turn for case in cases)
        desk = await vault.desk(person, mark)
        period = self._period()
        who = Youth(
            language=wallet.seal.language, sites=wallet.seal.sites, cases=tuple(cases),
            desk=desk, owner_tag=vault.case_tag(person, number),
            route=lambda case, owner: vault.route(RouteSeal(wallet.id), case, owner),
            counted=lambda case: vault.counted(person, case, period),
            # Told by what is there, not by this act alone: a break may lie after the wallet.
            first=not (cases or wallet.seal.sites) and desk == DeskSeal(),
        )  # fmt: skip
        return Person(who, wallet.id, wallet, mark=mark)

    async def _cases(self, store: Store, vault: Vault, person: bytes) -> tuple[list[Case], int]:
        """The youth's cases and the number of the next. Numbers have no gaps: look in blocks."""
        gone = await vault.gone(person)
        number = gone.below if gone else 0
        found: list[Case] = []
        while True:
            tags = [vault.case_tag(person, number + further) for further in range(_BLOCK)]
            taken = await store.cases.taken_tags(tags)
            if taken:
                found += await store.cases.owned([tag for tag in tags if tag in taken])
            number += len(taken)
            if len(taken) < _BLOCK:
                return found, number

    async def cases_of(self, store: Store, vault: Vault, wallet: Wallet) -> tuple[list[Case], int]:
        return await self._cases(store, vault, wallet.seal.person)

    # what it is about

    async def event(
        self, store: Store, vault: Vault, act: Act, person: Person
    ) -> tuple[Incoming, Press | None]:
        """What happened, and the button of a message that is used up by it."""
        inbound = act.inbound
        choice, case, press = act.follow, None, None
        kind = "tap" if act.follow else inbound.kind
        unknown_quote = False
        if act.follow is None:
            token = inbound.choice or await self._token_of_digit(store, inbound.text, person)
            if token:
                kind = "tap"
                choice, case, press = await self._pressed(store, vault, token, person)
            elif inbound.reply_to:
                case, unknown_quote = await self._quoted(store, vault, act, person)
        edits = vault.bubble_ref(act.address, inbound.native_id).hex() if kind == "edit" else ""
        incoming = Incoming(
            kind=kind, who=person.who, id=act.id, text=inbound.text, choice=choice, edits=edits,
            case=case, media=inbound.media, unknown_quote=unknown_quote,
            invite=self._invite(vault, inbound.text),
        )  # fmt: skip
        return incoming, press

    def _invite(self, vault: Vault, text: str) -> bytes:
        words = text[:_LONGEST_CODE].split()
        if not self.shows_invite(text) or len(words) < 2:
            return b""
        return vault.invite_tag(tidy_invite("".join(words[1:])))

    async def _pressed(
        self, store: Store, vault: Vault, token: str, person: Person
    ) -> tuple[Choice | None, Case | None, Press | None]:
        """Nothing for the unknown, the used, the expired and the foreign alike."""
        press = read_press(token)
        if press is not None:
            return await self._pressed_row(store, *press, person)
        act = read_act(token)
        if act is None or vault.button_mac(person.reader, act[0].payload()) != act[1]:
            return _NOTHING
        if self._now() // DAY - act[0].day not in (0, 1):
            return _NOTHING
        case = await self._case(store, act[0].case, person) if act[0].case else None
        return Choice(act[0].action, act[0].arg), case, None

    async def _pressed_row(
        self, store: Store, token: bytes, number: int, person: Person
    ) -> tuple[Choice | None, Case | None, Press | None]:
        row = await store.outbox.by_token(token)
        if row is None or number >= len(row.seal.buttons) or not self._offered(row, person):
            return _NOTHING
        if self._now() - row.seal.at > _BUTTONS_LIVE or store.outbox.used(row, number):
            return _NOTHING
        button = row.seal.buttons[number]
        tap = tap_for(button.action, roles_of(person))
        if tap is None:
            return _NOTHING
        case = await self._case(store, row.case_id, person)
        press = Press(row, number) if tap.once or row.seal.menu else None
        return Choice(button.action, button.arg), case, press

    def _offered(self, row: OutboxRow, person: Person) -> bool:
        if isinstance(person.who, Staff):
            return row.staff == person.who.record.id
        if row.staff is not None or not isinstance(person.who, Youth):
            return False
        return row.case_id in {one.id for one in person.who.cases}

    async def _case(self, store: Store, id: str | None, person: Person) -> Case | None:
        """A case by id: a youth's own, or, for staff, one that the handler's gate still judges."""
        if isinstance(person.who, Youth):
            return next((one for one in person.who.cases if one.id == id), None)
        return await store.cases.by_id(id) if id and isinstance(person.who, Staff) else None

    async def _quoted(
        self, store: Store, vault: Vault, act: Act, person: Person
    ) -> tuple[Case | None, bool]:
        """(case, unknown): unknown where the quoted message stands for nothing any more."""
        ref = vault.bubble_ref(act.address, act.inbound.reply_to)
        known, case_id = await store.outbox.bubble(ref)
        if not known:
            # A page quotes its own bubble by the id of the message itself.
            message = await store.messages.by_id(ref.hex())
            message = message or await store.messages.by_id(act.inbound.reply_to)
            known, case_id = message is not None, message.case_id if message else None
        case = await self._case(store, case_id, person) if case_id else None
        return case, not known or (case_id is not None and case is None)

    # digits

    async def _token_of_digit(self, store: Store, text: str, person: Person) -> str:
        """A lone digit answers the newest question asked, while that is fresh and open."""
        text = unicodedata.normalize("NFKC", text).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 3):
            return ""
        tokens = await self._newest_menu(store, person)
        return tokens[int(text) - 1] if 0 < int(text) <= len(tokens) else ""

    async def _newest_menu(self, store: Store, person: Person) -> tuple[str, ...]:
        rows = []
        if isinstance(person.who, Staff):
            rows = [await store.outbox.by_id(person.who.record.menu)]
        elif isinstance(person.who, Youth):
            rows = [await store.outbox.newest_menu_of_case(one.id) for one in person.who.cases]
        menus = [(one.seal.at, tokens_of(store, one)) for one in rows if one and self._open(one)]
        if isinstance(person.who, Youth) and self._asks(person):
            menus.append((person.who.desk.menu_at, person.who.desk.menu))
        return max(menus, key=lambda one: one[0])[1] if menus else ()

    def _asks(self, person: Person) -> bool:
        """Whether the question on the desk is fresh, and nothing has happened since."""
        who = person.who
        if not isinstance(who, Youth) or who.desk.mark != person.mark:
            return False
        return self._now() < who.desk.menu_until

    def _open(self, row: OutboxRow) -> bool:
        age = self._now() - row.seal.at
        return row.seal.menu and not row.used and 0 <= age < _MENUS_LIVE


def tokens_of(store: Store, row: OutboxRow) -> tuple[str, ...]:
    """The tokens of a message's buttons: its own where it belongs to a case."""
    pressed = store.outbox.token(row.id)
    return tuple(
        one.token or press_token(pressed, number) for number, one in enumerate(row.seal.buttons)
    )


def tidy_invite(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def roles_of(person: Person) -> frozenset[str]:
    if isinstance(person.who, Staff):
        return person.who.roles
    return frozenset({"youth" if isinstance(person.who, Youth) else "stranger"})
