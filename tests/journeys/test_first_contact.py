from tests.world import World


async def test_the_first_words_are_the_promise_and_its_limits(everywhere: World) -> None:
    world = everywhere
    await world.says("mei", "/start")
    if world.language == "en" and world.channel == "telegram":
        await world.says("mei", "/language en")
        await world.says("mei", "/start")

    promised = [text for text in world.log("mei") if text == world.text("promise")]
    assert promised
    assert len(promised[0].splitlines()) == 2
    assert "明达电子厂" in world.buttons("mei", world.text("choose-site"))


async def test_a_youth_joins_by_button_by_code_and_by_name(world: World) -> None:
    for name, join in (("mei", "mingda"), ("fang", "/join 明达电子厂"), ("jun", "MINGDA")):
        await world.says(name, join)
        assert "明达电子厂" in world.heard(name)[-1]
    await world.says("lan", "/start")
    await world.taps("lan", "河西新村宿舍")
    assert "河西新村宿舍" in world.heard("lan")[-1]


async def test_the_youth_learns_who_reads_before_a_word_is_sent(world: World) -> None:
    await world.enrol("zhao", sites=("factory",), employer="镇团委")
    await world.enrol("boss", sites=("factory",), employer="明达电子")
    await world.says("mei", "/join MINGDA")
    joined = world.heard("mei")[-1]
    assert "镇团委 zhao，不是厂里的人" in joined
    assert "boss" not in joined


async def test_words_written_before_a_site_is_chosen_become_the_first_letter(
    everywhere: World,
) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.says("mei", "饭堂的菜太咸了")
    assert await world.cases() == []

    await world.taps("mei", "明达电子厂")
    await world.later(60)

    assert "饭堂的菜太咸了" in world.heard("zhao")[-1]
    assert len(await world.cases()) == 1


async def test_two_messages_before_the_site_are_both_kept(world: World) -> None:
    await world.enrol("zhao", sites=("factory",))
    await world.says("mei", "饭堂的菜太咸了")
    await world.says("mei", "而且只有一个窗口开")
    await world.taps("mei", "明达电子厂")
    await world.later(60)
    card = world.heard("zhao")[-1]
    assert "饭堂的菜太咸了" in card and "而且只有一个窗口开" in card


async def test_greetings_dots_and_the_question_of_anonymity_open_nothing(world: World) -> None:
    await world.joins("mei")
    for said, key in (
        ("在吗", "smalltalk-greeting"),
        ("。。。", "smalltalk-noise"),
        ("[微笑]", "smalltalk-noise"),
        ("真的匿名吗", "promise-long"),
        ("你们知道我是谁吗?", "promise-long"),
        ("谢谢", "smalltalk-thanks"),
    ):
        await world.says("mei", said)
        assert world.heard("mei") == [world.text(key)]
    assert await world.cases() == []


async def test_everybody_may_change_the_language(world: World) -> None:
    await world.joins("mei")
    await world.says("mei", "English")
    assert world.heard("mei") == ["Good, English from now on."]
    await world.says("mei", "what can I do here? /help")
    world.heard("mei")
    await world.says("mei", "/language zh-CN")
    assert world.heard("mei") == ["好，之后用中文。"]
    await world.says("mei", "/language")
    await world.taps("mei", "English")
    assert world.heard("mei")[-1] == "Good, English from now on."


async def test_help_lists_what_the_role_may_do(everywhere: World) -> None:
    world = everywhere
    await world.enrol("zhao", sites=("factory",))
    await world.enrol("li", "admin")
    await world.joins("mei")
    for name in ("mei", "zhao", "li"):
        await world.says(name, "/help")
    mine, cadres, admins = (world.heard(name)[-1] for name in ("mei", "zhao", "li"))
    assert "/write" in mine and "/inbox" not in mine and "/load" not in mine
    assert "/inbox" in cadres and "/write" not in cadres and "/load" not in cadres
    assert "/load" in admins and "/inbox" not in admins
    assert "{" not in mine + cadres + admins
