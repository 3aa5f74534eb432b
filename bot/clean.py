"""Words as they may travel: NFC plain text and line breaks, nothing that hides or reorders.

Threat model, "outgoing messages are rebuilt from an allow-list": zero-width, bidi and tag
characters can mark a text invisibly or show another order than the one stored.
"""

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\u0085\v\f]")
_SPARED = {"\n", "\t"}
_MANY_BREAKS = re.compile(r"\n{3,}")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_VARIATION = re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u034f]")
_MOST_MARKS = 3


def clean(text: str) -> str:
    broken = _BREAKS.sub("\n", text)
    seen = "".join(
        letter
        for letter in broken
        if letter in _SPARED or unicodedata.category(letter) not in _HIDDEN
    )
    composed = unicodedata.normalize("NFC", _VARIATION.sub("", seen))
    return _MANY_BREAKS.sub("\n\n", _few_marks(composed)).strip()


def _few_marks(text: str) -> str:
    """A heap of combining marks on one letter spills over its neighbours."""
    kept, run = [], 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
