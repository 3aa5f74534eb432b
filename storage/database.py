"""The three verbs that every repository speaks, and what an engine must offer.

SQL is one text for both engines: `$1` placeholders, RETURNING, ON CONFLICT.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

Row = Mapping[str, Any]
T = TypeVar("T")


class Verbs(Protocol):
    async def rows(self, sql: str, *args: Any) -> list[Row]: ...

    async def row(self, sql: str, *args: Any) -> Row | None: ...

    async def run(self, sql: str, *args: Any) -> int:
        """The number of rows touched."""
        ...


class Transaction(Verbs, Protocol):
    """The verbs on the main store; `keyring` has the same verbs on the store of keys."""

    @property
    def keyring(self) -> Verbs: ...

    @property
    def touched(self) -> set[str]:
        """ "case" and "person": whose rows were written, as the guard saw it."""
        ...


Work = Callable[[Transaction], Awaitable[T]]


class Database(Protocol):
    async def transaction(self, work: Work[T]) -> T:
        """Run `work`, commit, and return its result; an exception leaves no trace of it.

        `work` may await the verbs and nothing else, and may be run again.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one unchanging picture of the store; it may only read."""
        ...

    async def truncate_log(self) -> None:
        """Let no older page survive beside the file; for an idle minute."""
        ...
