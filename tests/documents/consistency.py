"""A bulletin taken apart: every number and every named unit held against what the store says.

`disagreements` reads the .docx as a stranger would (paragraphs, tables, charts), knows how sentences of a bulletin are
built, and counts each figure again from `truth`. A number or a unit that no known sentence explains is a disagreement
too, and so is a fact that had to be told and was not: nothing passes because nobody looked.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from flows.config import Config
from tests.documents import consistency_tables as tables
from tests.documents.consistency_chapters import FEW, Demands, Overall, Problems, strongest
from tests.documents.consistency_measures import Measures
from tests.documents.consistency_words import spoken
from tests.documents.truth import BLOCKED, Truth

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Part:
    """A paragraph by the name of its style, or a table as rows of cell texts."""

    style: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def parts_of(docx: Path) -> list[Part]:
    """The body in order."""
    with zipfile.ZipFile(docx) as package:
        body = etree.fromstring(package.read("word/document.xml"))[0]
        styles = etree.fromstring(package.read("word/styles.xml"))
    names = {s.get(f"{_W}styleId"): s.find(f"{_W}name").get(f"{_W}val") for s in styles.iter(f"{_W}style")}
    found = []
    for element in body:
        if element.tag == f"{_W}p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            name = names.get(style.get(f"{_W}val"), "") if style is not None else ""
            # 成文日期（下有附注）, 附件说明（末行）: the same part of a document, kept with its neighbours otherwise.
            found.append(Part(re.sub("（[^）]*）$", "", name), _text(element)))
        elif element.tag == f"{_W}tbl":
            rows = tuple(
                tuple("\n".join(map(_text, cell.iter(f"{_W}p"))) for cell in row.iter(f"{_W}tc"))
                for row in element.iter(f"{_W}tr")
            )
            found.append(Part("表格", rows=rows))
    return found


def _text(element: Any) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n"}
    return "".join(
        (node.text or "") if node.tag == f"{_W}t" else signs[node.tag]
        for node in element.iter(f"{_W}t", *signs)
        if node.getparent().tag == f"{_W}r"
    )


@dataclass(frozen=True)
class Examined:
    """What a bulletin was found to say wrongly, and which sentences it has, by the names of their checks."""

    faults: list[str]
    sentences: set[str]


def disagreements(docx: Path, truth: Truth, config: Config, number: int = 5) -> list[str]:
    """Everything in the document that the store does not bear out, and everything that is missing from it.

    ``number`` is the one of 发文字号; the document is taken to be signed on the day that it counts to.
    """
    return examined(docx, truth, config, number).faults


def examined(docx: Path, truth: Truth, config: Config, number: int = 5) -> Examined:
    """The same, with the sentences that were understood."""
    parts = parts_of(docx)
    reading = _Reading(truth, config)
    for part in parts:
        if part.style in ("公文正文", "公文结语"):
            reading.paragraph(part.text)
    reading.omissions()
    faults = [
        *reading.found,
        *_frame(parts, truth, config, number),
        *tables.Attachments(truth).check(parts),
        *tables.check_charts(docx, parts, truth),
    ]
    return Examined(faults, reading.told)


def _frame(parts: list[Part], truth: Truth, config: Config, number: int) -> Iterator[str]:
    """Numbers and dates around the text, title, headings, list of attachments."""
    texts = {style: [p.text for p in parts if p.style == style] for style in {p.style for p in parts}}
    title = "".join(texts["公文标题"]).replace("\n", "")
    month = f"{truth.month.period.month}月"
    known = re.findall(r"\d+", truth.month.plan.info.title + truth.month.period.label)
    if not title.endswith("落实情况的通报") or month not in title or set(re.findall(r"\d+", title)) - set(known):
        yield f"标题：{title}"
    for style, mark in (("一级标题", r"([一二三四五六七八九十])、"), ("二级标题", r"（([一二三四五六七八九十])）")):
        place = 0
        for part in parts:
            if style == "二级标题" and part.style == "一级标题":
                place = 0
            if part.style == style:
                place += 1
                found = re.match(mark, part.text)
                if found is None or "〇一二三四五六七八九十".index(found[1]) != place:
                    yield f"标题序号：{part.text}"
    listed = [*texts.get("附件说明", []), *texts.get("附件说明续", [])]
    announced = [re.sub(r"^附件：|^(?:附件：)?\d+\.\t", "", text.replace("附件：", "", 1)) for text in listed]
    if announced != texts.get("附件标题", []):
        yield f"附件说明与附件标题不一致：{announced}"
    numbers = [found[1] for text in listed if (found := re.search(r"(\d+)\.\t", text))]
    marks = [text.removeprefix("附件") for text in texts.get("附件标识", [])]
    if len(marks) > 1 and not numbers == marks == [str(n) for n in range(1, len(marks) + 1)]:
        yield f"附件序号：{marks} {numbers}"
    signed = truth.month.as_of
    wanted = f"{config.bulletin.number_prefix}〔{signed.year}〕{number}号"
    if texts["发文字号"] != [wanted]:
        yield f"发文字号：{texts['发文字号']}，应为{wanted}"
    imprint = parts[-1].rows or parts[-2].rows
    if imprint[-1] != (f"{config.office.name}\t{spoken(signed)}印发",):
        yield f"版记：{imprint[-1]}"
    if texts["署名"] != [config.office.name] or texts["成文日期"] != [spoken(truth.month.as_of)]:
        yield f"署名：{texts['署名']} {texts['成文日期']}"


class _Reading(Overall, Measures, Problems, Demands):
    """The running text."""

    def __init__(self, truth: Truth, config: Config) -> None:
        super().__init__(truth, config)
        self.told: set[str] = set()
        self.sentences = [(re.compile(self.filled(pattern)), check) for pattern, check in self._sentences()]

    def paragraph(self, text: str) -> None:
        """Explain a paragraph piece by piece; digits and names that are left over are disagreements."""
        rest = text
        for pattern, check in self.sentences:
            found = pattern.search(rest)
            if found:
                self.told.add(check.__name__)
                self.found += [f"{text[:40]}…：{fault}" for fault in check(found) if fault]
                rest = rest[: found.start()] + "▁" * len(found[0]) + rest[found.end() :]
        if re.search(rf"\d|{self.unit}", rest):
            self.found.append(f"没有根据的数字或单位：{rest.replace('▁', '')}")

    def omissions(self) -> None:
        """What has to be told when it is so."""
        truth = self.truth
        blocked = [fact for fact in truth.facts if fact.status == BLOCKED]
        silent = truth.answered("未报送")
        units = truth.units.values()
        moved = [u.before - u.rank for u in units if u.rank is not None and u.before is not None]
        carriers = len(self.carriers())
        december = truth.month.period.month == 12
        best = any(map(self.finished_all, self.faultless()))
        good = any(self.leads(name) for name in self.faultless())
        wrong = bool(truth.answered("未报送", "逾期", "待更正") or blocked)
        wrong = wrong or any(fact.late or fact.unchanged for fact in truth.facts)
        needed = {
            "intro": True,
            "totals": True,
            "sole": carriers == 1,
            "pairs": carriers > 1 and len(truth.facts) > len(truth.states),
            "unassigned": any(not truth.of(item.no) for item in truth.month.plan.items),
            "asked": bool(truth.asked),
            "schedule": truth.month.lights.schedule,
            "excused": any(fact.excused for fact in truth.facts),
            "followed": bool(truth.followed),
            "notices": bool(truth.notices),
            "came": bool(truth.answered("按时")) and bool(truth.answered("逾期")),
            "change": truth.previous is not None,
            "done_rate": truth.previous is not None and min(len(truth.states), truth.previous["items"]) >= FEW,
            "movers": truth.previous is not None and bool(strongest(moved) or strongest([-step for step in moved])),
            "finished": truth.asked > 1 and best,
            "praised": truth.asked > 1 and not best and good,
            "overdue": any(fact.late for fact in truth.facts),
            "missing": bool(silent),
            "unreached": any(truth.units[name].unreached for name in silent),
            "late": bool(truth.answered("逾期")),
            "returned": bool(truth.answered("待更正")),
            "blocked": any(fact.fresh for fact in blocked),
            "older": any(not fact.fresh for fact in blocked),
            "unchanged": any(fact.unchanged for fact in truth.facts),
            "calm": not wrong and (bool(truth.answered("按时")) or not truth.asked),
            "hurry": any(fact.late for fact in truth.facts),
            "soon": bool(self.near()),
            "help": bool(blocked),
            "repair": bool(silent or truth.answered("待更正")),
            "next_round": not december,
            "year_end": december,
            "contact": True,
        }
        for name, need in needed.items():
            if need != (name in self.told):
                self.found.append(f"{'应当写到' if need else '不应写到'}：{name}")

    def _sentences(self) -> list[tuple[str, Callable[[re.Match[str]], list[str]]]]:
        quote = "“[^”]*”"
        overdue_item = rf"(?:NOS(?:{quote})?(?:（应于DAY前完成）)?，责任单位UNITS(?:等\d+个单位)?)"
        problem = rf"UNITS(?:等\d+个单位)?就NOS(?:等\d+项)?(?:反映{quote}|标明需协调，未写明具体问题)"
        return [
            (r"按照《(?P<title>.+?)》(?:（(?P<number>[^）]+)）)?要求，对?(?P<label>\d+年\d+月)", self.intro),
            (r"截至(?P<day>DAY)，纳入台账的(?P<items>\d+)项任务(?P<rest>[^。]*)。", self.totals),
            (r"按序时进度分类，(?P<rest>[^。]*)。", self.schedule),
            (r"经批准，(?P<count>\d+)项次不计逾期、不参加排位：(?P<rest>[^。]*)。", self.excused),
            (r"^上期通报（(?P<label>\d+年\d+月)）指出的问题中，(?P<rest>.*)。$", self.followed),
            (r"^本期(?P<rest>(?:发出|提出)[^。]*)。(?P<asked>收到督办单的单位[^。]*升级督办。)?$",
             self.notices),
            (r"任务由(?P<unit>UNIT)承担。", self.sole),
            (r"上述任务由(?P<units>\d+)个单位承担，按单位分解为(?P<pairs>\d+)项次，(?P<rest>[^。]*)。", self.pairs),
            (r"另外，(?P<nos>NOS)尚未明确责任单位。", self.unassigned),
            (r"应报送单位(?P<asked>\d+)个，(?:即(?P<unit>UNIT)，)?报送期限为(?P<day>DAY)(?P<rest>.*?)。"
             r"(?P<more>其中，[^。]*。)?", self.asked),
            (r"按时和逾期报送的合计(?P<count>\d+)个(?:，报送率(?P<rate>[\d.]+)%)?。", self.came),
            (r"(?P<units>UNITS)的材料已收到、正在核对，不计为未报送。", self.pending),
            (r"与(?P<label>\d+年\d+月)相比，(?P<rest>[^。]*)。", self.change),
            (r"任务完成率为(?P<rate>[\d.]+)%，(?:比上期(?P<way>提高|下降)(?P<points>[\d.]+)个百分点|与上期持平)。",
             self.done_rate),
            (r"(?=位次(?:上升|下降))(?:位次上升较多的是(?P<up>[^；。]*))?；?(?:位次下降较多的是(?P<down>[^。]*))?。$",
             self.movers),
            (r"承担的任务全部完成且按时报送的有(?P<count>\d+)个单位：(?P<units>UNITS)。", self.finished),
            (r"按时报送、无逾期任务且完成率居本类别前3位的有：(?P<rest>[^。]*)。", self.praised),
            (rf"逾期未完成的任务共(?P<items>\d+)项，涉及(?P<units>\d+)个单位(?:，按逾期时间由长到短为)?："
             rf"(?P<rest>{overdue_item}(?:；{overdue_item})*)。(?:其余(?P<others>\d+)项及详细情况见附件2|详见附件2)。",
             self.overdue),
            (r"(?:未报送的单位(?P<count>\d+)个：|(?P<all>\d+)个单位均未报送：)(?P<units>UNITS)。", self.missing),
            (r"其中(?P<units>UNITS)因邮箱退信，台账没有送达。", self.unreached),
            (r"超过期限报送的单位(?P<count>\d+)个：(?P<rest>UNITS（DAY报送）(?:，UNITS（DAY报送）)*)。", self.late),
            (r"报送后经核对尚需更正、未重新报送的单位(?P<count>\d+)个：(?P<units>UNITS)。", self.returned),
            (rf"(?:各单位提出需协调解决的事项(?P<count>\d+)项次：)?"
             rf"(?P<rest>(?:一是)?{problem}(?:；[一二三四五六七八九十]+是{problem})*)。"
             r"(?:另有(?P<few>\d+)项次标明需协调：(?P<named>[^。]*)。)?"
             r"(?:另有(?P<others>\d+)个单位的(?P<many>\d+)项次标明需协调，见总台账。)?", self.blocked),
            (r"以前填报需协调、本期没有更新的还?有(?P<count>\d+)项次。", self.older),
            (r"下列(?P<units>\d+)个单位本期填报的进展与上期相同，共(?P<count>\d+)项次，不作为新进展统计：(?P<rest>.*)。",
             self.unchanged),
            (r"本期无逾期未完成的任务，无迟报、漏报，未收到需协调解决的事项。"
             r"(?:另有(?P<waiting>\d+)个单位的材料正在核对，未列入上述情况。)?", self.calm),
            (r"(?:(?P<whom>UNITS)|附件2所列(?P<count>\d+)个单位)要(?:逐项)?说明逾期原因.*于(?P<day>DAY)前报送办理结果。",
             self.hurry),
            (r"(?P<day>DAY)前到期、尚未完成的任务有(?P<count>\d+)项（(?P<nos>NOS)）"
             r"(?:。其中，(?P<today>DAY)到期的（(?P<some>NOS)）|，均?于(?P<same>DAY)到期)?", self.soon),
            (r"对(?:(?P<nos>NOS)|(?P<count>\d+)项任务)反映的困难问题", self.help),
            (r"(?:未报送的(?P<missing>UNITS)要立即补报|(?P<all>各单位)要立即补报)?；?"
             r"(?:(?P<unreached>UNITS)在台账重新送达后补报)?；?"
             r"(?:(?P<returned>UNITS)要按退回意见更正后重新报送)?，最迟于(?P<day>DAY)前完成。", self.repair),
            (r"(?P<who>各单位|UNIT)要(?:如实填报(?P<label>\d+年\d+月)的|巩固).*于(?P<day>DAY)前报送。",
             self.next_round),
            (r"(?P<year>\d+)年度(?:尚未完成的(?P<left>\d+)项任务，(?P<who>各单位|UNIT)要继续推进，于(?P<day>DAY)前报送"
             r"|任务已全部完成。(?P<all>各单位|UNIT)要做好资料归档)", self.year_end),
            (r"联系单位：.*$", self.contact),
        ]  # fmt: skip
