"""The demo: an invented town, three phones on one page, and a look into the store.

Its shortcuts (a cadre's and an admin's phone without an invitation, the rows of a case as they
lie there) exist in `santong demo` alone, and answer on loopback alone.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.gateway.posting import new_id
from bot.web.site import page
from storage import Store
from storage.database import Transaction
from storage.records import AddressSeal, Post, Region, Site, StaffRecord

PHONES = ("me", "youth", "cadre", "admin")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
JOIN_SECONDS, UNDO_SECONDS = 4, 5
_UNIT = "三同镇团委"
_HOURS = "1-7 08:00-22:00"
_TABLES = ("message", "outbox", "timer", "bubble")


class Trace:
    """When the last message passed each step of its path, in epoch milliseconds."""

    def __init__(self) -> None:
        self.case = ""
        self._received: float | None = None
        self.steps: dict[str, float | None] = {}

    def observe(self, step: str, case: str) -> None:
        now = time.time() * 1000
        name, _, what = step.partition(" ")
        if name == "received":
            self._received = now
        elif name == "tagged":
            self.case = case
            self.steps = {"received": self._received, "tagged": now}
        elif case == self.case and self.steps.get(name) is None and _counts(name, what):
            self.steps[name] = now


def _counts(step: str, key: str) -> bool:
    """The path of a message ends with its reader, not with the receipt to its writer."""
    return step != "delivered" or key.startswith("card") or key == "answer"


# the invented town


async def seed_demo(store: Store) -> None:
    if await store.sites.regions():
        return
    region = Region(new_id(), None, "三同镇")
    await store.sites.add_region(region)
    factory = _site(region.id, "明达电子厂", "enterprise", "明达电子", "MINGDA")
    dormitory = _site(region.id, "河西新村宿舍", "dormitory", "", "HEXI")
    campus = _site(region.id, "岭东技工学院", "campus", "", "LINGDONG")
    for site in (factory, dormitory, campus):
        await store.sites.add(site)
    near = tuple(Post("cadre", region.id, site.id) for site in (factory, dormitory, campus))
    pool = (Post("cadre", region.id),)
    for staff in (
        _staff("赵敏", _UNIT, near, ("housing", "law", "counselling", "employment")),
        _staff("钱一帆", "岭东技工学院团委", pool, ("employment", "study", "culture")),
        _staff("孙立", "三同镇青年社工站", pool, ("counselling", "law", "welfare")),
        _staff("李和", _UNIT, (Post("admin", region.id),), ()),
    ):
        await store.staff.add(staff)


def _site(region: str, name: str, kind: Any, employer: str, code: str) -> Site:
    return Site(new_id(), region, name, kind, employer, 0, "prompt", True, code, 180)


def _staff(name: str, unit: str, posts: tuple[Post, ...], skills: tuple[str, ...]) -> StaffRecord:
    return StaffRecord(
        id=new_id(), name=name, unit=unit, employer=unit, skills=skills, hours=_HOURS,
        capacity=1000, language="zh-CN", posts=posts,
    )  # fmt: skip


# the page


class DemoRoutes:
    def __init__(self, app: App, trace: Trace) -> None:
        self._app, self._trace = app, trace

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._home),
            Route("/demo", _on_loopback(self._page)),
            Route("/demo/path", _on_loopback(self._path)),
            Route("/demo/stored", _on_loopback(self._stored)),
            Route("/demo/cadres", _on_loopback(self._cadres)),
            Route("/demo/cadre", _on_loopback(self._choose_cadre), methods=["POST"]),
        ]

    async def _home(self, request: Request) -> Response:
        return RedirectResponse("/demo")

    async def _page(self, request: Request) -> Response:
        """Three real sessions of the web channel; two of them are staff by a shortcut."""
        response = page("demo.html")
        web = self._app.web
        tokens = {
            phone: web.give_session(response, request, phone) for phone in PHONES if phone != "me"
        }
        for phone in ("cadre", "admin"):
            if await self._staff_of(tokens[phone]) is None:
                await self._bind(tokens[phone], (await self._people(phone))[0].id)
        return response

    async def _people(self, role: str) -> list[StaffRecord]:
        """The first is the one whose phone the page shows: the cadre of the sites."""

        async def find(store: Store) -> list[StaffRecord]:
            region = (await store.sites.regions())[0]
            found = await store.staff.of_region(region.id, role)
            return sorted(found, key=lambda one: (-len(one.sites(role)), one.name))

        return await self._app.stores.read(find)

    def _address(self, token: str) -> AddressSeal:
        address = self._app.web.address_of(token)
        return AddressSeal(address.channel, address.app, address.id)

    async def _bind(self, token: str, staff: str) -> None:
        await self._app.gateway.bind_staff(self._address(token), staff)

    async def _staff_of(self, token: str) -> str | None:
        return await self._app.gateway.staff_at(self._address(token))

    async def _path(self, request: Request) -> Response:
        found = await self._app.stores.read(lambda store: store.cases.by_id(self._trace.case))
        steps = {
            step: self._trace.steps.get(step)
            for step in ("received", "tagged", "queued", "delivered")
        }
        category = found.seal.category if found else ""
        language = request.query_params.get("lang", "zh-CN")
        spoken = self._app.speech.category(category, language) if category else ""
        return JSONResponse({**steps, "name": found.name if found else "", "category": spoken})

    async def _stored(self, request: Request) -> Response:
        """The rows of the last case, column by column, exactly as they lie in the file."""
        id = self._trace.case

        async def look(tx: Transaction) -> list[dict[str, Any]]:
            found = await tx.rows('SELECT * FROM "case" WHERE id = $1', id)
            rows = [_shown("case", dict(row)) for row in found]
            for table in _TABLES:
                linked = await tx.rows(f"SELECT * FROM {table} WHERE case_id = $1", id)
                rows += [_shown(table, dict(row)) for row in linked]
            return rows

        rows = await self._app.stores.database.read(look)
        name = rows[0]["row"]["name"] if rows else ""
        return JSONResponse({"name": name, "rows": rows})

    async def _cadres(self, request: Request) -> Response:
        current = await self._staff_of(self._app.web.session(request, "cadre"))
        return JSONResponse([
            {"id": one.id, "name": one.name, "unit": one.unit, "current": one.id == current}
            for one in await self._people("cadre")
        ])  # fmt: skip

    async def _choose_cadre(self, request: Request) -> Response:
        wanted = (await request.json()).get("id")
        token = self._app.web.session(request, "cadre")
        if not token or wanted not in {one.id for one in await self._people("cadre")}:
            return PlainTextResponse("unknown", status_code=400)
        await self._bind(token, wanted)
        return JSONResponse({"ok": True})


def _shown(table: str, row: dict[str, Any]) -> dict[str, Any]:
    sealed = [name for name in ("sealed", "route", "counted") if row.get(name) is not None]
    plain = {
        name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()
    }
    return {"table": table, "row": plain, "sealed": sealed}


Endpoint = Callable[[Request], Awaitable[Response]]


def _on_loopback(endpoint: Endpoint) -> Endpoint:
    """By address and by name: a page elsewhere must not reach in by a name that points here."""

    async def guarded(request: Request) -> Response:
        here = request.client is not None and request.client.host in LOOPBACK
        if not here or request.url.hostname not in LOOPBACK:
            return PlainTextResponse("not found", status_code=404)
        return await endpoint(request)

    return guarded
