"""Regions and the sites in them."""

from storage.database import Row, Transaction
from storage.records import Region, Site

_COLUMNS = "id, region, name, kind, employer, headcount, timing, listed, code, retention_days"


class Sites:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add_region(self, region: Region) -> None:
        await self._tx.run(
            "INSERT INTO region (id, parent, name) VALUES ($1, $2, $3)",
            region.id, region.parent, region.name,
        )  # fmt: skip

    async def regions(self) -> list[Region]:
        rows = await self._tx.rows("SELECT id, parent, name FROM region ORDER BY id")
        return [Region(**dict(row)) for row in rows]

    async def add(self, site: Site) -> None:
        await self._tx.run(
            f"INSERT INTO site ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            site.id, site.region, site.name, site.kind, site.employer, site.headcount,
            site.timing, int(site.listed), site.code, site.retention_days,
        )  # fmt: skip

    async def by_id(self, id: str) -> Site | None:
        return _site(await self._tx.row(f"SELECT {_COLUMNS} FROM site WHERE id = $1", id))

    async def by_word(self, word: str) -> Site | None:
        """By join code or name, whatever the case of the letters."""
        return _site(
            await self._tx.row(
                f"SELECT {_COLUMNS} FROM site WHERE (code <> '' AND lower(code) = lower($1)) "
                "OR lower(name) = lower($1) ORDER BY id",
                word,
            )
        )

    async def listed(self, limit: int) -> list[Site]:
        rows = await self._tx.rows(
            f"SELECT {_COLUMNS} FROM site WHERE listed = 1 ORDER BY name LIMIT $1", limit
        )
        return [site for row in rows if (site := _site(row)) is not None]

    async def of_region(self, region: str) -> list[Site]:
        rows = await self._tx.rows(
            f"SELECT {_COLUMNS} FROM site WHERE region = $1 ORDER BY name", region
        )
        return [site for row in rows if (site := _site(row)) is not None]


def _site(row: Row | None) -> Site | None:
    if row is None:
        return None
    fields = dict(row)
    fields["listed"] = bool(fields["listed"])
    return Site(**fields)
