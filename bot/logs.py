"""Logs that can be stolen: one line per event, declared safe fields only.

Whatever reaches a log is vetted on the way out. Our own events carry a name and a few typed
fields; what libraries say is cleaned of values; an exception is its type and our own line under
a short reference, never its words, which may quote a person.
"""

import logging
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, TypedDict, Unpack

OURS = ("santong", "bot", "handlers", "storage")
HOUSE = Path(__file__).resolve().parent.parent
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
CROCKFORD = "0123456789" + LETTERS

logger = logging.getLogger("santong")


class Fields(TypedDict, total=False):
    """All that a log line may carry beside its event. No ids, no names, no words."""

    attempt: int
    channel: str
    count: int
    job: str
    kind: str
    ms: int
    port: int
    seconds: int
    state: str
    step: str
    version: str
    error: str
    at: str
    cause: str
    ref: str


SECRETS = (
    (re.compile(r"(https?|wss?|socks5|sqlite|postgresql)://\S*"), r"\1://…"),
    (re.compile(r"\d+(:|%3A)[A-Za-z0-9_-]{30,}"), "<token>"),
    (re.compile(r"o[A-Za-z0-9_-]{27}"), "<openid>"),
    (re.compile(r"[A-Za-z0-9_-]{32,}"), "<key>"),
    (re.compile(r"\d(?:[ -]?\d){4,}"), "<number>"),
)
VALUES = (
    # Libraries quote what they were given: KeyError('…'), name="…".
    (re.compile(r"(?<![A-Za-z])b?(?:'[^']*(?:'|$)|\"[^\"]*(?:\"|$))"), "'…'"),
    (re.compile(r"\s+"), " "),
    # They speak English; what is not ASCII was written by a person.
    (re.compile(r"[^\x20-\x7e…]+"), "…"),
)


def scrub(line: str) -> str:
    """Rewrite tokens, openids, keys, addresses and long numbers."""
    for pattern, instead in SECRETS:
        line = pattern.sub(instead, line)
    return line


def reference() -> str:
    """A short word for the person and the log; never five digits on end, which are rewritten."""
    return "".join(secrets.choice(CROCKFORD if index % 3 else LETTERS) for index in range(6))


def log(event: str, level: int = logging.INFO, **fields: Unpack[Fields]) -> None:
    logger.log(level, event, extra={"fields": fields})


def log_failure(event: str, exc: BaseException) -> str:
    """Log a bug under a new reference, and return the reference for the person to see."""
    ref = reference()
    fields = describe(exc)
    fields["ref"] = ref
    log(event, logging.ERROR, **fields)
    return ref


def describe(exc: BaseException) -> Fields:
    """The type of an exception and our line, and the same of all that led to it."""
    first, *others = causes(exc, set())
    found = Fields(error=type(first).__name__, at=our_line(first.__traceback__))
    if others:
        known = dict.fromkeys(f"{type(e).__name__}@{our_line(e.__traceback__)}" for e in others)
        found["cause"] = ",".join(list(known)[:4])
    return found


def causes(exc: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """An exception, the members of a group, and what each was raised from."""
    if exc is None or id(exc) in seen:
        return
    seen.add(id(exc))
    yield exc
    for member in exc.exceptions if isinstance(exc, BaseExceptionGroup) else ():
        yield from causes(member, seen)
    yield from causes(exc.__cause__ or exc.__context__, seen)


def our_line(traceback: TracebackType | None) -> str:
    """file:line of the innermost frame in our own packages."""
    found = "?"
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.is_relative_to(HOUSE) and path.relative_to(HOUSE).parts[0] in OURS:
            found = f"{path.relative_to(HOUSE)}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found


class SafeLines(logging.Formatter):
    """2026-11-23T08:46:12Z warning delivery-late channel=telegram attempt=2"""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        return f"{stamp} {record.levelname.lower()} {scrub(' '.join(parts(record)))}"


def parts(record: logging.LogRecord) -> Iterator[str]:
    fields: dict[str, Any] = getattr(record, "fields", {})
    if record.name == logger.name:
        yield word(str(record.msg).replace(" ", "-"))
    else:
        yield f"{record.name}: {message(record)}"
    yield from (f"{name}={word(fields[name])}" for name in Fields.__annotations__ if name in fields)
    if record.exc_info and record.exc_info[1]:
        yield from (f"{name}={value}" for name, value in describe(record.exc_info[1]).items())
        yield f"ref={reference()}"


def word(value: object) -> str:
    """A field as one word; a sentence or a name of a person would not pass."""
    if isinstance(value, int | float) and abs(value) >= 10_000:
        return f"{value:.1e}"
    said = str(value) if isinstance(value, str | int | float) else "?"
    return said if re.fullmatch(r"[\w./:@,+?-]{1,200}", said, re.ASCII) else "?"


def message(record: logging.LogRecord) -> str:
    """The words of a library without the values in them."""
    try:
        said = record.getMessage()
    except Exception:
        return "?"
    for pattern, instead in VALUES:
        said = pattern.sub(instead, scrub(said))
    return said[:300]


def is_wanted(record: logging.LogRecord) -> bool:
    """Libraries speak from WARNING on, whatever level they give themselves (jieba: DEBUG)."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def setup_logging(level: str, stream: TextIO) -> None:
    """Send all logs to the stream, and nothing anywhere else. Can be called again.

    uvicorn sets up logs of its own unless it is given log_config=None and access_log=False.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeLines())
    handler.addFilter(is_wanted)
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, SafeLines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)
    # Otherwise a record that cannot be formatted is printed to stderr with its arguments.
    logging.raiseExceptions = False
    catch_the_rest()


def catch_the_rest() -> None:
    """What nobody caught is printed by Python with its words; have it logged instead."""

    def uncaught(kind: type[BaseException], exc: BaseException, tb: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, exc, tb)
        else:
            log_failure("uncaught", exc)

    def lost(event: Any) -> None:
        if event.exc_value is not None and not isinstance(event.exc_value, SystemExit):
            log_failure("uncaught", event.exc_value)

    sys.excepthook = uncaught
    sys.unraisablehook = lost
    threading.excepthook = lost
