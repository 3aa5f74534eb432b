import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Category:
    slug: str
    names: Mapping[str, str]
    words: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    answer_hours: int = 48
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    categories: Mapping[str, Category]
    together: Mapping[str, str]
    urgency: Mapping[str, tuple[str, ...]]
    urgent_hours: int
    smalltalk: Mapping[str, tuple[str, ...]]

    def category(self, slug: str) -> Category:
        # A case outlives the configuration that it was tagged with.
        return self.categories.get(slug) or self.categories["other"]

    def name(self, slug: str, language: str) -> str:
        names = self.category(slug).names
        return names.get(language, names["zh-CN"])

    def answer_hours(self, slug: str, urgent: bool) -> int:
        hours = self.category(slug).answer_hours
        return min(hours, self.urgent_hours) if urgent else hours

    def line(self, slug: str) -> Iterator[str]:
        """The category, its parent, the parent's parent …"""
        step: str | None = slug
        while step:
            yield step
            step = self.categories[step].parent

    def vocabulary(self) -> Iterator[str]:
        """All words that point to a category, for the dictionary of the tokenizer."""
        for category in self.categories.values():
            yield from category.words
            yield from category.strong


def load_taxonomy(overrides: Mapping[str, Any]) -> Taxonomy:
    """The packaged tables and, over them, the table `categories` of the configuration.

    There names, words and strong add to what is packaged; skills, answer_hours and parent
    replace it; remove_words takes away.
    """
    packaged = tomllib.loads((files(__package__) / "categories.toml").read_text("utf-8"))
    categories: dict[str, Category] = {}
    for tables in (packaged["categories"], overrides):
        for slug, table in tables.items():
            categories[slug] = _merged(slug, table, categories.get(slug))
    for slug in categories:
        _check_line(slug, categories)
    hours, urgency = packaged["urgency"].pop("answer_hours"), packaged["urgency"]
    return Taxonomy(
        categories, packaged["together"], _tuples(urgency), hours, _tuples(packaged["smalltalk"])
    )


def _merged(slug: str, table: object, old: Category | None) -> Category:
    key = f"categories.{slug}"
    if not re.fullmatch("[a-z][a-z0-9-]{0,39}", slug):
        raise ValueError(f"{key}: expected a name of a-z, 0-9 and - that begins with a letter")
    given = {name: _read(f"{key}.{name}", name, value) for name, value in _table(table, key)}
    names = {**(old.names if old else {}), **given.pop("names", {})}
    for language in LANGUAGES:
        if language not in names:
            raise ValueError(f"{key}.names.{language}: expected a name for this new category")
    base = replace(old, names=names) if old else Category(slug, names)
    removed = given.pop("remove_words", ())
    _check_known(removed, base, f"{key}.remove_words")
    for name in ("words", "strong"):
        kept = [word for word in getattr(base, name) if word not in removed]
        given[name] = tuple(dict.fromkeys([*kept, *given.get(name, ())]))
    return replace(base, **given)


def _check_known(removed: tuple[str, ...], base: Category, key: str) -> None:
    for word in removed:
        if word not in base.words and word not in base.strong:
            raise ValueError(f"{key}: expected words of this category, it has no {word!r}")


def _check_line(slug: str, categories: Mapping[str, Category]) -> None:
    seen = [slug]
    while (parent := categories[seen[-1]].parent) is not None:
        key = f"categories.{seen[-1]}.parent"
        if parent not in categories:
            raise ValueError(f"{key}: expected the name of a category, found {parent!r}")
        if parent in seen:
            raise ValueError(f"{key}: expected a category that is not below this one")
        seen.append(parent)


def _read(key: str, name: str, value: object) -> Any:
    if name not in _READERS:
        raise ValueError(f"{key}: unknown key, expected one of {', '.join(sorted(_READERS))}")
    return _READERS[name](value, key)


def _table(value: object, key: str) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        return list(value.items())
    raise _wrong(key, "a table", value)


def _strings(value: object, key: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value):
        return tuple(value)
    raise _wrong(key, "a list of non-empty strings", value)


def _string(value: object, key: str) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _wrong(key, "a non-empty string", value)


def _names(value: object, key: str) -> dict[str, str]:
    return {language: _string(name, f"{key}.{language}") for language, name in _table(value, key)}


def _hours(value: object, key: str) -> int:
    if type(value) is int and value > 0:
        return value
    raise _wrong(key, "a whole number of hours above 0", value)


def _wrong(key: str, expected: str, value: object) -> ValueError:
    return ValueError(f"{key}: expected {expected}, found {value!r}")


def _tuples(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(words) for key, words in table.items()}


_READERS: dict[str, Callable[[object, str], Any]] = {
    "names": _names,
    "words": _strings,
    "strong": _strings,
    "remove_words": _strings,
    "skills": _strings,
    "answer_hours": _hours,
    "parent": _string,
}
