"""The keys of cases, in a store of their own: deleting the key deletes the words."""

from storage.database import Transaction
from storage.errors import NoKey
from storage.seal import new_key, seal, unseal


class Keyring:
    """Keys opened in one transaction; nothing is kept beyond it."""

    def __init__(self, tx: Transaction, wrapping_key: bytes) -> None:
        self._verbs = tx.keyring
        self._wrapping_key = wrapping_key
        self._opened: dict[str, bytes] = {}

    async def create(self, id: str) -> bytes:
        """The key of `id`; an existing one stays, so that an act can run twice."""
        key = new_key()
        added = await self._verbs.run(
            "INSERT INTO case_key (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            id, seal(self._wrapping_key, key, "case_key", id),
        )  # fmt: skip
        if not added:
            return await self.key(id)
        self._opened[id] = key
        return key

    async def key(self, id: str) -> bytes:
        """Raises NoKey when the words of `id` were deleted."""
        if id not in self._opened:
            row = await self._verbs.row("SELECT sealed FROM case_key WHERE id = $1", id)
            if row is None:
                raise NoKey
            self._opened[id] = unseal(self._wrapping_key, row["sealed"], "case_key", id)
        return self._opened[id]

    async def destroy(self, id: str) -> None:
        self._opened.pop(id, None)
        await self._verbs.run("DELETE FROM case_key WHERE id = $1", id)

    async def ids(self) -> set[str]:
        return {row["id"] for row in await self._verbs.rows("SELECT id FROM case_key")}
