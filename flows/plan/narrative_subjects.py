"""Who a sentence without any bracket says is to do it: “由甲局会同乙局…”, “甲局、乙局要…”, “…前，各区要…”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.plan.narrative_units import Closing

_ENDS = (
    r"(?:局|委员会|委|厅|办公室|办公厅|办|部|院|署|中心|政府|集团|公司|大队|支队|总队|分局|管委会|办事处"
    r"|总工会|妇联|残联|工商联|科协|文联|红十字会|供销社|联社|银行|支行|分行|税务局|海关|街道|开发区|专班|指挥部|领导小组"
    r"|(?<=[一-龥]{2})(?:科|股|室|处|馆|站|台|所|校|学院))"
)
_NAME = re.compile(
    rf"(?![对向把将从在为与给按所经以据如因])(?:[省市县区州旗]|[一-龥]{{2}})[一-龥]{{0,14}}?{_ENDS}|(?:{_ENDS})(?<=办公室)"
)
_OPEN_NAME = re.compile(
    r"(?!依托|争取|加强|协调|督促|指导|推动|支持|配合|组织|要求|联系|对接|邀请|确保|建立|成立|帮助|提请|通过|结合|根据|围绕|利用"
    r"|并(?!州)|在|将(?!乐)|把|对|以|按|及|其|或|送|报(?!社))"
    r"(?:(?:[一-龥]{2,4})?[省市县区州旗盟镇乡](?!场|域|内|外)|团|国网|集团|公司|总公司|学校|学院|大学|医院|党[委政]|纪委|监委|机关|中国|国家|[一-龥]{2,6}(?:科|股|室|处)$)"
)
"""How a name begins that no 由 goes before."""
_BARE = re.compile(r"办公室|[省市县区州]委|团[省市县区州]委|[省市县区州](?:人民)?政府|财务科|人事科")
_PLACE = re.compile(r"[一-龥]{2,4}[镇乡县区](?=要|应|须|负责|牵头|会同|、|和|配合)")
_GROUP = re.compile(
    r"(?:(?:各(?:地区?|级|部门|单位|县区|区县|乡镇|镇街))?各(?:有关|相关|级|责任|成员|牵头|参建|承办|职能|行业|主管)*|全[省市县区]各|[省市县区]直各|[省市县区](?:级|直)?(?:有关|相关)"
    r"|(?:[省市县区州旗镇乡]|本|集团|公司|学院|学校|大学|医院|局|院|厅|机关)(?:人民)?(?:政府|委|机关|直属|所属|属|直|级)?(?:各|有关|相关)(?:有关|相关)?"
    r"|有关|相关|属地|其他|其它|[一-龥]{2,6}(?:主管)?(?=部门[要应须负]))[一-龥（）、]{0,14}?"
    r"(?:部门|单位|政府|办事处|管委会|乡镇|镇街|街道|镇|乡|县区|区县|市区|区|县|地区?|学校|社区|村居|村委会|村|科室|处室|股室|部室|企业|园区|医疗机构"
    r"|公司|学院|院系|系部|高校|院校|医院|分局|大队|中队|支队|项目部|车间|班组|专班|工作组|党支部|支部|站所|所|站|窗口|网点|平台|局|委|办|厅|中心|协会|领导小组)"
    r"(?:（[^（）]{1,12}）)?(?:(?:人民)?政府(?:（[^（）]{1,12}）)?|街道办事处|办事处|管委会)?"
)
_IN_PERSON = re.compile(
    r"的?(?:党政|党委（党组）|党组|党委)?(?:主要|分管|有关|班子)(?:负责人|负责同志|领导同志|领导|同志)"
)
"""“各单位主要负责人要…” asks 各单位."""
_ANOTHER = re.compile(r"各[一-龥（）]{0,8}?(?:部门|单位|乡镇|街道|县区|区县|科室)(?=要|应|须|负责|配合|每|于|在[0-9])")
_MODAL = r"(?:要|请|应当|应|须|必须|需|将|务必|可|原则上|尽快|继续|及时|认真|切实|进一步|抓紧|负责)"
_DEED = (
    r"(?:牵头|主办|抓总|主责|统筹|会同|商(?!务|业|会)|联合|配合|协助|协同|协调|参与|指导|督促|监督|落实|做好|抓好|抓紧|组织|开展|建立|制定|制订"
    r"|编制|出台|完善|加强|加快|加大|强化|推进|推动|完成|安排|拨付|提供|提出|提交|起草|拟定|修订|印发|出具|实施|执行|审核|审定|汇总|报送|上报|报(?=[省市县区送请至])"
    r"|列入|纳入|办理|办好|承担|承办|保障|确保|进行|定期|统一|具体|共同|分别|按(?:照|职责|程序|规定|要求|时|期|月|季)?|根据|结合|依法|依托|围绕"
    r"|每|于(?=[0-9本今明每年季月次上下])|在|对|把|向|以|从|至少|抽调|选派|筹备|启动|建设|打造|梳理|摸清|排查|整改|整治|修改|设置|设立|走访|逐(?=[户个项家])|入户|筹措|筹集|分别|联系|清理|发布|公布|公开|举办|召开|培训|宣传|新增|新建|改造|支持|引导|主动|全力|全面|积极|全程|严格|深入|持续|同步|重点|带头|细化|明确|研究|落细|用好|管好|派|设立|成立|调整|优化|提升|扩大|巩固|盘活|收集|整理|检查|巡查|评选|评估|考核|通报|跟踪|督办|谋划|争取|对接|衔接|协商|解决|妥善|处置|处理|核实|核查|认定|测算|评审|验收|移交|交付|采购|招标|征收|选址|划定|供应|筹措|垫付|支付|兑现|追缴|收回|报请|提请|报经|约谈|追责|问责|通报|听取|汇总|调度|落地|确定|指定|配齐|配备|选派|填报|分解|对标|参照|学习)"
)
_TIME = r"[0-9]|年[底内末]|月底|上半年|下半年|本月|今年|明年|近期|立即|每"
_BOUNDARY = re.compile(rf"(?:{_MODAL}|{_DEED}|{_TIME}|（|[、，。；]|$)")
_AFTER_BARE = re.compile(rf"(?:{_MODAL}|[、，]|和|负责|牵头|会同)")
_JOIN = re.compile(
    r"、|以及|和|及(?!时)|与|会同|商(?=[省市县区])|联合(?=[省市县区各])|(?:协同|配合|协助)(?=[省市县区各有相])"
)
_OPENING = re.compile(
    r"(?:(?:即|其中)?[：:]?[一二三四五六七八九]是)?"
    r"(?:(?:经研究|研究|会议|专题会议|会上)?(?:原则)?(?:同意|决定|明确|要求|强调|指出|议定|确定|认为)，?)?"
    r"(?:(?:责成|授权|委托|责令|交由|交|请|要求|明确|改由|继续由|统一由)(?:由)?|由)?"
)
_BEFORE = re.compile(
    r"(?:(?:于|在|自|从)?(?:20[0-9]{2}年|今年|明年|本年度?)?(?:[0-9]{1,2}月|每(?:年|半年|季度?|月|周|旬|学期)|年|[一二三四]季度|第[一二三四]季度|上半年|下半年)"
    r"[^，。；由]{0,14}?(?:前|内|底|末|日|旬|间|度|年)?)，"
)
_AND_SO_ON = re.compile(
    r"等(?:[0-9一二三四五六七八九十]+[个家])?(?:相关|有关|[市县区省]直|[市县区省]级)?(?:部门|单位|地区)?"
)
_LEADING = re.compile(r"(?:负责)?(?:具体|总|共同|统一)?(?:牵头|主办|抓总|主责|负总责)")
_HELPING = re.compile(r"(?:予以|给予|积极|密切|协同|共同|做好|主动|全力)*(?:配合|协助|参与|协办|支持|按.{0,8}职责)")
_OBJECT = re.compile(
    r"(?:报|送|向|经|对|与|至|给|到|为|由|督促|指导|监督|列入|纳入|是|把|将|在|从|帮助|支持|协调|争取|以|按照|的|《|“)[^，。；、]{0,6}$"
)
_UNIT_AHEAD = re.compile(
    r"[省市县区州](?!场|民(?!政|宗|族)|级|内|域|外|区|里|城|长|际)[一-龥]{2,10}?(?:局|委|办公室|办|中心|公司|政府)(?![一-龥]{0,2}长)"
)
_BY_WHOM = re.compile(r"由([^，。；]{2,40}?)(?:牵头|负责(?!同志|人|制)|主办)")
_NOT_WHO = re.compile(
    r"网站$|平台$|专栏$|^(?:本|该|此|这|其)|办法$|意见$|方案$|工作部$|全部$|内部$|外部$|一部$|[^局]对[^口]|的|任组长|[省市县区局镇]长|书记|^[省市县区]中心$"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says about who: the closing it is as good as, and whether nothing else can be meant."""

    closing: Closing
    said: str
    """The units as printed."""
    sure: bool
    named: bool
    """At least one certain unit, not only 各单位."""
    opens: bool
    """The text begins with it."""


