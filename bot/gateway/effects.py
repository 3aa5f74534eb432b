"""What handlers want done to a person, done at the border and nowhere else."""

import base64
import secrets
from collections.abc import Callable

import msgspec

from bot.gateway.act import Act, Person
from bot.gateway.departures import leave
from bot.gateway.people import People, tidy_invite
from bot.gateway.posting import new_id
from handlers import events
from handlers.events import HERE, Effect, Reply, Staff, Youth
from storage import Store, Vault
from storage.records import (
    DAY,
    HeldSeal,
    Invite,
    Label,
    Post,
    StaffRecord,
    WalletSeal,
    When,
    day,
)

INVITE_LIVES = 3 * DAY
_CLAIM_LIVES = 900
_CAPACITY = 100
_OFFICE_HOURS = "1-5 09:00-18:00"


class Effects:
    def __init__(self, now: Callable[[], int], people: People) -> None:
        self._now, self._people = now, people

    async def apply(
        self, store: Store, vault: Vault, act: Act, person: Person, effect: Effect
    ) -> list[Reply]:
        """Carry out `effect`; it may run twice. Returns what is left to say."""
        if isinstance(effect, events.IssueInvite):
            return [await self.issue(store, vault, effect)]
        await self._apply(store, vault, act, person, effect)
        return []

    async def _apply(
        self, store: Store, vault: Vault, act: Act, person: Person, effect: Effect
    ) -> None:
        match effect:
            case events.JoinSite(site):
                await self._join(vault, person, site)
            case events.SetLanguage(language):
                await self._set_language(vault, person, language)
            case events.HoldWords():
                await self._hold(store, vault, act, person)
            case events.WantNew():
                await self._want_new(vault, person)
            case events.ForgetMe():
                await self._forget(store, vault, person)
            case events.ClaimInvite(tag):
                expires = self._now() + _CLAIM_LIVES
                await store.staff.claim_invite(tag, person.claims, expires)
            case events.DropInvite(tag):
                await store.staff.drop_invite(tag)
            case events.RedeemInvite(tag):
                await self._redeem(store, vault, act, tag)

    # a youth

    async def _save(self, vault: Vault, person: Person, **changes: object) -> None:
        if person.wallet is not None:
            seal = msgspec.structs.replace(person.wallet.seal, **changes)
            await vault.save_wallet(type(person.wallet)(person.wallet.id, seal))

    async def _join(self, vault: Vault, person: Person, site: str) -> None:
        """The site joined last is the one that new letters come from."""
        if person.wallet is not None:
            before = [one for one in person.wallet.seal.sites if one != site]
            await self._save(vault, person, sites=(*before, site))

    async def _set_language(self, vault: Vault, person: Person, language: str) -> None:
        await self._save(vault, person, language=language)

    async def _save_desk(self, vault: Vault, person: Person, **changes: object) -> None:
        if (mine := _person(person)) is not None:
            desk = await vault.desk(mine.person, person.mark)
            changed = msgspec.structs.replace(desk, mark=person.mark, **changes)
            await vault.save_desk(mine.person, changed, day(self._now()))

    async def _want_new(self, vault: Vault, person: Person) -> None:
        if isinstance(person.who, Youth):
            await self._save_desk(vault, person, new=person.who.owner_tag)

    async def lay_down(
        self, store: Store, act: Act, person: Person, words: events.HoldWords
    ) -> str:
        """The words as a row of their own, in a transaction of their own; returns its id.

        Words held before are joined with the new ones, so that none is lost; those of staff
        are not, since they may have been meant for another youth.
        """
        waiting = self.held_by(person)
        alive = waiting and await store.held.text(waiting) is not None
        before = await store.held.by_id(waiting) if alive else None
        id = new_id()
        takes = id if isinstance(person.who, Staff) else act.id
        parts = before.parts if before is not None and words.joins else ()
        if words.edits:
            parts = tuple(
                (part, words.text if part == words.edits else text) for part, text in parts
            )
            takes = before.takes if before is not None else takes
        else:
            parts = (*parts, (act.id, words.text))
        for_site = words.for_site or bool(before and before.for_site)
        held = HeldSeal(parts, takes, self._now(), waiting, for_site)
        await store.held.add(id, held, self._now())
        return id

    def held_by(self, person: Person) -> str:
        """The row of words that this person has waiting, as seen when the act began."""
        if isinstance(person.who, Staff):
            return person.who.record.held
        return person.who.desk.held if isinstance(person.who, Youth) else ""

    async def _hold(self, store: Store, vault: Vault, act: Act, person: Person) -> None:
        if isinstance(person.who, Staff):
            await store.staff.set_held(person.who.record.id, act.held)
        else:
            await self._save_desk(vault, person, held=act.held, new=b"")

    async def answered(self, vault: Vault, person: Person) -> None:
        """A question that was answered takes no digit any more."""
        asked = isinstance(person.who, Youth) and person.who.desk.menu
        if asked and await vault.wallet(person.reader) is not None:
            await self._save_desk(vault, person, menu=(), menu_at=0, menu_until=0)

    async def _forget(self, store: Store, vault: Vault, person: Person) -> None:
        """The person's rows at once; each case at a random hour of its own within the day."""
        if person.wallet is None or (mine := _person(person)) is None:
            return
        cases, number = await self._people.cases_of(store, vault, person.wallet)
        await leave(store, vault, mine.person, cases, number, self._now())
        await vault.drop_desks(mine.person, person.mark)
        await vault.drop_wallet(person.wallet)

    # staff

    async def issue(self, store: Store, vault: Vault, invite: events.IssueInvite) -> Reply:
        """The code stands in the answer and nowhere else: 128 bits, stored as a keyed hash."""
        code = new_code()
        expires = self._now() + INVITE_LIVES
        await store.staff.add_invite(Invite(
            vault.invite_tag(tidy_invite(code)), invite.role, invite.region, invite.site,
            invite.name, invite.unit, invite.employer, invite.issued_by, expires, None,
        ))  # fmt: skip
        return Reply(HERE, "invite-issued", {
            "name": invite.name, "role": Label(f"role-{invite.role}"), "due": When(expires),
            "code": code,
        })  # fmt: skip

    async def _redeem(self, store: Store, vault: Vault, act: Act, tag: bytes) -> None:
        invite = await store.staff.invite(tag, self._now())
        index = vault.staff_index(act.address)
        if invite is None or invite.claimed_by != index:
            return
        site = invite.site if invite.role == "cadre" else ""
        post = Post(invite.role, invite.region, site)
        record = StaffRecord(
            id=new_id(), name=invite.name, unit=invite.unit, employer=invite.employer, skills=(),
            hours=_OFFICE_HOURS, capacity=_CAPACITY, language=act.inbound.language or "zh-CN",
            posts=(post,),
        )  # fmt: skip
        await store.staff.add(record)
        await store.staff.drop_invite(tag)
        await vault.bind_staff(act.address, record.id)


def new_code() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def _person(person: Person) -> WalletSeal | None:
    return person.wallet.seal if person.wallet is not None else None
