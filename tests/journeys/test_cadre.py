from tests.world import World


async def test_an_answer_can_be_undone_for_exactly_thirty_seconds(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.later(700)
    world.heard("mei")
    await world.says("zhao", "你是几号床的")
    await world.later(29)
    await world.taps("zhao", world.label("undo"))
    await world.later(60)
    assert world.heard("mei") == []

    await world.says("zhao", "已经报修")
    await world.later(30)
    world.heard("zhao")
    await world.taps("zhao", world.label("undo"))
    assert world.heard("zhao")[-1] == world.text("undo-too-late")
    assert "已经报修" in world.heard("mei")[-1]


async def test_in_a_live_exchange_both_times_shrink_to_ten_seconds(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("zhao", "几楼漏?")
    await world.later(10)
    assert "几楼漏?" in world.heard("mei")[-1]
    await world.says("mei", "三楼走廊")
    world.heard("zhao")
    await world.later(10)
    assert "三楼走廊" in world.heard("zhao")[-1]


async def test_a_code_names_the_case_however_it_is_typed(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    first = await world.asks("mei", "宿舍漏水")
    second = await world.asks("fang", "饭堂太贵")
    await world.says("zhao", f"#{second.lower()} 我去问问")
    await world.says("zhao", f"#{first} 已经报修")
    await world.later(30)
    assert "我去问问" in world.heard("fang")[-1]
    assert "已经报修" in world.heard("mei")[-1]


async def test_plain_words_with_two_open_cases_are_held_until_one_is_chosen(
    everywhere: World,
) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.asks("fang", "饭堂太贵")
    world.heard("mei")
    world.heard("fang")
    await world.says("zhao", "我明天去看看")
    assert world.heard("zhao")[-1] == world.text("which-case-cadre", words="我明天去看看")
    second = (await world.cases())[1]
    await world.taps("zhao", world.label("case", name=second.name, code=second.code))
    await world.later(30)
    assert "我明天去看看" in world.heard("fang")[-1]
    assert world.heard("mei") == []


async def test_the_button_reply_sets_the_case_that_words_go_to(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.asks("fang", "饭堂太贵")
    await world.taps("zhao", "回复", about="宿舍漏水")
    await world.says("zhao", "已经报修")
    assert (await world.cases())[0].name in world.heard("zhao")[-1]
    await world.later(30)
    assert "已经报修" in world.heard("mei")[-1]


async def test_a_quoted_card_of_a_deleted_letter_goes_nowhere_else(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.asks("fang", "饭堂太贵")
    case = next(one for one in await world.cases() if one.code == code)
    card = world.bubble("zhao", "宿舍漏水")
    await world.app.stores.transaction(lambda store: store.cases.delete(case.id))
    await world.people["zhao"].says("我明天去看看", card.id)
    await world.settle()
    assert world.heard("zhao")[-1] == world.text("no-such-case")
    await world.later(60)
    assert "我明天去看看" not in "".join(world.log("fang"))


async def test_the_inbox_shows_open_cases_with_a_way_to_answer(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", "/inbox")
    shown = world.heard("zhao")[-1]
    assert code in shown and world.text("inbox-new") in shown
    await world.taps("zhao", world.label("case-reply", name=(await world.cases())[0].name))
    await world.says("zhao", "已经报修")
    await world.says("zhao", "/inbox")
    assert world.text("inbox-answered") in world.heard("zhao")[-1]


async def test_closing_needs_the_youth(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", f"/close {code}")
    name = (await world.cases())[0].name
    assert world.heard("zhao")[-1] == world.text("close-unanswered", name=name, code=code)
    await world.says("zhao", "修好了")
    await world.says("zhao", f"/close {code}")
    assert world.heard("zhao")[-1] == world.text("close-too-soon", name=name, seconds=10)
    await world.later(30)
    await world.says("zhao", f"/close {code}")
    assert world.text("closed-by-cadre", name=name, reader="镇团委 zhao") in world.heard("mei")

    await world.taps("mei", world.label("not-solved"))
    assert (await world.cases())[0].open
    assert world.heard("zhao")[-1] == world.text("card-reopened", name=name, code=code)

    await world.taps("mei", world.label("solved"), about="修好了")
    await world.taps("mei", world.label("star", count=4))
    assert (await world.cases())[0].seal.rating == 4
    assert world.heard("zhao")[-1] == world.text("card-solved", name=name, code=code)
    await world.says("zhao", f"#{code} 谢谢")
    assert world.heard("zhao")[-1] == world.text("no-such-case")


async def test_a_closed_letter_can_be_opened_again_by_writing_to_it(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("zhao", "修好了")
    await world.later(60)
    await world.taps("mei", "解决了")
    world.heard("zhao")
    await world.says("mei", "又漏了", about="修好了")
    assert "重新打开" in world.buttons("mei", "已经结束")
    await world.taps("mei", "重新打开", about="已经结束")
    await world.later(60)
    assert "又漏了" in world.heard("zhao")[-1]
    assert len(await world.cases()) == 1


async def test_a_case_goes_to_a_colleague_with_all_its_words(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    await world.enrol("qian")
    await world.says("zhao", f"/transfer {code}")
    await world.taps("zhao", "镇团委 qian")
    assert "宿舍漏水" in world.heard("qian")[-1]
    assert "qian" in world.heard("mei")[-1]
    await world.says("zhao", f"#{code} 等等")
    assert world.heard("zhao")[-1] == world.text("no-such-case")
    await world.says("qian", f"#{code} 我接着办")
    await world.later(60)
    assert "我接着办" in world.heard("mei")[-1]


async def test_nobody_at_the_firm_is_offered_as_a_colleague(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("boss", employer="明达电子")
    code = await world.asks("mei", "加班费少算了两天")
    await world.says("zhao", f"/transfer {code} boss")
    assert world.heard("zhao")[-1] == world.text("no-such-colleague")


async def test_a_letter_without_a_reader_is_taken_from_the_pool(world: World) -> None:
    await world.enrol("boss", sites=("factory",), employer="明达电子")
    code = await world.asks("mei", "加班费少算了两天")
    assert (await world.cases())[0].cadre is None
    await world.says("boss", f"/take {code}")
    assert world.heard("boss")[-1] == world.text("no-such-case")
    await world.enrol("qian")
    await world.says("qian", "/inbox")
    assert code in world.heard("qian")[-1]
    await world.says("qian", f"/take {code}")
    assert any("加班费少算了两天" in text for text in world.heard("qian"))
    assert "qian" in world.heard("mei")[-1]


async def test_another_card_ends_the_focus(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    first = await world.asks("mei", "宿舍漏水")
    await world.says("zhao", f"#{first} 已经报修")
    await world.asks("fang", "饭堂太贵")
    await world.says("zhao", "我去问问")
    assert world.heard("zhao")[-1] == world.text("which-case-cadre", words="我去问问")