def told_in(text: str) -> Told | None:
    """Who is to do what a text asks; None when no sentence of it says so.

    “由” (also 请, 责成 …) makes units of what follows it; without it the names must open a clause and be followed by
    what they are to do. Sure is what one clause says of units all named alike, while no other unit stands anywhere.
    """
    found: Told | None = None
    read = 0
    for count, (at, clause) in enumerate(_clauses(text)):
        one = _clause(clause, bool(found)) if at >= read else None
        if one is None:
            continue
        read = at + clause.index(one.said) + len(one.said)
        found = replace(one, opens=count == 0) if found is None else _joined(found, one)
    if found is None:
        return None
    others = [
        other[0]
        for other in _UNIT_AHEAD.finditer(text)
        if other[0] not in found.said
        and not any(part in other[0] for part in found.said.split("、") if part)
        and not _OBJECT.search(text[: other.start()])
    ]
    others.extend(
        one[0]
        for one in _ANOTHER.finditer(text)
        if one[0] not in found.said and not _OBJECT.search(text[: one.start()])
    )
    unread = [by for by in _BY_WHOM.findall(text) if not any(name in by for name in found.said.split("、"))]
    return replace(found, sure=found.sure and not others and not unread)


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """Where units may be named as those who act, each with the rest of its sentence; a time in front is passed over."""
    for sentence in re.finditer(r"[^。；！？]+", text):
        body = sentence[0]
        start = len(body) - len(body.lstrip(" 0123456789.（）、"))
        ahead = _BEFORE.match(body[start:])
        first = start + (ahead.end() if ahead else 0)
        commas = (found.end() for found in re.finditer("，", body[first:]))
        inside = (found.start() for found in re.finditer(r"(?<=[^，经缘理自事])由(?!于|此)", body[first:]))
        for place in sorted({0, *commas, *inside}):
            yield sentence.start() + first + place, body[first + place :]


