"""The real program, `santong demo`, in a folder of its own."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

SANTONG = Path(sys.executable).with_name("santong")
READY_WITHIN, STOPPED_WITHIN = 10, 10


class Program:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.ready_after = folder, 0, 0.0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """On a free port the first time, on the same one after that."""
        begun = time.monotonic()
        with (self.folder / "stderr.txt").open("ab") as complaints:
            self._process = await asyncio.create_subprocess_exec(
                SANTONG, "demo", "--port", str(self.port),
                cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=complaints,
            )  # fmt: skip
        assert self._process.stdout is not None
        async with asyncio.timeout(READY_WITHIN):
            said = (await self._process.stdout.readline()).decode()
        assert "http://127.0.0.1:" in said, f"not started: {said!r} {self.complaints()}"
        self.port = int(said.rpartition(":")[2].partition("/")[0])
        self.ready_after = time.monotonic() - begun

    async def kill(self) -> None:
        """As a power cut would end it."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOPPED_WITHIN):
                code = await self._process.wait()
        except TimeoutError:
            await self.kill()
            raise
        assert code == 0, f"ended with {code}: {self.complaints()}"

    def complaints(self) -> str:
        return (self.folder / "stderr.txt").read_text(encoding="utf-8")

    def megabytes(self) -> float:
        """Resident memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Program]:
    program = Program(folder)
    await program.start()
    try:
        yield program
    except BaseException:
        await program.kill()
        raise
    await program.stop()
