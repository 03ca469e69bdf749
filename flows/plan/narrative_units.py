"""Who is to do it and until when, as running text says it: the inside of （牵头单位：…；完成时限：…）."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flows.plan.deadlines import read_deadline
from flows.plan.model import Kind
from flows.plan.textual import full_width, outside_brackets
from flows.plan.unit_likeness import LOCAL, VERB, is_unit, is_unit_list, names_of

_LEVEL = r"(?:主要|总|共同|其他|其它|省级|市级|区级|县级|省|市|区|县|第一|具体|相关)?"
_WHO = r"(?:责任)?(?:单位|部门|科室|处室|股室|站所|机构|地区|主体|镇街|街道|乡镇)"
HEAD = re.compile(
    rf"(?P<lead>{_LEVEL}(?:牵头|主办|主责|抓总)(?:{_WHO})?(?:（[^（）]*）)?)(?=[：:])"
    rf"|(?P<both>{_LEVEL}牵头(?:和|及|、|与|/)(?:责任|配合|落实){_WHO})(?=[：:])"
    rf"|(?P<responsible>{_LEVEL}(?:责任|配合|协办|协同|协助|协作|承办|落实|参与|参加|参建|实施|负责|执行|完成|成员|主管)"
    rf"(?:及配合|和配合|（配合）|（落实）)?(?:{_WHO})?(?:（[^（）]*）)?|(?:部门|单位|责任|职责|任务|科室)分工)(?=[：:])"
    r"|(?P<due>(?:完成|责任|办结|办理|整改|推进|落实|任务|工作|计划|预计)?(?:时限|期限|时间)(?:要求|节点|安排|进度)?"
    r"|时间节点|时限要求|进度要求|进度安排|截止(?:时间|日期)|完成日期)(?=[：:])"
    r"|(?P<aside>(?:责任|牵头|负责|分管|包保|包抓|省级|市级|县级|区级|联系|配合|协助|挂帅|主管|直接|省|市|州|县|区|镇|局|院|校|政府)*(?:领导|责任人|负责人|联系人|人员)|责任人|联系电话|备注)(?=[：:])"
)
FIRM = re.compile(
    r"单位|部门|分工|进度|科室|处室|股室|主体|机构|地区|时限|时间|期限|牵头|主办|责任|配合|截止|领导|负责人"
)
_LOOSE = re.compile(
    rf"(?P<role>{_LEVEL}(?:牵头|主办|责任|配合|协办|落实|承办){_WHO})(?:为|是|系|\s+|——|—|-)+(?=[^\s：:])"
)
_END_VERB = re.compile(rf"(?:{VERB})(?:落实|实施|推进|办理|负责|执行|完成|配合)?$")
_NOT_UNITS = re.compile(
    r"^(?:含|包括|不含|如|例如|以下|即(?![日时刻])|详见|见|其中|下同|原|简称|注|根据|按照|依据|除|截至|附|略|试行|暂行|含)"
)
_NO_UNIT = re.compile(
    r"^(?:据|见|完|含)|摘自|摘编|来源|转自|记者|作者|出自|供稿|通讯员|讲话|示范|试点|创建|优秀|先进|附件|[级类型]单位"
)
ALL_ABOVE = re.compile(
    r"^(?:以上|上述)(?:各项|各条|任务|事项|工作|内容|措施|\d+项)*(?:的)?(?=牵头|责任|配合|由|均|主办|落实|承办|完成)(?:均)?"
)
_BY_THEN = re.compile(
    r"[^、]{2,12}?(?:之前|前|底|末)(?:完成|建成|建立|投用|投入使用|到位|办结|落实|报送|实现|启用|完工|开工)?"
)
_AS_SET = re.compile(
    r"[^、]{0,16}(?:规定|要求|统一|上级|明确)(?:的)?(?:时间|时限|期限)(?:内|前)?(?:要求)?(?:完成|办结|报送)?"
)
_TIMELY = re.compile(
    r"(?:前|底|末|内|旬|日|月|季度|半年|年|全年|止|完成|实现)(?:完成|实现|落实|到位|取得.{0,12})?$"
    r"|长期|持续|全年|常态|每[年季月周]|定期"
)
_TIMES = re.compile(
    r"[0-9一二三四五六七八九十]{1,2}(?:月|日|个工作日)|20[0-9]{2}[年/.\-]|季度|[上下]半年|每(?:半?年|季|月|周|学期|日)|即日|立行立改|立即"
    r"|即知即改|工作日内"
)
_PLACE = re.compile(r"[一-龥]{2,5}(?:镇|乡|街道|社区|村|县|区|市|州|旗)")
"""A place beside units is asked as they are: （县水利局，清溪镇、石桥镇）."""
_ALSO = re.compile(r"(?:以下|下同|以上各项|各项).{0,40}(?:不再|下同|同上).{0,12}$|不再.{1,10}$|，下同$|^下同$")


@dataclass(frozen=True, slots=True)
class Closing:
    """What a bracket or a line says about who and when, as text still to be read by units and deadlines.

    ``units`` holds verbs (“甲局牵头，乙局配合”), the others come from heads. ``doubts``: (field, text, sentence).
    """

    lead: str = ""
    responsible: str = ""
    deadline: str = ""
    doubts: tuple[tuple[str, str, str], ...] = ()

    @property
    def says_who(self) -> bool:
        """There is a unit in it."""
        return bool(self.lead or self.responsible)

    def joined(self, other: Closing) -> Closing:
        """Both together: （牵头单位：…）（责任单位：…）."""
        return Closing(
            "；".join(filter(None, (self.lead, other.lead))),
            "；".join(filter(None, (self.responsible, other.responsible))),
            "；".join(filter(None, (self.deadline, other.deadline))),
            self.doubts + other.doubts,
        )


def closing_of(content: str, *, apart: bool = False) -> Closing | None:
    """Read the inside of a bracket; None when it is no statement of units or time.

    ``apart``: it stands behind a finished sentence, where even the bare name of one unit (养老服务科) says who.
    """
    content = full_width(content).strip().rstrip("。；，")
    content = ALL_ABOVE.sub("", content)
    if not content or _NOT_UNITS.match(content):
        return None
    content, also = _without_also(content)
    loose = _LOOSE.match(content)
    if loose and not heads_in(content):
        content = f"{loose['role']}：{content[loose.end() :]}"
    heads = heads_in(content)
    if heads:
        closing = _from_heads(content, heads)
        return replace(closing, doubts=(*closing.doubts, *also)) if closing else None
    closing = _from_verbs(content)
    if closing is None and apart and len(content) > 2 and is_unit(content) and not _NO_UNIT.search(content):
        closing = Closing(responsible=content)
    return replace(closing, doubts=also) if closing else None


def time_in_bracket(text: str) -> str:
    """“…（2022年6月底前完成）。”: the time that a bracket at the end of a text gives, '' when there is none."""
    found = re.search(r"[（(\[【]([^（()）]{2,30})[）)\]】]\s*[。；;]?$", text)
    return _deadline_like(full_width(found[1])) if found else ""


def heads_in(content: str) -> list[re.Match[str]]:
    """The heads (牵头单位：, 完成时限：) in the inside of a bracket, outside of brackets of its own."""
    outside = outside_brackets(content)
    return [
        head
        for head in HEAD.finditer(content)
        if outside[head.start()] and (head.start() == 0 or re.search(r"[；，。、\s）—\-]$", content[: head.start()]))
    ]


def _from_heads(content: str, heads: list[re.Match[str]]) -> Closing | None:
    closing = Closing()
    front = content[: heads[0].start()].strip("；，。 ")
    if front:
        closing = closing.joined(_from_verbs(front) or Closing(responsible=front))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        text = content[head.end() + 1 : following.start() if following else len(content)].strip("；，。、 \n")
        text = re.sub(r"^无$|^/$|^[-—]+$", "", text)
        if head["due"]:
            closing = closing.joined(Closing(deadline=text))
        elif head["both"]:
            doubt = (("lead", text, f"“{head[0]}”没有分开牵头与责任单位，请核对牵头单位"),)
            closing = closing.joined(Closing(responsible=text, doubts=doubt))
        elif head["lead"] or head["responsible"]:
            units, due = _without_time(text)
            only = Closing(lead=units) if head["lead"] else Closing(responsible=units)
            closing = closing.joined(replace(only, deadline=due))
    printed = any(content[head.end() + 1 :].strip("；，。、 \n") for head in heads)
    return closing if closing.says_who or closing.deadline or printed else None


def is_label(text: str) -> bool:
    """“责任单位：” and nothing behind it."""
    head = HEAD.match(full_width(text))
    return head is not None and bool(FIRM.search(head[0])) and text[head.end() :].strip() in ("：", ":")


def _without_time(text: str) -> tuple[str, str]:
    """“甲局、乙局，6月底完成” → units and the time behind them."""
    parts = re.split(r"[；，]", text)
    kept, times = list(parts), list[str]()
    while len(kept) > 1 and _deadline_like(kept[-1]):
        times.insert(0, kept.pop())
    if not times:
        return text, ""
    return text[: len("，".join(kept))], "；".join(times)


def _deadline_like(text: str) -> str:
    """The text when it is a time and nothing else, else ''."""
    text = text.strip(" 。；，")
    if _AS_SET.fullmatch(text):
        return text
    if not 2 <= len(text) <= 30 or re.search(r"[局委厅院署]|部门|单位|街道|政府|中心", text):
        return ""
    if _BY_THEN.fullmatch(text):
        return text
    if not _TIMELY.search(text) and (is_unit(text) or not _TIMES.search(text)):
        return ""
    return text if read_deadline(text, 2000).kind is not Kind.NONE else ""


def _from_verbs(content: str) -> Closing | None:
    """“甲局牵头，乙局、丙局按职责分工负责，年底前完成” or a bare list of units."""
    times: list[str] = []
    parts = [part for part in re.split(r"([；，。])", content) if part]
    kept: list[str] = []
    for part in parts:
        if part not in "；，。" and _deadline_like(part):
            times.append(part)
            if kept and kept[-1] in "；，。":
                kept.pop()
        elif part not in "；，。" or kept:
            kept.append(part)
    text = "".join(kept).strip("；，。")
    if not text or len(text) > 400:
        return Closing(deadline="；".join(times)) if times and not text else None
    clauses = [clause for clause in re.split(r"[；，。]", text) if clause]
    if any(_END_VERB.search(clause) for clause in clauses) and is_unit_list(re.sub(rf"{VERB}.*$", "", clauses[0])):
        return Closing(responsible=text, deadline="；".join(times))
    names = [name for name in names_of(text) if name]
    strong = len(names) > 1 or (len(names[0]) > 2 and re.match(rf"{LOCAL}", names[0]) is not None)
    units = [name for name in names if is_unit(name)]
    if strong and units and all(name in units or _PLACE.fullmatch(name) for name in names) and max(map(len, units)) > 2:
        return Closing(responsible=text, deadline="；".join(times))
    return None


def _without_also(content: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    parts = re.split(r"(?<=[。；])", content)
    also = [part for part in parts if _ALSO.search(part.strip("。；"))]
    if not also or len(also) == len(parts):
        return content, ()
    kept = "".join(part for part in parts if part not in also)
    said = "".join(also).strip("。；")
    return kept.strip("。；"), (("responsible", said, "括号里另有对全文的说明，请核对各项的责任单位"),)
