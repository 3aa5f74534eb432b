"""Where the root key comes from. Without it nothing in the store can be read."""

import base64
import binascii
import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from bot.logs import log
from storage.seal import KEY_BYTES, new_key

VARIABLE = "SANTONG_ROOT_KEY"
CREDENTIAL = "santong-root-key"


class KeyProblem(Exception):
    """The root key is missing, open to others, or not a key; the message says how to mend it."""


def root_key(file: Path, environ: Mapping[str, str]) -> bytes:
    """From a systemd credential, the key file, or the environment, in this order."""
    credential = Path(environ.get("CREDENTIALS_DIRECTORY", "")) / CREDENTIAL
    if environ.get("CREDENTIALS_DIRECTORY") and credential.exists():
        return _decoded(credential.read_text(), str(CREDENTIAL))
    if file.exists():
        _check_mode(file)
        return _decoded(file.read_text(), file.name)
    if VARIABLE in environ:
        log("root-key-from-environment", logging.WARNING)
        return _decoded(environ[VARIABLE], VARIABLE)
    raise KeyProblem(
        f"没有根密钥。新装:santong init;换机器:把原来的密钥文件放回 {file}(权限 0400)。\n"
        f"No root key. New installation: santong init. New machine: put the old key file "
        f"back to {file}, mode 0400."
    )


def make_root_key(file: Path) -> None:
    """Never over an existing key: whatever it sealed would be lost."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as writer:
        writer.write(base64.b64encode(new_key()).decode() + "\n")


def _check_mode(file: Path) -> None:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise KeyProblem(
            f"{file} 别人也能读(权限 {mode:04o})。请运行:chmod 400 {file}\n"
            f"{file} can be read by others (mode {mode:04o}). Run: chmod 400 {file}"
        )


def _decoded(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(
            f"{source} 不是根密钥(要 {KEY_BYTES} 字节的 base64)。\n"
            f"{source} is no root key (expected {KEY_BYTES} bytes in base64)."
        )
    return key
