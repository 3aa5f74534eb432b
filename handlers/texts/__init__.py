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
        bundle = self._bundles.get(language, self._bundles[DEFAULT_LANGUAGE])
        pattern = bundle.get_message(key).value
        assert pattern is not None
        said, _ = bundle.format_pattern(pattern, dict(params or {}))
        return str(said)


def _resource(file: str) -> Resource:
    return FluentResource(files(__package__).joinpath(file).read_text(encoding="utf-8"))


def _keys(resource: Resource) -> frozenset[str]:
    return frozenset(entry.id.name for entry in resource.body if isinstance(entry, Message))


def _bundle(language: str, resource: Resource) -> FluentBundle:
    # Isolation marks are invisible characters in somebody's words; channels get plain text.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource)
    return bundle
