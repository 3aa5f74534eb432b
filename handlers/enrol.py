"""Becoming staff: a one-time code, shown once, confirmed once. And what everybody may do."""

from handlers import admin, cadre, conversation
from handlers.context import Context
from handlers.errors import Refused
from handlers.events import (
    HERE,
    Button,
    ClaimInvite,
    DropInvite,
    Incoming,
    RedeemInvite,
    Reply,
    Result,
    SetLanguage,
    Staff,
    Stranger,
    Youth,
)
from handlers.registry import COMMANDS, Command, command, tap
from storage.records import Label, Lines, Param

NO_SUCH_INVITE = "no-such-invite"
_LANGUAGES = {
    "zh": "zh-CN", "zh-cn": "zh-CN", "中文": "zh-CN", "en": "en", "english": "en", "英文": "en",
}  # fmt: skip


# invitations


@command("redeem", role="anyone", scope="self")
async def redeem(ctx: Context, event: Incoming, args: str) -> Result:
    """First step: the code. It binds to this address and says what it is for."""
    who = event.who
    if isinstance(who, Staff):
        raise Refused("redeem-staff")
    if isinstance(who, Youth):
        raise Refused("redeem-youth")
    found = await ctx.store.staff.invite(event.invite, ctx.now) if event.invite else None
    if found is None or found.claimed_by is not None:
        raise Refused(NO_SUCH_INVITE)
    site = await ctx.store.sites.by_id(found.site) if found.site else None
    regions = {one.id: one.name for one in await ctx.store.sites.regions()}
    params: dict[str, Param] = {
        "role": Label(f"role-{found.role}"),
        "name": found.name,
        "region": regions.get(found.region, ""),
        "site": site.name if site else Label("whole-region"),
    }
    buttons = (Button("enrol", "enrol"), Button("not-me", "not-me"))
    return [ClaimInvite(found.tag), Reply(HERE, "redeem-sure", params, buttons)]


@tap("enrol", role="stranger", scope="self")
async def enrol(ctx: Context, event: Incoming, args: str) -> Result:
    """Second step: whoever showed the code says yes."""
    if not isinstance(event.who, Stranger) or event.who.claimed is None:
        raise Refused(NO_SUCH_INVITE)
    return [RedeemInvite(event.who.claimed)]


@tap("not-me", role="stranger", scope="self")
async def not_me(ctx: Context, event: Incoming, args: str) -> Result:
    if not isinstance(event.who, Stranger) or event.who.claimed is None:
        raise Refused(NO_SUCH_INVITE)
    return [DropInvite(event.who.claimed), Reply(HERE, "invite-dropped")]


@tap("enrolled", role="anyone", scope="self", once=False)
async def enrolled(ctx: Context, event: Incoming, args: str) -> Result:
    """Follows RedeemInvite."""
    assert isinstance(event.who, Staff)
    record = event.who.record
    for region in sorted({post.region for post in record.posts}):
        await ctx.store.audit.note(ctx.now, region, record.id, "enrol", record.name)
    key = "welcome-admin" if "admin" in event.who.roles else "welcome-cadre"
    return [Reply(HERE, key, {"who": record.name}, menu_of(event))]


# language and help


@command("language", role="anyone", scope="self", words=("语言", "language", "english", "中文"))
async def language(ctx: Context, event: Incoming, args: str) -> Result:
    spoken = args.strip() or event.text.strip()
    wanted = _LANGUAGES.get(spoken.casefold())
    if wanted is None:
        buttons = (Button("chinese", "language", "zh-CN"), Button("english", "language", "en"))
        return [Reply(HERE, "which-language", buttons=buttons, menu=True)]
    return await set_language(ctx, event, wanted)


@tap("language", role="anyone", scope="self", once=False)
async def set_language(ctx: Context, event: Incoming, args: str) -> Result:
    wanted = _LANGUAGES.get(args.casefold(), "zh-CN")
    if isinstance(event.who, Stranger):
        raise Refused("stranger-claimed" if event.who.claimed else "stranger")
    reply = Reply(HERE, "language-set", buttons=menu_of(event))
    if isinstance(event.who, Staff):
        await ctx.store.staff.set_language(event.who.record.id, wanted)
        return [reply]
    return [SetLanguage(wanted), reply]


@command("help", role="anyone", scope="self", words=("帮助", "更多", "help", "more"))
async def show_help(ctx: Context, event: Incoming, args: str) -> Result:
    """What the role may do, read off the policy table."""
    rows: tuple[dict[str, Param], ...] = tuple(
        {
            "command": f"/{one.name}",
            "word": _word(one, event.who.language),
            "help": Label(help_key(one)),
        }
        for one in commands_of(event)
    )
    youth = isinstance(event.who, Youth)
    key = "help-youth" if youth else "help-staff"
    return [Reply(HERE, key, {"rows": Lines("help-row", rows)}, menu_of(event))]


@tap("help", role="anyone", scope="self", once=False)
async def help_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await show_help(ctx, event, "")


def roles_of(event: Incoming) -> frozenset[str]:
    if isinstance(event.who, Staff):
        return event.who.roles
    return frozenset({"youth"} if isinstance(event.who, Youth) else {"stranger"})


def commands_of(event: Incoming) -> list[Command]:
    roles = roles_of(event) | {"anyone"}
    staff = isinstance(event.who, Staff)
    return [
        one
        for (name, role), one in COMMANDS.items()
        if role in roles and not (staff and name == "redeem")
    ]


def help_key(one: Command) -> str:
    """`undo` means one thing to a youth and another to a cadre: its help may say so."""
    shared = [role for name, role in COMMANDS if name == one.name]
    return f"help-{one.name}" if len(shared) == 1 else f"help-{one.name}-{one.role}"


def _word(one: Command, language: str) -> str:
    """The plain word for it, in the reader's own language."""
    fitting = [word for word in one.words if word.isascii() == (language == "en")]
    return f"「{fitting[0]}」" if fitting else ""


def menu_of(event: Incoming) -> tuple[Button, ...]:
    if isinstance(event.who, Youth):
        return conversation.menu_buttons()
    roles = roles_of(event)
    cadre_buttons = cadre.menu_buttons()[:1] if "cadre" in roles else ()
    return (*cadre_buttons, *(admin.menu_buttons() if "admin" in roles else ()))
