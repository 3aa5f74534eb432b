"""What an answer of the Bot API means for a message, and nothing that holds the token."""

import math
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import ChannelError, Gone, Refused, TooFast, Unknown, Unreachable

Answer = TypeVar("Answer")


class Stopped(Unreachable):
    """Telegram does not let this bot work now: token withdrawn, or another process polls."""


NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
NOBODY_THERE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")


async def asked(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except TelegramError as error:
        trouble = told(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        trouble = Unknown("the answer could not be read")
    raise trouble  # out here no context leads to the request, whose URL holds the token


def told(error: TelegramError) -> ChannelError:
    if type(error.__cause__) is TelegramError:  # so PTB says that it could not read the answer
        return from_a_gateway(error)
    match error:
        case RetryAfter():
            return TooFast(whole_seconds(error.retry_after))
        case Forbidden() | ChatMigrated():
            return Gone("forbidden")
        case InvalidToken() | EndPointNotFound() | Conflict():
            return Stopped(type(error).__name__)
        case BadRequest() if any(words in error.message.lower() for words in NOBODY_THERE):
            return Gone("nobody there")
        case BadRequest():
            return Refused(error.message[:100])
        case NetworkError():
            return broken_off(error)
    return Unknown(type(error).__name__)


def from_a_gateway(error: TelegramError) -> ChannelError:
    """A page that the Bot API did not write, so a 403 says nothing about the recipient.

    Behind a 5xx of a gateway the message may have been sent; a 4xx stopped it there.
    """
    return Unknown("gateway") if type(error) is NetworkError else Unreachable("gateway")


def broken_off(error: NetworkError) -> ChannelError:
    cause = error.__cause__
    if isinstance(cause, NEVER_SENT):
        return Unreachable(type(cause).__name__)
    if cause is None and "gateway" not in error.message.lower():
        return Unreachable("server error")  # the Bot API itself says that it did not do it
    return Unknown(type(cause).__name__ if cause else "gateway")


def whole_seconds(pause: int | timedelta) -> int:
    return math.ceil(pause.total_seconds() if isinstance(pause, timedelta) else pause)
