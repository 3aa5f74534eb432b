"""Links from a cadre to a youth: one tap on a prepared address tells who reads.

Threat model, "outgoing messages are rebuilt from an allow-list": only to domains that the
configuration names.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from handlers.errors import Refused

_ENDINGS = "cn|com|net|org|gov|edu|info|cc|top|xyz|vip|io|me|app|link|site|shop|club|online|ly|gl"
_LINK = re.compile(
    rf"(?:[a-z][a-z0-9+.-]*://|www\.)\S+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?![\w.-])\S*",
    re.IGNORECASE | re.ASCII,
)


def check_links(text: str, allowed: Sequence[str]) -> None:
    """Raises Refused for a link to any other domain than those in `allowed`."""
    for link in _LINK.findall(text):
        host = _host(link)
        if not any(host == domain or host.endswith(f".{domain}") for domain in allowed):
            raise Refused("link-not-allowed", {"link": link[:60]})


def _host(link: str) -> str:
    try:
        found = urlsplit(link if "://" in link else f"//{link}").hostname
    except ValueError:
        found = None
    return (found or "").lower()
