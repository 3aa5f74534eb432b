import pytest

from handlers.routing import tokens
from handlers.routing.classifier import Classifier
from handlers.routing.taxonomy import load_taxonomy

# Invented messages, written after the word lists and without looking into them; where two
# categories are as good as each other both are named, and either may come first.
MESSAGES = {
    "housing": """
        我想从6楼搬去跟老乡一起住,要找谁批
        跟我一间的那个人天天带外面的人回来过夜
        宿舍十个人挤一间,能不能换个少点人的
        房东说下个月要加三百,不加就让我走
        两公婆一齐做工,厂里有冇夫妻房可以申请
        租的房子还没到期房东不肯退我押金怎么办
        阿姨十点半就锁楼门,我中班下班进不去
        新来的没有床位,让我睡在走廊的折叠床
        can i change my dorm, my roommate smokes every night
        听讲有俾后生仔嘅公租房,点样申请?
        舍友半夜三点还在打游戏骂队友,我明天要上早班
        外面租房贵不贵,附近有没有便宜点的单间
        """,
    "employment": """
        下半年毕业,学机电的,哪里有对口的单位收人
        最近边度请人啊,普工都得
        学校安排的实习跟我专业一点关系都没有
        想从流水线转去做质检,要什么条件
        厂里裁了好多人,我也在名单里,接下来去哪找事做
        明天去见工要带什么东西
        怎么写简历啊我一点经验都没有
        where can i find a summer job nearby
        26岁了还在打螺丝,想换一行又不知道干什么
        这个月有没有招聘会
        做咗三年普工,想升组长有咩途径
        寒假想打份短工赚点学费,学校能介绍吗
        """,
    "pay": """
        上个月的工资到现在都没打到卡上
        说好的一个小时22,发下来按18算的
        加班到十点半一分钱加班费都没有
        几时出粮啊,迟咗成个礼拜啦
        国庆那几天上班不是应该三倍吗
        我请了一天病假全勤和绩效全没了,扣了六百
        中介说满三个月有返费,现在不认账了
        离职半个月了厂里还押着我一个月的钱
        my overtime last month was not paid
        实习生一个月只给八百块正常吗
        高温天车间快四十度,有没有高温费
        工资条上好多项看不懂,能不能解释一下
        """,
    "meals": """
        饭堂的菜天天都是白菜豆腐,油水都没有
        今天中午的鸡腿里面还是红的没熟
        打饭的人手一直抖,三块肉抖成一块
        二楼的粉涨到12一碗了,吃不起
        我不吃猪肉的,有没有清真的窗口
        夜班下来食堂都关了,想吃口热的都没有
        啲餸又咸又油,食到我成日口干
        汤里吃出一只苍蝇,跟他们说还不认
        the canteen closes too early for the night shift
        可以加个自选吗,每次都打一大堆吃不完浪费
        饭卡丢了里面还有两百块能补吗
        中午排队排了半个钟,吃完就要上工了
        """,
    "hukou": """
        我小孩九月要上一年级了,外地户口可以在这边读吗
        社保断了两个月会不会影响以后买房
        想把户口迁过来要多少分
        身份证丢了,不回老家能补吗
        居住证快到期了去哪里续
        厂里没给我买社保,自己可以交吗
        在老家生孩子,这边的生育险能报吗
        医保卡点解用唔到,话我停咗保
        换了厂之后公积金怎么转
        how do i get a residence permit here
        疫苗本要在哪里给孩子转
        在这边住院老家的新农合能报多少
        """,
    "activities": """
        周末有没有人一起打羽毛球,缺个搭子
        厂里能不能放场露天电影
        想组个骑行队,礼拜天去水库那边
        会弹吉他,想找几个人玩乐队
        今年中秋有晚会吗,我想报个节目
        有冇得踢波嘅场,夜晚开灯嗰种
        有没有年轻人联谊的,想认识点朋友
        王者五排缺两个,有没有人
        any basketball games this weekend?
        篮球赛什么时候报名,我们车间想组一队
        想做义工,去敬老院那种
        放假三天没地方去,有没有组织去爬山的
        """,
    "study": """
        我中专毕业想弄个大专文凭,要几年
        电工证在哪里考,厂里报销吗
        有没有晚上上的电脑课,零基础的
        听说有个圆梦计划可以免费读大学,怎么报
        想学点英语,背单词老是背不下去
        图书室能不能周末开门,我想借几本小说
        我挂了两科,补考什么时候
        想学剪辑视频,有没有人教
        有冇得学叉车嘅,几钱
        is there any evening class for beginners
        三校生考本科难不难,要准备啥
        考完中级工有没有补贴领
        """,
    "startup": """
        攒了五万块想回去开个奶茶店,靠谱吗
        摆摊卖烤肠要办什么证
        办个体户执照要跑几个地方
        想跟两个工友合伙做跨境电商
        大学生返乡创业有什么扶持
        有冇低息贷款俾后生做生意
        夜市的摊位怎么租
        加盟一个炸鸡店要八万,是不是坑
        i want to start my own small business, any loan?
        想做直播卖家乡的橙子,不知道第一步干嘛
        注册公司要多少本钱
        做副业开网店要不要交税
        """,
    "wellbeing": """
        每天下班回来就躺着,谁也不想理,觉得没意思
        来这边半年了一个能说话的人都没有
        跟谈了四年的女朋友分了,干活都没心思
        一想到明天要上班就心慌喘不上气
        好挂住屋企,夜晚成日偷偷喊
        我妈天天打电话催我回去结婚,烦死
        连着一个星期两三点才睡得着,脑子停不下来
        车间里的人都抱团,就我一个被晾着
        i feel so lonely here, nobody to talk to
        感觉自己很没用,什么都做不好
        最近特别emo,看什么都想哭
        考试没过,觉得对不起爸妈,整个人垮了
        """,
    "rights": """
        冲床把我小指压断了,厂里说私了给两万
        上班三个月了一直没跟我签合同
        线长总是往我身上靠,手还搭我腰上
        迟到一分钟罚五十,这合法吗
        我要走主管说不批,还说走了工资一分没有
        网上兼职垫付了三千八,对方把我拉黑了
        组长当着全线的人骂我是猪
        成日闻到好浓嘅胶水味,头晕,有冇毒嘎
        入厂的时候把我身份证收走了说统一保管
        my supervisor touched me and i dont know what to do
        怀孕了公司让我自己走,一分不赔
        车间的安全门用铁链锁着,万一起火怎么跑
        """,
    "transport": """
        下夜班十二点已经没有公交了,走回去要五十分钟
        能不能在厂门口加个站
        从工业区到高铁站怎么走最快
        厂车成日迟到,害我被扣钱
        路口那个红绿灯时间太短,人还没过完就变了
        电动车没地方停也没地方充电
        从厂到宿舍那段路没有灯,晚上一个人不敢走
        过年回去的票抢不到,厂里会包车吗
        最后一班地铁赶不上,可以推迟点吗
        门口那条路全是泥头车,骑车好危险
        the shuttle bus is always full in the morning
        早上塞到死,巴士等四十分钟
        """,
    "housing facilities": """
        宿舍水龙头滴了一个礼拜没人来弄
        寝室冷气唔冻,热到成身汗
        302房间天花板漏水,被子都湿了
        宿舍楼下通宵施工根本睡不了
        冲凉房三天没有热水了
        宿舍里面好多曱甴,啪完又有
        dorm wifi is down again
        床板断了,报上去没人理
        """,
    "facilities": """
        车间厕所堵了一个星期臭得要命
        办公楼的电梯又停了
        饮水机的水有股怪味,发黄
        楼道的灯全黑,摸黑走
        垃圾堆在门口没人收,苍蝇满天飞
        更衣室的门锁烂咗,冇人整
        旁边工地凌晨还在打桩,吵得要死
        the fan in our workshop is broken
        洗衣机投了币不转
        车间风扇一个都唔转,焗到晕
        """,
}

