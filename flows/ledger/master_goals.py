"""量化指标: every target of every unit through the months, with its sources; the office may set a number itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from flows.goals.model import WHOLE, GoalLine, Month, Verdict, shown
from flows.ledger.goal_key import GoalKey, digest_of, goal_key
from flows.ledger.layout import column_name
from flows.ledger.master_table import print_set_up
from flows.ledger.styles import HEAD_FACE, INPUT_FILL, INPUT_HEAD_FILL, Styles
from flows.ledger.text import ROW_LIMIT, clean, height_of, lines_needed
from flows.periods import Period, spoken
from flows.progress import Snapshot

GOALS_SHEET: Final = "量化指标"
TARGET: Final = "指标"
SET: Final = "认定数"
NOTE: Final = "说明"
GOAL_OFFICE: Final = (SET, NOTE)
"""What the office fills in."""
_FRONT: Final = (("任务编号", 8), ("任务事项", 14), ("单位", 15), (TARGET, 20), ("目标", 9), ("由谁完成", 16))
_BACK: Final = (("累计", 9), ("判断", 9), ("依据", 22), (SET, 9), (NOTE, 16), ("来源", 44))
_MONTH_WIDTH: Final = 8.5
_CENTRED: Final = frozenset({"任务编号", "目标", "累计", "判断", SET})
_COLOURS: Final = {
    Verdict.MET: ("#A9D18E", "#274E13"),
    Verdict.MISSED: ("#FF7C80", "#7B0000"),
    Verdict.UNKNOWN: ("#FFE066", "#7F6000"),
}
_SHORT: Final = {"累计": "累计", "本期": "本月", "未注明": "未注明", "认定": "认定", "完成": "完成", "": ""}
_LEGEND: Final = (
    "各月一栏是从进展情况里读到的数：“累计”为今年以来一共，“本月”要逐月相加，“未注明”只能说明至少有这么多；带“？”的没有计入。",
    f"读错了或没有写的，在“{SET}”里填这个月为止的累计数（比率填百分数，如 60%），保存后运行 taizhang review 读入；"
    "以后单位报新的累计数，按新报的算。",
)


def write_goals(sheet: Worksheet, styles: Styles, snapshot: Snapshot, secret: bytes, numbering: int) -> None:
    """Fill the sheet. The header stands in row 3; a hidden last column holds the keys of the rows."""
    months = _months(snapshot)
    heads = [*_FRONT, *((f"{Period.parse(month).month}月", _MONTH_WIDTH) for month in months), *_BACK]
    for place, (word, width) in enumerate(heads):
        sheet.set_column(place, place, width)
        fill = {"bg_color": INPUT_HEAD_FILL} if word in GOAL_OFFICE else {}
        sheet.write_string(2, place, word, styles.head(**fill))
    title = f"量化指标和定期任务（截至{spoken(snapshot.as_of)}）"
    sheet.write_string(0, 0, title, styles.get(font_name=HEAD_FACE, font_size=14))
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, _counted(snapshot.goals), styles.get())
    sheet.set_row(2, 26)
    names = {line.item.no: line.item.task or "" for line in snapshot.items}
    key_look = styles.get(font_color="#FFFFFF")
    row = 2
    for row, goal in enumerate(snapshot.goals, 3):
        _write_row(sheet, styles, heads, row, goal, names.get(goal.no, ""), months)
        if not goal.occurrences and goal.unit != WHOLE:
            key = GoalKey(
                snapshot.plan, snapshot.period, goal.unit, goal.no, digest_of(goal.target), goal.mark, numbering
            )
            sheet.write_string(row, len(heads), goal_key(key, secret), key_look)
    sheet.set_column(len(heads), len(heads), 9, None, {"hidden": True})
    _rules(sheet, [word for word, _ in heads].index(SET), row)
    sheet.autofilter(2, 0, max(row, 3), len(heads))
    sheet.print_area(0, 0, max(row, 3) + len(_LEGEND) + 1, len(heads) - 1)
    sheet.freeze_panes(3, 4)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(len(heads) - 1)}{row + 1}"})
    for place, words in enumerate(_LEGEND, row + 2):
        sheet.write_string(place, 0, words, styles.get(font_size=9))
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    print_set_up(sheet, 2, large=len(months) > 5)


def _rules(sheet: Worksheet, place: int, last: int) -> None:
    sheet.data_validation(
        3,
        place,
        max(last, 3),
        place,
        {
            "validate": "any",
            "input_title": SET,
            "input_message": "这个月为止的累计数，如 3；比率如 60%。不用认定的空着",
        },
    )


def _months(snapshot: Snapshot) -> list[str]:
    return sorted({month.period for goal in snapshot.goals for month in goal.months} | {snapshot.period})


def _counted(goals: tuple[GoalLine, ...]) -> str:
    counts = {verdict: sum(goal.counts and goal.verdict is verdict for goal in goals) for verdict in Verdict}
    return "，".join(f"{verdict.value} {count}" for verdict, count in counts.items() if count)


def _write_row(
    sheet: Worksheet,
    styles: Styles,
    heads: list[tuple[str, float]],
    row: int,
    goal: GoalLine,
    task: str,
    months: list[str],
) -> None:
    by_month: Mapping[str, list[Month]] = {
        each: [month for month in goal.months if month.period == each] for each in months
    }
    office = not goal.occurrences and goal.unit != WHOLE
    front = (goal.no, task, goal.unit, goal.target, shown(goal.wanted, goal.measure), goal.whose)
    back = (
        shown(goal.value, goal.measure),
        goal.verdict.value,
        goal.why + (f"（时限{spoken(goal.judged_on)}）" if goal.verdict is Verdict.OPEN and goal.counts else ""),
        shown(goal.ruled, "%" if goal.measure == "%" else "") if goal.ruled is not None else "",
        goal.note,
        "\n".join(map(_source, _news(goal.months))),
    )
    texts = (*front, *(_cell(by_month[each], goal.measure) for each in months), *back)
    height = 20.0
    for place, ((word, width), text) in enumerate(zip(heads, texts, strict=True)):
        look: dict[str, Any] = {"align": "center" if word in _CENTRED or word.endswith("月") else "left"}
        if word in GOAL_OFFICE and office:
            look |= {"locked": False, "bg_color": INPUT_FILL, "num_format": "@"}
        if word == "判断" and (colours := _COLOURS.get(goal.verdict)) and goal.counts:
            look |= {"bg_color": colours[0], "font_color": colours[1], "bold": True}
        shown_text = clean(text)
        height = max(height, height_of(lines_needed(shown_text, width, 10), 10))
        sheet.write_string(row, place, shown_text, styles.cell(**look))
    sheet.set_row(row, min(height, ROW_LIMIT))


def _cell(months: list[Month], measure: str) -> str:
    """累计3场, 本月2场？; what was not read stays empty."""
    told = []
    for month in months:
        if month.said == "完成":
            told.append(f"{month.text}完成")
        elif month.value is not None:
            told.append(f"{_SHORT[month.said]}{shown(month.value, measure)}{'？' if month.doubt else ''}")
    return "\n".join(told)


def _news(months: tuple[Month, ...]) -> list[Month]:
    """The months that say something new: who has finished sends the same number for the rest of the year."""
    found: list[Month] = []
    for month in months:
        if (
            (month.said or month.value is not None)
            and (not found or month.doubt or (month.value, month.said) != (found[-1].value, found[-1].said))
        ) or month.said in ("本期", "完成"):
            found.append(month)
    return found


def _source(month: Month) -> str:
    words = f"“{month.text}”" if month.text and month.said != "完成" else ""
    doubt = f"（{month.doubt}）" if month.doubt else ""
    return f"{Period.parse(month.period).month}月{words}{doubt}：{month.source or '办公室认定'}"
