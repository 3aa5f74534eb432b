"""Rows that must never meet, refused while it happens.

A transaction that touches a row of a case touches that case only, and no row whose key
recurs for a person. The meeting test looks at the tables themselves; this guard turns a slip
into an error at the line that made it.
"""

from storage.errors import Met


class Guard:
    def __init__(self) -> None:
        self._case: str | None = None
        self._person = False

    def case(self, id: str) -> None:
        if self._person or self._case not in (None, id):
            raise Met
        self._case = id

    def person(self) -> None:
        if self._case is not None:
            raise Met
        self._person = True

    @property
    def touches_case(self) -> bool:
        return self._case is not None
