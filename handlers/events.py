"""What reaches a handler, and what it may return."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from storage.records import Case, DeskSeal, Param, StaffRecord

Kind = Literal["text", "tap", "edit", "enter", "timer"]


@dataclass(frozen=True, slots=True)
class Youth:
    """The writer, as far as anything that decides may know.

    There is no id here: `owner_tag` names the next case of this youth and no other, `route`
    and `counted` are sealed by the border and opened by it alone.
    """

    language: str
    sites: tuple[str, ...]
    cases: tuple[Case, ...]
    desk: DeskSeal
    owner_tag: bytes
    route: Callable[[str, bytes], bytes]
    counted: Callable[[str], bytes]
    first: bool = False
    role: Literal["youth"] = "youth"

    @property
    def open_cases(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.open)


@dataclass(frozen=True, slots=True)
class Staff:
    record: StaffRecord

    @property
    def language(self) -> str:
        return self.record.language

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.record.posts)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who shows an invitation and is not enrolled as anything."""

    language: str
    claimed: bytes | None = None
    """The tag of the invitation that this address has shown."""


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A timer speaks."""

    language: str = "zh-CN"


Who = Youth | Staff | Stranger | Clockwork


@dataclass(frozen=True, slots=True)
class Choice:
    """A pressed button, or the digit that stands for it."""

    action: str
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    kind: Kind
    who: Who
    id: str = ""
    """Opaque and unique to this act; the message made of it takes this id."""
    text: str = ""
    choice: Choice | None = None
    edits: str = ""
    case: Case | None = None
    """The case that a quoted message, a button or a timer names, its reader checked."""
    media: str = ""
    unknown_quote: bool = False
    """It answers a message that stands for no case any more: never guess which was meant."""
    invite: bytes = b""
    """The tag of the invitation whose code stands in the text."""


# What a handler returns


@dataclass(frozen=True, slots=True)
class Here:
    """Back to whoever did this."""


@dataclass(frozen=True, slots=True)
class ToStaff:
    id: str


@dataclass(frozen=True, slots=True)
class ToYouth:
    """The youth of the reply's case."""


HERE = Here()
YOUTH = ToYouth()


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    action: str
    arg: str = ""
    case: Case | None = None
    """Another case than the reply's: for lists over several cases."""
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A catalogue key and what fills it; delivery finds the language and the channel.

    `case` is the case that the message belongs to and is kept with. Times are epoch seconds:
    `until` a deadline shown with the message, `not_before` the earliest moment to send it.
    """

    to: Here | ToStaff | ToYouth
    key: str
    params: Mapping[str, Param] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    case: Case | None = None
    kind: Literal["notice", "answer"] = "notice"
    until: int | None = None
    not_before: int = 0
    menu: bool = False
    """A question: until it is answered, a digit typed alone stands for one of the buttons."""
    refused: bool = False
    """What was asked could not be done: the button that asked for it stays usable."""
    id: str = ""
    """Set where a later act must find this message again (an answer that may be undone)."""


# Effects: acts on a person, carried out by the border in a transaction of their own


@dataclass(frozen=True, slots=True)
class JoinSite:
    """`then` names the event that follows once it is done; so on every effect."""

    site: str
    then: str = "joined"


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: str


@dataclass(frozen=True, slots=True)
class HoldWords:
    """Keep these words for a site or a case that is still to be chosen.

    Words held before are joined with them as long as their own question is open (`joins`).
    `edits` names the part that they replace.
    """

    text: str
    for_site: bool = False
    joins: bool = True
    edits: str = ""


@dataclass(frozen=True, slots=True)
class WantNew:
    """The next words begin a new letter: fulfilled as soon as there is one more."""


@dataclass(frozen=True, slots=True)
class DropWords:
    """Words that were taken back lie nowhere else either."""

    held: str


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """全部删掉"""


@dataclass(frozen=True, slots=True)
class ClaimInvite:
    tag: bytes


@dataclass(frozen=True, slots=True)
class RedeemInvite:
    tag: bytes
    then: str = "enrolled"


@dataclass(frozen=True, slots=True)
class DropInvite:
    tag: bytes


@dataclass(frozen=True, slots=True)
class IssueInvite:
    """The border makes the code; it is spoken once and stored as a keyed hash."""

    role: str
    region: str
    site: str
    name: str
    unit: str
    issued_by: str
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Until:
    """Not an act: the second at which the running entry of the letter `name` closes, for a
    page that counts down."""

    at: int
    name: str


Effect = (
    JoinSite
    | SetLanguage
    | HoldWords
    | WantNew
    | DropWords
    | ForgetMe
    | ClaimInvite
    | RedeemInvite
    | DropInvite
    | IssueInvite
    | Until
)
Result = list[Reply | Effect]
