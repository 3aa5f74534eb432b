"""The gates. Absent and forbidden look alike, whatever the reason."""

import re

from handlers.context import Context
from handlers.errors import Refused
from handlers.events import Staff
from storage.records import Case

NO_SUCH_CASE = "no-such-case"
CODE_LENGTH = 5
HASHES = "#\uff03"
"""A Chinese keyboard types the wide one."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODED = re.compile(
    r"[#\uff03]\s*([0-9A-Za-z]{5})(?![0-9A-Za-z])[\s:\uff1a,\uff0c\u3001\u3002-]*(.*)", re.DOTALL
)
"""Nobody puts a space between a code and Chinese words."""
_MISREAD = str.maketrans("OIL", "011")


def tidy_code(text: str) -> str:
    """Crockford base 32 forgives what the eye confuses; "" when it is no code."""
    code = text.strip().lstrip(HASHES).upper().translate(_MISREAD)
    good = len(code) == CODE_LENGTH and all(letter in _ALPHABET for letter in code)
    return code if good else ""


def split_code(text: str) -> tuple[str, str] | None:
    """(tidy code, the words after it); None for words that name no case, ("", …) for a bad code."""
    if not text or text[0] not in HASHES:
        return None
    found = _CODED.match(text)
    return (tidy_code(found[1]), found[2]) if found else ("", text)


async def new_code(ctx: Context) -> str:
    while True:
        code = "".join(_ALPHABET[ctx.below(len(_ALPHABET))] for _ in range(CODE_LENGTH))
        if not await ctx.store.cases.code_taken(code):
            return code


def seen_closed(case: Case, now: int) -> bool:
    """A closing counts for staff only from `visible_at` on."""
    return case.closed_hour is not None and case.visible_at <= now


def reads(staff: Staff, case: Case | None, now: int) -> bool:
    """Whether this open case lies with this cadre."""
    if case is None or not case.seal.carded_at:
        return False
    return case.cadre == staff.record.id and not seen_closed(case, now)


async def case_of_cadre(ctx: Context, staff: Staff, code: str) -> Case:
    """The open case `code` of this cadre. Raises Refused, with one text for every reason."""
    tidy = tidy_code(code)
    case = await ctx.store.cases.by_code(tidy) if tidy else None
    if case is None or not reads(staff, case, ctx.now):
        raise Refused(NO_SUCH_CASE)
    return case


async def case_in_pool(ctx: Context, staff: Staff, code: str) -> Case:
    """An open case of the cadre's region that nobody reads yet. Raises Refused."""
    tidy = tidy_code(code)
    case = await ctx.store.cases.by_code(tidy) if tidy else None
    carded = case is not None and bool(case.seal.carded_at)
    free = carded and case is not None and case.cadre is None and not seen_closed(case, ctx.now)
    if case is None or not free or case.region not in staff.record.regions("cadre"):
        raise Refused(NO_SUCH_CASE)
    return case
