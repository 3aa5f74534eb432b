"""What the repositories return. Structs whose name ends in `Seal` lie sealed in a column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Side = Literal["youth", "cadre"]
SiteKind = Literal["enterprise", "campus", "dormitory", "community", "building_site"]
Timing = Literal["prompt", "slot", "daily"]
OutboxState = Literal["ready", "leased", "retry", "ambiguous", "parked", "sent", "dead"]

HOUR = 3600
DAY = 24 * HOUR


def hour(now: int) -> int:
    return now - now % HOUR


def day(now: int) -> int:
    return now - now % DAY


class EntrySeal(msgspec.Struct, frozen=True):
    """The bubbles that are being joined into one entry; times in exact seconds."""

    id: str
    first: int
    until: int
    carded: bool = False


class CaseSeal(msgspec.Struct, frozen=True):
    """What only the holder of the case key may know of a case; times in exact seconds."""

    category: str
    urgent: bool = False
    opened: int = 0
    due: int = 0
    youth_at: int = 0
    cadre_at: int = 0
    closed: int = 0
    focus_at: int = 0
    carded_at: int = 0
    """When the reader last got words; what they are told depends on nothing after it."""
    answer_at: int = 0
    """When the newest answer leaves, or left."""
    entry: EntrySeal | None = None
    chosen: bool = False
    """The youth or the cadre set the category; the tagger leaves it alone."""
    excluded: tuple[str, ...] = ()
    closed_by: str = ""
    confirmed: bool = False
    rating: int = 0
    nudged: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    code: str
    name: str
    owner: bytes
    region: str
    site: str | None
    cadre: str | None
    opened_hour: int
    answered_hour: int | None
    closed_hour: int | None
    visible_at: int
    turn: int
    seal: CaseSeal

    @property
    def open(self) -> bool:
        return self.closed_hour is None


class MessageSeal(msgspec.Struct, frozen=True):
    """`held` names the row of words that this message was taken from."""

    text: str
    at: int
    held: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    case_id: str
    entry: str
    ord: int
    side: Side
    staff: str
    corrects: str
    visible_at: int
    seal: MessageSeal | None
    """None once the writer took the words back."""


class Words(msgspec.Struct, frozen=True, tag=True):
    """Words of messages of the case, by reference: they stand once, under the case's key."""

    ids: tuple[str, ...]


class HeldWords(msgspec.Struct, frozen=True, tag=True):
    """The beginning of words that wait for a case, by reference."""

    id: str


class CategoryName(msgspec.Struct, frozen=True, tag=True):
    slug: str


class When(msgspec.Struct, frozen=True, tag=True):
    at: int


class Label(msgspec.Struct, frozen=True, tag=True):
    """A catalogue key, spoken in the recipient's language."""

    key: str


class Lines(msgspec.Struct, frozen=True, tag=True):
    """One catalogue text per row, a line each."""

    key: str
    rows: tuple[dict[str, "Param"], ...]


Param = str | int | Words | HeldWords | CategoryName | When | Label | Lines


class ButtonSeal(msgspec.Struct, frozen=True):
    """`label` is a catalogue key. `token` is set where the message belongs to no case."""

    label: str
    action: str
    arg: str = ""
    token: str = ""
    params: dict[str, Param] = {}


class OutboxSeal(msgspec.Struct, frozen=True):
    """A message before it is put into words: the catalogue key and what fills it."""

    key: str
    params: dict[str, Param]
    buttons: tuple[ButtonSeal, ...] = ()
    at: int = 0
    until: int | None = None
    menu: bool = False
    case_name: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: str
    case_id: str | None
    staff: str | None
    lane: str
    ord: int
    state: OutboxState
    due: int
    fence: int
    tries: int
    used: int
    route: bytes | None
    seal: OutboxSeal


class AddressSeal(msgspec.Struct, frozen=True):
    channel: str
    app: str
    id: str


class RouteSeal(msgspec.Struct, frozen=True):
    """Where an answer goes: to a wallet, or straight back to the address that asked."""

    wallet: bytes = b""
    address: AddressSeal | None = None
    language: str = ""


class WalletSeal(msgspec.Struct, frozen=True):
    """A youth: never the words, never a list of cases."""

    person: bytes
    addresses: tuple[AddressSeal, ...]
    language: str
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wallet:
    id: bytes
    seal: WalletSeal


class DeskSeal(msgspec.Struct, frozen=True):
    """What of a youth belongs to no case: words waiting for one, a wish, the last question.

    Nothing here is cleared when a case is written: each value shows by itself when it is spent.
    `mark` is that of the cases when it was written.
    """

    mark: int = 0

    held: str = ""
    takes: str = ""
    """The id that the held words will have as a message; once there is one, they are sent."""
    new: bytes = b""
    """A new letter was asked for while this was the tag of the next case."""
    menu: tuple[str, ...] = ()
    menu_at: int = 0
    menu_until: int = 0


class HeldSeal(msgspec.Struct, frozen=True):
    """Words that wait; `takes` is the message they become, `replaces` the row they were in.

    `parts` are (act, words); `for_site` tells words that wait for a site from those that wait
    for one of several letters.
    """

    parts: tuple[tuple[str, str], ...]
    takes: str
    at: int = 0
    replaces: str = ""
    for_site: bool = False

    @property
    def text(self) -> str:
        return "\n".join(words for _, words in self.parts)


class GoneSeal(msgspec.Struct, frozen=True):
    """全部删掉: cases below this number are not this youth's any more, until the last went."""

    below: int
    until: int


@dataclass(frozen=True, slots=True)
class Site:
    id: str
    region: str
    name: str
    kind: SiteKind
    employer: str
    headcount: int
    timing: Timing
    listed: bool
    code: str
    retention_days: int


@dataclass(frozen=True, slots=True)
class Region:
    id: str
    parent: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A role bound to its scope; `site` is empty where the whole region is meant."""

    role: str
    region: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class StaffRecord:
    id: str
    name: str
    unit: str
    employer: str
    skills: tuple[str, ...]
    hours: str
    capacity: int
    language: str
    focus: str = ""
    focus_until: int = 0
    held: str = ""
    menu: str = ""
    posts: tuple[Post, ...] = ()

    def regions(self, role: str) -> frozenset[str]:
        return frozenset(post.region for post in self.posts if post.role == role)

    def sites(self, role: str) -> frozenset[str]:
        return frozenset(post.site for post in self.posts if post.role == role and post.site)


@dataclass(frozen=True, slots=True)
class Invite:
    tag: bytes
    role: str
    region: str
    site: str
    name: str
    unit: str
    employer: str
    issued_by: str
    expires: int
    claimed_by: bytes | None


@dataclass(frozen=True, slots=True)
class Timer:
    id: str
    case_id: str | None
    kind: str
    due: int
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    seq: int
    hour: int
    region: str
    staff: str
    act: str
    subject: str


Raw = Mapping[str, Any]
