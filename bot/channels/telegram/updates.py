"""What is looked at in an update; nothing else of it ever becomes one of our records."""

import logging
from contextlib import suppress
from typing import Literal

import msgspec

from bot.channels.base import Address, Inbound

log = logging.getLogger(__name__)


class Present(msgspec.Struct):
    """Something was there. What it holds is not looked at."""


Some = Present | list[Present] | None


class Chat(msgspec.Struct):
    id: int
    type: str


class Person(msgspec.Struct):
    id: int
    is_bot: bool = False
    language_code: str = ""


class Earlier(msgspec.Struct):
    message_id: int


class Message(msgspec.Struct, rename={"sender": "from"}):
    message_id: int
    chat: Chat
    sender: Person | None = None
    text: str = ""
    caption: str = ""
    reply_to_message: Earlier | None = None
    animation: Some = None
    photo: Some = None
    voice: Some = None
    video: Some = None
    video_note: Some = None
    audio: Some = None
    sticker: Some = None
    document: Some = None
    contact: Some = None
    location: Some = None
    poll: Some = None
    dice: Some = None
    story: Some = None


class Under(msgspec.Struct):
    """The message that a button sits on; an old one arrives with little more than this."""

    message_id: int
    chat: Chat


class Tap(msgspec.Struct, rename={"sender": "from"}):
    id: str
    sender: Person
    data: str = ""
    message: Under | None = None


class Numbered(msgspec.Struct):
    update_id: int


class Update(Numbered):
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Tap | None = None


# An animation also arrives as a document, so it is asked first.
MEDIA = {
    "animation": "animation", "photo": "photo", "voice": "voice", "video": "video",
    "video_note": "video", "audio": "audio", "sticker": "sticker", "document": "file",
    "contact": "contact", "location": "location", "poll": "poll", "dice": "dice",
    "story": "story",
}  # fmt: skip


def read(raw: object) -> Update | None:
    """A malformed update keeps its number, so that it is passed over; without one it is nothing."""
    with suppress(msgspec.ValidationError):
        return msgspec.convert(raw, Update)
    log.warning("a malformed update was left out")
    with suppress(msgspec.ValidationError):
        return Update(msgspec.convert(raw, Numbered).update_id)
    return None


def understood(update: Update, app: str) -> Inbound | None:
    if update.callback_query:
        return tapped(update.update_id, update.callback_query, app)
    if update.edited_message:
        return said(update.update_id, update.edited_message, app, "edit")
    if update.message:
        return said(update.update_id, update.message, app, "text")
    return None


def said(number: int, message: Message, app: str, kind: Literal["text", "edit"]) -> Inbound | None:
    person, media = message.sender, media_of(message)
    text = clean(message.text or message.caption)
    if message.chat.type != "private" or person is None or person.is_bot:
        return None
    if not (text or media) or (kind == "edit" and media == "location"):
        return None  # a service notice; a live location that moved
    entered = kind == "text" and text.strip() == "/start"
    return Inbound(
        address=Address("telegram", app, str(person.id)),
        key=f"u{number}",
        native_id=str(message.message_id),
        kind="enter" if entered else kind,
        text="" if entered else text,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
        media=media,
        language=language_of(person),
    )


def tapped(number: int, tap: Tap, app: str) -> Inbound | None:
    if not (tap.message and tap.data) or tap.message.chat.type != "private":
        return None
    return Inbound(
        address=Address("telegram", app, str(tap.sender.id)),
        key=f"u{number}",
        native_id=f"cb{tap.id}",
        kind="tap",
        choice=clean(tap.data),
        reply_to=str(tap.message.message_id),
        language=language_of(tap.sender),
    )


def media_of(message: Message) -> str:
    found = (kind for field, kind in MEDIA.items() if getattr(message, field) is not None)
    return next(found, "")


def language_of(person: Person) -> str:
    known = {"en": "en", "zh": "zh-CN"}
    return known.get(person.language_code.lower()[:2], "")


def clean(text: str) -> str:
    """Without lone surrogates and NUL, which no database takes and no request can carry."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def chat_of(update: Update) -> int:
    tap, message = update.callback_query, update.message or update.edited_message
    if tap:
        return tap.message.chat.id if tap.message else tap.sender.id
    return message.chat.id if message else 0


def by_chat(updates: list[Update]) -> list[list[Update]]:
    chains: dict[int, list[Update]] = {}
    for update in updates:
        chains.setdefault(chat_of(update), []).append(update)
    return list(chains.values())
