"""The composition root: opens everything, knows everybody, and is known by nobody."""

import asyncio
import contextlib
import random
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.channels.base import Address, Channel, Receive
from bot.channels.registry import make_channels
from bot.channels.web import Web
from bot.chores import Chores
from bot.config import Config
from bot.delivery import Delivery
from bot.gateway import Gateway, Observe
from bot.gateway.history import Log
from bot.gateway.posting import new_id
from bot.jobs import Jobs
from bot.logs import log_failure
from bot.organisation import seed_organisation
from bot.speech import Speech
from bot.web.site import make_site
from handlers.context import Context, Settings
from handlers.dispatch import ROOMS
from handlers.enrol import help_key
from handlers.registry import COMMANDS
from handlers.routing import tokens
from handlers.routing.classifier import Analysis, Classifier
from handlers.routing.taxonomy import load_taxonomy
from handlers.texts import Catalogue
from storage import Store, Stores, open_store

_RESTART_FIRST, _RESTART_LONGEST = 1, 60
_STEADY_SECONDS = 5
_STOP_SECONDS = 5


def quiet(step: str, case: str) -> None:
    """Nobody watches the path of a message outside the demo."""


@dataclass(slots=True)
class App:
    """Everything that is open. Tests drive the parts by hand; `serve` lets them run."""

    config: Config
    stores: Stores
    gateway: Gateway
    delivery: Delivery
    chores: Chores
    speech: Speech
    web: Web
    channels: dict[str, Channel]
    states: dict[str, str] = field(default_factory=dict)
    """part → "ok", or what became of it"""

    @property
    def health(self) -> dict[str, str]:
        """The parts, and of a channel that runs on whether its platform answers."""
        troubles = {name: getattr(one, "trouble", "") for name, one in self.channels.items()}
        said = {name: f"in trouble ({what})" for name, what in troubles.items() if what}
        return {**self.states, **said}


@dataclass(frozen=True, slots=True)
class World:
    """What a test replaces: the clock, chance, the channels, who watches."""

    now: Callable[[], int] = field(default=lambda: int(time.time()))
    below: Callable[[int], int] = field(default=random.SystemRandom().randrange)
    observe: Observe = quiet
    phones: Sequence[str] = ("me",)
    seed: Callable[[Store], Awaitable[None]] | None = None
    channels: Callable[[Config, Receive, Callable[[str, str], str]], dict[str, Channel]] = (
        make_channels
    )


def catalogue_of_the_house() -> Catalogue:
    """Raises MissingText, so that the program does not start with half a vocabulary."""
    assert ROOMS
    return Catalogue(frozenset(help_key(one) for one in COMMANDS.values()))


def database_path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextlib.asynccontextmanager
async def open_app(config: Config, root: bytes, world: World | None = None) -> AsyncIterator[App]:
    world = world or World()
    zone = ZoneInfo(config.time_zone)
    taxonomy = load_taxonomy(config.categories)
    tokens.warm()
    tokens.add_words(taxonomy.vocabulary())
    classifier = Classifier(taxonomy, tokens.cut)
    speech = Speech(catalogue_of_the_house(), taxonomy, zone)
    settings = Settings(
        zone,
        config.join_seconds,
        config.undo_seconds,
        config.language,
        config.retention_days,
        tuple(config.allowed_links),
    )

    def context(store: Store, analyse: Callable[[str], Analysis]) -> Context:
        return Context(store, world.now(), new_id, world.below, analyse, taxonomy, settings)

    def period() -> str:
        local = datetime.fromtimestamp(world.now(), zone)
        return f"{local.year}H{1 if local.month <= 6 else 2}"

    main, keyring = (database_path(url) for url in (config.storage.url, config.storage.keyring_url))
    async with contextlib.AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_store(main, keyring, root))
        if world.seed is not None:
            await stores.transaction(world.seed)
        await seed_organisation(stores, config)
        channels: dict[str, Channel] = {}
        delivery = Delivery(stores, channels, speech, world.now, world.observe)

        def wake() -> None:
            delivery.wake()
            chores.wake()

        gateway = Gateway(
            stores, context, classifier.analyse, world.now, period, config.language, wake,
            world.observe,
        )  # fmt: skip
        jobs = Jobs(stores, gateway)
        chores = Chores(stores, gateway, jobs, world.now, stores.database.truncate_log)

        async def page_log(address: Address) -> Log:
            return await gateway.page_log(address, speech)

        web = Web(
            gateway.receive, page_log, speech.catalogue.say, world.now, world.phones,
            secure=config.web.public_url.startswith("https://"),
        )  # fmt: skip
        channels |= {"web": web, **world.channels(config, gateway.receive, speech.catalogue.say)}
        for channel in channels.values():
            await stack.enter_async_context(channel)
        await chores.sweep_keys()
        yield App(config, stores, gateway, delivery, chores, speech, web, channels)


# running


async def serve(
    app: App, more_routes: Sequence[BaseRoute], listener: socket.socket, ready: Callable[[], None]
) -> None:
    """Run until SIGTERM or SIGINT, then stop within ten seconds with nothing cut in half."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = _server(make_site(app, more_routes))
    parts: dict[str, Run] = {
        "delivery": app.delivery.run,
        "chores": app.chores.run,
        **{name: channel.run for name, channel in app.channels.items()},
    }
    async with asyncio.TaskGroup() as group:
        workers = [
            group.create_task(_kept_running(app.states, name, run)) for name, run in parts.items()
        ]
        stopping = group.create_task(stop.wait())
        serving = group.create_task(server.serve(sockets=[listener]))
        ready()
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        server.should_exit = True
        await serving
        for worker in workers:
            worker.cancel()


def listen(host: str, port: int) -> socket.socket:
    """Raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


class _Server(uvicorn.Server):
    """Signals belong to the app: uvicorn would end the process before the rest has stopped."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(site: Starlette) -> uvicorn.Server:
    return _Server(uvicorn.Config(
        site, access_log=False, log_config=None, lifespan="off", server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS, ws_max_size=1024, ws="websockets-sansio",
    ))  # fmt: skip


Run = Callable[[], Awaitable[None]]


async def _kept_running(states: dict[str, str], name: str, run: Run) -> None:
    """A worker that fails is started again, ever more slowly; the others do not notice."""
    pause = _RESTART_FIRST
    states[name] = "ok"
    while True:
        started = time.monotonic()
        # A try that has just begun is no recovery yet.
        steady = asyncio.get_running_loop().call_later(
            _STEADY_SECONDS, partial(states.update, {name: "ok"})
        )
        try:
            await run()
        except Exception as error:
            states[name] = f"restarting ({log_failure(f'{name}-failed', error)})"
        finally:
            steady.cancel()
        if time.monotonic() - started > _RESTART_LONGEST:
            pause = _RESTART_FIRST
        await asyncio.sleep(pause)
        pause = min(pause * 2, _RESTART_LONGEST)
