"""What an admin can do: rosters and figures of work, never the identity of a youth."""

from datetime import datetime

from handlers.answers import staff_of
from handlers.context import Context
from handlers.errors import Refused
from handlers.events import (
    HERE,
    Button,
    Incoming,
    IssueInvite,
    Reply,
    Result,
    Staff,
)
from handlers.registry import command, tap
from storage.records import Label, Lines, Param, Post, Site

_KINDS = ("enterprise", "campus", "dormitory", "community", "building_site")
_ROLES = ("cadre", "admin")
_AUDIT_LINES = 20
_LONGEST_NAME = 40


@command("start", role="admin", scope="self")
async def start(ctx: Context, event: Incoming, args: str) -> Result:
    return [Reply(HERE, "welcome-admin", {"who": staff_of(event).record.name}, menu_buttons())]


def menu_buttons() -> tuple[Button, ...]:
    return (
        Button("load", "load"), Button("sites", "sites"), Button("audit", "audit"),
        Button("help", "help"),
    )  # fmt: skip


def region_of(staff: Staff) -> str:
    """The region that this admin governs; a command sees nothing beyond it."""
    return min(staff.record.regions("admin"))


# figures of work


@command("load", role="admin", scope="region", words=("工作量",))
async def load(ctx: Context, event: Incoming, args: str) -> Result:
    region = region_of(staff_of(event))
    cadres = await ctx.store.staff.of_region(region, "cadre")
    open_cases = await ctx.store.cases.load(region, ctx.now)
    waiting = await ctx.store.cases.pool(region, ctx.now)
    rows: tuple[dict[str, Param], ...] = tuple(
        {"who": f"{one.unit} {one.name}".strip(), "open": open_cases.get(one.id, 0),
         "capacity": one.capacity}
        for one in cadres
    )  # fmt: skip
    return [Reply(HERE, "load", {"rows": Lines("load-row", rows), "pool": len(waiting)})]


@tap("load", role="admin", scope="region", once=False)
async def load_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await load(ctx, event, "")


@command("sites", role="admin", scope="region", words=("站点",))
async def sites(ctx: Context, event: Incoming, args: str) -> Result:
    """`/sites`, or `/sites add NAME KIND [EMPLOYER]`."""
    region = region_of(staff_of(event))
    if args.split()[:1] == ["add"]:
        return await _add_site(ctx, staff_of(event), region, args.split()[1:])
    if args:
        raise Refused("sites-usage")
    rows: tuple[dict[str, Param], ...] = tuple(
        {"site": one.name, "kind": Label(f"kind-{one.kind}"), "code": one.code or "-"}
        for one in await ctx.store.sites.of_region(region)
    )  # fmt: skip
    if not rows:
        return [Reply(HERE, "sites-none")]
    return [Reply(HERE, "sites", {"rows": Lines("sites-row", rows), "count": len(rows)})]


@tap("sites", role="admin", scope="region", once=False)
async def sites_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await sites(ctx, event, "")


async def _add_site(ctx: Context, staff: Staff, region: str, words: list[str]) -> Result:
    kind = next((one for one in _KINDS if len(words) > 1 and one == words[1]), None)
    if kind is None or len(words) > 3 or len(words[0]) > _LONGEST_NAME:
        raise Refused("sites-usage")
    if any(one.name == words[0] for one in await ctx.store.sites.of_region(region)):
        raise Refused("site-exists", {"site": words[0]})
    code = f"{ctx.below(10_000):04d}"
    while await ctx.store.sites.by_word(code) is not None:
        code = f"{ctx.below(1_000_000):06d}"
    site = Site(
        id=ctx.new_id(), region=region, name=words[0], kind=kind,  # type: ignore[arg-type]
        employer=words[2] if len(words) == 3 else "", headcount=0, timing="prompt", listed=True,
        code=code, retention_days=ctx.settings.retention_days,
    )  # fmt: skip
    await ctx.store.sites.add(site)
    await ctx.store.audit.note(ctx.now, region, staff.record.id, "sites-add", site.name)
    params: dict[str, Param] = {"site": site.name, "code": code, "kind": Label(f"kind-{kind}")}
    return [Reply(HERE, "site-added", params)]


@command("audit", role="admin", scope="region", words=("记录",))
async def audit(ctx: Context, event: Incoming, args: str) -> Result:
    lines = await ctx.store.audit.last(region_of(staff_of(event)), _AUDIT_LINES)
    names = {id: await _staff_name(ctx, id) for id in {line.staff for line in lines}}
    rows: tuple[dict[str, Param], ...] = tuple(
        {"number": line.seq, "hour": _hour(ctx, line.hour), "who": names[line.staff],
         "act": line.act, "subject": line.subject}
        for line in lines
    )  # fmt: skip
    broken = await ctx.store.audit.first_broken()
    state: Param = Label("audit-whole" if broken is None else "audit-broken")
    key = "audit" if rows else "audit-none"
    return [Reply(HERE, key, {"rows": Lines("audit-row", rows), "state": state})]


@tap("audit", role="admin", scope="region", once=False)
async def audit_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await audit(ctx, event, "")


async def _staff_name(ctx: Context, id: str) -> Param:
    found = await ctx.store.staff.by_id(id)
    return found.name if found else Label("command-line")


def _hour(ctx: Context, at: int) -> str:
    return datetime.fromtimestamp(at, ctx.settings.zone).strftime("%m-%d %H:00")


# invitations


@command("invite", role="admin", scope="region", words=("邀请",))
async def invite(ctx: Context, event: Incoming, args: str) -> Result:
    """`/invite [cadre|admin] NAME [SITE [UNIT]]`: without a site, for the whole region."""
    staff = staff_of(event)
    region = region_of(staff)
    role, name, site_name, unit = _invitation(args)
    if not name or len(name) > _LONGEST_NAME or len(unit) > _LONGEST_NAME:
        raise Refused("invite-usage")
    site = ""
    if site_name not in ("", "-") and role == "cadre":
        found = [
            one
            for one in await ctx.store.sites.of_region(region)
            if site_name.casefold() in (one.name.casefold(), one.code.casefold())
        ]
        if not found:
            raise Refused("no-such-site-staff", {"site": site_name})
        site = found[0].id
    await ctx.store.audit.note(ctx.now, region, staff.record.id, f"invite {role}", name)
    shown = unit or staff.record.unit
    return [IssueInvite(role, region, site, name, shown, staff.record.id, employer=unit)]


def _invitation(args: str) -> tuple[str, str, str, str]:
    """(role, name, site name, unit); the role may be left out."""
    words = args.split()
    if not words or words[0] not in _ROLES:
        words = ["cadre", *words]
    role, name, site, *unit = [*words, "", "", ""]
    return role, name, site, " ".join(unit).strip()


def post_of(role: str, region: str, site: str) -> Post:
    return Post(role, region, site if role == "cadre" else "")