# Written later; no word was ever added for these. What to expect of words not thought of.
UNSEEN = {
    "housing": """
        我们楼下那道铁闸半夜叫不开,保安睡着了
        分给我的铺位靠着走廊,人来人往没法休息
        能给双职工安排一间吗,孩子暑假要过来
        跟贵州的几个处不来,想跟自己老乡一个屋
        合同还有半年房主要卖房让我们走人
        关于申请调整住宿安排的请示:本人因工作班次不同,与同住人员作息冲突
        """,
    "employment": """
        我表弟刚满18想过来,你们那边还收人吗
        学汽修的出来能干啥
        都说AI要来了,我们这种装配的以后还有饭碗吗
        学校不给我换单位,说换了就没有学分
        面了三家都说回去等通知
        边间厂而家请紧人
        """,
    "pay": """
        卡里怎么只有两千一,我满勤啊
        老板讲下个月先计数俾我哋
        这个月到手比上个月少四百多,找文员说系统就这样
        签的是五千包吃住,结果七扣八扣剩三千
        站了十二个小时只给八个小时的
        说是自愿加班不算钱
        """,
    "meals": """
        今天的豆角没炒透,好几个人说肚子不舒服
        天天土豆丝吃到想吐
        十二点半去就剩菜汤了
        能不能搞个微波炉给自己带饭的人热一下
        六块钱一份全是骨头
        阿姨勺子里的肉会跳舞
        """,
    "hukou": """
        娃儿户头在四川,在这里念书要啥子手续
        我那张绿色的卡过期了,是去派出所换还是网上换
        社保局说单位没给我申报
        生仔可以报返几多
        想问下外来工可不可以在这边办结婚
        在家摔断腿,回老家治的钱这里给不给报
        """,
    "activities": """
        一到周日就刷手机,有没有什么可以一起的
        想找人爬南山
        我们几个女生想学跳韩舞,有地方吗
        上次那个放映会还搞不搞
        厂际三人制什么时候开打
        wanna play pool after work, who's in
        """,
    "study": """
        初中没读完,现在想补个文凭晚了吗
        我想考个低压
        有没有老师教怎么用表格
        想看点心理学的,去哪能借到
        焊工那个班还招人不
        我技校的,想升上去,听说要考语数英
        """,
    "startup": """
        存了点钱,想支个早餐摊
        我有个点子,做外卖柜共享,找谁聊
        老家有茶山,想在网上卖
        租个档口卖手机壳行不行
        听说年轻人自己干有五千块给,真的吗
        三个人凑钱弄个洗车场,怎么分
        """,
    "wellbeing": """
        下班坐在天台上一坐就是两个钟
        他把我删了,我两天没吃东西
        我爸又喝醉打电话骂我,挂了电话手一直抖
        每天睁眼就想到流水线,胃里翻
        我好像跟谁都说不到一块去
        成日觉得自己好废
        """,
    "rights": """
        他们让我在一张白纸上签字
        机器没有挡板,昨天差点把手带进去
        班长动不动就踹凳子骂我们是垃圾
        有个男的天天在女厕门口晃
        扫了个码说能领补贴,卡里的钱没了
        提了辞职一个月了,就是不给办
        """,
    "transport": """
        从三号门到宿舍区能不能加趟夜里的车
        骑小电驴去上班老被拦
        厂门口那个口子大车转弯看不到人
        初六想回来,一张座位都没有
        站牌上写十分钟一趟,等了三十五
        为什么公交不到我们园区
        """,
    "housing facilities": """
        我们屋的风扇掉下来一片叶子
        六楼冲凉的水跟线一样细
        床头的插孔冒火花
        隔壁寝天天放歌到两点
        """,
    "facilities": """
        二车间女厕一个门都关不上
        园区后面那条沟味道太大了
        打卡机边上的地砖翘起来绊倒好几个
        饮水处出来的水是黄的
        """,
}

