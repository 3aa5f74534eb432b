from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Finds phrases in one pass; where several begin at one place the longest wins."""

    phrases: frozenset[str]
    lengths: dict[str, tuple[int, ...]]

    def spans(self, text: str, cuts: Container[int] | None = None) -> Iterator[tuple[int, int]]:
        """`cuts` are the word boundaries, where they matter."""
        start = 0
        while start < len(text):
            end = self._longest(text, start, cuts)
            if end:
                yield start, end
            start = end or start + 1

    def found(self, text: str, cuts: Container[int] | None = None) -> set[str]:
        return {text[start:end] for start, end in self.spans(text, cuts)}

    def _longest(self, text: str, start: int, cuts: Container[int] | None) -> int:
        for length in self.lengths.get(text[start], ()):
            end = start + length
            piece = text[start:end]
            if len(piece) == length and piece in self.phrases and _fits(text, start, end, cuts):
                return end
        return 0


def lexicon(phrases: Iterable[str]) -> Lexicon:
    known = frozenset(phrases)
    lengths: dict[str, set[int]] = {}
    for phrase in known:
        lengths.setdefault(phrase[0], set()).add(len(phrase))
    return Lexicon(known, {c: tuple(sorted(ls, reverse=True)) for c, ls in lengths.items()})


def _fits(text: str, start: int, end: int, cuts: Container[int] | None) -> bool:
    # rent is not in current
    if _latin(text, start) and _latin(text, start - 1):
        return False
    if _latin(text, end - 1) and _latin(text, end):
        return False
    if cuts is None or end - start > 2:
        return True
    if start in cuts and end in cuts:
        return True
    # 加班 inside 加班费 is meant; 东西 across 广东|西部 is not, nor a single character in a word
    return end - start == 2 and start + 1 not in cuts


def _latin(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()
