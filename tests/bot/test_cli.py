"""Each command of `santong` as somebody at a terminal meets it."""

import asyncio
import json
import os
import pty
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.keys import make_root_key
from storage.sqlite import connect
from tests.fakes.telegram import TOKEN, USERNAME, FakeBotApi
from tests.faults.service import HOUSE, SANTONG, SITE, Page, Said, Service, installed, ran, until
from tests.faults.town import text


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """An installation that has not been started yet."""
    async with installed(tmp_path) as service:
        yield service


async def santong(service: Service, *arguments: str, words: str = "") -> Said:
    return await ran(*arguments, "--config", str(service.config), cwd=service.folder, words=words)


async def started_once(service: Service) -> None:
    await service.start()
    await service.stop()


# init


async def test_init_makes_a_key_that_only_its_owner_reads(service: Service):
    said = await santong(service, "init")

    assert said.code == 0
    assert str(service.key) in said.out
    assert stat.S_IMODE(service.key.stat().st_mode) == 0o400


async def test_init_never_touches_a_key(service: Service):
    await santong(service, "init")
    before = service.key.read_bytes()

    said = await santong(service, "init")

    assert said.code == 2
    assert "nothing changed" in said.err
    assert service.key.read_bytes() == before


@pytest.mark.parametrize("command", ["init", "run", "demo", "invite"])
async def test_data_never_get_another_key(service: Service, command: str):
    await started_once(service)
    service.key.unlink()

    said = await santong(service, command)

    assert said.code == 2
    assert "put the old key file back" in said.err or "put the old key file" in said.err
    assert not service.key.exists()


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
    said = await santong(service, "invite", "--role", "cadre", "--name", "赵敏")
    code = said.out.split()[0]

    assert said.code == 0
    assert f"/redeem {code}" in said.out
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


async def test_a_sound_installation_has_no_findings(service: Service):
    await started_once(service)

    said = await santong(service, "doctor", "--offline")

    assert said.code == 0, said.out
    assert "✗" not in said.out


async def test_the_doctor_may_come_while_the_service_runs(service: Service):
    await service.start()

    said = await santong(service, "doctor", "--offline")

    assert said.code == 0, said.out
    assert "the service is running" in said.out
    await service.stop()


async def finds(service: Service, words: str) -> None:
    """The doctor says `words` as the way to mend something."""
    said = await santong(service, "doctor")
    mends = [line for line in said.out.splitlines() if line.startswith("    → ")]
    assert said.code == 1
    assert words in "\n".join(mends), said
    assert "Traceback" not in said.err
    assert TOKEN not in said.out + said.err


async def is_sound(service: Service) -> None:
    said = await santong(service, "doctor")
    assert said.code == 0, said


async def test_a_missing_key_is_made_by_init(service: Service):
    await finds(service, "santong init")
    await santong(service, "init")
    await is_sound(service)


async def test_a_key_that_others_read_is_closed_to_them(service: Service):
    await santong(service, "init")
    service.key.chmod(0o644)

    await finds(service, f"chmod 400 {service.key}")
    assert (await santong(service, "run")).code == 2
    service.key.chmod(0o400)
    await is_sound(service)


async def test_a_key_beside_the_data_is_moved_away(service: Service):
    service.write_config('[keys]\nroot_file = "data/root.key"\n')
    await santong(service, "init")

    await finds(service, "keys.root_file")
    (service.folder / "data" / "root.key").rename(service.folder / "root.key")
    service.write_config('[keys]\nroot_file = "root.key"\n')
    await is_sound(service)


@pytest.mark.parametrize("command", ["run", "demo", "doctor", "invite", "init", "console"])
async def test_an_unknown_key_of_the_configuration_is_named_with_its_line(
    service: Service, command: str
):
    service.write_config('[logging]\nlevle = "info"\n')
    line = len(service.config.read_text().splitlines())

    said = await santong(service, command)

    assert said.code != 0
    assert f"config.toml:{line}: logging.levle" in said.out + said.err
    assert "Did you mean level?" in said.out + said.err
    assert "Traceback" not in said.err


async def test_a_wrong_token_is_recognised(tmp_path: Path):
    fake = FakeBotApi()
    async with fake.serve() as api, installed(tmp_path, telegram={"api_base": api}) as service:
        await santong(service, "init")
        fake.token = "4242:another"
        await finds(service, "wrong token")
        fake.token = TOKEN
        said = await santong(service, "doctor")
        assert (said.code, f"@{USERNAME}" in said.out) == (0, True)