SMALLTALK = {
    "greeting": "在吗|你好|hi|Hello!|您好,请问在吗|早上好呀|有人吗?|在不在|你好👋|你是机器人吗|"
    "hello?? anyone there",
    "promise": "真的匿名吗|你们会知道我是谁吗|会不会告诉厂里|is it anonymous?|系咪真系匿名㗎|"
    "你好,这个真的是匿名的吗?|老板会知道吗|能看到我的微信吗|别告诉我们老板|你好,会保密吗|"
    "会唔会话俾老板知|will you tell my boss?",
    "thanks": "谢谢|好的|ok|Thanks|唔该晒|好的谢谢|收到,谢谢老师|嗯嗯|thank you so much!|OK👌|"
    "多谢晒🙏",
    "noise": "|。。。|...|😂😂|[微笑]|??|?|。|   |\n|[捂脸][捂脸]|hhhhh|asdfgh|哈哈哈哈|啊啊啊|"
    "(^_^)|\u200b\u200b|❤️",
    "": "你好,宿舍漏水|在吗 工资没发|1|我很不好|老板知道我投诉了|我的信息被泄露了|好难受|不好|"
    "被老板知道了怎么办|谢谢,那加班费呢|救救我|你好 我想死|[微笑]宿舍好吵|110|hi i was fired",
}

