from typing import Any

import pytest

from storage import Store, Stores
from storage.errors import NoKey, Stale
from storage.records import AddressSeal, HeldSeal
from storage.seal import Tampered
from tests.storage.make import NOW, add_case, message, outgoing, timer

MEI = AddressSeal("telegram", "77", "7001")


async def test_a_case_comes_back_as_it_went(stores: Stores) -> None:
    made = await stores.transaction(lambda store: add_case(store))
    assert await stores.read(lambda store: store.cases.by_id("c1")) == made
    assert await stores.read(lambda store: store.cases.by_code("CODEc1")) == made


async def test_a_case_that_moved_meanwhile_is_stale(stores: Stores) -> None:
    made = await stores.transaction(lambda store: add_case(store))
    saved = await stores.transaction(lambda store: store.cases.save(made))
    assert saved.turn == 1
    with pytest.raises(Stale):
        await stores.transaction(lambda store: store.cases.save(made))


@pytest.mark.parametrize("column", ["owner", "site", "cadre", "sealed", "turn"])
async def test_every_swap_between_two_cases_is_found_out(stores: Stores, column: str) -> None:
    await stores.transaction(lambda store: add_case(store, "c1"))
    other = {"site": "dorm", "cadre": "qian", "turn": 3}
    await stores.transaction(lambda store: add_case(store, "c2", **other))

    async def swap(tx: Any) -> None:
        values = {row["id"]: row[column] for row in await tx.rows('SELECT * FROM "case"')}
        await tx.run(
            f"UPDATE \"case\" SET {column} = $1 WHERE id = 'c1'",
            b"x" if column == "owner" else values["c2"],
        )

    await stores.database.transaction(swap)
    with pytest.raises(Tampered):
        await stores.transaction(lambda store: store.cases.by_id("c1"))


async def test_an_older_value_of_the_same_case_does_not_open(stores: Stores) -> None:
    made = await stores.transaction(lambda store: add_case(store))

    async def sealed(tx: Any) -> bytes:
        return bytes((await tx.row('SELECT sealed FROM "case"'))["sealed"])

    old = await stores.database.transaction(sealed)
    await stores.transaction(lambda store: store.cases.save(made))

    async def put_back(tx: Any) -> None:
        await tx.run('UPDATE "case" SET sealed = $1', old)

    await stores.database.transaction(put_back)
    with pytest.raises(Tampered):
        await stores.transaction(lambda store: store.cases.by_id("c1"))


async def test_deleting_a_case_destroys_words_and_key_and_keeps_the_bare_tag(
    stores: Stores,
) -> None:
    async def fill(store: Store) -> None:
        await add_case(store)
        await store.messages.add(message("m1"))
        await store.outbox.add(outgoing("o1"))
        await store.timers.set(timer("t1"))
        await store.outbox.note_bubble(b"ref", outgoing("o1"))

    await stores.transaction(fill)
    await stores.transaction(lambda store: store.cases.delete("c1"))

    async def left(tx: Any) -> list[int]:
        tables = ("case", "message", "outbox", "bubble", "timer", "spent")
        return [(await tx.row(f'SELECT count(*) AS n FROM "{one}"'))["n"] for one in tables]

    assert await stores.database.transaction(left) == [0, 0, 0, 0, 0, 1]
    assert await stores.transaction(lambda store: store.cases.taken_tags([b"c1"])) == {b"c1"}
    with pytest.raises(NoKey):
        await stores.transaction(lambda store: store.keyring.key("c1"))


async def test_a_copied_message_row_does_not_open_in_another_case(stores: Stores) -> None:
    async def fill(store: Store) -> None:
        await add_case(store)
        await store.messages.add(message("m1"))

    await stores.transaction(fill)
    await stores.transaction(lambda store: add_case(store, "c2"))

    async def move(tx: Any) -> None:
        await tx.run("UPDATE message SET case_id = 'c2'")

    await stores.database.transaction(move)
    with pytest.raises(Tampered):
        await stores.transaction(lambda store: store.messages.by_id("m1"))


async def test_rows_of_one_lane_leave_in_order(stores: Stores) -> None:
    async def fill(store: Store) -> None:
        await add_case(store)
        for number in range(3):
            await store.outbox.add(outgoing(f"o{number}", ord=number))

    await stores.transaction(fill)
    left = []
    for _ in range(3):
        heads = await stores.read(lambda store: store.outbox.due(NOW, 10))
        assert len(heads) == 1
        id = heads[0]["id"]
        left.append(id)
        row = await stores.transaction(
            lambda store, id=id: store.outbox.claim(id, "c1", NOW, NOW + 60)
        )
        assert row is not None
        await stores.transaction(lambda store, row=row: store.outbox.settle(row, "sent", 0, NOW))
    assert left == ["o0", "o1", "o2"]


