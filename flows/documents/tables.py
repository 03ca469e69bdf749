"""The attachments' rows: ranking, overdue list, progress of every item. Keys are the words of the Word template."""

from __future__ import annotations

from typing import Any

from flows.documents.chinese import clipped, flat, listed, share
from flows.documents.faults import earliest_due, overdue_lines
from flows.documents.goals import goal_words
from flows.ledger.model import Role, Status
from flows.periods import Period, spoken
from flows.progress import Answer, Cell, ItemLine, ItemState, Snapshot, UnitLine
from flows.standing.lights import Scheme
from flows.standing.measured import exemption_notes, legend_sentence

Row = dict[str, Any]

_ANSWER_WORDS = {
    Answer.ON_TIME: "按时",
    Answer.LATE: "逾期",
    Answer.RETURNED: "待更正",
    Answer.PENDING: "核对中",
    Answer.MISSING: "未报送",
    Answer.NOT_ISSUED: "未下发",
    Answer.NOT_ASKED: "—",
}
_STATE_WORDS = {
    ItemState.DONE: "已完成",
    ItemState.MOVING: "推进中",
    ItemState.IDLE: "未启动",
    ItemState.OVERDUE: "逾期",
}
CARRIED_MARK = "〔回头看〕"
NO_FILL = "auto"
"""The fill of a cell without colour, as WordprocessingML has it."""
_TEXT_LENGTH = 120
"""Characters of a unit's text in a cell of the overdue list."""
_PROGRESS_LENGTH = 60
_PROGRESS_UNITS = 3
"""Units whose words stand in the progress list; all are in the master workbook."""


def ranking_groups(snapshot: Snapshot) -> list[Row]:
    """Districts and departments apart: ``{标题, 行: […]}`` each, the title naming the kinds in it."""
    groups = [lines for lines in (snapshot.districts, snapshot.departments) if lines]
    marks = ("（一）", "（二）") if len(groups) > 1 else ("",)
    return [
        {
            "标题": mark + listed(_kinds(snapshot, lines)),
            "行": [_ranking_row(line, snapshot) for line in lines],
        }
        for mark, lines in zip(marks, groups, strict=False)
    ]


def _kinds(snapshot: Snapshot, lines: tuple[UnitLine, ...]) -> list[str]:
    """The kinds of a series, in the roster's order."""
    present = {line.unit.kind for line in lines}
    return [kind for kind in dict.fromkeys(line.unit.kind for line in snapshot.units) if kind in present]


def _ranking_row(line: UnitLine, snapshot: Snapshot) -> Row:
    return {
        "位次": str(line.rank) if line.rank is not None else "—",
        "单位": line.unit.name,
        "任务数": line.tasks,
        "已完成": line.done,
        "推进中": line.moving,
        "未启动": line.idle,
        "逾期": line.overdue,
        "不涉及": line.exempt,
        "完成率": "—" if line.rate is None else share(line.done, line.tasks - line.exempt),
        "报送情况": _ANSWER_WORDS[line.answer],
        "较上期": _movement(line, snapshot),
    }


def _movement(line: UnitLine, snapshot: Snapshot) -> str:
    if snapshot.previous is None or line.rank is None:
        return "—"
    if line.previous_rank is None:
        return "新"
    step = line.previous_rank - line.rank
    return f"↑{step}" if step > 0 else f"↓{-step}" if step < 0 else "平"


def ranking_note(snapshot: Snapshot) -> str:
    """How the ranking counts, for the foot of the table."""
    notes = [
        f"数据截至{spoken(snapshot.as_of)}",
        "完成率＝已完成数÷（任务数－不涉及数），各类单位分别排位；完成率相同的，本期已报送的在前，"
        "再相同的，逾期任务占比低的在前，都相同的位次并列",
        "一项任务由多个单位承担的，对每个单位分别计数，在正文任务总数中只计一次",
    ]
    if snapshot.previous is None:
        notes.append("本期为首期，无上期位次")
    elif any(_movement(line, snapshot) == "新" for line in snapshot.units if line.tasks):
        notes.append("“新”表示上期未排位")
    if any(cell.report is None for cell in snapshot.plan_part.cells):
        notes.append("没有填报的任务计入尚未启动，已过时限的计入逾期")
    if any(line.answer is Answer.PENDING for line in snapshot.units):
        notes.append("“核对中”表示材料已收到，不计为未报送")
    if snapshot.carried_lines:
        notes.append("回头看事项单独统计，不计入本表")
    return f"注：{'；'.join(notes)}。{''.join(exemption_notes(snapshot))}"


def overdue_groups(snapshot: Snapshot) -> list[Row]:
    """Overdue items, longest overdue first: ``{标题, 行: […]}``, one row a unit, numbered through.

    Look-back items (回头看) stand behind those of the plan, marked.
    """
    groups: list[Row] = []
    number = 0
    for line, cells in sorted(overdue_lines(snapshot), key=lambda pair: pair[0].item.is_carried):
        rows = []
        for cell in cells:
            number += 1
            rows.append(_overdue_row(number, cell))
        groups.append({"标题": _overdue_title(line, cells), "行": rows})
    return groups