URGENT = """
    车间着火了
    有人触电晕倒了
    今晚被房东赶出来没地方去
    身上一分钱没有,没钱吃饭了
    落户材料今天截止,怎么办
    组长说要打我,在厂门口等着
    I have nowhere to sleep tonight
    成条线嘅人都屙肚,食物中毒
    我不想活了
    """

CALM = """
    今天的菜太咸了
    累死了,天天加班
    报名什么时候截止
    笑死我了这个活动
    宿舍热死了
    明天有招聘会吗
    """


def lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    taxonomy = load_taxonomy({})
    tokens.add_words(taxonomy.vocabulary())
    return Classifier(taxonomy, tokens.cut)


def first_label_accuracy(classifier: Classifier, messages: dict[str, str]) -> float:
    given = [(labels.split(), text) for labels, block in messages.items() for text in lines(block)]
    right = sum(
        analysis.category in labels and not analysis.smalltalk
        for labels, analysis in ((labels, classifier.analyse(text)) for labels, text in given)
    )
    return right / len(given)


def test_most_messages_find_their_category(classifier: Classifier) -> None:
    assert sum(len(lines(block)) for block in MESSAGES.values()) >= 120
    assert first_label_accuracy(classifier, MESSAGES) >= 0.8


def test_words_not_thought_of_are_found_less_often(classifier: Classifier) -> None:
    assert first_label_accuracy(classifier, UNSEEN) >= 0.35


@pytest.mark.parametrize("kind", SMALLTALK)
def test_smalltalk_is_told_from_content(classifier: Classifier, kind: str) -> None:
    texts = SMALLTALK[kind].split("|")

    assert [(text, classifier.analyse(text).smalltalk) for text in texts] == [
        (text, kind) for text in texts
    ]


def test_a_greeting_before_content_is_content(classifier: Classifier) -> None:
    assert classifier.analyse("你好,宿舍漏水").labels == ("housing", "facilities")


def test_trouble_outside_the_dormitory_is_not_housing(classifier: Classifier) -> None:
    assert "housing" not in classifier.analyse("车间漏水").labels


def test_the_longest_word_wins() -> None:
    short, long = {"strong": ["月宫"]}, {"strong": ["月宫费"]}
    classifier = bare({"short": short, "long": long})

    assert classifier.analyse("月宫费").labels == ("long",)


def test_a_word_across_two_words_is_not_meant() -> None:
    classifier = bare({"things": {"words": ["东西"]}}, lambda text: ["广东", "西部"])

    assert classifier.analyse("广东西部").labels == ()


def test_rent_is_not_in_current(classifier: Classifier) -> None:
    assert "housing" not in classifier.analyse("my current parents").labels
    assert classifier.analyse("my rent").category == "housing"


def test_a_child_brings_its_parent_along() -> None:
    classifier = bare({"water": {"strong": ["水表"], "parent": "facilities"}})

    assert classifier.analyse("水表").labels == ("water", "facilities")


