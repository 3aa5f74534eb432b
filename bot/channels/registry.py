"""The channels there are: one line each."""

from collections.abc import Callable

from bot.channels.base import Channel, Receive
from bot.channels.telegram import Telegram
from bot.config import Config

Words = Callable[[str, str], str]
Make = Callable[[Config, Receive, Words], Channel | None]


def _telegram(config: Config, receive: Receive, words: Words) -> Channel | None:
    telegram = config.telegram
    if not telegram.token:
        return None
    return Telegram(
        token=telegram.token, receive=receive, mode=telegram.mode,
        webhook_secret=telegram.webhook_secret, public_url=config.web.public_url,
        api_base=telegram.api_base, proxy=telegram.proxy,
        words=lambda key, language: words(key, language or config.language),
    )  # fmt: skip


CHANNELS: dict[str, Make] = {"telegram": _telegram}
"""Those that a configuration switches on; the web channel is part of the house."""


def make_channels(config: Config, receive: Receive, words: Words) -> dict[str, Channel]:
    made = {name: make(config, receive, words) for name, make in CHANNELS.items()}
    return {name: channel for name, channel in made.items() if channel is not None}
