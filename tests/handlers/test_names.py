from itertools import islice

from handlers.routing.names import COLOURS, NAMES_COUNT, PLANTS, name_at, names_from

ALL = [name_at(index) for index in range(NAMES_COUNT)]


def test_every_name_is_another_one():
    assert NAMES_COUNT == len(COLOURS) * len(PLANTS) >= 8_192
    assert len(set(ALL)) == NAMES_COUNT


def test_a_name_is_short_and_repeats_no_character():
    assert all(2 <= len(name) <= 4 for name in ALL)
    assert all(len(set(name)) == len(name) for name in ALL)


def test_the_walk_meets_every_name_from_anywhere():
    assert sorted(names_from(5_000)) == sorted(ALL)
    assert list(islice(names_from(7), 3)) == ALL[7:10]


def test_an_index_beyond_the_end_begins_anew():
    assert name_at(NAMES_COUNT + 3) == name_at(3)


def test_no_name_is_a_bad_omen_or_an_insult():
    assert not any(word in name for name in ALL for word in ("菊", "帽", "白莲", "绿茶", "黄花"))
