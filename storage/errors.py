"""What can go wrong in the store."""


class StorageError(Exception):
    """The store could not do it."""


class InUse(StorageError):
    """Another process already works on this store."""


class TooNew(StorageError):
    """The store was written by a newer version of the program."""


class Stale(StorageError):
    """The case was changed by somebody else meanwhile: do the whole act again."""


class Met(StorageError):
    """One transaction was about to join rows that must never meet."""


class NoKey(StorageError):
    """The key of these words is destroyed: they are gone."""


class WrongRootKey(StorageError):
    """The root key does not open this store."""


class Clash(StorageError):
    """Somebody else took the same unique value at the same moment: do the whole act again."""
