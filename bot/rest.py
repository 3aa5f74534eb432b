"""Waiting for work without missing any."""

import asyncio
import contextlib

_SHORTEST, _LONGEST = 0.1, 1.0


async def until_due(wake: asyncio.Event, due: int | None, now: int) -> None:
    """Until `wake` is set or `due` has come; a second at most, for other processes write too."""
    pause = _LONGEST if due is None else min(max(due - now, _SHORTEST), _LONGEST)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(pause):
            await wake.wait()
