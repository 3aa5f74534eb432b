"""All words the bot says, in both languages. A key that is missing anywhere stops the start."""

from collections.abc import Mapping
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Message, Resource

LANGUAGES = {"zh-CN": "zh_CN.ftl", "en": "en.ftl"}
DEFAULT_LANGUAGE = "zh-CN"


class MissingText(Exception):
    """A key that the house needs is not in every catalogue."""


class Catalogue:
    """The texts of the house. Raises MissingText when `needed` or a language is incomplete."""

    def __init__(self, needed: frozenset[str] = frozenset()) -> None:
        resources = {language: _resource(file) for language, file in LANGUAGES.items()}
        found = {language: _keys(resource) for language, resource in resources.items()}
        self.keys = frozenset[str]().union(*found.values())
        for language, keys in found.items():
            if missing := (self.keys | needed) - keys:
                raise MissingText(f"{LANGUAGES[language]} lacks {', '.join(sorted(missing))}")
        self._bundles = {one: _bundle(one, resource) for one, resource in resources.items()}

    def say(self, key: str, language: str, params: Mapping[str, str | int] | None = None) -> str:
        """Raises MissingText where the text asks for something that `params` does not hold.

        What people wrote is put in last: it is never read as a text of ours, nor cut by the
        limits that the library sets for its own.
        """
        bundle = self._bundles.get(language, self._bundles[DEFAULT_LANGUAGE])
        pattern = bundle.get_message(key).value
        assert pattern is not None
        values = list((params or {}).items())
        marks = {name: _mark(number) for number, (name, _) in enumerate(values)}
        said, errors = bundle.format_pattern(pattern, marks)
        if errors:
            raise MissingText(f"{key}: {errors[0]}")
        text = _without_holes(str(said), {_mark(n) for n, (_, v) in enumerate(values) if v == ""})
        for number, (_, value) in enumerate(values):
            text = text.replace(_mark(number), str(value))
        return text


def _mark(number: int) -> str:
    """Characters for private use; none of them is in anything that a person wrote."""
    return f"\ue000{chr(0xE100 + number)}"


def _without_holes(text: str, empty: set[str]) -> str:
    """A line that holds nothing but an empty list leaves no gap."""
    return "\n".join(line for line in text.splitlines() if line.strip() not in empty)


def _resource(file: str) -> Resource:
    return FluentResource(files(__package__).joinpath(file).read_text(encoding="utf-8"))


def _keys(resource: Resource) -> frozenset[str]:
    return frozenset(entry.id.name for entry in resource.body if isinstance(entry, Message))


def _bundle(language: str, resource: Resource) -> FluentBundle:
    # Isolation marks are invisible characters in somebody's words; channels get plain text.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource)
    return bundle
