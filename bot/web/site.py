"""The one web app: pages, channels' routes, health. No access log, strict headers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.logs import log_failure

if TYPE_CHECKING:
    from bot.app import App

_HEADERS = {
    b"content-security-policy": (
        b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        b"form-action 'none'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cache-control": b"no-store",
}
_LONGEST_LAG = 2.0
_STATIC = str(files("bot.web").joinpath("static"))
Message = MutableMapping[str, Any]


class StrictHeaders:
    """No foreign origin, no referrer, nothing kept by a cache on a shared phone."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def page(name: str) -> HTMLResponse:
    return HTMLResponse(files("bot.web").joinpath("static", name).read_text(encoding="utf-8"))


def make_site(app: "App", more_routes: Sequence[BaseRoute]) -> Starlette:
    async def chat(request: Request) -> Response:
        response = page("chat.html")
        app.web.give_session(response, request, "me")
        return response

    async def alive(request: Request) -> Response:
        """How long the loop takes to come round: a stuck one does not answer at all."""
        started = time.monotonic()
        await asyncio.sleep(0)
        lag = time.monotonic() - started
        late = lag > _LONGEST_LAG
        return PlainTextResponse("late" if late else "ok", status_code=503 if late else 200)

    async def ready(request: Request) -> Response:
        """Whether every part works, a commit goes through, and how much waits."""
        state = await readiness(app)
        return JSONResponse(state, status_code=200 if state["ready"] else 503)

    routes = [
        *more_routes,
        Route("/", chat),
        Route("/livez", alive),
        Route("/readyz", ready),
        *(route for channel in app.channels.values() for route in channel.routes()),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)])


async def readiness(app: "App") -> dict[str, Any]:
    try:
        await app.stores.transaction(lambda store: store.probe())
        store_state = "ok"
    except Exception as error:
        store_state = f"failed ({log_failure('readiness', error)})"
    dead = await app.stores.read(lambda store: store.retries.dead()) if store_state == "ok" else 0
    parts = {"store": store_state, **app.health}
    good = all(state == "ok" for state in parts.values())
    return {"ready": good, "parts": parts, "laid_aside": dead}
