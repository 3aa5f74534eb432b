"""The configuration: every key with its type, what is expected of it, and its default."""

import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from bot.toml import ConfigError, Key, Secret, Source, expected, hint_at
from handlers.routing.taxonomy import load_taxonomy

__all__ = ["Config", "ConfigError", "Secret", "Site", "load_config"]

SQLITE = "sqlite:///"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

Language = Literal["zh-CN", "en"]
Level = Literal["debug", "info", "warning", "error"]
Mode = Literal["polling", "webhook"]
SiteKind = Literal["enterprise", "campus", "dormitory", "community", "building_site"]
Timing = Literal["prompt"]


def said(expected: str) -> Meta:
    return Meta(description=expected)


def number(low: int, high: int, more: str = "") -> Meta:
    expected = f"{low} 到 {high} 的整数 / a whole number, {low} to {high}{more}"
    return Meta(description=expected, ge=low, le=high)


def one_of(kind: Any) -> Meta:
    return Meta(description=" | ".join(f'"{word}"' for word in get_args(kind)))


TEXT = said("引号里的文字 / a text in quotes")
FILE = said("文件路径 / the path of a file, relative to the folder of the configuration")
STORE = said('"sqlite:///路径 path"; 目前只有 SQLite / only SQLite is known yet')
URL = said('"" | "https://…" | "http://…"')


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; every field is a key."""


class Web(Table, frozen=True):
    host: Annotated[str, Meta(description="监听地址 / an address", min_length=1)] = "127.0.0.1"
    port: Annotated[int, number(0, 65535)] = 8080
    public_url: Annotated[
        str,
        said(
            '"" | "https://…", 末尾没有斜杠,本机可用 http / no slash at the end; http on loopback'
        ),
    ] = ""


class Storage(Table, frozen=True):
    url: Annotated[str, STORE] = f"{SQLITE}data/santong.db"
    keyring_url: Annotated[str, STORE] = f"{SQLITE}data/keyring.db"


class Keys(Table, frozen=True):
    root_file: Annotated[Path, FILE] = Path("keys/root.key")


class Telegram(Table, frozen=True):
    token: Annotated[Secret, said("BotFather 给的 数字:字母 / digits:letters")] = Secret("")
    api_base: Annotated[str, URL] = ""
    proxy: Annotated[Secret, said('"" | "http://…" | "https://…" | "socks5://…"')] = Secret("")
    mode: Annotated[Mode, one_of(Mode)] = "polling"
    webhook_secret: Annotated[
        Secret,
        said("1–256 个 / characters A–Z a–z 0–9 _ -; webhook 方式必填 / required for webhooks"),
    ] = Secret("")


class Site(Table, frozen=True):
    name: Annotated[str, Meta(description="点位名称 / the name of a site", min_length=1)]
    kind: Annotated[SiteKind, one_of(SiteKind)] = "enterprise"
    employer: Annotated[str, TEXT] = ""
    headcount: Annotated[int, number(0, 1_000_000, "; 0 = unknown")] = 0
    timing: Annotated[Timing, one_of(Timing)] = "prompt"
    open_list: Annotated[bool, said("true | false")] = True
    code: Annotated[str, TEXT] = ""


class Organisation(Table, frozen=True):
    region: Annotated[str, TEXT] = ""
    sites: tuple[Site, ...] = ()


class Logging(Table, frozen=True):
    level: Annotated[Level, one_of(Level)] = "info"


class Keyed(Table, frozen=True):
    """What the file may hold."""

    language: Annotated[Language, one_of(Language)] = "zh-CN"
    time_zone: Annotated[str, said('时区名 / a time zone, "Asia/Shanghai"')] = "Asia/Shanghai"
    join_seconds: Annotated[int, number(1, 180)] = 60
    undo_seconds: Annotated[int, number(0, 600)] = 30
    retention_days: Annotated[int, number(1, 3650)] = 180
    allowed_links: Annotated[
        tuple[str, ...], said('域名的列表 / a list of domains, ["gov.cn"]')
    ] = ("gov.cn",)
    web: Web = Web()
    storage: Storage = Storage()
    keys: Keys = Keys()
    telegram: Telegram = Telegram()
    organisation: Organisation = Organisation()
    categories: dict[str, dict[str, Any]] = {}
    """Handed on as it is: handlers.routing.taxonomy says what may stand in a table."""
    logging: Logging = Logging()


class Config(Keyed, frozen=True, kw_only=True):
    base: Path
    """The folder from which relative paths start."""


def load_config(
    path: Path | None, environ: Mapping[str, str], *, base: Path | None = None
) -> Config:
    """Read the file, or take the defaults without one. Paths come out absolute.

    Relative paths start from `base`: the folder of the file, or the current one without a file.
    """
    folder = (base or (path.parent if path else Path())).absolute()
    source = Source(path, folder, environ)
    keyed = absolute(source.convert(Keyed), folder)
    for key, what in (*wrong_values(keyed), *clashes(keyed)):
        raise source.wrong(key, what)
    check_categories(source, keyed)
    return Config(base=folder, **msgspec.structs.asdict(keyed))


def absolute(keyed: Keyed, folder: Path) -> Keyed:
    """Defaults have not been through the reader, so their paths are still relative."""
    storage = Storage(
        url=absolute_url(keyed.storage.url, folder),
        keyring_url=absolute_url(keyed.storage.keyring_url, folder),
    )
    keys = Keys(root_file=folder / keyed.keys.root_file)
    return msgspec.structs.replace(keyed, storage=storage, keys=keys)


def absolute_url(url: str, folder: Path) -> str:
    name = url.removeprefix(SQLITE)
    return SQLITE + os.path.normpath(folder / name) if is_sqlite(url) else url


def check_categories(source: Source, keyed: Keyed) -> None:
    """Say early, and with the line, what the taxonomy has against its tables."""
    try:
        load_taxonomy(keyed.categories)
    except ValueError as error:
        key, _, what = str(error).partition(": ")
        raise source.problem(tuple(key.split(".")), what) from None


def wrong_values(keyed: Keyed) -> Iterator[tuple[Key, str]]:
    """What a type cannot say of one value."""
    telegram, storage = keyed.telegram, keyed.storage
    secret_may_miss = telegram.mode == "polling" and not telegram.webhook_secret
    sound: dict[Key, bool] = {
        ("time_zone",): is_zone(keyed.time_zone),
        ("web", "public_url"): is_public(keyed.web.public_url),
        ("storage", "url"): is_sqlite(storage.url),
        ("storage", "keyring_url"): is_sqlite(storage.keyring_url),
        ("telegram", "token"): is_like(r"([0-9]+:[\w-]+)?", telegram.token),
        ("telegram", "api_base"): is_url(telegram.api_base, "http", "https"),
        ("telegram", "proxy"): is_url(telegram.proxy, "http", "https", "socks5"),
        ("telegram", "webhook_secret"): secret_may_miss
        or is_like(r"[\w-]{1,256}", telegram.webhook_secret),
    }
    yield from ((key, expected(hint_at(Keyed, key))) for key, ok in sound.items() if not ok)


def clashes(keyed: Keyed) -> Iterator[tuple[Key, str]]:
    """Values that do not go with one another."""
    if keyed.storage.url == keyed.storage.keyring_url:
        yield (
            ("storage", "keyring_url"),
            "与 storage.url 不同的文件 / another file than storage.url",
        )
    if keyed.telegram.mode == "webhook" and not keyed.web.public_url:
        yield ("web", "public_url"), "webhook 方式必填 / required for telegram.mode webhook"
    for field in ("name", "code"):
        values = [getattr(site, field) for site in keyed.organisation.sites]
        for index in repeated(values):
            what = "与其他点位不同 / other than that of another site"
            yield ("organisation", "sites", index, field), what


def repeated(values: Sequence[str]) -> Iterator[int]:
    return (index for index, value in enumerate(values) if value and value in values[:index])


def is_like(pattern: str, value: str) -> bool:
    return re.fullmatch(pattern, value, re.ASCII) is not None


def is_sqlite(url: str) -> bool:
    return is_like(r"sqlite:///(?!:memory:).+", url)


def is_zone(name: str) -> bool:
    try:
        return bool(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


def is_url(value: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(value)
        return not value or (parts.scheme in schemes and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


def is_public(value: str) -> bool:
    """Whether links built on it work: nothing after the path, and no clear text on the way."""
    if not value:
        return True
    plain = is_url(value, "http") and urlsplit(value).hostname in LOOPBACK
    return (plain or is_url(value, "https")) and is_like(r"[^?#@\s]*[^?#@\s/]", value)
