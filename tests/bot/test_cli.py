"""Each command of `santong` as somebody at a terminal meets it."""

import asyncio
import json
import logging
import os
import pty
import signal
import stat
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.keys import make_root_key
from bot.logs import OURS
from storage.sqlite import connect
from tests.fakes.telegram import TOKEN, USERNAME, FakeBotApi
from tests.faults.service import HOUSE, SANTONG, SITE, Page, Said, Service, installed, ran, until
from tests.faults.town import text


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """An installation that has not been started yet."""
    async with installed(tmp_path) as service:
        yield service


class Office:
    """An installation at whose terminal somebody types commands that come to an end."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self._capsys = Service(folder), capsys

    def types(self, *arguments: str) -> Said:
        try:
            code = main([*arguments, "--config", str(self.place.config)])
        except SystemExit as end:
            code = int(str(end.code))
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def has_data(self) -> None:
        assert self.types("invite").code == 0

    def finds(self, words: str) -> None:
        """The doctor says `words` as the way to mend something."""
        said = self.types("doctor")
        mends = [line for line in said.out.splitlines() if line.startswith("    ")]
        assert said.code == 1
        assert words in "\n".join(mends)
        assert TOKEN not in said.out + said.err

    def is_sound(self) -> None:
        said = self.types("doctor")
        assert said.code == 0, said.out
        assert "✗" not in said.out


@pytest.fixture
def office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """In this process, with everything that a program changes in its process put back."""
    for where, name in (
        (sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook"),
        (logging, "raiseExceptions"),
    ):  # fmt: skip
        monkeypatch.setattr(where, name, getattr(where, name))
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    levels, handlers = [one.level for one in loggers], loggers[0].handlers[:]
    mask = os.umask(0o022)
    yield Office(tmp_path, capsys)
    os.umask(mask)
    logging.captureWarnings(False)
    loggers[0].handlers[:] = handlers
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


# init


def test_init_makes_a_key_that_only_its_owner_reads(office: Office):
    said = office.types("init")

    assert said.code == 0
    assert str(office.place.key) in said.out
    assert stat.S_IMODE(office.place.key.stat().st_mode) == 0o400


def test_init_never_touches_a_key(office: Office):
    office.types("init")
    before = office.place.key.read_bytes()

    said = office.types("init")

    assert said.code == 2
    assert "nothing changed" in said.err
    assert office.place.key.read_bytes() == before


def test_data_never_get_another_key(office: Office):
    office.has_data()
    office.place.key.unlink()

    for command in ("init", "run", "demo", "invite", "console"):
        said = office.types(command)
        assert said.code == 2
        assert "put the old key file back" in said.err
    assert not office.place.key.exists()


# invite


async def test_the_first_admin_comes_by_the_command_line(service: Service):
    code = await service.invites("李和", role="admin")

    await service.start()
    async with Page(service.base) as page:
        await page.says(f"/redeem {code}")
        await page.taps(text("button-enrol"))
        await page.hears("李和")
        await page.taps(text("button-load"))
    await service.stop()


async def test_an_invitation_can_be_had_beside_the_running_service_and_works_once(
    service: Service,
):
    await service.start()
    code = await service.invites("赵敏")

    async with Page(service.base) as cadre, Page(service.base) as thief:
        await cadre.says(f"/redeem {code}")
        await cadre.taps(text("button-enrol"))
        await cadre.hears(text("welcome-cadre", who="赵敏"))
        await thief.says(f"/redeem {code}")
        await thief.hears(text("no-such-invite"))
    await service.stop()
    with closing(connect(str(service.database))) as store:
        assert store.execute("SELECT count(*) FROM job").fetchone()[0] == 0


# doctor


def test_a_sound_installation_has_no_findings(office: Office):
    office.has_data()

    office.is_sound()


async def test_the_doctor_may_come_while_the_service_runs(service: Service):
    await service.start()

    said = await ran("doctor", "--config", str(service.config), cwd=service.folder)

    assert said.code == 0, said.out
    assert "the service is running" in said.out
    await service.stop()


def test_a_missing_key_is_made_by_init(office: Office):
    office.finds("santong init")
    office.types("init")
    office.is_sound()


def test_a_key_that_others_read_is_closed_to_them(office: Office):
    office.types("init")
    office.place.key.chmod(0o644)

    office.finds(f"chmod 400 {office.place.key}")
    assert office.types("run").code == 2
    office.place.key.chmod(0o400)
    office.is_sound()


def test_what_is_no_key_is_recognised(office: Office):
    office.place.key.parent.mkdir()
    office.place.key.write_text("a shopping list")
    office.place.key.chmod(0o400)

    office.finds("is no root key")
    assert office.types("run").code == 2


def test_a_key_beside_the_data_is_moved_away(office: Office):
    place = office.place
    place.write_config('[keys]\nroot_file = "data/root.key"\n')
    office.types("init")

    office.finds("keys.root_file")
    (place.folder / "data" / "root.key").rename(place.folder / "root.key")
    place.write_config('[keys]\nroot_file = "root.key"\n')
    office.is_sound()


@pytest.mark.parametrize("command", ["run", "demo", "doctor", "invite", "init", "console"])
def test_an_unknown_key_of_the_configuration_is_named_with_its_line(office: Office, command: str):
    office.place.write_config('[logging]\nlevle = "info"\n')
    line = len(office.place.config.read_text().splitlines())

    said = office.types(command)

    assert said.code != 0
    assert f"config.toml:{line}: logging.levle" in said.out + said.err
    assert "Did you mean level?" in said.out + said.err


async def test_a_wrong_token_is_recognised(tmp_path: Path):
    fake = FakeBotApi()
    async with fake.serve() as api:
        place = Service(tmp_path, telegram={"api_base": api})
        await ran("init", "--config", str(place.config), cwd=tmp_path)
        good = await ran("doctor", "--config", str(place.config), cwd=tmp_path)
        fake.token = "4242:another"
        bad = await ran("doctor", "--config", str(place.config), cwd=tmp_path)

    assert (good.code, f"@{USERNAME}" in good.out) == (0, True)
    assert (bad.code, "wrong token: ask BotFather" in bad.out) == (1, True)
    assert TOKEN not in bad.out + bad.err


def test_a_platform_out_of_reach_is_recognised(office: Office):
    office.types("init")
    office.place.telegram = {"api_base": office.place.base}  # where nobody listens
    office.place.write_config()

    office.finds("telegram.api_base cannot be reached")
    assert office.types("doctor", "--offline").code == 0


def test_a_wrong_root_key_is_recognised(office: Office):
    office.has_data()
    kept = office.place.key.rename(office.place.folder / "kept.key")
    make_root_key(office.place.key)

    office.finds("wrong root key")
    said = office.types("run")
    assert (said.code, "does not belong to this data" in said.err) == (2, True)
    kept.replace(office.place.key)
    office.is_sound()


@pytest.mark.parametrize("file", ["santong.db", "keyring.db"])
def test_data_of_a_newer_program_are_left_alone(office: Office, file: str):
    office.has_data()
    with closing(connect(str(office.place.database.with_name(file)))) as store:
        store.execute("INSERT INTO schema_version VALUES (999)")
        before = list(store.iterdump())

        office.finds("upgrade the program")
        said = office.types("run")
        assert (said.code, "The data are newer" in said.err) == (2, True)
        assert list(store.iterdump()) == before


def test_data_that_others_read_are_closed_to_them(office: Office):
    office.has_data()
    office.place.database.chmod(0o644)

    office.finds(f"chmod 600 {office.place.database}")
    office.place.database.chmod(0o600)
    office.is_sound()


@pytest.mark.parametrize("file", ["santong.db", "keyring.db"])
def test_a_file_that_is_no_database_is_recognised(office: Office, file: str):
    office.has_data()
    office.place.database.with_name(file).write_bytes(b"nothing that SQLite knows" * 1000)

    office.finds("the file is damaged")
    said = office.types("run")
    assert (said.code, "damaged" in said.err) == (2, True)


def test_a_lost_keyring_is_recognised_and_never_made_anew(office: Office):
    office.has_data()
    keyring = office.place.database.with_name("keyring.db")
    kept = keyring.rename(office.place.folder / "kept.db")

    office.finds(str(keyring))
    said = office.types("run")
    assert (said.code, str(keyring) in said.err) == (2, True)
    assert not keyring.exists()
    kept.rename(keyring)
    office.is_sound()


# demo and run


async def test_the_demo_listens_on_this_machine_only(service: Service):
    service.config.write_text('[web]\nhost = "0.0.0.0"\n')
    await service.start("demo", "--port", str(service.port))

    assert service.listens_on == {"0100007F"}
    assert (await service.get("/demo")).status_code == 200
    assert (await service.get("/demo", host="evil.example")).status_code == 404
    assert service.resident_mb < 250
    await service.stop()


async def test_the_service_has_no_demo(service: Service):
    await service.start()

    for path in ("/demo", "/demo/path", "/demo/stored", "/demo/cadres"):
        assert (await service.get(path)).status_code == 404
    assert (await service.get("/")).status_code == 200
    for phone in ("youth", "cadre", "admin"):
        async with Page(service.base) as page:
            page.phone = phone
            assert (await page.says("hello")).status_code == 403
    await service.stop()


# console


class Terminal:
    """`santong console` with somebody who reads before typing."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.seen = process, ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while some := await self.process.stdout.read(1000):
            self.seen += some.decode(errors="replace")

    async def shows(self, words: str) -> None:
        await until(f"the terminal shows {words}", lambda: words in self.seen)

    async def types(self, line: str) -> None:
        self.seen = ""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()


