"""The real program as a process of its own, with ways to end it, and a look into what it left."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Self

import httpx
import websockets

from bot.keys import root_key
from storage import Store, open_store
from storage.records import Message
from tests.fakes.telegram import TOKEN

SANTONG = str(Path(sys.executable).with_name("santong"))
HOUSE = Path(__file__).parents[2]
SITE = "华兴电子厂"
SECRET = "hook-secret-of-the-tests"
PATIENCE = 60.0


async def until(what: str, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for a condition of the outside world; `what` is said when it never comes."""
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Service:
    """`santong run` on a folder of its own; `telegram` are lines of that table."""

    folder: Path
    telegram: dict[str, str] = field(default_factory=dict)
    join_seconds: int = 2
    undo_seconds: int = 1
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    starts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_config()

    # its files

    def write_config(self, more: str = "") -> None:
        telegram = {"token": TOKEN, **self.telegram} if self.telegram else {}
        self.config.write_text(
            f"join_seconds = {self.join_seconds}\nundo_seconds = {self.undo_seconds}\n"
            f'[web]\nport = {self.port}\npublic_url = "{self.base}"\n'
            f'[organisation]\nregion = "青溪镇"\n'
            f'[[organisation.sites]]\nname = "{SITE}"\ncode = "华兴"\n'
            + "[telegram]\n" + "".join(f'{key} = "{it}"\n' for key, it in telegram.items()) + more,
            encoding="utf-8",
        )  # fmt: skip
        self.config.chmod(0o600)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "santong.db"

    @property
    def key(self) -> Path:
        return self.folder / "keys" / "root.key"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def complaints(self) -> str:
        """All that every run so far has said on stderr."""
        return (self.folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")

    # its life

    async def spawn(self, *command: str) -> None:
        with (self.folder / "stderr.txt").open("ab") as stderr:
            self.process = await asyncio.create_subprocess_exec(
                SANTONG, *(command or ["run"]), "--config", str(self.config), cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=stderr,
            )  # fmt: skip

    async def start(self, *command: str) -> None:
        """Returns when the program says that it is ready."""
        began = monotonic()
        await self.spawn(*command)
        await self.ready()
        self.starts.append(monotonic() - began)

    async def ready(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        assert b"ready" in line, f"{line!r}\n{self.complaints}"

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def end(self, number: signal.Signals) -> tuple[int, float]:
        """(exit code, seconds it took)"""
        assert self.process is not None
        began = monotonic()
        self.process.send_signal(number)
        code = await asyncio.wait_for(self.process.wait(), PATIENCE)
        return code, monotonic() - began

    async def stop(self) -> None:
        code, seconds = await self.end(signal.SIGTERM)
        assert code == 0, self.complaints
        assert seconds < 10

    @property
    def resident_mb(self) -> float:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    async def get(self, path: str, **more: str) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=20) as client:
            return await client.get(path, headers=more)

    async def parts(self) -> dict[str, str]:
        """What /readyz says of each part; "status" is that of the answer."""
        answer = await self.get("/readyz")
        return {**answer.json()["parts"], "status": str(answer.status_code)}

    @property
    def listens_on(self) -> set[str]:
        """The addresses of its port on which somebody listens, as the kernel writes them."""
        found = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in Path(table).read_text().splitlines()[1:]:
                address, port = line.split()[1].split(":")
                if int(port, 16) == self.port and line.split()[3] == "0A":
                    found.add(address)
        return found

    async def comes_to(
        self, what: str, holds: Callable[[dict[str, str]], bool], seconds: float = PATIENCE
    ) -> dict[str, str]:
        end = monotonic() + seconds
        while not holds(parts := await self.parts()):
            assert monotonic() < end, f"still not: {what}: {parts}"
            await asyncio.sleep(0.1)
        return parts

    # the command line beside it

    async def invites(self, name: str, role: str = "cadre") -> str:
        said = await ran(
            "invite", "--role", role, "--name", name, "--config", str(self.config),
            cwd=self.folder,
        )  # fmt: skip
        assert said.code == 0, said
        code = said.out.split()[0]
        assert f"/redeem {code}" in said.out
        return code


@dataclass
class Said:
    code: int
    out: str
    err: str


async def ran(
    *arguments: str, cwd: Path, program: Sequence[str] = (SANTONG,), words: str = "",
    **environ: str,
) -> Said:  # fmt: skip
    """Run the command line to its end, with `words` on its standard input."""
    process = await asyncio.create_subprocess_exec(
        *program, *arguments, cwd=cwd, env={**os.environ, **environ},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(words.encode()), PATIENCE)
    except TimeoutError:
        process.kill()
        raise
    return Said(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def installed(folder: Path, **more: object) -> AsyncIterator[Service]:
    """A service that is gone at the end of the test, whatever happened in it."""
    service = Service(folder, **more)  # type: ignore[arg-type]
    try:
        yield service
    finally:
        if service.process is not None and service.process.returncode is None:
            service.process.kill()
            await service.process.wait()


# a page of the web channel


class Page:
    """Posts, and hears over its WebSocket; `async with Page(base)`."""

    def __init__(self, base: str, phone: str = "me") -> None:
        self.base, self.phone = base, phone
        self.client = httpx.AsyncClient(
            base_url=base, trust_env=False, timeout=20, follow_redirects=True
        )
        self.bubbles: list[dict[str, Any]] = []
        self._numbers = count()

    async def __aenter__(self) -> Self:
        (await self.client.get("/")).raise_for_status()
        cookies = "; ".join(f"{name}={it}" for name, it in self.client.cookies.items())
        self.socket = await websockets.connect(
            f"{self.base.replace('http', 'ws', 1)}/web/{self.phone}/stream",
            additional_headers={"cookie": cookies}, proxy=None,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self.socket.close()
        await self.client.aclose()

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            while True:
                frame = json.loads(await self.socket.recv())
                self.bubbles += frame.get("bubbles", [])
                self.bubbles += [frame["bubble"]] if frame["type"] == "bubble" else []

    @property
    def heard(self) -> list[str]:
        return [one["text"] for one in self.bubbles if one["from"] == "bot"]

    async def hears(self, words: str) -> None:
        await until(f"the page hears {words}", lambda: any(words in one for one in self.heard))

    async def says(self, text: str) -> httpx.Response:
        return await self._posts({"text": text})

    async def taps(self, label: str) -> httpx.Response:
        await until(f"the page shows {label}", lambda: self._tokens(label))
        return await self._posts({"choice": self._tokens(label)[-1]})

    def _tokens(self, label: str) -> list[str]:
        keys = [key for one in self.bubbles for key in one["buttons"]]
        return [key["token"] for key in keys if key["label"] == label]

    async def _posts(self, body: dict[str, str]) -> httpx.Response:
        body = {"id": f"post-{next(self._numbers)}", **body}
        return await self.client.post(f"/web/{self.phone}/messages", json=body)


# what it left


@dataclass
class Left:
    """What lies in the store of a service that has ended."""

    cases: dict[str, list[Message]]
    """code → its messages in their order"""
    states: dict[str, int]
    """state of an outgoing message → how many"""
    laid_aside: int
    held: set[str]
    orphans: set[str]
    audit_broken: int | None

    def words(self, side: str) -> list[str]:
        return [text for code in self.cases for text in self.words_of(code, side)]

    def words_of(self, code: str, side: str) -> list[str]:
        found = [one for one in self.cases[code] if one.side == side]
        return [one.seal.text for one in found if one.seal is not None]


async def look_into(service: Service) -> Left:
    root = root_key(service.key, {})
    keyring = service.database.with_name("keyring.db")
    async with open_store(service.database, keyring, root) as stores:
        found = await stores.database.read(
            lambda tx: tx.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
        )
        states = {row["state"]: row["n"] for row in found}
        return await stores.transaction(lambda store: _look(store, states))


async def _look(store: Store, states: dict[str, int]) -> Left:
    cases = {}
    retries, held = await store.retries.ids(), await store.held.ids()
    for id in await store.cases.ids():
        case = await store.cases.by_id(id)
        assert case is not None
        cases[case.code] = await store.messages.of_case(id)
    known = await store.cases.ids() | held | retries
    return Left(
        cases=cases, states=states, laid_aside=len(retries), held=held,
        orphans=await store.keyring.ids() - known, audit_broken=await store.audit.first_broken(),
    )  # fmt: skip


def in_flight(service: Service) -> int:
    """How many sends a killed process had begun and not noted as done."""
    if not service.database.exists():
        return 0
    connection = sqlite3.connect(f"file:{service.database}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT count(*) FROM outbox WHERE state = 'leased'")
        return int(found.fetchone()[0])
    except sqlite3.OperationalError:  # killed before it had made its tables
        return 0
    finally:
        connection.close()
