"""A youth writes, the cadre answers, nobody learns who."""

from tests.world import World


async def test_a_letter_reaches_the_cadre_and_the_answer_comes_back(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",), skills=("housing",))
    await world.joins("mei")

    await world.says("mei", "宿舍热水坏了三天了")
    receipt = world.heard("mei")[-1]
    assert "镇团委 zhao" in receipt and len(receipt.splitlines()) <= 3
    assert world.heard("zhao") == []

    await world.later(60)
    card = world.heard("zhao")[-1]
    assert "宿舍热水坏了三天了" in card and "明达电子厂" in card

    await world.says("zhao", "已经报修,今晚来人", about="宿舍热水")
    given = world.heard("zhao")[-1]
    assert "30" in given or "10" in given
    assert world.heard("mei") == []

    await world.later(30)
    assert "已经报修,今晚来人" in world.heard("mei")[-1]
