"""Links from a cadre to a youth: one tap on a prepared address tells who reads.

Threat model, "outgoing messages are rebuilt from an allow-list": only to domains that the
configuration names.
"""

import re
from collections.abc import Sequence

from handlers.errors import Refused

_FILES = "docx?|xlsx?|pptx?|pdf|jpe?g|png|gif|txt|csv|zip|mp[34]"
_LINK = re.compile(
    rf"(?:[a-z][a-z0-9+.-]*://|www\.)\S+"
    rf"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?!(?:{_FILES})(?![\w.-]))[a-z]{{2,}}(?![\w-])\S*",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?([a-z0-9.-]+)(?::\d+)?(?:[/?#][\x21-\x7e]*)?", re.ASCII
)


def check_links(text: str, allowed: Sequence[str]) -> None:
    """Raises Refused for a link to any other domain than those in `allowed`."""
    domains = [domain.lower() for domain in allowed]
    for link in _LINK.findall(text):
        host = _host(link)
        if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
            raise Refused("link-not-allowed", {"link": link[:60]})


def _host(link: str) -> str:
    """The plain host name; "" for an address that a reader's app might cut elsewhere."""
    found = _HOST.fullmatch(link.lower().rstrip(".,;:!?)。，；：！？）」”"))
    return found[1] if found else ""
