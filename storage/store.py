"""One transaction as the rest of the house sees it."""

from storage.audit import Audit
from storage.cases import Cases
from storage.database import Transaction
from storage.guard import Guard
from storage.held import Held
from storage.jobs import Jobs
from storage.keyring import Keyring
from storage.keys import StoreKeys
from storage.messages import Messages
from storage.outbox import Outbox
from storage.retries import Retries
from storage.sites import Sites
from storage.staff import StaffTable
from storage.timers import Timers


class Store:
    """The repositories that handlers may use; none of them knows an address."""

    def __init__(self, tx: Transaction, keys: StoreKeys, guard: Guard) -> None:
        keyring = Keyring(tx, keys.keyring)
        self.cases = Cases(tx, keyring, guard)
        self.messages = Messages(tx, keyring, guard)
        self.outbox = Outbox(tx, keyring, guard, keys.outbox, keys.press)
        self.timers = Timers(tx, guard)
        self.retries = Retries(tx, keyring)
        self.held = Held(tx, keyring)
        self.staff = StaffTable(tx)
        self.sites = Sites(tx)
        self.audit = Audit(tx, keys.audit)
        self.jobs = Jobs(tx, keys.job)
        self.keyring = keyring
        self.guard = guard
        self._tx = tx

    async def probe(self) -> None:
        """A commit that changes nothing: fails where the disk is full or the file is broken."""
        await self._tx.run("UPDATE schema_version SET number = number")

    async def purge_seen(self, before: int, limit: int) -> int:
        """Forget acts that no platform will repeat any more."""
        return await self._tx.run(
            "DELETE FROM seen WHERE tag IN (SELECT tag FROM seen WHERE day < $1 LIMIT $2)",
            before, limit,
        )  # fmt: skip
