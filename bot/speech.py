"""From a catalogue key to words: the recipient's language, local times, the case's own words."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.base import Button, Outgoing
from handlers.routing.taxonomy import Taxonomy
from handlers.texts import Catalogue
from storage.records import (
    CategoryName,
    HeldWords,
    Label,
    Lines,
    OutboxRow,
    Param,
    When,
    Words,
)

if TYPE_CHECKING:
    from storage.store import Store

_SHOWN = 40
_WEEKDAYS = {"zh-CN": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


class Speech:
    def __init__(self, catalogue: Catalogue, taxonomy: Taxonomy, zone: ZoneInfo) -> None:
        self.catalogue, self._taxonomy, self._zone = catalogue, taxonomy, zone

    async def say(
        self, store: "Store", row: OutboxRow, language: str, tokens: tuple[str, ...], repeat: bool
    ) -> Outgoing:
        """`tokens` are those of the row's buttons; a used button is left out."""
        seal = row.seal
        text = await self._text(store, seal.key, seal.params, language)
        if repeat:
            text = f"{self.catalogue.say('repeat-mark', language)} {text}"
        buttons = [
            Button(await self._text(store, f"button-{one.label}", one.params, language), token)
            for number, (one, token) in enumerate(zip(seal.buttons, tokens, strict=True))
            if not store.outbox.used(row, number)
        ]
        return Outgoing(
            id=row.id, text=text, buttons=tuple(buttons), silent=seal.silent,
            at=seal.at, until=seal.until, case_name=seal.case_name,
        )  # fmt: skip

    async def _text(
        self, store: "Store", key: str, params: Mapping[str, Param], language: str
    ) -> str:
        known = {name: await self._param(store, value, language) for name, value in params.items()}
        return self.catalogue.say(key, language, known)

    async def _param(self, store: "Store", value: Param, language: str) -> str:
        match value:
            case str() | int():
                return str(value)  # a number is a name here: no thousands separators
            case Words(ids):
                return "\n".join(await store.messages.texts(ids))
            case HeldWords(id):
                return _beginning(await store.held.text(id) or "")
            case CategoryName(slug):
                return self._taxonomy.name(slug, language)
            case When(at):
                return self.moment(at, language)
            case Label(key):
                return self.catalogue.say(key, language)
            case Lines(key, rows):
                return "\n".join([await self._text(store, key, row, language) for row in rows])

    def category(self, slug: str, language: str) -> str:
        return self._taxonomy.name(slug, language)

    def moment(self, at: int, language: str) -> str:
        local = datetime.fromtimestamp(at, self._zone)
        weekday = _WEEKDAYS.get(language, _WEEKDAYS["en"])[local.weekday()]
        if language == "en":
            return f"{weekday} {local.day}/{local.month} {local:%H:%M}"
        return f"{local.month}月{local.day}日（周{weekday}）{local:%H:%M}"


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