def overdue_note(snapshot: Snapshot) -> str:
    """To which day the days are counted."""
    late = any(line.item.is_carried for line, _ in overdue_lines(snapshot))
    apart = f"；标有{CARRIED_MARK}的是回头看事项，不计入正文所列逾期任务数" if late else ""
    return f"注：逾期天数计至{spoken(snapshot.as_of)}{apart}。"


def _overdue_title(line: ItemLine, cells: tuple[Cell, ...]) -> str:
    days = max(cell.days_late for cell in cells)
    due = earliest_due(cells)
    limit = f"完成时限{spoken(due)}，" if due else ""
    mark = CARRIED_MARK if line.item.is_carried else ""
    return f"{mark}第{line.item.no}项　{flat(line.item.requirement)}（{limit}已逾期{days}天）"


def _overdue_row(number: int, cell: Cell) -> Row:
    report = cell.report
    return {
        "序号": number,
        "单位": cell.unit.name,
        "承担": "牵头" if cell.role is Role.LEAD else "责任",
        "状态": cell.word,
        "进展": _cell_text(report.progress if report else "") + _since(cell) + _ruled(cell),
        "原因": _cell_text(report.problem if report else ""),
        "下步": _cell_text(report.next_step if report else ""),
    }


def _since(cell: Cell) -> str:
    """（9月填报） behind words that were not said this period."""
    if cell.fresh or cell.source is None or not (cell.report and cell.report.progress.strip()):
        return ""
    return f"（{Period.parse(cell.source.period).month}月填报）"


def _ruled(cell: Cell) -> str:
    """（单位报已完成，办公室核定为推进中：没有佐证） where the words of the unit do not go with what counts."""
    if cell.reported is None or cell.report is None:
        return ""
    opinion = clipped(cell.ruling.opinion, _TEXT_LENGTH).rstrip("。")
    why = f"：{opinion}" if opinion else ""
    return f"（单位报{cell.reported.value}，办公室核定为{cell.report.status.value}{why}）"


def _cell_text(text: str) -> str:
    return clipped(text, _TEXT_LENGTH) or "—"


def progress_groups(snapshot: Snapshot) -> list[Row]:
    """Every item, in plan order, below a row with its task: ``{标题, 行: […]}``; 标题 is empty without a task."""
    groups: list[Row] = []
    for line in snapshot.items:
        title = flat((line.item.category if line.item.is_carried else line.item.task or line.item.category) or "")
        if not groups or groups[-1]["标题"] != title:
            groups.append({"标题": title, "行": []})
        row = _progress_row(line, snapshot.lights)
        if told := goal_words(snapshot, line.item.no):
            row["进展"] += f"\n{told}"
        groups[-1]["行"].append(row)
    return groups


def progress_note(snapshot: Snapshot) -> str:
    """Which day the list is of and what its fractions mean."""
    apart = "；回头看事项单独统计，不计入正文任务总数" if snapshot.carried_lines else ""
    return f"注：数据截至{spoken(snapshot.as_of)}；第三栏为已完成单位数与责任单位数，不含不涉及的单位{apart}。"


def progress_legend(snapshot: Snapshot) -> str:
    """What the lights of the list mean: for templates that show them."""
    return f"灯按各责任单位中最重的一盏标示：{legend_sentence(snapshot)}。"


def _progress_row(line: ItemLine, lights: Scheme) -> Row:
    concerned = [cell for cell in line.cells if not (cell.report and cell.report.status is Status.EXEMPT)]
    done = [cell for cell in concerned if cell.report and cell.report.status is Status.DONE]
    return {
        "编号": line.item.no,
        "要求": flat(line.item.requirement) + _origin(line),
        "完成": f"{len(done)}/{len(concerned)}" if concerned else "—",
        "状态": _state_words(line, lights),
        "灯": lights.word(line.light),
        "灯色": (lights.sign(line.light).fill if line.light else "") or NO_FILL,
        "进展": _progress(line),
    }


def _origin(line: ItemLine) -> str:
    """（2026年第3项） behind a look-back item: what it was in the plan that it came from."""
    was = flat(line.item.task or "").partition("：")[0]
    return f"（{was}）" if line.item.is_carried and was else ""


def _state_words(line: ItemLine, lights: Scheme) -> str:
    """推进中, and below it the class of 序时进度 where it says more."""
    word = _STATE_WORDS[line.state]
    pace = lights.pace_word(line.pace) if line.pace else word
    return word if pace == word else f"{word}\n{pace}"


def _progress(line: ItemLine) -> str:
    """The leads' words first; the same words of several units once; a few units, then how many more there are."""
    said: dict[str, list[str]] = {}
    for cell in sorted(line.cells, key=lambda cell: cell.role is not Role.LEAD):
        text = clipped(cell.report.progress, _PROGRESS_LENGTH) if cell.report else ""
        if text:
            text += _since(cell)
            said.setdefault(text, []).append(cell.unit.name)
    if not said:
        return "未填报进展"
    told = list(said.items())[:_PROGRESS_UNITS]
    lines = [f"{_few(units)}：{text}" for text, units in told]
    rest = sum(len(units) for units in said.values()) - sum(len(units) for _, units in told)
    return "\n".join([*lines, f"另有{rest}个单位已填报。"] if rest else lines)


def _few(units: list[str]) -> str:
    return listed(units) if len(units) <= _PROGRESS_UNITS else f"{listed(units[:_PROGRESS_UNITS])}等{len(units)}个单位"
