from tests.world import World


async def test_bubbles_with_short_pauses_form_one_entry(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿舍的空调坏了")
    assert len(world.heard("mei")) == 1
    await world.later(40)
    await world.says("mei", "报了两次没人来")
    assert world.heard("mei") == []
    await world.later(40)
    await world.says("mei", "晚上热得睡不着")
    assert world.heard("zhao") == []
    await world.later(60)

    cards = world.heard("zhao")
    assert len(cards) == 1
    assert all(one in cards[0] for one in ("空调坏了", "报了两次", "睡不着"))


async def test_an_entry_lasts_three_minutes_at_most(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    for number in range(5):
        await world.says("mei", f"饭堂又涨价了,第 {number} 件")
        await world.later(45)
    assert len(world.heard("zhao")) == 1


async def test_done_hands_the_letter_over_at_once(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "加班费少算了两天")
    await world.taps("mei", world.label("done"))
    assert "加班费少算了两天" in world.heard("zhao")[-1]
    await world.later(120)
    assert world.heard("zhao") == []


async def test_the_receipt_names_category_reader_deadline_and_pseudonym(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "宿舍漏水")
    case = (await world.cases())[-1]
    receipt = world.heard("mei")[-1]
    assert case.name in receipt and "镇团委 zhao" in receipt and "11月" in receipt
    assert case.code not in receipt
    assert len(receipt.splitlines()) == 3


async def test_a_wrong_category_is_set_right_with_two_taps(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "想问一下那个东西怎么办")
    await world.taps("mei", world.label("wrong-category"))
    wanted = world.app.speech.category("hukou", world.language)
    await world.taps("mei", wanted)
    assert (await world.cases())[-1].seal.category == "hukou"
    await world.later(60)
    assert wanted in world.heard("zhao")[-1]
    assert (await world.cases())[-1].seal.category == "hukou"


async def test_a_second_entry_goes_on_with_the_open_letter(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    world.heard("zhao")
    world.heard("mei")
    await world.later(300)
    await world.says("mei", "今天漏得更厉害")
    assert (await world.cases())[-1].name in world.heard("mei")[-1]
    await world.later(60)
    card = world.heard("zhao")[-1]
    assert code in card and "今天漏得更厉害" in card and "宿舍漏水" not in card
    assert len(await world.cases()) == 1


async def test_with_two_open_letters_unclear_words_are_asked_about(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "/write 加班费少算了两天")
    await world.later(700)
    world.heard("zhao")
    first, second = await world.cases()
    world.heard("mei")

    await world.says("mei", "有消息了吗,还是没人管")
    question = world.heard("mei")[-1]
    assert first.name in question and second.name in question
    await world.later(60)
    assert world.heard("zhao") == []

    await world.taps("mei", world.label("go-on-with", name=second.name))
    await world.later(60)
    assert "还是没人管" in world.heard("zhao")[-1]
    assert "有消息了吗,还是没人管" in await world.words(second.code)
    assert await world.words(first.code) == ["宿舍漏水"]


async def test_unclear_words_may_be_something_new(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "写信 加班费少算了两天")
    await world.later(700)
    await world.says("mei", "想报名篮球赛")
    await world.taps("mei", "新的事")
    await world.later(60)
    assert len(await world.cases()) == 3
    assert "想报名篮球赛" in world.heard("zhao")[-1]


async def test_a_digit_answers_the_newest_question_and_nothing_else(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.says("mei", "/start")
    await world.says("mei", "1")
    assert "明达电子厂" in world.heard("mei")[-1]
    await world.says("mei", "宿舍漏水")
    await world.says("mei", "2")
    await world.later(60)
    assert "2" in world.heard("zhao")[-1].splitlines()


async def test_an_old_question_takes_no_digit(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.says("mei", "/join MINGDA")
    await world.says("mei", "/language")
    await world.later(700)
    await world.says("mei", "2")
    assert "Good, English" not in world.heard("mei")[-1]


async def test_quoting_a_letter_goes_on_with_it(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    first = (await world.cases())[-1]
    await world.says("mei", "/write 加班费少算了两天")
    await world.later(700)
    await world.says("mei", "昨天又漏了", about=first.name)
    await world.later(60)
    assert await world.words(first.code) == ["宿舍漏水", "昨天又漏了"]


async def test_my_letters_shows_each_with_its_state(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    await world.says("mei", "/mine" if world.language == "en" else "我的信")
    shown = world.heard("mei")[-1]
    assert (await world.cases())[0].name in shown and world.text("state-waiting") in shown


async def test_taking_back_before_it_is_read_leaves_nothing(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.joins("mei")
    await world.says("mei", "我讨厌我的组长")
    await world.says("mei", "撤回")
    assert "撤回" in world.heard("mei")[-1]
    await world.later(120)
    assert world.heard("zhao") == []
    assert await world.cases() == []


async def test_taking_back_afterwards_destroys_the_words_and_is_said(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    code = await world.asks("mei", "我讨厌我的组长")
    world.heard("zhao")
    await world.says("mei", "撤回")
    assert await world.words(code) == [""]
    assert world.heard("zhao") == [
        world.text("card-taken-back", name=(await world.cases())[0].name, code=code)
    ]


async def test_an_edit_while_it_is_joined_replaces_and_later_corrects(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from tests.world import open_world

    async with open_world(tmp_path, "telegram") as world:
        await world.enrol("zhao", sites=("factory",))
        await world.joins("mei")
        await world.says("mei", "宿舍漏水了在302")
        await world.people["mei"].edits("宿舍漏水了")
        await world.later(60)
        assert "302" not in world.heard("zhao")[-1]
        await world.people["mei"].edits("宿舍漏水三天了")
        await world.settle()
        correction = world.heard("zhao")[-1]
        assert "宿舍漏水三天了" in correction and "更正" in correction


async def test_another_reader_takes_over_and_the_first_is_never_asked_again(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("qian", sites=("factory",))
    code = await world.asks("mei", "宿舍漏水")
    before = (await world.cases())[-1].cadre.removeprefix("staff-")
    after = {"zhao": "qian", "qian": "zhao"}[before]
    world.heard(before)
    await world.says("mei", "换人")
    assert after in world.heard("mei")[-1]
    assert "宿舍漏水" in world.heard(after)[-1]
    await world.says(before, f"#{code} 我来处理")
    assert world.heard(before)[-1] == world.text("no-such-case")
    await world.says("mei", "换人")
    assert world.heard("mei")[-1] == world.text("nobody-else", name=(await world.cases())[-1].name)


async def test_a_nudge_works_once_a_day(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.asks("mei", "宿舍漏水")
    world.heard("zhao")
    await world.says("mei", "催一下")
    assert len(world.heard("zhao")) == 1
    await world.says("mei", "催一下")
    assert world.heard("zhao") == []
    await world.later(86_401)
    await world.says("mei", "催一下")
    assert len(world.heard("zhao")) == 1
