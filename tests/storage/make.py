"""Rows for the stories of the store."""

from typing import Any

from storage import Store
from storage.records import (
    Case,
    CaseSeal,
    Message,
    MessageSeal,
    OutboxRow,
    OutboxSeal,
    Timer,
    Words,
)

NOW = 1_795_399_200


def case(id: str = "c1", **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": id, "code": f"CODE{id}", "name": f"青竹{id}", "owner": id.encode(), "region": "town",
        "site": "factory", "cadre": "zhao", "opened_hour": NOW, "answered_hour": None,
        "closed_hour": None, "visible_at": NOW, "turn": 0, "seal": CaseSeal("housing", opened=NOW),
    }  # fmt: skip
    return Case(**(fields | changes))


async def add_case(store: Store, id: str = "c1", **changes: Any) -> Case:
    made = case(id, **changes)
    await store.cases.add(made, b"route", b"counted")
    return made


def message(id: str, case_id: str = "c1", text: str = "宿舍漏水", ord: int = 0) -> Message:
    return Message(id, case_id, "e1", ord, "youth", "", "", NOW, MessageSeal(text, NOW))


def outgoing(id: str, case_id: str | None = "c1", **changes: Any) -> OutboxRow:
    fields: dict[str, Any] = {
        "id": id, "case_id": case_id, "staff": None, "lane": "lane", "ord": 0, "state": "ready",
        "due": NOW, "fence": 0, "tries": 0, "used": 0, "route": None,
        "seal": OutboxSeal("answer", {"words": Words(("m1",))}, at=NOW),
    }  # fmt: skip
    return OutboxRow(**(fields | changes))


def timer(id: str, case_id: str | None = "c1", due: int = NOW) -> Timer:
    return Timer(id, case_id, "join", due, None)
