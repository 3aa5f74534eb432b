"""Sealing values, and the keyed hashes that stand where a name would.

A sealed value is `algorithm byte | nonce 12 | ciphertext`. The associated data say where it
belongs (table, row, column, version …), so that a value moved elsewhere does not open.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
TAG_BYTES = 16
_NONCE_BYTES = 12
_SMALLEST = 256

_GCM_SIV = 1
_CHACHA = 2
_CIPHERS: dict[int, type[AESGCMSIV] | type[ChaCha20Poly1305]] = {
    _GCM_SIV: AESGCMSIV,
    _CHACHA: ChaCha20Poly1305,
}

Part = str | bytes | int | None


class Tampered(Exception):
    """A sealed value does not belong where it stands, was changed, or its key is wrong."""


def _best_cipher() -> int:
    try:
        AESGCMSIV(bytes(KEY_BYTES))
    except UnsupportedAlgorithm:  # OpenSSL older than 3.2
        return _CHACHA
    return _GCM_SIV


_ALGORITHM = _best_cipher()


def seal(key: bytes, plain: bytes, *place: Part) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    body = _CIPHERS[_ALGORITHM](key).encrypt(nonce, _pad(plain), _join(place))
    return bytes((_ALGORITHM,)) + nonce + body


def unseal(key: bytes, sealed: bytes, *place: Part) -> bytes:
    """Raises Tampered."""
    cipher = _CIPHERS.get(sealed[0]) if sealed else None
    if cipher is None:
        raise Tampered
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return _unpad(cipher(key).decrypt(nonce, body, _join(place)))
    except (InvalidTag, ValueError):
        raise Tampered from None


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def derive(root: bytes, label: str) -> bytes:
    """The sub-key of the root key for one purpose (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"santong|" + label.encode()).derive(root)


def tag(key: bytes, *parts: Part) -> bytes:
    """A keyed hash of 16 bytes: the same parts give the same tag, and tell nothing else."""
    return hmac.digest(key, _join(parts), hashlib.sha256)[:TAG_BYTES]


def _join(parts: tuple[Part, ...]) -> bytes:
    """Length before each part, so that ("a", "bc") and ("ab", "c") differ."""
    joined = bytearray()
    for part in parts:
        data = part if isinstance(part, bytes) else b"" if part is None else str(part).encode()
        joined += len(data).to_bytes(4, "big") + data
    return bytes(joined)


def _pad(plain: bytes) -> bytes:
    """Sizes tell on words: 256 bytes, then powers of two, are all that can be seen."""
    size = _SMALLEST
    while size < len(plain) + 4:
        size *= 2
    return len(plain).to_bytes(4, "big") + plain + bytes(size - 4 - len(plain))


def _unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]
