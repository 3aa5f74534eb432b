"""Long texts in parts that Telegram takes, buttons in rows that a phone shows."""

import re
import unicodedata
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.base import Button

TEXT_LIMIT = 4096
TOKEN_LIMIT = 64

BORDERS = [
    re.compile(border)
    for border in (r"\n\s*\n", r"\n", r"[。！？!?…][”』」）)]*|[.;；]\s", r"[\s，、,]")
]


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Parts of at most `limit` UTF-16 units, cut at the best border in the second half."""
    parts = []
    while len(text.encode("utf-16-le")) > 2 * limit:
        cut = border(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"), text)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip("\n ")
    return [part for part in [*parts, text] if part] or [text]


def border(head: str, text: str) -> int:
    for pattern in BORDERS:
        ends = [found.end() for found in pattern.finditer(head)]
        if ends and ends[-1] > len(head) // 2:
            return ends[-1]
    cuts = range(len(head), len(head) // 2, -1)
    return next((cut for cut in cuts if not glued(text[cut - 1], text[cut])), len(head))


def glued(left: str, right: str) -> bool:
    """Whether both belong to one visible sign: joined emoji, skin tone, accent, selector."""
    mark = unicodedata.category(right).startswith("M") or "\U0001f3fb" <= right <= "\U0001f3ff"
    return mark or "\u200d" in (left, right)


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    assert all(1 <= len(button.token.encode()) <= TOKEN_LIMIT for button in buttons)
    widest = max(width(button.label) for button in buttons)
    columns = 3 if widest <= 10 else 2 if widest <= 18 else 1
    keys = [InlineKeyboardButton(b.label, callback_data=b.token) for b in buttons]
    return InlineKeyboardMarkup([keys[i : i + columns] for i in range(0, len(keys), columns)])


def width(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in label)
