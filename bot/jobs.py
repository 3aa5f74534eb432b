"""What the command line asks of the running service: one row in, one row out."""

from bot.gateway import Gateway
from bot.logs import log_failure
from handlers.events import IssueInvite
from storage import Store, Stores


class Jobs:
    def __init__(self, stores: Stores, gateway: Gateway) -> None:
        self._stores, self._gateway = stores, gateway
        self._kinds = {"invite": self._invite}

    async def step(self) -> int:
        """Work off what waits; returns how many there were."""
        waiting = await self._stores.read(lambda store: store.jobs.waiting())
        for id, kind in waiting:
            await self._work(id, kind)
        return len(waiting)

    async def _work(self, id: str, kind: str) -> None:
        try:
            arguments = await self._stores.read(lambda store: store.jobs.arguments(id))
            result = await self._kinds[kind](arguments)
            state = "done"
        except Exception as error:
            result, state = log_failure("job-failed", error), "failed"
        await self._stores.transaction(lambda store: store.jobs.finish(id, state, result))

    async def _invite(self, arguments: dict[str, str]) -> str:
        return await issue_from_command_line(self._stores, self._gateway, arguments)


async def issue_from_command_line(
    stores: Stores, gateway: Gateway, arguments: dict[str, str]
) -> str:
    """The one-time code of an invitation: how the first admin of an organisation comes."""
    region = arguments["region"] or await stores.read(_first_region)
    role, name = arguments["role"], arguments["name"]
    unit = arguments.get("unit", "")
    code = await gateway.issue_invite(IssueInvite(role, region, "", name, unit, "", employer=unit))
    await stores.transaction(
        lambda store: store.audit.note(gateway.clock(), region, "", f"invite {role}", name)
    )
    return code


async def _first_region(store: Store) -> str:
    return (await store.sites.regions())[0].id
