"""通报: everything the template may print, from one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.config import Config
from flows.documents.charts.content import bulletin_charts
from flows.documents.charts.marker import WORD, markers
from flows.documents.chinese import numeral
from flows.documents.prose import Chapter, write_prose
from flows.documents.render import names_used, render
from flows.documents.tables import (
    overdue_groups,
    overdue_note,
    progress_groups,
    progress_legend,
    progress_note,
    ranking_groups,
    ranking_note,
)
from flows.documents.titles import balanced, bulletin_title
from flows.periods import Period, spoken
from flows.progress import Snapshot, Totals

MASTHEAD_WIDTH = 10
"""Characters of the 发文机关标志 that fit one line of its large style (42 pt)."""
LONG_MASTHEAD_WIDTH = 12
"""… and of the smaller style (36 pt), which breaks into balanced lines."""

CHART_PAGE = "图示"
"""The attachment of charts, by its name in templates."""
NEWER_NAMES = (CHART_PAGE, "刊头", "版记主送")
"""Names that templates of earlier versions do not use; what they bring is left out there."""

OWN_MASTHEAD_WIDTH, LONG_OWN_MASTHEAD_WIDTH = 7, 12
"""The same for the name of an own masthead (48 pt and spaced, 36 pt)."""
OWN_MASTHEAD = "督查通报"
"""What an own masthead is called when the office has not set a name."""

RECIPIENT_LINES = 5
"""主送机关 longer than this is moved to 版记: the first page has to show text (7.3.2)."""
_LINE_WIDTH = 28

SIGNATURE_WIDTH = 14
"""Characters of 署名 on one line, centred over the date."""


def write_bulletin(
    snapshot: Snapshot,
    config: Config,
    template: Path,
    out: Path,
    *,
    number: int | None = None,
    year: int | None = None,
    signed_on: date | None = None,
    months: Sequence[tuple[str, Totals]] = (),
    scores: str = "",
) -> None:
    """Render 通报.docx. ``signed_on`` is by default the snapshot's day, so that a reprint is the same byte for byte.

    The rest is as in `bulletin_words`. UserError when the template is missing or broken or ``out`` cannot be written;
    ``out`` is then left as it was.
    """
    day = signed_on or snapshot.as_of
    words = bulletin_words(
        snapshot, config, template, number=number, year=year, signed_on=day, months=months, scores=scores
    )
    render(template, words, out, stamp=day)


def bulletin_words(
    snapshot: Snapshot,
    config: Config,
    template: Path,
    *,
    number: int | None,
    year: int | None,
    signed_on: date,
    months: Sequence[tuple[str, Totals]],
    scores: str,
) -> dict[str, Any]:
    """What ``template`` prints: `bulletin_context` with the names that it uses. Nothing of it refers to the snapshot.

    ``number`` counts within ``year``, by default that of the signature. ``months`` are period and totals of earlier
    bulletins, for the chart of months; ``scores`` tells of the month's assessment.
    """
    context = bulletin_context(
        snapshot, config, number, signed_on, year=year, months=months, template_names=names_used(template)
    )
    if scores:
        _add_section(context["章节"][0], "考核得分", scores)
    return context


def bulletin_context(
    snapshot: Snapshot,
    config: Config,
    number: int | None,
    signed_on: date,
    *,
    year: int | None = None,
    months: Sequence[tuple[str, Totals]] = (),
    template_names: Collection[str] = NEWER_NAMES,
) -> dict[str, Any]:
    """The words of the template and what they stand for.

    刊头 发文机关标志 发文机关标志长 发文字号 期号 标题 主送机关 引言 章节[标题 段落[] 小节[标题 段落[]]] 结语 附件说明
    署名 成文日期 附注 · 统计表/逾期表/进展表 {标识 标题 组[标题 行[…]] 注 图例} · 图表{完成情况 …: see charts.marker},
    图示 {标识 标题 组 注}: the attachment of charts · 版记主送 抄送 印发机关 印发日期 ·
    期次 截至日期 计划名称 数 (the totals by name), for offices that add sentences of their own.

    刊头 is '' for the masthead 文件, else 督查通报: that one has 期号 and no signature. Of `NEWER_NAMES` a template
    made before may lack some, see ``template_names``; it then gets what they would have said in the older ones.
    """
    period = Period.parse(snapshot.period)
    prose = write_prose(snapshot, config)
    own = OWN_MASTHEAD if config.bulletin.style == OWN_MASTHEAD and "刊头" in template_names else ""
    masthead, long = _masthead(config, own)
    recipients = config.office.recipients.rstrip("：: ")
    moved = "版记主送" in template_names and len(recipients) > RECIPIENT_LINES * _LINE_WIDTH
    ranking = _attachment("各单位任务完成情况统计表", ranking_groups(snapshot))
    overdue = _attachment("逾期任务清单", overdue_groups(snapshot))
    progress = _attachment("全部任务进展情况", progress_groups(snapshot))
    ranking["注"] = ranking_note(snapshot)
    overdue["注"] = overdue_note(snapshot)
    progress["注"] = progress_note(snapshot)
    progress["图例"] = progress_legend(snapshot)
    charts = markers(bulletin_charts(snapshot, months))
    shown = [{"标题": name} for name, marker in charts.items() if marker]
    chart_page = _attachment("任务完成情况图", shown if CHART_PAGE in template_names else [])
    attachments = [part for part in (ranking, overdue, progress, chart_page) if part["组"]]
    for place, part in enumerate(attachments, 1):
        part["标识"] = f"附件{place}" if len(attachments) > 1 else "附件"
    return {
        "刊头": own,
        "发文机关标志": masthead,
        "发文机关标志长": long,
        "发文字号": _number(config, year or signed_on.year, number),
        "期号": f"第{number}期" if number is not None else "",
        "标题": "\n".join(balanced(bulletin_title(snapshot.plan_title, period))),
        "主送机关": "" if moved else recipients,
        "引言": prose.intro,
        "章节": [_chapter(chapter) for chapter in prose.chapters],
        "结语": prose.closing,
        "附件说明": _attachment_list([part["标题"] for part in attachments]),
        "署名": "" if own else "\n".join(balanced(config.office.name, SIGNATURE_WIDTH)),
        "成文日期": spoken(signed_on),
        "附注": f"（{config.bulletin.publicity.strip('（）() ')}）" if config.bulletin.publicity else "",
        "统计表": ranking,
        "逾期表": overdue,
        "进展表": progress,
        WORD: charts,
        CHART_PAGE: chart_page,
        "版记主送": recipients if moved else "",
        "抄送": "，".join(config.office.copies),
        "印发机关": config.office.name,
        "印发日期": spoken(signed_on),
        "期次": period.label,
        "截至日期": spoken(snapshot.as_of),
        "计划名称": snapshot.plan_title,
        "数": _figures(snapshot),
    }


def _attachment(title: str, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {"标识": "", "标题": title, "组": groups, "注": ""}


def _attachment_list(titles: list[str]) -> list[str]:
    """附件：1.… 2.… with tabs, so that every name begins at the same place; a single one has no number."""
    if len(titles) < 2:
        return [f"附件：{title}" for title in titles]
    return [f"{'附件：' if place == 1 else ''}{place}.\t{title}" for place, title in enumerate(titles, 1)]


def _masthead(config: Config, own: str) -> tuple[str, bool]:
    """发文机关标志 or the name of an own masthead in its lines, and whether it takes the smaller style."""
    default = OWN_MASTHEAD if config.bulletin.style == OWN_MASTHEAD else f"{config.office.name}文件"
    name = config.bulletin.masthead or default
    width, long_width = (OWN_MASTHEAD_WIDTH, LONG_OWN_MASTHEAD_WIDTH) if own else (MASTHEAD_WIDTH, LONG_MASTHEAD_WIDTH)
    long = len(name) > width
    return ("\n".join(balanced(name, long_width)) if long else name), long


def _number(config: Config, year: int, number: int | None) -> str:
    """机关代字〔2026〕5号 (7.2.5); without a number a gap, without a prefix an empty line, for the clerk to fill.

    Of an own masthead 第5期, which is what a template from before own mastheads prints in this place.
    """
    if config.bulletin.style == OWN_MASTHEAD:
        return "" if number is None else f"第{number}期"
    prefix = config.bulletin.number_prefix
    if not prefix:
        return ""
    return f"{prefix}〔{year}〕{'　' if number is None else number}号"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    sections = [{"标题": section.title, "段落": list(section.paragraphs)} for section in chapter.sections]
    return {"标题": chapter.title, "段落": list(chapter.paragraphs), "小节": sections}


def _add_section(chapter: dict[str, Any], title: str, sentence: str) -> None:
    """One more （N） at the end of a chapter; a chapter without any gets a paragraph."""
    sections = chapter["小节"]
    if sections:
        sections.append({"标题": f"（{numeral(len(sections) + 1)}）{title}", "段落": [sentence]})
    else:
        chapter["段落"].append(sentence)


def _figures(snapshot: Snapshot) -> dict[str, int]:
    totals = snapshot.totals
    return {
        "任务": totals.items,
        "已完成": totals.done,
        "推进": totals.moving,
        "未启动": totals.idle,
        "逾期": totals.overdue,
        "项次": totals.assignments,
        "应报": totals.asked,
        "实报": totals.answered,
        "按时": totals.on_time,
        "迟报": totals.late,
        "待更正": totals.returned,
        "核对中": totals.pending,
        "未报": totals.missing,
    }
