"""SQLite: one writer in a thread of its own, readers through aiosqlite.

A transaction is a coroutine that awaits nothing but the verbs, so the writer drives it to its
end without a thread hop per statement. Waiting transactions share one commit, each inside its
savepoint, but one commit never holds rows of persons and rows of cases: the write-ahead log
shows what was committed together. Whoever asked is answered after the commit. The keyring
commits first: a key without words is swept later, words without a key would be lost.
"""

import asyncio
import contextlib
import queue
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import aiosqlite

from storage.database import Row, T, Work
from storage.errors import Clash, StorageError

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
_GROUP = 256
_READERS = 2

Connect = Callable[[str], sqlite3.Connection]
Observer = Callable[[sqlite3.Connection, sqlite3.Connection, bool], None]


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """SQLite binds a bare `$2` by order of appearance; `?2` says what is meant."""
    return re.sub(r"\$(\d+)", r"?\1", sql)


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


class _Driven:
    """The verbs inside the writer's thread: each await is done at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        return cast(list[Row], self._connection.execute(numbered(sql), args).fetchall())

    async def row(self, sql: str, *args: Any) -> Row | None:
        found = self._connection.execute(numbered(sql), args).fetchall()
        return cast(Row, found[0]) if found else None

    async def run(self, sql: str, *args: Any) -> int:
        return self._connection.execute(numbered(sql), args).rowcount


class _DrivenTransaction(_Driven):
    def __init__(self, main: sqlite3.Connection, keyring: sqlite3.Connection) -> None:
        super().__init__(main)
        self.keyring = _Driven(keyring)
        self.touched: set[str] = set()


class _Reading:
    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        return cast(list[Row], list(await self._connection.execute_fetchall(numbered(sql), args)))

    async def row(self, sql: str, *args: Any) -> Row | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None

    async def run(self, sql: str, *args: Any) -> int:
        raise StorageError("a reader was asked to write")


class _ReadingTransaction(_Reading):
    def __init__(self, main: aiosqlite.Connection, keyring: aiosqlite.Connection) -> None:
        super().__init__(main)
        self.main = main
        self.keyring_connection = keyring
        self.keyring = _Reading(keyring)
        self.touched: set[str] = set()


@dataclass(slots=True)
class _Waiting:
    work: Work[Any]
    answer: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self.answer.done():
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


class _MustNotShare(Exception):
    """It wrote a person's rows and the others a case's, or the other way round."""


class _Writer(threading.Thread):
    def __init__(self, main: sqlite3.Connection, keyring: sqlite3.Connection) -> None:
        super().__init__(name="sqlite-writer", daemon=True)
        self.main, self.keyring = main, keyring
        self.after: Observer | None = None
        self.waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._apart: list[_Waiting] = []

    def run(self) -> None:
        while (first := self.waiting.get()) is not None:
            group, last = self._gather(first)
            self._commit_together(group)
            while self._apart:
                group, self._apart = self._apart, []
                self._commit_together(group)
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < _GROUP:
            try:
                following = self.waiting.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _commit_together(self, group: list[_Waiting]) -> None:
        both = (self.main, self.keyring)
        try:
            self.main.execute("BEGIN IMMEDIATE")
            self.keyring.execute("BEGIN IMMEDIATE")
            touched: set[str] = set()
            for one in group:
                touched |= self._run_inside_savepoint(one, touched)
            if self.after is not None:
                self.after(*both, True)
            self.keyring.execute("COMMIT")
            self.main.execute("COMMIT")
        except BaseException as error:
            self._undo()
            for one in group:
                one.error = error
        for one in group:
            if one not in self._apart:
                one.settle()

    def _run_inside_savepoint(self, one: _Waiting, before: set[str]) -> set[str]:
        """Run one; returns what it touched. One that must not share this commit is put apart."""
        one.error = None
        both = (self.main, self.keyring)
        for connection in both:
            connection.execute("SAVEPOINT act")
        try:
            transaction = _DrivenTransaction(*both)
            one.result = _drive(cast(Coroutine[Any, Any, Any], one.work(transaction)))
            if len(before | transaction.touched) > 1:
                raise _MustNotShare
            if self.after is not None:
                self.after(*both, False)
            touched = transaction.touched
        except _MustNotShare:
            self._apart.append(one)
            touched = set()
            for connection in both:
                connection.execute("ROLLBACK TO act")
        except Exception as error:
            if not self.main.in_transaction:  # SQLite itself rolled everything back
                raise
            touched = set()
            one.error = Clash() if isinstance(error, sqlite3.IntegrityError) else error
            for connection in both:
                connection.execute("ROLLBACK TO act")
        for connection in both:
            connection.execute("RELEASE act")
        return touched

    def _undo(self) -> None:
        for connection in (self.main, self.keyring):
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")


def _drive(work: Coroutine[Any, Any, T]) -> T:
    try:
        work.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    work.close()
    raise StorageError("a transaction awaited something that is not the store")


class Sqlite:
    """`async with Sqlite.open(main, keyring) as database`."""

    def __init__(self, writer: _Writer, readers: list[_ReadingTransaction]) -> None:
        self._writer = writer
        self._readers: asyncio.Queue[_ReadingTransaction] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, main: Path, keyring: Path, connect: Connect = connect
    ) -> AsyncIterator["Sqlite"]:
        writer = _Writer(connect(str(main)), connect(str(keyring)))
        async with contextlib.AsyncExitStack() as stack:
            readers = [await _open_reader(stack, main, keyring) for _ in range(_READERS)]
            writer.start()
            try:
                yield cls(writer, readers)
            finally:
                writer.waiting.put(None)
                await asyncio.to_thread(writer.join)
                for connection in (writer.keyring, writer.main):
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.close()

    async def transaction(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        one = _Waiting(work, loop.create_future(), loop)
        self._writer.waiting.put(one)
        return cast(T, await asyncio.shield(one.answer))

    async def read(self, work: Work[T]) -> T:
        reader = await self._readers.get()
        try:
            try:
                await reader.main.execute("BEGIN")
                return await work(reader)
            finally:
                # Also where the caller was cancelled while BEGIN was on its way to the thread.
                await asyncio.shield(reader.main.rollback())
        finally:
            self._readers.put_nowait(reader)

    def observe(self, after: Observer) -> None:
        """Call `after` in the writer's thread at the end of every transaction, and with True
        before every commit (tests)."""
        self._writer.after = after

    async def truncate_log(self) -> None:
        """Copy the write-ahead log into the file and empty it; for an idle minute."""
        for path in ("main", "keyring"):
            await asyncio.to_thread(self._checkpoint, path)

    def _checkpoint(self, which: str) -> None:
        path = getattr(self._writer, which).execute("PRAGMA database_list").fetchone()[2]
        connection = connect(path)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


async def _open_reader(
    stack: contextlib.AsyncExitStack, main: Path, keyring: Path
) -> _ReadingTransaction:
    pair = []
    for path in (main, keyring):
        connection = await stack.enter_async_context(
            aiosqlite.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        )
        connection.row_factory = sqlite3.Row
        pair.append(connection)
    return _ReadingTransaction(*pair)
