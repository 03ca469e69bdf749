"""What a bureau's name says it does, however it is written: 市发改委 and 市发展和改革局 have the same key.

The table holds the standard short names of bureaus at provincial, city and county level. Since one level has only one
bureau for a duty, 局 and 委 (发改委, 发改局) count as the same; a bureau with further duties (教育体育局) does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class NameKey:
    """``level``: 省, 市, 区, 县, 州 …, '' when the name does not say; ``duties``: codes of the table."""

    level: str
    duties: frozenset[str]

    def fits(self, other: NameKey) -> bool:
        """The same duties, and no contradiction about the level."""
        return self.duties == other.duties and (not self.level or not other.level or self.level == other.level)

    def touches(self, other: NameKey) -> bool:
        """Some duty in common: worth offering, never taken unasked."""
        return bool(_with_parts(self.duties) & _with_parts(other.duties))


_DUTIES: dict[str, str] = {
    "发改": "发展和改革|发展改革|发展与改革|发改",
    "工信": "工业和信息化|工业信息化|经济和信息化|经济信息化|经济与信息化|工信|经信|工业与信息化",
    "教育": "教育",
    "体育": "体育",
    "科技": "科学技术|科技",
    "民宗": "民族宗教事务|民族和宗教事务|民族宗教|民宗",
    "公安": "公安",
    "民政": "民政",
    "司法": "司法",
    "财政": "财政",
    "人社": "人力资源和社会保障|人力资源社会保障|人力资源与社会保障|人社|人力社保|人保",
    "自规": "自然资源和规划|自然资源规划|规划和自然资源|规划自然资源|资源规划"
    "|自然资源与规划|自规|资规|规资|规划资源|规自",
    "自然资源": "自然资源",
    "生态环境": "生态环境保护|生态环境|环境保护|环保",
    "住建": "住房和城乡建设|住房城乡建设|住房与城乡建设|住建|住房保障和城乡建设",
    "住房": "住房保障和房产管理|住房保障和房屋管理|住房保障|房产管理|房管",
    "交通": "交通运输|交通",
    "水利": "水利和湖泊|水利|水务",
    "农业农村": "农业农村和水利|农业农村|农业",
    "商务": "商务和投资促进|商务",
    "文旅": "文化广电新闻出版旅游|文化广电新闻出版和旅游|文化广播电视和旅游"
    "|文化广电和旅游|文化广电旅游|文化和旅游|文化旅游"
    "|文化旅游广电|文广新旅|文广旅游|文广旅|文旅广电|文旅|旅游文化",
    "文体旅": "文化广电旅游体育|文化广电体育旅游|文化旅游广电体育|文化旅游体育|文化体育旅游"
    "|文化和旅游体育|文化体育和旅游|文体广电旅游"
    "|文体广电和旅游|文旅体|文体旅|文广旅体|文体广旅|文旅广体|文广体旅|文体旅游|文广体旅游|文化广电和旅游体育|文化广电体育和旅游",
    "教体": "教育体育|教育和体育|教体",
    "教科": "教育科技|教育和科技|教科",
    "教科体": "教育科技体育|教科体|教育科技和体育",
    "科工信": "科学技术和工业信息化|科技和工业信息化|科技工业和信息化|科技和经济信息化"
    "|科学技术和经济信息化|科技经济信息化|科工信|科经信|科经|科技和工信",
    "卫健": "卫生健康|卫健|卫生和健康",
    "退役": "退役军人事务|退役军人",
    "应急": "应急管理|应急",
    "审计": "审计",
    "国资": "国有资产监督管理|国有资产监管|国资监管|国资",
    "市监": "市场监督管理|市场监管|市监",
    "统计": "统计",
    "医保": "医疗保障|医保",
    "信访": "信访",
    "机关事务": "机关事务管理|机关事务服务|机关事务|机关管理",
    "乡村振兴": "乡村振兴|扶贫开发|扶贫",
    "林业": "林业和草原|林业|林草",
    "园林": "园林绿化|园林和林业|园林",
    "城管": "城市管理和综合执法|城市管理综合执法|城市管理综合行政执法|城市管理和综合行政执法"
    "|城市综合管理|城市管理执法|城市管理|城管执法|城管",
    "执法": "综合行政执法|综合执法|行政执法|执法",
    "审批": "行政审批服务|行政审批|审批服务|审批|行政审批服务管理",
    "政务服务": "政务服务管理|政务服务|政务管理",
    "政数": "政务服务数据管理|政务服务和数据管理|政务服务和大数据管理|政务服务与大数据管理"
    "|政务数据管理|政务服务数据|政务和大数据|政数",
    "数据": "数据",
    "数据资源": "数据资源管理|数据资源|数据管理",
    "大数据": "大数据发展管理|大数据发展|大数据管理|大数据应用发展管理|大数据",
    "金融": "地方金融监督管理|地方金融监管|地方金融管理|金融工作|金融服务|金融发展|金融",
    "外事": "外事侨务|外事|外侨",
    "人防": "人民防空|人防",
    "国动": "国防动员|国动",
    "粮储": "粮食和物资储备|粮食物资储备|粮食和储备|粮食|粮储",
    "能源": "能源",
    "投促": "投资促进|招商引资|招商|投促|经济合作|招商投资促进",
    "口岸": "口岸",
    "公共资源": "公共资源交易监督管理|公共资源交易管理",
    "气象": "气象",
    "地震": "地震",
    "海洋": "海洋渔业|海洋与渔业|海洋和渔业|海洋",
    "畜牧": "畜牧兽医|畜牧",
    "供销": "供销合作联|供销合作|供销",
    "知识产权": "知识产权",
    "药监": "药品监督管理|药监",
    "烟草": "烟草专卖|烟草",
    "邮政": "邮政管理|邮政",
    "消防": "消防救援|消防",
    "通管": "通信管理|通管",
}
"""Duty → ways to write it, without 局 or 委."""
_PARTS: dict[str, tuple[str, ...]] = {
    "文体旅": ("文旅", "体育"),
    "教体": ("教育", "体育"),
    "教科": ("教育", "科技"),
    "教科体": ("教育", "科技", "体育"),
    "科工信": ("科技", "工信"),
    "自规": ("自然资源",),
    "政数": ("政务服务", "数据", "大数据", "数据资源"),
    "大数据": ("数据", "数据资源"),
    "大数据中心": ("大数据", "数据", "数据资源"),
    "城管": ("执法",),
    "审批": ("政务服务",),
    "国动": ("人防",),
    "公共资源中心": ("公共资源",),
}
"""Duties that one bureau often holds together: no equals, but worth offering for one another."""
_NAMES: dict[str, str] = {
    "政府办": "(?:人民)?政府办公[室厅]|府办|(?:人民)?政府办|府办公室",
    "研究室": "(?:人民)?政府(?:发展)?研究(?:室|中心)|政策研究室|政研室",
    "党委办": "委办公[室厅]|委办",
    "宣传部": "委?宣传部",
    "组织部": "委?组织部",
    "统战部": "委?统一战线工作部|委?统战部",
    "政法委": "委?政法委员?会?",
    "社工部": "委?社会工作部|委?社工部",
    "网信办": "委?网络安全和信息化委员会办公室|委?网信办|互联网信息办公室",
    "编办": "委?机构编制委员会办公室|委?编办|委编委办",
    "改革办": "委?全面深化改革委员会办公室|委?深改办|委?改革办|委?深改委办",
    "直属机关工委": "委?[市区县省]?直(?:属)?机关工(?:作)?委(?:员会)?|委?直属机关工委",
    "巡察办": "委?巡察(?:工作领导小组)?办(?:公室)?",
    "老干部局": "委?老干部(?:工作)?局",
    "台办": "委?台(?:湾工作|港澳)办公室|委?台办|台湾事务办公室",
    "文明办": "委?精神文明建设指导委员会办公室|委?文明办",
    "党史": "委?党史(?:研究室|办|地方志研究室)|委?史志(?:研究室|办)",
    "地方志": "地方志(?:编纂委员会办公室|办公室|办)",
    "纪委监委": "纪委监委|纪律检查委员会监察委员会|纪委|纪律检查委员会|监委|监察委员会|纪委、监委",
    "人大办": "人大(?:常委会)?办(?:公室|公厅)?|人大常委会",
    "政协办": "政协办(?:公室|公厅)?|政协",
    "法院": "中级人民法院|人民法院|中院|法院",
    "检察院": "人民检察院|检察院",
    "总工会": "总工会|工会",
    "团委": "团[省市县区州]?委|共青团[一-龥]{0,4}?委(?:员会)?",
    "妇联": "妇女联合会|妇联",
    "残联": "残疾人联合会|残联",
    "工商联": "工商业联合会|工商联",
    "科协": "科学技术协会|科协",
    "文联": "文学艺术界联合会|文联",
    "侨联": "归国华侨联合会|侨联",
    "社科联": "社会科学界联合会|社科联",
    "红十字会": "红十字会",
    "贸促会": "国际贸易促进委员会|贸促会",
    "税务": "税务局|税务",
    "公积金": "住房公积金(?:管理)?中心|公积金(?:管理)?中心",
    "公共资源中心": "公共资源交易(?:服务)?中心|公共资源中心|公资交易中心",
    "融媒体": "融媒体中心|融媒中心",
    "广电台": "广播电视台|广电台|广播电视(?:总台|集团)|电视台",
    "档案馆": "档案馆|档案局|档案局（馆）|档案馆（局）",
    "图书馆": "图书馆",
    "供电": "供电公司|供电局|供电分公司",
    "人行": "人民银行[一-龥]{0,4}(?:分行|中心支行|支行)?|人行",
    "消防队": "消防救援(?:支队|大队|总队)|消防(?:支队|大队|总队)",
    "交警": "公安局交(?:通)?(?:警察)?(?:警)?(?:支队|大队)|交警(?:支队|大队)",
    "交通中心": "交通运输(?:服务|发展)中心",
    "政务中心": "政务服务中心|政务中心|便民服务中心",
    "信息中心": "(?:政务|电子政务|政府)?信息中心|电子政务办(?:公室)?",
    "大数据中心": "大数据(?:管理|服务|发展)?中心",
    "供销社": "供销(?:合作)?(?:联合|联)?(?:总)?社",
    "实事办": "实事办(?:公室)?|民生实事办(?:公室)?",
    "优化办": "优化(?:经济发展环境|营商环境)办(?:公室)?|优化办|营商办|营商环境(?:建设)?(?:局|办)",
    "档案": "档案",
    "督查室": "(?:政府|委政府|委、市政府)?督查(?:室|办|考核办|考核办公室)",
    "机要": "委?机要局",
    "保密": "委?(?:国家)?保密(?:局|办)",
}
"""Units that are known by their whole name, below the level."""
_BODY = re.compile(r"(?:委员会|委|局|厅|署|办公室|办|部门|主管部门|分局)?$")
_WORDS = sorted(
    ((word, duty) for duty, words in _DUTIES.items() for word in words.split("|")), key=lambda pair: -len(pair[0])
)
_WHOLE = tuple((re.compile(pattern), code) for code, pattern in _NAMES.items())
_ZONES = (
    ("经济技术开发区", "经开区"),
    ("高新技术产业开发区", "高新区"),
    ("高新技术开发区", "高新区"),
    ("高新技术产业园区", "高新区"),
    ("高新开发区", "高新区"),
)
_LEVELS = "省市区县州盟旗"
_NOT_A_LEVEL = re.compile(r"市场|市监|市容|市政(?!府|务|协|数|策|法|研)|区域|县域|省级|市级|县级|区级")


def _with_parts(duties: frozenset[str]) -> set[str]:
    return {*duties, *(part for duty in duties for part in _PARTS.get(duty, ()))}


def place_of(name: str) -> str:
    """A place's government by its place: 东山区人民政府 → 东山区, 云川经济技术开发区管委会 → 云川经开区."""
    place = re.sub(r"(?:人民政府|政府|管理委员会|管委会|街道办事处|办事处|党工委|委员会)$", "", name)
    if name.endswith("街道办事处"):
        place += "街道"
    for long, short in _ZONES:
        place = place.replace(long, short)
    return place


