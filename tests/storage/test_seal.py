import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.seal import Tampered, derive, new_key, seal, tag, unseal

KEY = new_key()


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again(plain: bytes) -> None:
    assert unseal(KEY, seal(KEY, plain, "case", "id", 7), "case", "id", 7) == plain


def test_the_same_words_never_look_alike() -> None:
    assert seal(KEY, b"hello") != seal(KEY, b"hello")


def test_sizes_tell_only_a_class() -> None:
    sizes = {len(seal(KEY, bytes(length))) for length in range(0, 252, 7)}
    assert len(sizes) == 1
    assert len({len(seal(KEY, bytes(length))) for length in range(253, 508)}) == 1


def test_every_flipped_bit_is_found_out() -> None:
    sealed = seal(KEY, b"words", "message", "m1")
    for position in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            unseal(KEY, bytes(broken), "message", "m1")


@pytest.mark.parametrize(
    "place", [(), ("message",), ("message", "m2"), ("messagem1",), ("message", "m1", "x")]
)
def test_a_value_moved_elsewhere_does_not_open(place: tuple[str, ...]) -> None:
    with pytest.raises(Tampered):
        unseal(KEY, seal(KEY, b"words", "message", "m1"), *place)


@pytest.mark.parametrize("rubbish", [b"", b"\1", b"\x09" + bytes(40), bytes(12)])
def test_rubbish_is_tampered_not_a_crash(rubbish: bytes) -> None:
    with pytest.raises(Tampered):
        unseal(KEY, rubbish, "message")


def test_tags_and_subkeys_differ_by_purpose() -> None:
    assert tag(KEY, "a", "bc") != tag(KEY, "ab", "c")
    assert len({derive(KEY, label) for label in ("wallet", "route", "outbox")}) == 3
