"""`santong invite`: alone under the lock, or by one job row beside the running service."""

import asyncio

from bot.app import database_path, open_app
from bot.config import Config
from bot.gateway.posting import new_id
from bot.jobs import issue_from_command_line
from storage.beside import Beside

_WAIT = 15.0
_LOOK = 0.2


class NoAnswer(Exception):
    """The running service did not take the job up."""


async def invite_here(config: Config, root: bytes, arguments: dict[str, str]) -> str:
    """Raises InUse where a service runs."""
    async with open_app(config, root) as app:
        return await issue_from_command_line(app.stores, app.gateway, arguments)


async def invite_beside(config: Config, root: bytes, arguments: dict[str, str]) -> str:
    """Raises NoAnswer."""
    beside = Beside(database_path(config.storage.url), root)
    id = new_id()
    try:
        beside.add_job(id, "invite", arguments)
        for _ in range(int(_WAIT / _LOOK)):
            state, result = beside.outcome(id)
            if state == "done":
                return result
            if state == "failed":
                break
            await asyncio.sleep(_LOOK)
    finally:
        beside.forget(id)
        beside.close()
    raise NoAnswer
