"""通报: everything the template may print, from one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.config import Config
from flows.documents.charts.content import bulletin_charts
from flows.documents.charts.marker import WORD, markers
from flows.documents.prose import Chapter, write_prose
from flows.documents.render import names_used, render
from flows.documents.tables import (
    overdue_groups,
    overdue_note,
    progress_groups,
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

SIGNATURE_WIDTH = 14
"""Characters of 署名 on one line, centred over the date."""


def write_bulletin(
    snapshot: Snapshot,
    config: Config,
    template: Path,
    out: Path,
    *,
    number: int | None = None,
    signed_on: date | None = None,
    months: Sequence[tuple[str, Totals]] = (),
) -> None:
    """Render 通报.docx. ``signed_on`` is by default the snapshot's day, so that a reprint is the same byte for byte.

    ``months`` are period and totals of earlier bulletins, for the chart of months. The attachment of charts is
    announced only when the office's template has it, so that a template from before charts stays right.
    UserError when the template is missing or broken or ``out`` cannot be written; ``out`` is then left as it was.
    """
    day = signed_on or snapshot.as_of
    charted = CHART_PAGE in names_used(template)
    context = bulletin_context(snapshot, config, number, day, months=months, charted=charted)
    render(template, context, out, stamp=day)


def bulletin_context(
    snapshot: Snapshot,
    config: Config,
    number: int | None,
    signed_on: date,
    *,
    months: Sequence[tuple[str, Totals]] = (),
    charted: bool = False,
) -> dict[str, Any]:
    """The words of the template and what they stand for.

    发文机关标志 发文机关标志长 发文字号 标题 主送机关 引言 章节[标题 段落[] 小节[标题 段落[]]] 结语 附件说明[]
    署名 成文日期 附注 · 统计表/逾期表/进展表 {标识 标题 组[标题 行[…]] 注} · 图表{完成情况 …: see charts.marker},
    图示 {标识 标题 组 注}: the attachment of charts, 组 empty unless ``charted`` · 抄送 印发机关 印发日期 ·
    期次 截至日期 计划名称 数 (the totals by name), for offices that add sentences of their own.
    """
    period = Period.parse(snapshot.period)
    prose = write_prose(snapshot, config)
    masthead = config.bulletin.masthead or f"{config.office.name}文件"
    ranking = _attachment("各单位任务完成情况统计表", ranking_groups(snapshot))
    overdue = _attachment("逾期任务清单", overdue_groups(snapshot))
    progress = _attachment("全部任务进展情况", progress_groups(snapshot))
    ranking["注"] = ranking_note(snapshot)
    overdue["注"] = overdue_note(snapshot)
    progress["注"] = progress_note(snapshot)
    charts = markers(bulletin_charts(snapshot, months))
    shown = [{"标题": name} for name, marker in charts.items() if marker] if charted else []
    chart_page = _attachment("任务完成情况图", shown)
    attachments = [part for part in (ranking, overdue, progress, chart_page) if part["组"]]
    for place, part in enumerate(attachments, 1):
        part["标识"] = f"附件{place}" if len(attachments) > 1 else "附件"
    return {
        "发文机关标志": "\n".join(balanced(masthead, LONG_MASTHEAD_WIDTH))
        if len(masthead) > MASTHEAD_WIDTH
        else masthead,
        "发文机关标志长": len(masthead) > MASTHEAD_WIDTH,
        "发文字号": _number(config.bulletin.number_prefix, signed_on.year, number),
        "标题": "\n".join(balanced(bulletin_title(snapshot.plan_title, period))),
        "主送机关": config.office.recipients.rstrip("：: "),
        "引言": prose.intro,
        "章节": [_chapter(chapter) for chapter in prose.chapters],
        "结语": prose.closing,
        "附件说明": _attachment_list([part["标题"] for part in attachments]),
        "署名": "\n".join(balanced(config.office.name, SIGNATURE_WIDTH)),
        "成文日期": spoken(signed_on),
        "附注": f"（{config.bulletin.publicity.strip('（）() ')}）" if config.bulletin.publicity else "",
        "统计表": ranking,
        "逾期表": overdue,
        "进展表": progress,
        WORD: charts,
        CHART_PAGE: chart_page,
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


def _number(prefix: str, year: int, number: int | None) -> str:
    """机关代字〔2026〕5号 (7.2.5); without a number a gap, without a prefix an empty line, for the clerk to fill."""
    if not prefix:
        return ""
    return f"{prefix}〔{year}〕{'　' if number is None else number}号"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    sections = [{"标题": section.title, "段落": list(section.paragraphs)} for section in chapter.sections]
    return {"标题": chapter.title, "段落": list(chapter.paragraphs), "小节": sections}


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