@lru_cache(maxsize=8192)
def key_of(name: str, places: tuple[str, ...] = ()) -> NameKey | None:
    """The key of a unit's name; None when the table does not know it to the last character.

    ``places``: names of the place itself (云川市), which may stand for 市.
    """
    level, rest = _level(name, places)
    for pattern, code in _WHOLE:
        if pattern.fullmatch(rest):
            return NameKey(level, frozenset({code}))
    rest = re.sub(r"^(?:人民)?政府(?=.{3,})", "", rest)
    duties = _duties(_BODY.sub("", rest)) or (_duties(rest) if rest != name else None)
    return NameKey(level, duties) if duties else None


def _level(name: str, places: tuple[str, ...]) -> tuple[str, str]:
    rest = re.sub(r"^(?:中国共产党|中共|国家税务总局|国网|中国)", "", name)
    foreign = rest != name
    for place in places:
        if place and rest.startswith(place) and len(rest) > len(place):
            return place[-1] if place[-1] in _LEVELS else "", rest[len(place) :]
        if foreign and len(place) > 2 and rest.startswith(place[:-1]):
            return place[-1], rest[len(place) - 1 :]
    if rest[:1] and rest[0] in _LEVELS and not _NOT_A_LEVEL.match(rest):
        return rest[0], rest[1:]
    return "", rest


def _duties(stem: str) -> frozenset[str] | None:
    found: set[str] = set()
    rest = stem
    while rest:
        match = next(((word, duty) for word, duty in _WORDS if rest.startswith(word)), None)
        if match is None:
            if found and rest[0] in "和与及":
                rest = rest[1:]
                continue
            return None
        found.add(match[1])
        rest = rest[len(match[0]) :]
    return frozenset(found) or None
