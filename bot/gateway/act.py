"""One Inbound on its way through its transactions, and the person behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.base import Accepted, Inbound
from handlers.events import Choice, Staff, Stranger, Youth
from handlers.routing.classifier import Analysis
from storage.records import AddressSeal, Wallet


@dataclass(frozen=True, slots=True)
class Act:
    """`id` names the message made of it; `seen` tells a repeated delivery.

    `known` what the tagger found in the words, looked at before any transaction;
    `follow` is the event that an effect asked for; `held` the row of words laid down for it;
    `drops` are rows of words to delete last; `closing` says that only the end is left,
    `marked` that the act counts as seen, `left` that
    this was the youth's last; `replayed` is the row of `retry_in` that this is.
    """

    inbound: Inbound
    address: AddressSeal
    id: str
    seen: bytes
    known: Mapping[str, Analysis]
    replayed: str = ""
    follow: Choice | None = None
    held: str = ""
    drops: tuple[str, ...] = ()
    closing: bool = False
    marked: bool = False
    left: bool = False
    done: bool = False
    accepted: Accepted = field(default_factory=Accepted)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the border sees; handlers get `who` alone. `reader` binds buttons without a case."""

    who: Youth | Staff | Stranger
    reader: bytes
    wallet: Wallet | None = None
    claims: bytes = b""
    mark: int = 0
    """Grows with every act on one of the youth's cases; the desk lies under it."""
