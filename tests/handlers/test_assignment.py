from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.routing.assignment import AGAINST_THE_EMPLOYER, Question, choose_reader, readers_of
from handlers.routing.hours import answer_by, parse_hours
from handlers.routing.taxonomy import load_taxonomy
from storage.records import Post, Site, StaffRecord

TAXONOMY = load_taxonomy({})
FACTORY = Site("f", "town", "明达", "enterprise", "明达电子", 0, "prompt", True, "", 180)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def cadre(id: str, site: str = "", **changes: object) -> StaffRecord:
    posts = (Post("cadre", "town", site),)
    record = StaffRecord(id, id, "镇团委", "", (), "1-5 09:00-18:00", 10, "zh-CN", posts=posts)
    return replace(record, **changes)  # type: ignore[arg-type]


def question(slug: str = "housing", **changes: object) -> Question:
    category = TAXONOMY.category(slug)
    made = Question("town", FACTORY, category, tuple(TAXONOMY.line(slug)), MONDAY)
    return replace(made, **changes)  # type: ignore[arg-type]


def chosen(asked: Question, *cadres: StaffRecord, **load: int) -> str:
    reader = choose_reader(asked, cadres, load)
    return reader.id if reader else ""


def test_the_nearest_cadre_comes_first() -> None:
    assert chosen(question(), cadre("pool"), cadre("near", "f")) == "near"


def test_the_pool_helps_where_the_near_ones_have_no_room() -> None:
    assert chosen(question(), cadre("near", "f"), cadre("pool"), near=10) == "pool"
    assert chosen(question(), cadre("near", "f"), near=10) == "near"


def test_skill_then_hours_then_the_lighter_load_decide() -> None:
    skill = TAXONOMY.category("housing").skills[0]
    able = cadre("b", "f", skills=(skill,))
    assert chosen(question(), cadre("a", "f"), able) == "b"
    night = cadre("a", "f", hours="6-7 09:00-18:00")
    assert chosen(question(), night, cadre("b", "f")) == "b"
    assert chosen(question(), cadre("a", "f"), cadre("b", "f"), a=3, b=1) == "b"


def test_matters_against_the_employer_never_go_to_its_people() -> None:
    boss = cadre("boss", "f", employer="明达电子")
    for slug in AGAINST_THE_EMPLOYER:
        assert chosen(question(slug), boss, cadre("pool")) == "pool"
        assert chosen(question(slug), boss) == ""
    assert chosen(question("activities"), boss, cadre("pool")) == "boss"
    assert chosen(question("activities", strict=True), boss, cadre("pool")) == "pool"


def test_a_category_nested_in_a_delicate_one_is_delicate() -> None:
    taxonomy = load_taxonomy(
        {"water": {"names": {"zh-CN": "热水", "en": "water"}, "parent": "facilities"}}
    )
    asked = question(category=taxonomy.category("water"), line=tuple(taxonomy.line("water")))
    assert chosen(asked, cadre("boss", "f", employer="明达电子"), cadre("pool")) == "pool"


def test_the_youth_is_shown_those_who_may_read() -> None:
    near, pool, admin = cadre("near", "f"), cadre("pool"), cadre("far", "other")
    assert readers_of(FACTORY, [near, pool, admin]) == [near]
    assert readers_of(FACTORY, [pool, admin]) == [pool]


staff = st.builds(
    lambda id, site, employer, capacity: cadre(
        f"s{id}", site, employer=employer, capacity=capacity
    ),
    st.integers(0, 20), st.sampled_from(["", "f", "x"]), st.sampled_from(["", "明达电子"]),
    st.integers(1, 5),
)  # fmt: skip


@given(st.lists(staff, max_size=8), st.sampled_from(sorted(TAXONOMY.categories)), st.data())
def test_never_an_excluded_reader_and_always_the_same(
    cadres: list[StaffRecord], slug: str, data: st.DataObject
) -> None:
    excluded = tuple(data.draw(st.sets(st.sampled_from([f"s{n}" for n in range(21)]))))
    load = {one.id: data.draw(st.integers(0, 9)) for one in cadres}
    asked = question(slug, excluded=excluded)
    reader = choose_reader(asked, cadres, load)
    assert reader == choose_reader(asked, list(cadres), dict(load))
    if reader is None:
        assert all(
            one.id in excluded or (slug in AGAINST_THE_EMPLOYER and one.employer)
            or not (one.sites("cadre") & {"f"} or "" in {post.site for post in one.posts})
            for one in cadres
        )  # fmt: skip
    else:
        assert reader.id not in excluded
        assert not (slug in AGAINST_THE_EMPLOYER and reader.employer == "明达电子")


def test_a_promise_falls_into_working_hours() -> None:
    hours = parse_hours("1-5 09:00-18:00")
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert answer_by(MONDAY, 4, hours) == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert answer_by(MONDAY, 12, hours) == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    assert answer_by(friday, 24, hours) == datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
