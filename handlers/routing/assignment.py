"""Who reads a letter: site, then region; then skill, hours and load. Pure.

At an enterprise site some matters never go to somebody employed there (threat model: the
recipient is the adversary).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.routing.hours import parse_hours
from handlers.routing.taxonomy import Category
from storage.records import Site, StaffRecord

AGAINST_THE_EMPLOYER = frozenset({"pay", "rights", "meals", "facilities", "housing"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a letter when its reader is chosen.

    `line` is the slug of the category and of those that it is nested in. `strict` leaves out
    the site's own employees whatever the category: for a first bubble, whose category may
    still change.
    """

    region: str
    site: Site | None
    category: Category
    line: tuple[str, ...]
    local: datetime
    excluded: tuple[str, ...] = ()
    strict: bool = False


def choose_reader(
    question: Question, cadres: Sequence[StaffRecord], load: Mapping[str, int]
) -> StaffRecord | None:
    """None only where the region has no cadre left who may read it."""
    allowed = [one for one in cadres if may_read(question, one)]
    near = [one for one in allowed if question.site and question.site.id in one.sites("cadre")]
    pool = [one for one in allowed if _covers_region(question, one)]
    free = [one for one in near if load.get(one.id, 0) < one.capacity]
    candidates = free or [*pool, *near]
    return min(candidates, key=lambda one: _rank(question, one, load), default=None)


def readers_of(site: Site, cadres: Sequence[StaffRecord]) -> list[StaffRecord]:
    """Who may come to read a letter from `site`: its own cadres, else the region's."""
    near = [one for one in cadres if site.id in one.sites("cadre")]
    return near or [one for one in cadres if "" in {post.site for post in one.posts}]


def works_for_site(site: Site | None, cadre: StaffRecord) -> bool:
    return bool(site and site.employer and cadre.employer == site.employer)


def may_read(question: Question, cadre: StaffRecord) -> bool:
    if cadre.id in question.excluded:
        return False
    delicate = question.strict or not AGAINST_THE_EMPLOYER.isdisjoint(question.line)
    enterprise = question.site is not None and question.site.kind == "enterprise"
    return not (delicate and enterprise and works_for_site(question.site, cadre))


def _covers_region(question: Question, cadre: StaffRecord) -> bool:
    return any(
        post.role == "cadre" and post.region == question.region and not post.site
        for post in cadre.posts
    )


def _rank(
    question: Question, cadre: StaffRecord, load: Mapping[str, int]
) -> tuple[bool, bool, bool, float, str]:
    """Smallest first: room, skill, at work, then the lighter load."""
    busy = load.get(cadre.id, 0) / max(cadre.capacity, 1)
    skilled = bool(set(question.category.skills) & set(cadre.skills))
    working = parse_hours(cadre.hours).cover(question.local)
    return busy >= 1, not skilled, not working, busy, cadre.id
