"""REMEMBERS. `open_store` gives the store and the vault apart: handlers get the first only."""

import contextlib
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from storage import sqlite
from storage.database import Database, Transaction
from storage.errors import InUse
from storage.guard import Guard
from storage.keys import load_keys
from storage.migrate import migrate_sqlite
from storage.sqlite import Connect, Sqlite, connect
from storage.store import Store
from storage.vault import Vault

T = TypeVar("T")
Both = Callable[[Store, Vault], Awaitable[T]]
StoreWork = Callable[[Store], Awaitable[T]]


class Stores:
    """Runs work on the store alone, or, for the border, on store and vault together."""

    def __init__(
        self,
        database: Database,
        make_store: Callable[[Transaction, Guard], Store],
        make_vault: Callable[[Transaction, Guard], Vault],
    ) -> None:
        self.database = database
        self._make_store, self._make_vault = make_store, make_vault

    async def border(self, work: Both[T]) -> T:
        """One transaction with the vault in hand: for the border's own rooms only."""

        async def both(tx: Transaction) -> T:
            guard = Guard(tx.touched)
            return await work(self._make_store(tx, guard), self._make_vault(tx, guard))

        return await self.database.transaction(both)

    async def transaction(self, work: StoreWork[T]) -> T:
        async def alone(tx: Transaction) -> T:
            return await work(self._make_store(tx, Guard(tx.touched)))

        return await self.database.transaction(alone)

    async def read(self, work: StoreWork[T]) -> T:
        async def alone(tx: Transaction) -> T:
            return await work(self._make_store(tx, Guard(tx.touched)))

        return await self.database.read(alone)

    async def read_border(self, work: Both[T]) -> T:
        async def both(tx: Transaction) -> T:
            guard = Guard(tx.touched)
            return await work(self._make_store(tx, guard), self._make_vault(tx, guard))

        return await self.database.read(both)


@contextlib.asynccontextmanager
async def open_store(
    main: Path, keyring: Path, root: bytes, connect: Connect = connect
) -> AsyncIterator[Stores]:
    """Migrate and open. Raises InUse, TooNew, WrongRootKey."""
    with _locked(main.with_suffix(".lock")):
        for path, folder in ((keyring, "keyring"), (main, "main")):
            connection = connect(str(path))
            try:
                migrate_sqlite(connection, folder)
            finally:
                connection.close()
        async with Sqlite.open(main, keyring, connect) as database:

            async def load(tx: Transaction):  # type: ignore[no-untyped-def]
                return await load_keys(tx, root)

            store_keys, vault_keys = await database.transaction(load)
            yield Stores(
                database,
                lambda tx, guard: Store(tx, store_keys, guard),
                lambda tx, guard: Vault(tx, vault_keys, guard),
            )


@contextlib.contextmanager
def _locked(path: Path):  # type: ignore[no-untyped-def]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUse from None
        yield


__all__ = ["Both", "Store", "Stores", "Vault", "open_store", "sqlite"]
