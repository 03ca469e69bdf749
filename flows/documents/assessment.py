"""考核情况: everything its template may print, from one assessment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.assessment.model import Assessed, Criterion, Score
from flows.assessment.words import number
from flows.config import Config
from flows.documents.assessment_prose import chapters
from flows.documents.bulletin import LONG_MASTHEAD_WIDTH, MASTHEAD_WIDTH, SIGNATURE_WIDTH
from flows.documents.chinese import numeral
from flows.documents.passages import Passage
from flows.documents.render import render
from flows.documents.titles import balanced, plan_subject
from flows.periods import Period, spoken

_MARKS = ("（一）", "（二）")


def write_summary(assessed: Assessed, config: Config, template: Path, out: Path, *, signed_on: date) -> None:
    """Render 考核情况.docx; UserError as `render`. The same assessment, template and day give the same bytes."""
    render(template, summary_context(assessed, config, signed_on), out, stamp=signed_on)


def summary_context(assessed: Assessed, config: Config, signed_on: date) -> dict[str, Any]:
    """The words of the template and what they stand for.

    发文机关标志 发文机关标志长 发文字号 标题 主送机关 引言 章节[标题 段落[] 小节[标题 段落[]]] 结语 附件说明[] 署名
    成文日期 · 得分表/加减分表 {标识 标题 组[标题 行[…]] 注} · 考核期 截至日期 计划名称.
    """
    facts, office = assessed.facts, config.office
    masthead = config.bulletin.masthead or f"{office.name}文件"
    scores = {
        "标识": "",
        "标题": "各单位考核得分表",
        "组": _score_groups(assessed),
        "注": _note(assessed),
    }
    changes = {"标识": "", "标题": "加分、减分和一票否决情况", "组": _change_groups(assessed), "注": ""}
    attachments = [part for part in (scores, changes) if part["组"]]
    for place, part in enumerate(attachments, 1):
        part["标识"] = f"附件{place}" if len(attachments) > 1 else "附件"
    prefix = config.bulletin.number_prefix
    return {
        "发文机关标志": "\n".join(balanced(masthead, LONG_MASTHEAD_WIDTH))
        if len(masthead) > MASTHEAD_WIDTH
        else masthead,
        "发文机关标志长": len(masthead) > MASTHEAD_WIDTH,
        "发文字号": f"{prefix}〔{signed_on.year}〕　号" if prefix else "",
        "标题": "\n".join(balanced(_title(assessed))),
        "主送机关": config.assessment.recipient.rstrip("：: "),
        "引言": _intro(assessed),
        "章节": [
            _chapter(place, title, passages) for place, (title, passages) in enumerate(chapters(assessed, config), 1)
        ],
        "结语": _closing(config),
        "附件说明": _attachment_list([str(part["标题"]) for part in attachments]),
        "署名": "\n".join(balanced(office.name, SIGNATURE_WIDTH)),
        "成文日期": spoken(signed_on),
        "得分表": scores,
        "加减分表": changes,
        "考核期": facts.range_words,
        "截至日期": spoken(facts.as_of),
        "计划名称": facts.plan_title,
    }


def _title(assessed: Assessed) -> str:
    """The year is not said twice when the plan's own title has it."""
    facts = assessed.facts
    subject = plan_subject(facts.plan_title)
    when = facts.range_words
    if f"{facts.year}年" in subject:
        when = "年度" if when.endswith("年度") else when.removeprefix(f"{facts.year}年")
    return f"关于{subject}{when}落实情况考核结果的报告"


def _intro(assessed: Assessed) -> str:
    facts = assessed.facts
    doc_number = f"（{facts.doc_number}）" if facts.doc_number else ""
    title = facts.plan_title.strip().removeprefix("《").removesuffix("》").replace("《", "〈").replace("》", "〉")
    return (
        f"按照《{title}》{doc_number}和考核办法，对承担任务的{len(facts.units)}个单位{facts.range_words}落实情况"
        "进行了考核。现将有关情况报告如下："
    )


def _closing(config: Config) -> str:
    contact = "，".join(
        f"{label}：{text}"
        for label, text in (("联系人", config.office.contact), ("联系电话", config.office.phone))
        if text
    )
    return "以上报告，请审阅。" + (f"{contact}。" if contact else "")


def _chapter(place: int, title: str, passages: Sequence[Passage]) -> dict[str, Any]:
    """A single passage needs no （一） of its own."""
    heading = f"{numeral(place)}、{title}"
    if len(passages) == 1:
        return {"标题": heading, "段落": list(passages[0].sentences), "小节": []}
    sections = [
        {"标题": f"（{numeral(number_)}）{passage.title}", "段落": list(passage.sentences)}
        for number_, passage in enumerate(passages, 1)
    ]
    return {"标题": heading, "段落": [], "小节": sections}


def _attachment_list(titles: list[str]) -> list[str]:
    if len(titles) < 2:
        return [f"附件：{title}" for title in titles]
    return [f"{'附件：' if place == 1 else ''}{place}.\t{title}" for place, title in enumerate(titles, 1)]


def _score_groups(assessed: Assessed) -> list[dict[str, Any]]:
    marks = _MARKS if len(assessed.series) > 1 else ("",)
    return [
        {"标题": f"{mark}{series.title}", "行": [_score_row(score) for score in series.scores]}
        for mark, series in zip(marks, assessed.series, strict=False)
    ]


def _score_row(score: Score) -> dict[str, Any]:
    parts = {part.criterion: part for part in score.parts}
    row: dict[str, Any] = {
        "位次": str(score.rank) if score.rank is not None else "—",
        "单位": score.unit.name,
        "加分": _changed(score.bonus),
        "减分": _changed(score.deduction),
        "总分": f"{score.total:.2f}",
        "等次": score.grade,
    }
    for criterion in Criterion:
        part = parts.get(criterion)
        row[criterion.value] = "—" if part is None else "不计" if part.left_out else f"{part.points:.2f}"
    return row


def _changed(points: Decimal) -> str:
    return number(points) if points else "—"


def _note(assessed: Assessed) -> str:
    notes = [f"数据截至{spoken(assessed.facts.as_of)}，各类单位分别排名，总分相同的位次并列"]
    if any(part.left_out for score in assessed.scores for part in score.parts):
        notes.append("“不计”为没有可考核的内容，分值按比例分到该单位的其他项")
    if any(score.vetoes for score in assessed.scores):
        notes.append("一票否决的单位不排名")
    notes.append("每一分的来历见考核得分表")
    return f"注：{'；'.join(notes)}。"


def _change_groups(assessed: Assessed) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for score in assessed.scores:
        for change in score.changes:
            when = Period.parse(change.period).label if change.period else ""
            basis = "，".join(text for text in (when, change.basis) if text)
            rows.append(
                {"单位": score.unit.name, "分值": number(change.points), "理由": change.reason, "依据": basis or "—"}
            )
        rows += [{"单位": score.unit.name, "分值": "一票否决", "理由": reason, "依据": "—"} for reason in score.vetoes]
    for place, row in enumerate(rows, 1):
        row["序号"] = place
    return [{"标题": "", "行": rows}] if rows else []