async def test_a_platform_out_of_reach_is_recognised(service: Service):
    await santong(service, "init")
    service.telegram = {"api_base": service.base}  # where nobody listens now
    service.write_config()

    await finds(service, "telegram.api_base cannot be reached")
    assert (await santong(service, "doctor", "--offline")).code == 0


async def test_a_wrong_root_key_is_recognised(service: Service):
    await started_once(service)
    kept = service.key.rename(service.folder / "kept.key")
    make_root_key(service.key)

    await finds(service, "wrong root key")
    said = await santong(service, "run")
    assert (said.code, "does not belong to this data" in said.err) == (2, True)
    kept.replace(service.key)
    await is_sound(service)


@pytest.mark.parametrize("file", ["santong.db", "keyring.db"])
async def test_data_of_a_newer_program_are_left_alone(service: Service, file: str):
    await started_once(service)
    database = service.database.with_name(file)
    with closing(connect(str(database))) as store:
        store.execute("INSERT INTO schema_version VALUES (999)")

    await finds(service, "upgrade the program")
    said = await santong(service, "run")
    assert (said.code, "The data are newer" in said.err) == (2, True)
    with closing(connect(str(database))) as store:
        store.execute("DELETE FROM schema_version WHERE number = 999")
    await is_sound(service)


async def test_data_that_others_read_are_closed_to_them(service: Service):
    await started_once(service)
    service.database.chmod(0o644)

    await finds(service, f"chmod 600 {service.database}")
    service.database.chmod(0o600)
    await is_sound(service)


async def test_a_file_that_is_no_database_is_recognised(service: Service):
    await started_once(service)
    service.database.write_bytes(b"nothing that SQLite knows" * 1000)

    await finds(service, "damaged")
    said = await santong(service, "run")
    assert (said.code, "Traceback" in said.err, "damaged" in said.err) == (2, False, True)


async def test_a_lost_keyring_is_recognised_and_never_made_anew(service: Service):
    await started_once(service)
    keyring = service.database.with_name("keyring.db")
    kept = keyring.rename(service.folder / "kept.db")

    await finds(service, "keyring.db")
    said = await santong(service, "run")
    assert (said.code, "keyring.db" in said.err) == (2, True)
    assert not keyring.exists()
    kept.rename(keyring)
    await is_sound(service)


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
    said = await santong(service, "console", words="华兴\n宿舍热水又坏了")

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
        [], ["dance"], ["run", "--port", "80"], ["demo", "--port", "many"],
        ["invite", "--role", "king"], ["bench", "--xml"],
    ],
    ids=" ".join,
)  # fmt: skip
async def test_wrong_arguments_are_answered_with_the_usage(tmp_path: Path, arguments: list[str]):
    said = await ran(*arguments, cwd=tmp_path)

    assert said.code == 2
    assert said.err.startswith("usage: santong")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["run", "demo", "init", "invite", "console"])
async def test_a_configuration_that_is_not_there_is_named(tmp_path: Path, command: str):
    said = await ran(command, "--config", "nowhere.toml", cwd=tmp_path)

    assert said.code == 2
    assert "no such file: nowhere.toml" in said.err
    assert not list(tmp_path.iterdir())


async def test_a_folder_that_cannot_be_made_is_named(service: Service):
    (service.folder / "data").write_text("a file where a folder should be")

    said = await santong(service, "run")

    assert said.code == 2
    assert str(service.folder / "data") in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("option", ["--help", "doctor --help"])
async def test_help_is_there(tmp_path: Path, option: str):
    said = await ran(*option.split(), cwd=tmp_path)

    assert said.code == 0
    assert said.out.startswith("usage: santong")


async def test_python_runs_it_as_a_module(service: Service):
    module = (sys.executable, "-m", "bot")
    made = await ran("init", "--config", str(service.config), cwd=HOUSE, program=module)
    said = await ran("doctor", "--config", str(service.config), cwd=HOUSE, program=module)

    assert (made.code, said.code) == (0, 0)


# bench


async def test_the_bench_prints_one_json_object(tmp_path: Path):
    said = await ran("bench", "--json", cwd=tmp_path)

    assert said.code == 0, said.err
    figures = json.loads(said.out)
    assert figures.keys() == {"lone_p50_ms", "lone_p99_ms", "rss_mb"}
    assert all(value > 0 for value in figures.values())
    assert not list(tmp_path.iterdir())
