"""Rows that must never meet, refused while it happens.

A transaction that touches a row of a case touches that case only, and no row whose key
recurs for a person. The meeting test looks at the tables themselves; this guard turns a slip
into an error at the line that made it, and tells the engine what a transaction touched, so
that persons and cases do not even share a commit.
"""

from storage.errors import Met

CASE, PERSON = "case", "person"


class Guard:
    def __init__(self, touched: set[str]) -> None:
        """`touched` belongs to the transaction; CASE and PERSON are added to it."""
        self._touched = touched
        self._case: str | None = None

    def case(self, id: str) -> None:
        if PERSON in self._touched or self._case not in (None, id):
            raise Met
        self._case = id
        self._touched.add(CASE)

    def person(self) -> None:
        if self._case is not None:
            raise Met
        self._touched.add(PERSON)

    @property
    def touches_case(self) -> bool:
        return self._case is not None