@pytest.mark.parametrize("text", lines(URGENT))
def test_danger_is_urgent(classifier: Classifier, text: str) -> None:
    assert classifier.analyse(text).urgent


@pytest.mark.parametrize("text", lines(CALM))
def test_the_everyday_is_not_urgent(classifier: Classifier, text: str) -> None:
    assert not classifier.analyse(text).urgent


@pytest.mark.parametrize("text", ["宿\u200b舍漏\u00ad水", "宿舍漏水", "WAGE 没发", "wage没发"])
def test_hidden_and_wide_characters_do_not_matter(classifier: Classifier, text: str) -> None:
    assert classifier.analyse(text).category in {"housing", "pay"}


def test_only_the_beginning_of_a_long_text_is_looked_at(classifier: Classifier) -> None:
    assert len(tokens.normalise("ﷺ" * 100_000)) <= tokens.LOOKED_AT
    assert classifier.analyse("工" * 100_000 + "宿舍漏水").labels == ()


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "<b>", "[" * 5_000, "好" * 5_000])
def test_any_text_gets_an_answer(classifier: Classifier, text: str) -> None:
    assert classifier.analyse(text) == classifier.analyse(text)


def test_cutting_loses_nothing() -> None:
    assert "".join(tokens.cut("Wage 没发,\n饭堂😂 。 2 3")) == "wage 没发,\n饭堂😂 。 2 3"


def test_no_file_is_written_to_the_shared_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert tokens._jieba.__wrapped__().lcut("宿舍漏水")

    assert list(tmp_path.iterdir()) == []


def test_the_configuration_extends_renames_and_removes() -> None:
    taxonomy = load_taxonomy(
        {"pay": {"names": {"en": "Money"}, "words": ["米"], "remove_words": ["工资"]}}
    )

    assert taxonomy.name("pay", "en") == "Money"
    assert taxonomy.name("pay", "zh-CN") == "工资待遇"
    assert "米" in taxonomy.categories["pay"].words
    assert "工资" not in taxonomy.vocabulary()


def test_a_category_no_longer_configured_is_other() -> None:
    assert load_taxonomy({}).category("moon").slug == "other"


def test_every_category_has_a_shorter_clock_when_urgent() -> None:
    taxonomy = load_taxonomy({})

    assert len(taxonomy.categories) == 13
    assert all(taxonomy.answer_hours(slug, urgent=True) == 2 for slug in taxonomy.categories)


@pytest.mark.parametrize(
    ("slug", "table", "told"),
    [
        ("pay", {"word": []}, "categories.pay.word: unknown key, expected one of answer_hours"),
        ("pay", {"words": "钱"}, "categories.pay.words: expected a list of non-empty strings"),
        ("pay", {"strong": [""]}, "categories.pay.strong: expected a list of non-empty strings"),
        ("pay", {"answer_hours": True}, "categories.pay.answer_hours: expected a whole number"),
        ("pay", {"names": {"en": 1}}, "categories.pay.names.en: expected a non-empty string"),
        ("pay", {"parent": "moon"}, "categories.pay.parent: expected the name of a category"),
        ("pay", {"parent": "pay"}, "categories.pay.parent: expected a category that is not below"),
        ("pay", {"remove_words": ["月亮"]}, "categories.pay.remove_words: expected words of this"),
        ("pay", ["钱"], "categories.pay: expected a table"),
        ("moon", {"names": {"zh-CN": "月"}}, "categories.moon.names.en: expected a name"),
        ("Moon", {}, "categories.Moon: expected a name of a-z"),
    ],
)
def test_a_wrong_table_is_refused_with_its_key(slug: str, table: object, told: str) -> None:
    with pytest.raises(ValueError) as refusal:
        load_taxonomy({slug: table})

    assert str(refusal.value).startswith(told)


def bare(tables: dict[str, dict[str, object]], cut=lambda text: [text]) -> Classifier:
    names = {"zh-CN": "新", "en": "new"}
    return Classifier(
        load_taxonomy({slug: {"names": names, **table} for slug, table in tables.items()}), cut
    )
