"""`santong doctor`: looks at everything that can be wrong, and says how to mend each."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.app import catalogue_of_the_house, database_path
from bot.channels.telegram import api_url
from bot.config import Config, ConfigError, load_config
from bot.keys import KeyProblem, root_key
from handlers.texts import MissingText
from storage import open_store
from storage.errors import InUse, TooNew, WrongRootKey
from storage.sqlite import connect

_DISK_LOW = 500 * 1024 * 1024
_DEFAULT_FILE = Path("config.toml")
_DAMAGED = "数据文件已损坏,请从备份恢复 the file is damaged: restore a backup"


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is empty where nothing is wrong."""

    what: str
    mend: str = ""


def run(file: Path | None, offline: bool) -> int:
    findings = list(asyncio.run(_examine(file, offline)))
    for one in findings:
        print(f"{'✗' if one.mend else '✓'} {one.what}")
        for number, line in enumerate(one.mend.splitlines()):
            print(f"    {' ' if number else '→'} {line}")
    return 1 if any(one.mend for one in findings) else 0


async def _examine(file: Path | None, offline: bool) -> list[Finding]:
    try:
        config = _config(file)
    except ConfigError as error:
        return [Finding("配置 configuration", str(error))]
    found = [Finding("配置 configuration"), _texts(), _python()]
    found += _keys(config)
    found += _files(config)
    if not any(one.mend for one in found):
        found.append(await _store(config))
    found += await _telegram(config, offline)
    return found


def _config(file: Path | None) -> Config:
    chosen = file or (_DEFAULT_FILE if _DEFAULT_FILE.exists() else None)
    if chosen is not None and not chosen.exists():
        raise ConfigError(f"没有这个文件 no such file: {chosen}")
    return load_config(chosen, os.environ)


def _texts() -> Finding:
    try:
        catalogue_of_the_house()
    except MissingText as error:
        return Finding("文案 texts", str(error))
    return Finding("文案 texts")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {version}")


def _keys(config: Config) -> Iterator[Finding]:
    try:
        root_key(config.keys.root_file, os.environ)
    except KeyProblem as problem:
        yield Finding("根密钥 root key", str(problem))
        return
    yield Finding("根密钥 root key")
    folder = database_path(config.storage.url).parent
    if config.keys.root_file.is_relative_to(folder):
        yield Finding(
            "密钥与数据分开 key apart from the data",
            "密钥文件在数据目录里,偷走目录就等于偷走一切;请移到别处并改 keys.root_file。"
            "The key lies in the data folder: move it and change keys.root_file.",
        )


def _files(config: Config) -> Iterator[Finding]:
    for url in (config.storage.url, config.storage.keyring_url):
        path = database_path(url)
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding(f"{path.name} 权限 mode", f"chmod 600 {path}")
    folder = database_path(config.storage.url).parent
    if folder.exists():
        disk = os.statvfs(folder)
        free = disk.f_bavail * disk.f_frsize
        low = "清理磁盘或换大盘 free some space" if free < _DISK_LOW else ""
        yield Finding(f"磁盘剩余 disk free: {free // 2**20} MB", low)


async def _store(config: Config) -> Finding:
    main, keyring = map(database_path, (config.storage.url, config.storage.keyring_url))
    if not main.exists():
        return Finding("数据 store: 还没有,第一次启动时建立 not there yet, made at the first start")
    if not keyring.exists():
        return Finding("每封信的钥匙 keys of the letters", f"放回 put back: {keyring}")
    try:
        async with open_store(main, keyring, root_key(config.keys.root_file, os.environ)) as stores:
            broken = await stores.transaction(lambda store: store.audit.first_broken())
    except InUse:
        return await _store_in_use(main)
    except TooNew:
        return Finding("数据 store", "数据比程序新,请升级 the data are newer: upgrade the program")
    except WrongRootKey:
        return Finding("数据 store", "根密钥不对,放回原来的 wrong root key: put the old one back")
    except sqlite3.DatabaseError:
        return Finding("数据 store", _DAMAGED)
    if broken is not None:
        return Finding(f"操作记录 audit: 第 {broken} 条", "记录被改动过 somebody changed the log")
    return Finding("数据 store")


async def _store_in_use(main: Path) -> Finding:
    connection = connect(str(main))
    try:
        sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    finally:
        connection.close()
    mend = "" if sound else _DAMAGED
    return Finding("数据 store: 服务正在运行 the service is running", mend)


async def _telegram(config: Config, offline: bool) -> list[Finding]:
    telegram = config.telegram
    if not telegram.token:
        return [Finding("Telegram: 未启用 off")]
    if offline:
        return [Finding("Telegram: 没有连接 not contacted")]
    request = HTTPXRequest(proxy=telegram.proxy or None, httpx_kwargs={"trust_env": False})
    bot = Bot(telegram.token, base_url=api_url(telegram.api_base), request=request)
    try:
        async with request:
            me = await bot.get_me()
    except InvalidToken:
        return [Finding("Telegram", "token 不对,到 BotFather 核对 wrong token: ask BotFather")]
    except (TelegramError, httpx.HTTPError):
        return [Finding(
            "Telegram", "连不上:检查网络、telegram.proxy、telegram.api_base cannot be reached",
        )]  # fmt: skip
    return [Finding(f"Telegram: @{me.username}")]