async def at_the_terminal(service: Service) -> Terminal:
    pipe = asyncio.subprocess.PIPE
    return Terminal(await asyncio.create_subprocess_exec(
        SANTONG, "console", "--config", str(service.config), cwd=service.folder,
        stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
    ))  # fmt: skip


async def test_a_letter_is_written_in_the_terminal(service: Service):
    terminal = await at_the_terminal(service)

    await terminal.shows(text("promise").splitlines()[0])
    await terminal.shows(f"1) {SITE}")
    await terminal.types("1")
    await terminal.shows(f"「{SITE}」")
    await terminal.types("宿舍热水又坏了")
    await terminal.shows(f"1) {text('button-done')}")
    await terminal.types("1")
    await terminal.shows("交出去了")
    terminal.process.stdin.close()  # type: ignore[union-attr]

    assert await asyncio.wait_for(terminal.process.wait(), 20) == 0


async def test_what_was_piped_in_is_answered_before_the_end(service: Service):
    config = str(service.config)
    words = "华兴\n宿舍热水又坏了"
    said = await ran("console", "--config", config, cwd=service.folder, words=words)

    assert said.code == 0
    assert said.err == ""
    assert f"「{SITE}」" in said.out
    assert "收到" in said.out


async def test_control_c_leaves_the_terminal(service: Service):
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        SANTONG, "console", "--config", str(service.config), cwd=service.folder,
        stdin=theirs, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(process)
    await terminal.shows(SITE)

    process.send_signal(signal.SIGINT)

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert process.stderr is not None
    assert await process.stderr.read() == b""
    os.close(ours)


