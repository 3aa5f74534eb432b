"""What a youth can do, each by command, plain word or button."""

from dataclasses import replace

import msgspec

from handlers.case_parts import own_case
from handlers.context import Context
from handlers.conversation import (
    HELD,
    choose_site,
    clear_case,
    menu_buttons,
    promise,
    youth_of,
)
from handlers.errors import Refused
from handlers.events import (
    HERE,
    Button,
    ForgetMe,
    Incoming,
    JoinSite,
    Reply,
    Result,
    WantNew,
    Youth,
)
from handlers.letters import continue_case, open_case
from handlers.readers import reader_name, reader_note
from handlers.registry import command, tap
from handlers.routing.assignment import readers_of, works_for_site
from storage.records import Case, CategoryName, HeldSeal, Label, Lines, Message, Param, Words

_SHOWN = 10


# coming in


@command("start", role="youth", scope="self")
async def start(ctx: Context, event: Incoming, args: str) -> Result:
    who = youth_of(event)
    site = await ctx.store.sites.by_word(args) if args else None
    if site is not None:
        return [*([promise()] if who.first else []), JoinSite(site.id)]
    if not who.sites:
        return [promise(), await choose_site(ctx, "choose-site")]
    return [await _who_reads(ctx, who, "welcome-back")]


@command("join", role="youth", scope="self", words=("换站点", "change site"))
async def join(ctx: Context, event: Incoming, args: str) -> Result:
    if not args:
        return [await choose_site(ctx, "choose-site")]
    site = await ctx.store.sites.by_word(args.strip())
    if site is None:
        raise Refused("no-such-site")
    return [JoinSite(site.id)]


@tap("join", role="youth", scope="self", once=False)
async def join_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    site = await ctx.store.sites.by_id(args)
    if site is None:
        raise Refused("no-such-site")
    return [JoinSite(site.id)]


@tap("more-sites", role="youth", scope="self", once=False)
async def more_sites(ctx: Context, event: Incoming, args: str) -> Result:
    return [await choose_site(ctx, "more-sites", int(args) if args.isdigit() else 0)]


@tap("joined", role="youth", scope="own", once=False)
async def joined(ctx: Context, event: Incoming, args: str) -> Result:
    """Follows JoinSite: words that waited for a site become the first letter."""
    who = youth_of(event)
    held = await held_words(ctx, who)
    if held is not None and held.for_site:
        return await open_case(ctx, event, held.text, held.takes, who.desk.held)
    return [await _who_reads(ctx, who, "joined")]


async def _who_reads(ctx: Context, who: Youth, key: str) -> Reply:
    """「看信的人:镇团委,不是厂里的人」, before a word is sent."""
    site = await ctx.store.sites.by_id(who.sites[-1])
    assert site is not None
    cadres = readers_of(site, await ctx.store.staff.of_region(site.region, "cadre"))
    outside = [one for one in cadres if not works_for_site(site, one)] or cadres
    names: Param = "、".join(f"{one.unit} {one.name}".strip() for one in outside[:3])
    params: dict[str, Param] = {
        "site": site.name,
        "readers": names or Label("reader-pool"),
        "note": reader_note(site, outside[0] if outside else None),
    }
    return Reply(HERE, key, params, menu_buttons())


@command("promise", role="youth", scope="self", words=("真的匿名吗", "匿名吗", "is it anonymous"))
async def show_promise(ctx: Context, event: Incoming, args: str) -> Result:
    return [Reply(HERE, "promise-long", buttons=menu_buttons())]


# writing


@command("write", role="youth", scope="own", words=("写信", "write"), words_take_text=True)
async def write(ctx: Context, event: Incoming, args: str) -> Result:
    who = youth_of(event)
    if not who.sites:
        return [promise(), await choose_site(ctx, "choose-site")]
    if args:
        return await open_case(ctx, event, args, event.id)
    return [WantNew(), await _who_reads(ctx, who, "write-now")]


@tap("write", role="youth", scope="own", once=False)
async def write_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await write(ctx, event, "")


@tap("new", role="youth", scope="own", once=False)
async def new_letter(ctx: Context, event: Incoming, args: str) -> Result:
    if args != HELD:
        return await write(ctx, event, "")
    who = youth_of(event)
    held = await waiting_words(ctx, who)
    return await open_case(ctx, event, held.text, held.takes, who.desk.held)


@tap("go-on", role="youth", scope="own", once=False)
async def go_on(ctx: Context, event: Incoming, args: str) -> Result:
    """Go on with one letter: with the words that wait, else with whatever comes next."""
    case = own_case(event)
    if not case.open:
        raise Refused("gone-button")
    if args == HELD:
        who = youth_of(event)
        held = await waiting_words(ctx, who)
        return await continue_case(ctx, event, case, held.text, held.takes, who.desk.held)
    seal = msgspec.structs.replace(case.seal, focus_at=ctx.now)
    saved = await ctx.store.cases.save(replace(case, seal=seal))
    return [Reply(HERE, "go-on", {"name": case.name}, case=saved)]


