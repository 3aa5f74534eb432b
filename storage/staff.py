"""Staff, their roles and scopes, and the invitations by which they come."""

from dataclasses import replace

from storage.database import Row, Transaction
from storage.records import Invite, Post, StaffRecord

_COLUMNS = (
    "id, name, unit, employer, skills, hours, capacity, language, focus, focus_until, held, menu"
)
_INVITE = "tag, role, region, site, name, unit, employer, issued_by, expires, claimed_by"


class StaffTable:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, staff: StaffRecord) -> None:
        await self._tx.run(
            f"INSERT INTO staff ({_COLUMNS}, removed) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
            staff.id, staff.name, staff.unit, staff.employer, ",".join(staff.skills),
            staff.hours, staff.capacity, staff.language, staff.focus, staff.focus_until,
            staff.held, staff.menu,
        )  # fmt: skip
        for post in staff.posts:
            await self._tx.run(
                "INSERT INTO staff_role (staff, role, region, site) VALUES ($1, $2, $3, $4)",
                staff.id, post.role, post.region, post.site,
            )  # fmt: skip

    async def by_id(self, id: str) -> StaffRecord | None:
        row = await self._tx.row(f"SELECT {_COLUMNS} FROM staff WHERE id = $1 AND removed = 0", id)
        return None if row is None else await self._with_posts(row)

    async def of_region(self, region: str, role: str) -> list[StaffRecord]:
        """Everybody who holds `role` anywhere in `region`."""
        rows = await self._tx.rows(
            f"SELECT {_COLUMNS} FROM staff WHERE removed = 0 AND id IN "
            "(SELECT staff FROM staff_role WHERE region = $1 AND role = $2) ORDER BY id",
            region, role,
        )  # fmt: skip
        return [await self._with_posts(row) for row in rows]

    async def count(self) -> int:
        row = await self._tx.row("SELECT count(*) AS n FROM staff WHERE removed = 0")
        return 0 if row is None else int(row["n"])

    async def set_language(self, id: str, language: str) -> None:
        await self._tx.run("UPDATE staff SET language = $2 WHERE id = $1", id, language)

    async def set_focus(self, id: str, case: str, until: int) -> None:
        """The case that plain words of this staff member go to, until an epoch second."""
        await self._tx.run(
            "UPDATE staff SET focus = $2, focus_until = $3 WHERE id = $1", id, case, until
        )

    async def end_focus(self, id: str, other_than: str) -> None:
        await self._tx.run(
            "UPDATE staff SET focus = '', focus_until = 0 WHERE id = $1 AND focus <> $2",
            id, other_than,
        )  # fmt: skip

    async def set_held(self, id: str, held: str) -> None:
        await self._tx.run("UPDATE staff SET held = $2 WHERE id = $1", id, held)

    async def set_menu(self, id: str, outgoing: str) -> None:
        """The message that asked this staff member something last."""
        await self._tx.run("UPDATE staff SET menu = $2 WHERE id = $1", id, outgoing)

    async def add_invite(self, invite: Invite) -> None:
        await self._tx.run(
            f"INSERT INTO invite ({_INVITE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)",
            invite.tag, invite.role, invite.region, invite.site, invite.name, invite.unit,
            invite.employer, invite.issued_by, invite.expires,
        )  # fmt: skip

    async def invite(self, tag: bytes, now: int) -> Invite | None:
        row = await self._tx.row(
            f"SELECT {_INVITE} FROM invite WHERE tag = $1 AND expires > $2", tag, now
        )
        return None if row is None else Invite(**dict(row))

    async def claimed_by(self, address_tag: bytes, now: int) -> Invite | None:
        row = await self._tx.row(
            f"SELECT {_INVITE} FROM invite WHERE claimed_by = $1 AND expires > $2",
            address_tag, now,
        )  # fmt: skip
        return None if row is None else Invite(**dict(row))

    async def claim_invite(self, tag: bytes, address_tag: bytes, expires: int) -> bool:
        """Bind the invitation to the first address that shows it; False for everybody else."""
        return bool(
            await self._tx.run(
                "UPDATE invite SET claimed_by = $2, expires = $3 WHERE tag = $1 "
                "AND (claimed_by IS NULL OR claimed_by = $2)",
                tag,
                address_tag,
                expires,
            )
        )

    async def drop_invite(self, tag: bytes) -> None:
        await self._tx.run("DELETE FROM invite WHERE tag = $1", tag)

    async def _with_posts(self, row: Row) -> StaffRecord:
        fields = dict(row)
        fields["skills"] = tuple(skill for skill in fields["skills"].split(",") if skill)
        found = await self._tx.rows(
            "SELECT role, region, site FROM staff_role WHERE staff = $1 ORDER BY role, site",
            row["id"],
        )
        return replace(StaffRecord(**fields), posts=tuple(Post(**dict(one)) for one in found))