# what is typed wrongly


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"], ["run", "--port", "80"], ["demo", "--port", "many"],
        ["invite", "--role", "king"], ["bench", "--xml"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_arguments_are_answered_with_the_usage(office: Office, arguments: list[str]):
    said = office.types(*arguments)

    assert said.code == 2
    assert said.err.startswith("usage: santong")
    assert not office.place.key.exists()


async def test_no_arguments_are_answered_with_the_usage(tmp_path: Path):
    said = await ran(cwd=tmp_path)

    assert said.code == 2
    assert said.err.startswith("usage: santong")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["run", "demo", "init", "invite", "console"])
def test_a_configuration_that_is_not_there_is_named(office: Office, command: str):
    office.place.config.unlink()

    said = office.types(command)

    assert said.code == 2
    assert f"no such file: {office.place.config}" in said.err
    assert not list(office.place.folder.iterdir())


def test_a_folder_that_cannot_be_made_is_named(office: Office):
    folder = office.place.database.parent
    folder.write_text("a file where a folder should be")

    said = office.types("run")

    assert said.code == 2
    assert str(folder) in said.err


def test_help_is_there(office: Office):
    said = office.types("doctor", "--help")

    assert said.code == 0
    assert said.out.startswith("usage: santong doctor")


async def test_python_runs_it_as_a_module(service: Service):
    module = (sys.executable, "-m", "bot")
    said = await ran("init", "--config", str(service.config), cwd=HOUSE, program=module)

    assert said.code == 0
    assert service.key.exists()


# bench


async def test_the_bench_prints_one_json_object(tmp_path: Path):
    said = await ran("bench", "--json", cwd=tmp_path)

    assert said.code == 0, said.err
    figures = json.loads(said.out)
    assert figures.keys() == {"lone_p50_ms", "lone_p99_ms", "rss_mb"}
    assert all(value > 0 for value in figures.values())
    assert not list(tmp_path.iterdir())
