import io
import logging
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from bot.logs import OURS, log, log_failure, our_line, reference, scrub, setup_logging
from bot.toml import line_of

TOKEN = "7012345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
OPENID = "oTkD45vXkq_c9RbXnRZ-1aBcDeFg"
PHONE = "13812345678"
LEAKS = (TOKEN, TOKEN[11:], OPENID, PHONE, "138 1234 5678", "小梅", "mei-the-welder")
LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (debug|info|warning|error|critical) \S.*"


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, with everything that setup_logging changes put back afterwards."""
    for where, name in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (logging, "raiseExceptions"),
    ):
        monkeypatch.setattr(where, name, getattr(where, name))
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    levels, handlers = [each.level for each in loggers], loggers[0].handlers[:]
    stream = io.StringIO()
    setup_logging("info", stream)
    yield stream
    logging.captureWarnings(False)
    loggers[0].handlers[:] = handlers
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


def leaks(said: str) -> list[str]:
    return [leak for leak in LEAKS if leak in said]


def fail_deep_inside() -> None:
    """Raise through our own package, with words of a person in every exception."""
    try:
        raise KeyError(OPENID)
    except KeyError as error:
        try:
            line_of(None, ("x",))  # type: ignore[arg-type]
        except AttributeError as inner:
            inner.__context__ = error
            raise ValueError(f"https://api.telegram.org/bot{TOKEN}/x {PHONE}") from inner


def test_an_event_is_one_line_with_its_declared_fields(stream):
    log("delivered", channel="telegram", attempt=2, ms=31)

    assert re.fullmatch(LINE + "\n", stream.getvalue())
    assert stream.getvalue().endswith("Z info delivered attempt=2 channel=telegram ms=31\n")


def test_a_field_that_is_not_declared_or_not_a_word_is_not_shown(stream):
    log("delivered", channel="小梅 says hello", person="mei-the-welder")  # type: ignore[call-arg]

    assert stream.getvalue().endswith(" delivered channel=?\n")


def test_a_large_count_is_rounded_so_that_no_id_passes_as_one(stream):
    log("swept", count=7012345678)

    assert stream.getvalue().endswith(" swept count=7.0e+09\n")


def test_an_event_that_is_a_sentence_is_not_shown(stream):
    log(f"小梅 called {PHONE}")

    assert stream.getvalue().endswith(" info ?\n")


def test_the_seeded_leak_is_one_with_the_logs_that_python_has():
    plain = io.StringIO()
    handler = logging.StreamHandler(plain)
    library = logging.getLogger("without-us")
    library.propagate = False
    library.addHandler(handler)

    library.warning("sent %s to %s of %s: %s", TOKEN, OPENID, "小梅", PHONE)
    try:
        fail_deep_inside()
    except ValueError:
        library.exception("failed")

    assert {TOKEN, OPENID, PHONE, "小梅"} <= set(leaks(plain.getvalue()))


@pytest.mark.parametrize("said", [*LEAKS[:5], f"x{OPENID}y", f"bot{TOKEN}/send", f"%3A{TOKEN}"])
def test_what_a_library_says_is_cleaned(stream, said):
    logging.getLogger("library").warning("could not send %s", said)
    logging.getLogger().warning(f"could not send {said}")  # noqa: G004 - as libraries do

    assert stream.getvalue().count("could not send") == 2
    assert leaks(stream.getvalue()) == []


def test_values_that_a_library_quotes_and_words_of_a_person_are_left_out(stream):
    logging.getLogger("asyncio").error(
        "Task wasn't awaited: <Task name='mei-the-welder' exception=KeyError(\"小梅\")>\nof 小梅"
    )

    assert leaks(stream.getvalue()) == []
    assert stream.getvalue().count("\n") == 1
    assert "Task wasn't awaited: <Task name='…' exception=KeyError('…')> of …" in stream.getvalue()


def test_an_exception_is_its_type_our_line_and_a_reference(stream):
    try:
        fail_deep_inside()
    except ValueError as error:
        said = log_failure("handler-failed", error)

    assert re.search(
        rf" error handler-failed error=ValueError at=\? "
        rf"cause=AttributeError@bot/toml\.py:\d+,KeyError@\? ref={said}\n$",
        stream.getvalue(),
    )
    assert leaks(stream.getvalue()) == []


def test_the_exception_of_a_library_is_cleaned_with_all_that_it_was_raised_from(stream):
    try:
        fail_deep_inside()
    except ValueError:
        logging.getLogger("library").exception("Exception in application")

    assert leaks(stream.getvalue()) == []
    assert "library: Exception in application error=ValueError" in stream.getvalue()
    assert re.search(
        r"cause=AttributeError@bot/toml\.py:\d+,KeyError@\? ref=\w{6}\n", stream.getvalue()
    )


def test_the_members_of_a_group_are_told(stream):
    try:
        raise ExceptionGroup("小梅", [KeyError("小梅"), ValueError("小梅")])
    except ExceptionGroup as error:
        log_failure("stopped", error)

    assert "error=ExceptionGroup at=? cause=KeyError@?,ValueError@? ref=" in stream.getvalue()
    assert leaks(stream.getvalue()) == []


def test_our_line_is_the_innermost_of_our_packages():
    with pytest.raises(AttributeError) as caught:
        line_of(None, ("x",))  # type: ignore[arg-type]

    assert re.fullmatch(r"bot/toml\.py:\d+", our_line(caught.value.__traceback__))


def test_libraries_speak_from_warning_on_even_if_they_lower_their_own_level(stream):
    chatty = logging.getLogger("chatty")
    chatty.setLevel(logging.DEBUG)

    chatty.info("POST https://api.telegram.org/bot%s/getUpdates", TOKEN)

    assert stream.getvalue() == ""


def test_our_own_level_is_the_one_configured(stream):
    log("small", logging.DEBUG)
    setup_logging("debug", stream)
    log("seen", logging.DEBUG)

    assert re.fullmatch(LINE + " seen\n", stream.getvalue().replace("debug seen", "debug x seen"))


def test_a_second_setup_does_not_double_the_lines(stream):
    setup_logging("info", stream)

    log("once")

    assert stream.getvalue().count("once") == 1


def test_a_record_that_cannot_be_formatted_leaks_nothing(stream, capsys):
    logging.getLogger("library").warning("%d of %s", OPENID)

    assert stream.getvalue().endswith(" warning library: ?\n")
    assert leaks("".join(capsys.readouterr())) == []


def test_what_nobody_caught_is_logged_and_not_printed(stream, capsys):
    def fail() -> None:
        raise ValueError(PHONE)

    thread = threading.Thread(target=fail, name="mei-the-welder")
    thread.start()
    thread.join()
    sys.excepthook(KeyError, KeyError(OPENID), None)

    assert stream.getvalue().count(" error uncaught error=") == 2
    assert leaks(stream.getvalue() + "".join(capsys.readouterr())) == []


def test_a_reference_is_six_crockford_characters_that_survive_the_cleaning():
    references = {reference() for _ in range(2000)}

    assert len(references) > 1990
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", each) for each in references)
    assert all(scrub(each) == each for each in references)
