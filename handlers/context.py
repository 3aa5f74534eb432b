"""What a handler may lean on besides the event itself."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.routing.classifier import Analysis
from handlers.routing.taxonomy import Taxonomy
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Settings:
    zone: ZoneInfo
    join_seconds: int
    undo_seconds: int
    language: str = "zh-CN"
    retention_days: int = 180
    allowed_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """`new_id` and `below` are the only chance in the house: they are handed in."""

    store: Store
    now: int
    new_id: Callable[[], str]
    below: Callable[[int], int]
    """A random whole number from 0 up to, not including, the argument."""
    analyse: Callable[[str], Analysis]
    taxonomy: Taxonomy
    settings: Settings
