"""What a button carries, at most 64 bytes of ASCII (Telegram's callback_data).

`p…` names a message of one case, of which the table knows a hash; `m…` stands for itself:
action, argument and case under a keyed hash over the reader and the day.
"""

import base64
import binascii
from dataclasses import dataclass

PRESS_BYTES = 12
MAC_BYTES = 10
MOST_BYTES = 64


@dataclass(frozen=True, slots=True)
class Act:
    """The plain part of an `m…` token; `day` counts days since 1970."""

    action: str
    arg: str
    case: str
    day: int

    def payload(self) -> bytes:
        return "|".join((self.action, self.arg, self.case, str(self.day))).encode()


def press_token(token: bytes, number: int) -> str:
    return f"p{_text(token)}.{number}"


def read_press(token: str) -> tuple[bytes, int] | None:
    body, _, number = token[1:].partition(".")
    raw = _bytes(body)
    if not token.startswith("p") or len(raw) != PRESS_BYTES or not number.isascii():
        return None
    return (raw, int(number)) if number.isdigit() and len(number) < 3 else None


def act_token(act: Act, mac: bytes) -> str:
    token = "m" + _text(mac + act.payload())
    if len(token) > MOST_BYTES:
        raise ValueError(f"the button {act.action} does not fit into {MOST_BYTES} bytes")
    return token


def read_act(token: str) -> tuple[Act, bytes] | None:
    raw = _bytes(token[1:])
    parts = raw[MAC_BYTES:].decode(errors="replace").split("|")
    if not token.startswith("m") or len(parts) != 4 or not parts[3].isascii():
        return None
    if not parts[3].isdigit() or len(parts[3]) > 6:
        return None
    return Act(parts[0], parts[1], parts[2], int(parts[3])), raw[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
