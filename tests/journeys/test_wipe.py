from typing import Any

from storage.errors import NoKey
from tests.world import World


async def rows(world: World, table: str) -> int:
    async def count(tx: Any) -> int:
        return int((await tx.row(f'SELECT count(*) AS n FROM "{table}"'))["n"])

    return int(await world.app.stores.database.transaction(count))


async def test_everything_of_a_youth_goes_case_by_case(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "/write 加班费少算了两天")
    await world.later(60)
    cases = await world.cases()
    wallets = await rows(world, "wallet")

    await world.says("mei", "/wipe")
    await world.taps("mei", world.label("wipe"))
    assert world.text("wiped") in world.heard("mei")
    assert await rows(world, "wallet") == wallets - 1
    assert await rows(world, "case") == 2

    times = []
    for hour in range(26):
        await world.later(3600)
        times.append((hour, await rows(world, "case")))
    assert times[-1][1] == 0
    assert await rows(world, "spent") == 2
    assert await rows(world, "timer") == 0
    await world.later(3 * 86_400)
    assert await rows(world, "nullifier") == 0
    for case in cases:
        try:
            await world.app.stores.transaction(lambda store, id=case.id: store.keyring.key(id))
            raise AssertionError("the key is still there")
        except NoKey:
            pass


async def test_nothing_of_before_is_found_by_the_same_person_again(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "全部删掉")
    await world.taps("mei", "全部删掉")
    await world.says("mei", "我的信")
    assert "宿舍" not in world.heard("mei")[-1]
    await world.says("mei", "/join MINGDA")
    await world.says("mei", "我的信")
    assert world.heard("mei")[-1] == world.text("mine-none")

    await world.says("mei", "饭堂太贵")
    await world.later(60)
    assert "饭堂太贵" in world.heard("zhao")[-1]
    assert len({one.owner for one in await world.cases()}) == len(await world.cases()) == 2


async def test_an_answer_to_somebody_gone_gets_the_usual_words(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.says("mei", "全部删掉")
    await world.taps("mei", "全部删掉")
    world.heard("zhao")
    await world.says("zhao", f"#{code} 已经报修")
    assert "已交出" in world.heard("zhao")[-1]
    await world.later(60)
    assert "已经报修" not in "".join(world.log("mei"))


async def test_changing_ones_mind_touches_nothing(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "全部删掉")
    await world.taps("mei", "算了")
    await world.later(90_000)
    assert len(await world.cases()) == 1
