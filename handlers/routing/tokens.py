import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

LOOKED_AT = 4_000

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]"
)


def normalise(text: str) -> str:
    """The form that words are compared in; never stored."""
    visible = _INVISIBLE.sub("", text[:LOOKED_AT])
    # Compatibility forms can grow eighteenfold, hence the second bound.
    return unicodedata.normalize("NFKC", visible).lower()[:LOOKED_AT]


def cut(text: str) -> list[str]:
    """The words of the normalised text; joined again they are that text."""
    # Without the hidden Markov model unknown characters stay single instead of being glued to
    # the words of the lexicon, and the cut takes 60 % of the time.
    return list(_jieba().cut(normalise(text), HMM=False))


def add_words(words: Iterable[str]) -> None:
    jieba = _jieba()
    for word in sorted({normalise(word) for word in words}):
        if len(word) > 1:
            jieba.add_word(word)


def warm() -> None:
    """Load the dictionary now instead of with the first message."""
    _jieba()


@cache
def _jieba() -> Any:
    # Imported on use: reading the dictionary costs half a second that most commands never need.
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # Tokenizer.initialize() would read and write a file with a fixed name in the shared temporary
    # folder, where anybody may plant one. Building it anew costs 0.6 s, once.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
