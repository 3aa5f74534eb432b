"""`santong bench`: how long a lone message takes from POST to stored and acknowledged."""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import httpx
import uvloop

from bot.app import World, listen, open_app, serve
from bot.config import Config, load_config
from bot.demo import seed_demo
from storage.seal import new_key

_WARM, _MEASURED = 50, 300
_TEXT = "宿舍热水坏了三天了,找宿管也没人修,晚上下班都没法冲凉"


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(_measure(load_config(None, {}, base=Path(folder))))
    print(json.dumps(figures) if options.json else _spoken(figures))
    return 0


def _spoken(figures: dict[str, float]) -> str:
    return "\n".join(f"{name:14} {value:8.2f}" for name, value in figures.items())


async def _measure(config: Config) -> dict[str, float]:
    world = replace(World(), seed=seed_demo)
    async with open_app(config, new_key(), world) as app:
        listener = listen("127.0.0.1", 0)
        started = asyncio.Event()
        serving = asyncio.create_task(serve(app, [], listener, started.set))
        await started.wait()
        try:
            return await _ask(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _ask(base: str) -> dict[str, float]:
    times: list[float] = []
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        await client.get("/")
        await _post(client, "MINGDA")
        for number in range(_WARM + _MEASURED):
            if sys.stderr.isatty():
                print(f"\r{number + 1}/{_WARM + _MEASURED}", end="", file=sys.stderr)
            started = time.perf_counter()
            await _post(client, f"{_TEXT} {number}")
            times.append((time.perf_counter() - started) * 1000)
    times = times[_WARM:]
    return {
        "lone_p50_ms": statistics.median(times),
        "lone_p99_ms": statistics.quantiles(times, n=100)[98],
        "rss_mb": _resident_mb(),
    }


async def _post(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.post("/web/me/messages", json={"id": secrets.token_hex(8), "text": text})
    answer.raise_for_status()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
