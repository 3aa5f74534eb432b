"""The keys of a store: sub-keys of the root key, and the random keys of hashes it wraps."""

from dataclasses import dataclass

from storage.database import Transaction
from storage.errors import WrongRootKey
from storage.seal import Tampered, derive, new_key, seal, unseal

_HASH_KEYS = ("index", "staff", "person", "nullifier", "seen", "press", "invite", "bubble")


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """What the repositories of cases, staff and outgoing messages need."""

    keyring: bytes
    outbox: bytes
    audit: bytes
    job: bytes
    press: bytes


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """What turns an address into a wallet, and a wallet into an address."""

    address: bytes
    wallet: bytes
    nullifier_row: bytes
    route: bytes
    staff_address: bytes
    timer: bytes
    count_root: bytes
    index: bytes
    staff: bytes
    person: bytes
    nullifier: bytes
    seen: bytes
    press: bytes
    invite: bytes
    bubble: bytes


async def load_keys(tx: Transaction, root: bytes) -> tuple[StoreKeys, VaultKeys]:
    """Make the keys of hashes on first use. Raises WrongRootKey."""
    hashes = {name: await _hash_key(tx, root, name) for name in _HASH_KEYS}
    store = StoreKeys(
        **{name: derive(root, name) for name in ("keyring", "outbox", "audit", "job")},
        press=hashes["press"],
    )
    sealing = ("address", "wallet", "nullifier_row", "route", "staff_address", "timer")
    vault = VaultKeys(**{name: derive(root, name) for name in (*sealing, "count_root")}, **hashes)
    return store, vault


async def _hash_key(tx: Transaction, root: bytes, name: str) -> bytes:
    wrapping = derive(root, "hash_key")
    row = await tx.row("SELECT sealed FROM hash_key WHERE name = $1", name)
    if row is not None:
        try:
            return unseal(wrapping, row["sealed"], "hash_key", name)
        except Tampered:
            raise WrongRootKey from None
    key = new_key()
    await tx.run(
        "INSERT INTO hash_key (name, sealed) VALUES ($1, $2)",
        name, seal(wrapping, key, "hash_key", name),
    )  # fmt: skip
    return key