def _clause(text: str, again: bool) -> Told | None:
    """The units that open a clause. ``again``: some were named before, so what follows must be theirs by a verb."""
    opening = _OPENING.match(text)
    front = opening[0] if opening else ""
    by = re.search("由$|责成$|授权$|委托$|责令$|交$|请$", front) is not None
    names, joint, end = _names(text[len(front) :], by)
    if not names:
        return None
    rest = text[len(front) + end :]
    rest = rest.removeprefix("分别").removeprefix("共同") if not by else rest
    person = _IN_PERSON.match(rest)
    rest = rest[person.end() :] if person else rest
    acts = re.match(rf"{_MODAL}|{_DEED}|{_TIME}", rest) is not None
    if not acts and not by:
        return None
    said = text[len(front) : len(front) + end]
    specific = any(not _GROUP.fullmatch(name) for name in names)
    vague = any(re.match("[^各]*部门$", name) for name in names)
    leads, others, sure = _roles(names, joint, rest, again)
    closing = Closing("、".join(leads), "、".join(others))
    return Told(closing, said, sure and (acts or rest[:1] == "，") and not vague, specific, False)


def _roles(names: list[str], joint: dict[int, str], rest: str, again: bool) -> tuple[list[str], list[str], bool]:
    """Who leads, who is responsible, and whether that is beyond doubt."""
    with_at = next((at for at, word in joint.items() if word in ("会同", "商")), 0)
    if with_at:
        return names[:with_at], names[with_at:], with_at == 1 and len(joint) <= len(names)
    odd = [at for at, word in joint.items() if word in ("配合", "协助", "联合", "协同")]
    if odd:
        return [], names, False
    if _LEADING.match(rest):
        return names, [], True
    if again:
        return [], names, _HELPING.match(rest) is not None
    if re.match("统筹", rest) and re.search("，[^，。；]{2,40}(?:配合|协助)", rest):
        return names, [], False
    return [], names, True


