"""Plain words of a youth: which letter they belong to. Where it is not clear, ask."""

from handlers.context import Context
from handlers.errors import Refused
from handlers.events import (
    HERE,
    Button,
    HoldWords,
    Incoming,
    JoinSite,
    Reply,
    Result,
    Youth,
)
from handlers.letters import continue_case, open_case
from handlers.timing import FOCUS_SECONDS, LIVE_SECONDS
from storage.records import Case, HeldWords, Param

LONGEST = 4000
HELD = "held"
"""The argument of a button that sends the waiting words: the one under their question."""
WAITING = HeldWords("")
"""The words that wait; the border fills in which row."""
_SITE_BUTTONS = 8
_SHORT_ANSWERS = {
    "greeting": "smalltalk-greeting",
    "promise": "promise-long",
    "thanks": "smalltalk-thanks",
    "noise": "smalltalk-noise",
}


async def speak(ctx: Context, event: Incoming) -> Result:
    who = youth_of(event)
    if not event.text:
        raise Refused("only-text" if event.media else "say-something")
    if not who.sites:
        return await _without_site(ctx, event, who)
    site = await ctx.store.sites.by_word(event.text.strip())
    if site is not None and site.id == who.sites[-1]:
        return [JoinSite(site.id)]  # typed again, or told again after a break: never a letter
    if short := _short_answer(ctx, event, who):
        return [Reply(HERE, short, buttons=menu_buttons())]
    if event.case is not None:
        return await _about(ctx, event, event.case)
    if who.desk.new == who.owner_tag:
        return await open_case(ctx, event, event.text, event.id)
    if not who.open_cases:
        unconfirmed = unconfirmed_cases(who)
        if len(unconfirmed) == 1:
            return await _about(ctx, event, unconfirmed[0])
        return await open_case(ctx, event, event.text, event.id)
    clear = None if event.unknown_quote else clear_case(who, ctx.now)
    if clear is not None:
        return await continue_case(ctx, event, clear, event.text, event.id)
    return [HoldWords(event.text), which_case(who)]


def unconfirmed_cases(who: Youth) -> list[Case]:
    """Letters that a cadre closed and the youth has not confirmed."""
    return [one for one in who.cases if not one.open and not one.seal.confirmed]


async def _about(ctx: Context, event: Incoming, case: Case) -> Result:
    if case.open:
        return await continue_case(ctx, event, case, event.text, event.id)
    buttons = (
        Button("reopen", "reopen", arg=HELD, case=case), Button("new-letter", "new", arg=HELD),
    )  # fmt: skip
    params: dict[str, Param] = {"name": case.name, "words": WAITING}
    return [
        HoldWords(event.text),
        Reply(HERE, "closed-offer", params, buttons, menu=True),
    ]


def _short_answer(ctx: Context, event: Incoming, who: Youth) -> str:
    """Greetings, dots and 「真的匿名吗」 open no case; said in a running talk they belong to it."""
    kind = ctx.analyse(event.text).smalltalk
    in_talk = event.case is not None or _in_talk(who, ctx.now)
    says_something = any(letter.isalnum() for letter in event.text)
    if in_talk and says_something and kind != "promise":
        return ""
    return _SHORT_ANSWERS.get(kind, "")


def _in_talk(who: Youth, now: int) -> bool:
    case = clear_case(who, now)
    if case is None:
        return False
    entry = case.seal.entry
    running = entry is not None and now < entry.until and not entry.carded
    return running or case.seal.cadre_at > now - LIVE_SECONDS


def clear_case(who: Youth, now: int) -> Case | None:
    """The one open case, or the one that is being written on or was chosen just now."""
    if len(who.open_cases) == 1:
        return who.open_cases[0]
    recent = [(at, case) for case in who.open_cases if (at := _attention(case, now))]
    return max(recent, key=lambda pair: pair[0])[1] if recent else None


def _attention(case: Case, now: int) -> int:
    """When the youth last turned to this case, if that still holds."""
    entry = case.seal.entry
    writing = case.seal.youth_at if entry and now < entry.until and not entry.carded else 0
    chosen = case.seal.focus_at if case.seal.focus_at > now - FOCUS_SECONDS else 0
    return max(writing, chosen)


def which_case(who: Youth) -> Reply:
    """「新的事,还是接着说青竹?」"""
    buttons = tuple(
        Button("go-on-with", "go-on", arg=HELD, case=one, params={"name": one.name})
        for one in who.open_cases
    )
    names = "、".join(one.name for one in who.open_cases)
    choices = (Button("new-letter", "new", arg=HELD), *buttons)
    return Reply(HERE, "which-case", {"names": names, "words": WAITING}, choices, menu=True)


# before a site is chosen


async def _without_site(ctx: Context, event: Incoming, who: Youth) -> Result:
    site = await ctx.store.sites.by_word(event.text.strip())
    if site is not None:
        return [JoinSite(site.id)]
    kind = ctx.analyse(event.text).smalltalk
    greeted = [promise()] if who.first or kind == "promise" else []
    if kind:
        return [*greeted, await choose_site(ctx, "choose-site")]
    held = HoldWords(event.text, for_site=True)
    return [held, *greeted, await choose_site(ctx, "choose-site-held")]


def promise() -> Reply:
    return Reply(HERE, "promise")


async def choose_site(ctx: Context, key: str, page: int = 0) -> Reply:
    start = page * _SITE_BUTTONS
    sites = await ctx.store.sites.listed(limit=start + _SITE_BUTTONS + 1)
    buttons = tuple(
        Button("site", "join", arg=site.id, params={"site": site.name})
        for site in sites[start : start + _SITE_BUTTONS]
    )
    if len(sites) > start + _SITE_BUTTONS:
        buttons = (*buttons, Button("more-sites", "more-sites", arg=str(page + 1)))
    if not buttons:
        held = key == "choose-site-held"
        return Reply(HERE, "choose-site-held-by-code" if held else "choose-site-by-code")
    return Reply(HERE, key, buttons=buttons, menu=True)


# what several rooms of the youth need


def menu_buttons() -> tuple[Button, ...]:
    return Button("write", "write"), Button("mine", "mine"), Button("more", "help")


def youth_of(event: Incoming) -> Youth:
    assert isinstance(event.who, Youth)
    return event.who
