"""The region and the sites that the configuration names, put into an empty or older store."""

from bot.config import Config, Site
from bot.gateway.posting import new_id
from storage import Store, Stores, records

_DEFAULT_REGION = "本地"


async def seed_organisation(stores: Stores, config: Config) -> None:
    """Adds what is missing by name; changes nothing that is there."""

    async def seed(store: Store) -> None:
        regions = await store.sites.regions()
        if regions:
            region = regions[0]
        else:
            name = config.organisation.region or _DEFAULT_REGION
            region = records.Region(new_id(), None, name)
            await store.sites.add_region(region)
        known = {one.name for one in await store.sites.of_region(region.id)}
        for site in config.organisation.sites:
            if site.name not in known:
                await store.sites.add(_record(site, region.id, config.retention_days))

    await stores.transaction(seed)


def _record(site: Site, region: str, retention_days: int) -> records.Site:
    return records.Site(
        id=new_id(), region=region, name=site.name, kind=site.kind, employer=site.employer,
        headcount=site.headcount, timing=site.timing, listed=site.open_list, code=site.code,
        retention_days=retention_days,
    )  # fmt: skip
