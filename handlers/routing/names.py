from collections.abc import Iterator


def _words(block: str) -> tuple[str, ...]:
    return tuple(block.split())


COLOURS = _words(
    """
    青 黛 绛 丹 绯 碧 翠 苍 缃 缥 绀 靛 紫 霁 虹 金红 月白 秋香 天青 雨青 豆青 影青 霁青 霁蓝
    霁红 湖蓝 宝蓝 靛蓝 群青 水绿 碧绿 翠绿 青绿 新绿 湖绿 黛绿 墨绿 鹅黄 明黄 缃黄 暖黄 琥珀
    蜜合 象牙 霜色 月色 水色 雪色 秋色 天色 曙色 霞色 晓色 烟色 烟青 烟蓝 烟紫 雪青 水蓝 水红
    天蓝 碧蓝 湛蓝 蔚蓝 晴蓝 浅蓝 浅青 浅碧 浅紫 淡青 淡紫 淡金 暖金 流金 赤金 绛紫 黛紫 黛蓝
    黛青 墨蓝 墨青 绛红 绯红 银红 霞红 曙红 赭红 翡翠 琉璃 珊瑚 玛瑙 铜绿 空青 月蓝 晴空 银灰
    """
)
PLANTS = _words(
    """
    竹 兰 梅 荷 桂 松 枫 榕 樟 桐 杉 椿 橘 柚 枣 栗 楠 桦 栾 檀 槭 榉 稻 麦 葵 荻 蓼 蕙 菱 菰 莼
    荇 藻 藤 苔 蕨 芷 菖蒲 芦苇 蒹葭 杜若 辛夷 木兰 玉兰 石斛 栀子 木棉 木槿 蔷薇 芍药 杜鹃 海棠
    葫芦 连翘 风铃 鸢尾 桔梗 铃兰 文竹 建兰 春兰 芭蕉 棕榈 云杉 梧桐 泡桐 石榴 荔枝 龙眼 佛手
    枇杷 橄榄 葡萄 沙棘 山楂 柿子 杨桃 苜蓿 半夏 忍冬 防风 麦冬 灵芝 萱草 薄荷 罗勒 蒲葵 凌霄
    木樨 蜡梅 石竹 绣球 枸杞 甘棠 蕙兰 山茶
    """
)
NAMES_COUNT = len(COLOURS) * len(PLANTS)
# Coprime to the count, so that the walk meets every name once, and near the golden section of
# it, so that neighbours share neither colour nor plant.
_STEP = 5_695


def name_at(index: int) -> str:
    colour, plant = divmod(index * _STEP % NAMES_COUNT, len(PLANTS))
    return COLOURS[colour] + PLANTS[plant]


def names_from(start: int) -> Iterator[str]:
    """Every name once; a clash takes the next."""
    return (name_at(start + further) for further in range(NAMES_COUNT))