async def test_a_lost_lease_cannot_settle(stores: Stores) -> None:
    async def fill(store: Store) -> None:
        await add_case(store)
        await store.outbox.add(outgoing("o1"))

    await stores.transaction(fill)
    first = await stores.transaction(lambda store: store.outbox.claim("o1", "c1", NOW, NOW + 60))
    again = await stores.transaction(lambda store: store.outbox.claim("o1", "c1", NOW, NOW + 60))
    assert first is not None and again is None
    second = await stores.transaction(
        lambda store: store.outbox.claim("o1", "c1", NOW + 60, NOW + 120)
    )
    assert second is not None and second.state == "leased"
    assert not await stores.transaction(lambda store: store.outbox.settle(first, "sent", 0, NOW))
    assert await stores.transaction(lambda store: store.outbox.settle(second, "sent", 0, NOW))


async def test_a_row_at_rest_keeps_the_hour_only(stores: Stores) -> None:
    async def fill(store: Store) -> None:
        await add_case(store)
        await store.outbox.add(outgoing("o1"))

    await stores.transaction(fill)
    row = await stores.transaction(lambda store: store.outbox.claim("o1", "c1", NOW, NOW + 60))
    assert row is not None
    await stores.transaction(lambda store: store.outbox.settle(row, "sent", 0, NOW + 1234))
    rested = await stores.transaction(lambda store: store.outbox.by_id("o1"))
    assert rested is not None and rested.due % 3600 == 0


async def test_a_timer_fires_once_and_moves_when_it_is_set_again(stores: Stores) -> None:
    await stores.transaction(lambda store: add_case(store))
    await stores.transaction(lambda store: store.timers.set(timer("t1", due=NOW)))
    await stores.transaction(lambda store: store.timers.set(timer("t2", due=NOW + 50)))
    assert await stores.transaction(lambda store: store.timers.take("t1", NOW)) is None
    assert await stores.transaction(lambda store: store.timers.take("t1", NOW + 50)) is not None
    assert await stores.transaction(lambda store: store.timers.take("t1", NOW + 50)) is None


async def test_held_words_are_spent_once_a_message_has_them(stores: Stores) -> None:
    held = HeldSeal((("a1", "早"),), "m1")
    await stores.transaction(lambda store: store.held.add("h1", held, NOW))
    assert await stores.transaction(lambda store: store.held.text("h1")) == "早"
    assert await stores.transaction(lambda store: store.held.spent(0)) == set()

    async def send(store: Store) -> None:
        await add_case(store)
        await store.messages.add(message("m1"))

    await stores.transaction(send)
    assert await stores.transaction(lambda store: store.held.text("h1")) is None
    assert await stores.transaction(lambda store: store.held.spent(0)) == {"h1"}


async def test_the_audit_names_the_first_line_that_was_touched(stores: Stores) -> None:
    async def fill(store: Store) -> None:
        for number in range(5):
            await store.audit.note(NOW, "town", "li", "act", str(number))

    await stores.transaction(fill)
    assert await stores.read(lambda store: store.audit.first_broken()) is None

    async def cut(tx: Any) -> None:
        await tx.run("DELETE FROM audit WHERE seq = 3")

    await stores.database.transaction(cut)
    assert await stores.read(lambda store: store.audit.first_broken()) == 3


async def test_an_address_leads_to_its_wallet_and_nothing_else(stores: Stores) -> None:
    wallet = await stores.border(lambda store, vault: vault.open_wallet(MEI, "zh-CN"))
    assert await stores.border(lambda store, vault: vault.wallet_of(MEI)) == wallet
    other = AddressSeal("telegram", "78", "7001")
    assert await stores.border(lambda store, vault: vault.wallet_of(other)) is None
    await stores.border(lambda store, vault: vault.drop_wallet(wallet))
    assert await stores.border(lambda store, vault: vault.wallet_of(MEI)) is None
    again = await stores.border(lambda store, vault: vault.open_wallet(MEI, "zh-CN"))
    assert again.id != wallet.id and again.seal.person == wallet.seal.person


async def test_tags_of_one_person_join_nothing_across_purposes(stores: Stores) -> None:
    async def tags(_: Store, vault: Any) -> list[bytes]:
        cases = [vault.case_tag(b"p", number) for number in range(20)]
        return [*cases, vault.nullifier(b"p", "desk"), vault.case_tag(b"q", 0)]

    made = await stores.border(tags)
    assert len(set(made)) == len(made)
