"""The one error that is told to the person."""

from collections.abc import Mapping

from storage.records import Param


class Refused(Exception):
    """What was asked cannot be done; `key` of the catalogue says why and what to do next."""

    def __init__(self, key: str, params: Mapping[str, Param] | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.params = params or {}