def _names(text: str, by: bool) -> tuple[list[str], dict[int, str], int]:
    """Names at the front of a text: the names, how each is joined to those before (会同 …), and where they end."""
    names: list[str] = []
    joint: dict[int, str] = {}
    at = 0
    while True:
        end = _name_end(text, at, by)
        if end <= at:
            break
        names.append(text[at:end])
        more = _AND_SO_ON.match(text, end)
        reached = more.end() if more else end
        link = _JOIN.match(text, end)
        if link is None or _name_end(text, link.end(), by) <= link.end():
            return names, joint, reached
        if link[0] != "、":
            joint[len(names)] = link[0]
        at = link.end()
    return names, joint, 0


def _name_end(text: str, at: int, by: bool) -> int:
    """Where the name that begins at ``at`` ends; ``at`` when none does."""
    stretch = re.match(r"[^，。；]*", text[at:])
    window = stretch[0][:40] if stretch else ""
    bare, group, place = _BARE.match(window), _GROUP.match(window), _PLACE.match(window)
    if bare and _AFTER_BARE.match(window[bare.end() :]):
        return at + bare.end()
    if group and (end := _group_end(window, group.end(), by)):
        return at + end
    if place:
        return at + place.end()
    loose = 0
    for end in range(3, min(len(window), 22) + 1):
        name = window[:end]
        if not re.search(rf"{_ENDS}$", name) or not _NAME.fullmatch(name) or _NOT_WHO.search(name):
            continue
        if not by and not _OPEN_NAME.match(name):
            continue
        bracket = re.match(r"（[^（）]{1,20}）", window[end:])
        stop = end + (bracket.end() if bracket else 0)
        if _follows(window[stop:]):
            return at + stop
        if not loose or re.fullmatch("办公[室厅]|办|督查室|研究室", window[loose:end]):
            loose = stop if _OPEN_NAME.match(name) and (loose or not re.search("[科股室处]$", name)) else loose
    # Behind 由 and 会同 a name must stand, even when what follows it is no verb that is known here.
    return at + loose if by or at else at


def _group_end(window: str, first: int, by: bool) -> int:
    """Where the shortest name of a group ends that something follows: 各县 as well as 各县（市）教育局; 0 for none."""
    if _follows(window[first:]):
        return first
    for end in range(first + 1, min(len(window), 24) + 1):
        if _GROUP.fullmatch(window[:end]) and _follows(window[end:]):
            return end
    return first if by else 0


def _follows(rest: str) -> bool:
    """What stands behind a whole name: a separator, a verb, a time."""
    if person := _IN_PERSON.match(rest):
        rest = rest[person.end() :]
    return (
        _BOUNDARY.match(_AND_SO_ON.sub("", rest, count=1) if rest.startswith("等") else rest) is not None
        or _JOIN.match(rest) is not None
    )


def _joined(first: Told, second: Told) -> Told:
    """Two clauses of one paragraph; one that only assists belongs to the clause before."""
    known = {*first.closing.lead.split("、"), *first.closing.responsible.split("、")}
    lead = [name for name in second.closing.lead.split("、") if name and name not in known]
    other = [name for name in second.closing.responsible.split("、") if name and name not in known]
    closing = Closing(
        "、".join(filter(None, (first.closing.lead, *lead))),
        "、".join(filter(None, (first.closing.responsible, *other))),
    )
    sure = first.sure and second.sure and not lead
    return Told(closing, f"{first.said}、{second.said}", sure, first.named or second.named, first.opens)
