"""A TOML file read into Structs, with errors that name file, line, key and what is expected.

An error never repeats the value, which may be a secret.
"""

import difflib
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

Key = tuple[str | int, ...]
"""Where a value stands: ("organisation", "sites", 0, "name")."""

S = TypeVar("S", bound=msgspec.Struct)


class ConfigError(Exception):
    """The configuration cannot be used; the message says where and what is expected."""


class Secret(str):
    """A str that does not show itself in a repr, and so neither in the repr of what holds it.

    As `x` in a Struct it may be given as `x`, as `x_file`, or as SANTONG_TABLE_X.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "•••"


class Source:
    """One file (or none: all defaults), and what can be said against it."""

    def __init__(self, path: Path | None, base: Path, environ: Mapping[str, str]) -> None:
        self.path, self.base, self.environ = path, base, environ
        self.places: dict[Key, str] = {}
        self.text = self.read() if path else ""
        self.data = self.parse()

    def read(self) -> str:
        assert self.path is not None
        try:
            return self.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except OSError as error:
            raise ConfigError(f"{self.path}: 读不了 / cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise ConfigError(f"{self.path}:{line}: 应为 / expected: UTF-8") from None

    def parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            said, _, where = str(error).rpartition(" (at ")
            found = re.match(r"line (\d+)", where)
            line = int(found[1]) if found else self.text.rstrip("\n").count("\n") + 1
            said = f"不是合法的 TOML / not valid TOML: {said}"
            raise ConfigError(f"{self.path}:{line}: {said}") from None

    def convert(self, kind: type[S]) -> S:
        """Read all keys into a Struct; a Path comes out absolute."""
        data = dict(self.data)
        for name, table in fields(kind).items():
            given = data.get(name, {})
            if is_struct(table) and isinstance(given, dict):
                data[name] = given | dict(self.secrets(name, table, given))
                for secret in secret_names(table):
                    data[name].pop(f"{secret}_file", None)
        try:
            return msgspec.convert(data, kind, dec_hook=self.decode)
        except msgspec.ValidationError as error:
            raise self.explain(kind, str(error)) from None

    def decode(self, kind: type, value: object) -> Secret | Path:
        if not isinstance(value, str):
            raise ValueError("not a text")
        return Secret(value) if kind is Secret else self.base / value

    def secrets(self, table: str, kind: type, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The secrets of a table that are kept elsewhere."""
        for name in secret_names(kind):
            file_key, variable = (table, f"{name}_file"), f"SANTONG_{table}_{name}".upper()
            if name in given and file_key[1] in given:
                raise self.wrong(file_key, f"{name} 和 {name}_file 只写一个 / only one of the two")
            if variable in self.environ:
                self.places[table, name] = variable
                yield name, self.environ[variable]
            elif file_key[1] in given:
                self.places[table, name] = self.place(file_key)
                yield name, self.secret_in_file(file_key, given[file_key[1]])

    def secret_in_file(self, key: Key, name: object) -> str:
        if not isinstance(name, str):
            raise self.wrong(key, "文件路径 / the path of a file")
        path = self.base / name
        try:
            if is_open_to_others(path, self.environ):
                raise self.problem(key, f"别人也能读 / others can read it: chmod 600 {path}")
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            said = f"读不了 / cannot be read: {path}: {error.strerror}"
            raise self.problem(key, said) from None
        except UnicodeDecodeError:
            raise self.wrong(key, f"文字文件 / a text file: {path}") from None

    def explain(self, kind: type, complaint: str) -> ConfigError:
        """Say in our words what msgspec found, without the value that it may quote."""
        what, _, where = complaint.partition(" - at `$")
        parts = re.findall(r"\.([\w-]+)|\[(\d+)\]", where)
        key: Key = tuple(int(index) if index else name for name, index in parts)
        if found := re.search(r"unknown field `(.*)`", what):
            return self.unknown(kind, key, found[1])
        if found := re.search(r"missing required field `(.*)`", what):
            key = (*key, found[1])
        if where.endswith("[...]`"):
            # msgspec does not name the key of a dict.
            tables = self.data[str(key[0])]
            key = (*key, next(name for name in tables if not isinstance(tables[name], dict)))
        return self.wrong(key, expected(hint_at(kind, key)))

    def unknown(self, kind: type, table: Key, name: str) -> ConfigError:
        known = key_names(hint_at(kind, table))
        near = difflib.get_close_matches(name, known, 1)
        hint = f"是 {near[0]} 吗? Did you mean {near[0]}?" if near else " | ".join(known)
        return self.problem((*table, name), f"没有这个键 / no such key. {hint}")

    def wrong(self, key: Key, what: str) -> ConfigError:
        return self.problem(key, f"应为 / expected: {what}")

    def problem(self, key: Key, said: str) -> ConfigError:
        return ConfigError(f"{self.places.get(key) or self.place(key)}: {said}")

    def place(self, key: Key) -> str:
        dotted = ".".join(part for part in key if isinstance(part, str))
        return f"{self.path}:{line_of(self.text, key)}: {dotted}" if self.path else dotted


def is_open_to_others(path: Path, environ: Mapping[str, str]) -> bool:
    # systemd shows a credential as 0440 where only the service can read it.
    if path.is_relative_to(environ.get("CREDENTIALS_DIRECTORY") or "/nowhere"):
        return False
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def line_of(text: str, key: Key) -> int:
    """The line where the statement begins that first holds the key, or else its table.

    tomllib tells no positions; but the shortest beginning of the text that parses and holds
    the key ends with that statement.
    """
    lines, statements, begin = text.split("\n"), [], 1
    for end in range(1, len(lines) + 1):
        try:
            statements.append((begin, tomllib.loads("\n".join(lines[:end]))))
        except tomllib.TOMLDecodeError:
            continue
        begin = end + 1
    depths = [key[:depth] for depth in range(len(key), 0, -1)]
    return next((n for part in depths for n, data in statements if holds(data, part)), 1)


def holds(data: Any, key: Key) -> bool:
    for part in key:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def fields(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def bare(hint: Any) -> Any:
    return hint.__origin__ if get_origin(hint) is Annotated else hint


def is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def secret_names(kind: type) -> list[str]:
    return [name for name, hint in fields(kind).items() if bare(hint) is Secret]


def key_names(kind: type) -> list[str]:
    """Every key that may stand in a table."""
    return [*fields(kind), *(f"{name}_file" for name in secret_names(kind))]


def hint_at(kind: Any, key: Key) -> Any:
    for part in key:
        if get_origin(kind) is dict:
            break
        kind = get_args(kind)[0] if isinstance(part, int) else fields(kind)[part]
    return kind


def expected(hint: Any) -> str:
    """What a value should be: the description of its Meta, or the form of its table."""
    if get_origin(hint) is Annotated:
        return str(hint.__metadata__[0].description)
    if is_struct(hint):
        return "一个表 / a table, [name]"
    if get_origin(hint) is tuple:
        return "一组表 / a list of tables, [[name]]"
    return "若干表 / tables, [name.NAME]"
