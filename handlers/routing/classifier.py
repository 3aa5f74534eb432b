import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from handlers.routing.lexicon import Lexicon, lexicon
from handlers.routing.taxonomy import Taxonomy
from handlers.routing.tokens import normalise

Smalltalk = Literal["", "greeting", "promise", "thanks", "noise"]

STRONG, WEAK = 2.0, 1.0
# A further label must carry at least this part of the first one's points.
NEAR = 0.5
MOST_LABELS = 3

_STICKER = re.compile(r"\[[^\W\d_]{1,6}\]")
_KEYS = "qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Analysis:
    labels: tuple[str, ...]
    scores: Mapping[str, float]
    urgent: bool
    smalltalk: Smalltalk

    @property
    def category(self) -> str:
        return self.labels[0] if self.labels else "other"


class Classifier:
    def __init__(self, taxonomy: Taxonomy, cut: Callable[[str], list[str]]) -> None:
        self._taxonomy = taxonomy
        self._cut = cut
        self._weights = _weights(taxonomy)
        self._words = lexicon(self._weights)
        self._urgency = {kind: _normalised(phrases) for kind, phrases in taxonomy.urgency.items()}
        self._kinds = {
            normalise(phrase): kind
            for kind, phrases in taxonomy.smalltalk.items()
            for phrase in phrases
        }
        self._smalltalk = lexicon(self._kinds)

    def analyse(self, text: str) -> Analysis:
        words = self._cut(text)
        clean = "".join(words)
        points = self._points(clean, {0, *accumulate(map(len, words))})
        urgent = self._urgent(clean)
        smalltalk: Smalltalk = "" if urgent else self._small(clean, bool(points))
        if smalltalk:
            points = {}
        return Analysis(self._labels(points), _scores(points), urgent, smalltalk)

    def _points(self, text: str, cuts: set[int]) -> dict[str, float]:
        points: dict[str, float] = {}
        for word in self._words.found(text, cuts):
            for slug, weight in self._weights[word]:
                points[slug] = points.get(slug, 0.0) + weight
        return points

    def _labels(self, points: Mapping[str, float]) -> tuple[str, ...]:
        order = [slug for slug in self._taxonomy.categories if slug in points]
        order.sort(key=points.__getitem__, reverse=True)
        if not order:
            return ()
        near = [slug for slug in order if points[slug] >= NEAR * points[order[0]]]
        labels = self._paired(near[:MOST_LABELS], points)
        return tuple(dict.fromkeys(s for slug in labels for s in self._taxonomy.line(slug)))

    def _paired(self, labels: list[str], points: Mapping[str, float]) -> list[str]:
        for slug, leader in self._taxonomy.together.items():
            if slug == labels[0] and leader in points:
                return [leader, *(label for label in labels if label != leader)]
            if leader == labels[0] and slug in points and slug not in labels:
                return [leader, slug, *labels[1:]]
        return labels

    def _urgent(self, text: str) -> bool:
        found = {kind: phrases.found(text) for kind, phrases in self._urgency.items()}
        return bool(found["phrases"] or (found["when"] and found["what"]))

    def _small(self, text: str, has_points: bool) -> Smalltalk:
        said = _letters(_STICKER.sub(" ", text))
        kinds, whole = self._covered(said)
        if whole and kinds - {"fillers"}:
            return _kind(kinds, "?" in text)
        nothing_said = whole or _is_mash(said)
        return "noise" if nothing_said and not has_points else ""

    def _covered(self, said: str) -> tuple[set[str], bool]:
        """The kinds of smalltalk in the text, and whether it says nothing else."""
        spans = list(self._smalltalk.spans(said))
        covered = sum(end - start for start, end in spans) + said.count(" ")
        inner = sum(said.count(" ", start, end) for start, end in spans)
        kinds = {self._kinds[said[start:end]] for start, end in spans}
        return kinds, covered - inner == len(said)


def _kind(kinds: set[str], questioned: bool) -> Smalltalk:
    asked = questioned or "asks" in kinds
    if "promise" in kinds or ("doubts" in kinds and asked):
        return "promise"
    if kinds & {"doubts", "asks", "links"}:
        return ""
    return "greeting" if "greeting" in kinds else "thanks"


def _letters(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in text.replace("'", "").replace("’", ""))


def _is_mash(said: str) -> bool:
    keys = said.replace(" ", "")
    if not (keys.isascii() and keys.isalpha()):
        return False
    one_key, row = len(keys) > 2 and len(set(keys)) == 1, len(keys) > 3 and keys in _KEYS
    return one_key or row or (len(keys) > 5 and not set(keys) & set("aeiouy"))


def _scores(points: Mapping[str, float]) -> dict[str, float]:
    """Shares of all points and one more, so that a single weak word never looks sure."""
    total = sum(points.values()) + 1
    return {slug: round(points[slug] / total, 4) for slug in sorted(points)}


def _weights(taxonomy: Taxonomy) -> dict[str, list[tuple[str, float]]]:
    weights: dict[str, dict[str, float]] = {}
    for slug, category in taxonomy.categories.items():
        for words, weight in ((category.words, WEAK), (category.strong, STRONG)):
            for word in words:
                weights.setdefault(normalise(word), {})[slug] = weight
    return {word: list(slugs.items()) for word, slugs in weights.items()}


def _normalised(phrases: tuple[str, ...]) -> Lexicon:
    return lexicon(normalise(phrase) for phrase in phrases)
