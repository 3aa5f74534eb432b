import re

from tests.world import World


async def test_an_invitation_is_redeemed_in_two_steps_once(everywhere: World) -> None:
    world = everywhere
    await world.enrol("li", "admin")
    await world.says("li", "/invite 周宁 明达电子厂")
    issued = world.heard("li")[-1]
    code = re.findall(r"/redeem (\w{26})", issued)[0]

    await world.says("zhou", f"/redeem {code}")
    assert "周宁" in world.heard("zhou")[-1]
    await world.says("eve", f"/redeem {code}")
    assert world.text("no-such-invite") == world.heard("eve")[-1] or world.channel == "telegram"
    sure = "是我，加入" if "是我，加入" in world.buttons("zhou", "周宁") else "That's me, join"
    await world.taps("zhou", sure)
    assert "周宁" in world.heard("zhou")[-1]

    await world.asks("mei", "宿舍漏水")
    assert "宿舍漏水" in world.heard("zhou")[-1]


async def test_an_unknown_and_an_expired_code_look_alike(world: World) -> None:
    await world.enrol("li", "admin")
    await world.says("li", "/invite 周宁")
    code = re.findall(r"/redeem (\w{26})", world.heard("li")[-1])[0]
    await world.later(4 * 86_400)
    await world.says("zhou", f"/redeem {code}")
    await world.says("zhou", "/redeem AAAAAAAAAAAAAAAAAAAAAAAAAA")
    first, second = world.heard("zhou")[-2:]
    assert first == second == world.text("no-such-invite")


async def test_a_youth_must_leave_before_becoming_staff(world: World) -> None:
    await world.enrol("li", "admin")
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("li", "/invite 梅")
    code = re.findall(r"/redeem (\w{26})", world.heard("li")[-1])[0]
    await world.says("mei", f"/redeem {code}")
    assert world.heard("mei")[-1] == world.text("redeem-youth")
    await world.says("mei", "全部删掉")
    await world.taps("mei", "全部删掉")
    await world.says("mei", f"/redeem {code}")
    await world.taps("mei", "是我，加入")
    await world.says("mei", "/inbox")
    assert world.heard("mei")[-1] == world.text("inbox-empty")


async def test_sites_are_listed_and_added(everywhere: World) -> None:
    world = everywhere
    await world.enrol("li", "admin")
    await world.says("li", "/sites add 新桥工地 building_site 新桥建筑")
    assert "新桥工地" in world.heard("li")[-1]
    await world.says("li", "/sites")
    assert "新桥工地" in world.heard("li")[-1] and "明达电子厂" in world.log("li")[-1]
    for wrong in ("/sites add", "/sites add 甲 castle", "/sites remove 甲"):
        await world.says("li", wrong)
        assert world.heard("li")[-1] == world.text("sites-usage")
    await world.says("li", "/sites add 新桥工地 building_site")
    assert world.heard("li")[-1] == world.text("site-exists", site="新桥工地")


async def test_the_load_counts_open_cases_per_cadre_of_the_region_alone(world: World) -> None:
    await world.enrol("li", "admin")
    await world.enrol("far", "admin", region="other")
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("li", "/load")
    assert "镇团委 zhao：1 / 100" in world.heard("li")[-1]
    await world.says("far", "/load")
    assert "zhao" not in world.heard("far")[-1]


async def test_the_audit_names_acts_and_cases_but_no_youth(world: World) -> None:
    await world.enrol("li", "admin")
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("qian")
    code = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", f"/transfer {code} qian")
    await world.says("li", "/audit")
    shown = world.heard("li")[-1]
    assert f"transfer {code}" in shown and "完整" in shown


async def test_a_changed_audit_line_is_found_out(world: World) -> None:
    await world.enrol("li", "admin")
    await world.says("li", "/invite 甲")
    await world.says("li", "/invite 乙")

    async def forge(tx):  # type: ignore[no-untyped-def]
        await tx.run("UPDATE audit SET subject = '丙' WHERE seq = 1")

    await world.app.stores.database.transaction(forge)
    await world.says("li", "/audit")
    assert "被改动过" in world.heard("li")[-1]


async def test_an_admin_cannot_read_or_answer(world: World) -> None:
    await world.enrol("li", "admin")
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    for tried in (f"#{code} 你是谁", "/inbox", f"/take {code}", f"/close {code}", "/identify"):
        await world.says("li", tried)
        assert world.heard("li")[-1] == world.text("unknown-command")