async def held_words(ctx: Context, who: Youth) -> HeldSeal | None:
    """The words waiting for a site or a case, unless a case has them already."""
    if not who.desk.held or await ctx.store.held.text(who.desk.held) is None:
        return None
    return await ctx.store.held.by_id(who.desk.held)


async def waiting_words(ctx: Context, who: Youth) -> HeldSeal:
    """For the buttons under their question. Raises Refused when they were sent already."""
    held = await held_words(ctx, who)
    if held is None:
        raise Refused("gone-button")
    return held


# looking


@command("mine", role="youth", scope="own", words=("我的信", "my letters", "mine"))
async def mine(ctx: Context, event: Incoming, args: str) -> Result:
    who = youth_of(event)
    if not (who.cases or who.sites):
        return [await choose_site(ctx, "choose-site")]
    if not who.cases:
        return [Reply(HERE, "mine-none", buttons=menu_buttons())]
    newest = sorted(who.cases, key=lambda one: (one.open, one.seal.youth_at), reverse=True)
    rows: tuple[dict[str, Param], ...] = tuple(
        {
            "name": one.name,
            "category": CategoryName(one.seal.category),
            "state": _state(one, ctx.now),
        }
        for one in newest[:_SHOWN]
    )
    buttons = tuple(
        Button("go-on-with", "go-on", case=one, params={"name": one.name})
        if one.open
        else Button("reopen-name", "reopen", case=one, params={"name": one.name})
        for one in newest[:_SHOWN]
    )
    return [Reply(HERE, "mine", {"rows": Lines("mine-row", rows)}, buttons)]


@tap("mine", role="youth", scope="own", once=False)
async def mine_by_button(ctx: Context, event: Incoming, args: str) -> Result:
    return await mine(ctx, event, "")


def _state(case: Case, now: int) -> Label:
    if not case.open:
        return Label("state-closed")
    answered = 0 < case.seal.answer_at <= now and case.seal.cadre_at >= case.seal.youth_at
    return Label("state-answered" if answered else "state-waiting")


@command("fetch", role="youth", scope="own", words=("取信", "有吗", "fetch"))
async def fetch(ctx: Context, event: Incoming, args: str) -> Result:
    """The newest answer once more."""
    who = youth_of(event)
    for case in sorted(who.cases, key=lambda one: one.seal.cadre_at, reverse=True):
        answer = await _newest_answer(ctx, case)
        if answer is not None:
            return [await _shown_again(ctx, case, answer)]
    return [Reply(HERE, "fetch-none", buttons=menu_buttons())]


async def _newest_answer(ctx: Context, case: Case) -> Message | None:
    """The last one that has left: an answer that may still be undone is none."""
    for one in reversed(await ctx.store.messages.of_case(case.id)):
        row = await ctx.store.outbox.by_id(one.id) if one.side == "cadre" and one.seal else None
        if row is not None and row.seal.at <= ctx.now:
            return one
    return None


async def _shown_again(ctx: Context, case: Case, answer: Message) -> Reply:
    reader = await ctx.store.staff.by_id(answer.staff)
    params: dict[str, Param] = {
        "name": case.name, "who": reader_name(reader), "words": Words((answer.id,))
    }  # fmt: skip
    buttons = (Button("solved", "solved"), Button("go-on", "go-on")) if case.open else ()
    return Reply(HERE, "answer", params, buttons, case=case)


# everything goes


@command("wipe", role="youth", scope="own", words=("全部删掉", "delete everything"))
async def wipe(ctx: Context, event: Incoming, args: str) -> Result:
    return [
        Reply(
            HERE, "wipe-sure", buttons=(Button("wipe", "wipe"), Button("keep", "keep")), menu=True
        )
    ]


@tap("wipe", role="youth", scope="own")
async def wipe_for_good(ctx: Context, event: Incoming, args: str) -> Result:
    return [ForgetMe(), Reply(HERE, "wiped")]


@tap("keep", role="youth", scope="own", once=False)
async def keep(ctx: Context, event: Incoming, args: str) -> Result:
    return [Reply(HERE, "kept", buttons=menu_buttons())]


# which letter an act is about


async def one_case(event: Incoming, ctx: Context, action: str) -> Case | Reply:
    """The letter meant, or the question which one. Raises Refused where there is none."""
    who = youth_of(event)
    if event.case is not None:
        # A button or a quoted message says which: another letter is never meant.
        if not event.case.open:
            raise Refused("gone-button")
        return event.case
    if not who.open_cases:
        raise Refused("nothing-open-youth")
    clear = clear_case(who, ctx.now)
    if clear is not None:
        return clear
    buttons = tuple(
        Button("name", action, case=one, params={"name": one.name}) for one in who.open_cases
    )
    return Reply(HERE, "which-letter", {}, buttons, menu=True)
