"""The engine: groups, savepoints, readers, one process, schema."""

import asyncio
import sqlite3
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storage import Store, Stores, open_store
from storage.errors import Clash, InUse, Met, StorageError, TooNew, WrongRootKey
from storage.guard import Guard
from storage.sqlite import connect, numbered
from tests.meeting import Meetings
from tests.storage.conftest import ROOT
from tests.storage.make import add_case, case, message


async def test_numbered_marks_mean_their_number(stores: Stores) -> None:
    """SQLite binds a bare $2 by order of appearance: without the rewriting this gives b, a."""

    async def ask(tx: Any) -> Any:
        return tuple(await tx.row("SELECT $2 AS second, $1 AS first", "a", "b"))

    assert await stores.database.transaction(ask) == ("b", "a")
    assert numbered("VALUES ($1, $12, $2)") == "VALUES (?1, ?12, ?2)"
    raw = sqlite3.connect(":memory:").execute("SELECT $2, $1", ("a", "b")).fetchone()
    assert raw == ("a", "b")


async def test_one_failing_neighbour_takes_nobody_with_it(stores: Stores) -> None:
    async def good(store: Store, number: int) -> int:
        await store.held.drop(f"nothing{number}")
        await store.audit.note(number * 3600, "town", "li", "act", str(number))
        return number

    async def bad(store: Store) -> None:
        await store.audit.note(0, "town", "li", "act", "bad")
        raise ValueError("mine alone")

    waiting = [stores.transaction(lambda store, n=n: good(store, n)) for n in range(20)]
    waiting.insert(7, stores.transaction(bad))
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert [one for one in done if isinstance(one, int)] == list(range(20))
    assert isinstance(done[7], ValueError)
    lines = await stores.read(lambda store: store.audit.last("town", 100))
    assert sorted(int(line.subject) for line in lines) == list(range(20))
    assert await stores.read(lambda store: store.audit.first_broken()) is None


async def test_a_taken_value_is_a_clash_and_leaves_no_trace(stores: Stores) -> None:
    await stores.transaction(lambda store: add_case(store, "c1"))
    with pytest.raises(Clash):
        await stores.transaction(lambda store: add_case(store, "c2", owner=b"c1"))
    assert await stores.transaction(lambda store: store.keyring.ids()) == {"c1"}


async def crowd(stores: Stores) -> Meetings:
    """Thirty acts on a case and thirty on persons, waiting together for the writer."""
    meetings = Meetings(stores.database)
    await stores.transaction(lambda store: add_case(store, "c1"))
    gate = threading.Event()

    async def hold(_: Store) -> None:
        gate.wait()  # in the writer's thread: whatever comes meanwhile forms one group

    async def touch_case(store: Store, number: int) -> None:
        await store.messages.add(message(f"m{number}"))

    async def touch_person(_: Store, vault: Any, number: int) -> None:
        await vault.save_desk(bytes([number]), await vault.desk(bytes([number]), 0), 0)

    acts = [asyncio.ensure_future(stores.transaction(hold))]
    for number in range(30):
        acts.append(asyncio.ensure_future(stores.transaction(partial(touch_case, number=number))))
        acts.append(asyncio.ensure_future(stores.border(partial(touch_person, number=number))))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*acts)
    return meetings


async def test_persons_and_cases_do_not_share_a_commit(stores: Stores) -> None:
    meetings = await crowd(stores)
    assert meetings.transactions >= 60
    assert meetings.broken == []
    assert len(await stores.transaction(lambda store: store.messages.of_case("c1"))) == 30


async def test_a_shared_commit_would_be_seen(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deliberate break: the engine is not told which transactions touch a person."""
    monkeypatch.setattr(Guard, "person", lambda self: None)
    assert (await crowd(stores)).broken


async def test_the_guard_refuses_rows_that_must_not_meet(stores: Stores) -> None:
    await stores.transaction(lambda store: add_case(store, "c1"))

    async def two_cases(store: Store) -> None:
        await store.cases.save(case("c1"))
        await store.cases.save(case("c2"))

    async def person_first(store: Store, vault: Any) -> None:
        await vault.save_desk(b"p", await vault.desk(b"p", 0), 0)
        await store.cases.save(case("c1"))

    with pytest.raises(Met):
        await stores.transaction(two_cases)
    with pytest.raises(Met):
        await stores.border(person_first)


async def test_a_reader_may_not_write(stores: Stores) -> None:
    with pytest.raises(StorageError):
        await stores.read(lambda store: store.held.drop("x"))


async def test_a_transaction_may_await_nothing_but_the_store(stores: Stores) -> None:
    async def dawdle(_: Store) -> None:
        await asyncio.sleep(0)

    with pytest.raises(StorageError):
        await stores.transaction(dawdle)
    assert await stores.transaction(lambda store: store.jobs.waiting()) == []


async def test_a_second_process_on_the_same_files_is_refused(
    stores: Stores, tmp_path: Path
) -> None:
    with pytest.raises(InUse):
        async with open_store(tmp_path / "main.db", tmp_path / "keyring.db", ROOT):
            pass


async def test_another_root_key_is_told_apart(tmp_path: Path) -> None:
    files = tmp_path / "main.db", tmp_path / "keyring.db"
    async with open_store(*files, ROOT):
        pass
    with pytest.raises(WrongRootKey):
        async with open_store(*files, bytes(32)):
            pass
    async with open_store(*files, ROOT):
        pass


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    files = tmp_path / "main.db", tmp_path / "keyring.db"
    async with open_store(*files, ROOT):
        pass
    connection = connect(str(files[0]))
    connection.execute("INSERT INTO schema_version VALUES (9999)")
    connection.close()
    with pytest.raises(TooNew):
        async with open_store(*files, ROOT):
            pass


async def test_person_keyed_tables_lie_in_the_order_of_a_hash(stores: Stores) -> None:
    async def look(tx: Any) -> dict[str, str]:
        rows = await tx.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        return {row["name"]: row["sql"] for row in rows}

    tables = await stores.database.transaction(look)
    for name in ("address", "wallet", "nullifier"):
        assert tables[name].endswith("WITHOUT ROWID")


async def test_durability_is_switched_on(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "x.db"))
    asked = ("journal_mode", "synchronous", "secure_delete")
    values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    connection.close()
    assert values == ["wal", 2, 1]
