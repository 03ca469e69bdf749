"""What the ledger sheet does while a unit types: drop-down list, checks with Chinese messages, live hints in colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter.worksheet import Worksheet

from flows.ledger import layout
from flows.ledger.layout import FIRST_ROW, INDEX, cell_name, column_name
from flows.ledger.model import LedgerRow, Status
from flows.ledger.styles import FAULT_FILL, FAULT_INK, GREY_FILL, GREY_INK, INPUT_FILL, WANTED_FILL, Styles
from flows.periods import Period

_UNFINISHED = frozenset({Status.MOVING, Status.BLOCKED})

Value = str | float | bool | date | None
"""What may stand in an input cell: a fraction for 完成进度, a date for 完成日期, text elsewhere."""

_STATUS = column_name(INDEX[layout.STATUS])
_PERCENT = column_name(INDEX[layout.PERCENT])
_PROGRESS = column_name(INDEX[layout.PROGRESS])
_DONE_ON = column_name(INDEX[layout.DONE_ON])
_PROBLEM = column_name(INDEX[layout.PROBLEM])
_PREVIOUS = column_name(INDEX[layout.PREVIOUS])
_DEADLINE = column_name(INDEX[layout.DEADLINE])
_LAST = column_name(len(layout.COLUMNS) - 1)

_LACKING = (
    "项未选完成状态",
    "项已完成未写完成日期",
    "项未写进展情况",
    "项需协调未写存在问题",
    "项进展情况还是上期的",
)
"""What 填报检查 may find lacking, in the order in which it asks."""
_READY, _WHO = "已填齐，可以报送", "请写填报人"

NEWS_WANTED = "本期须写新进展"
"""Stands in 上期进展 of a task whose day has come: the unit reads it, and so does the live check."""
RENEWED = "上一次"
"""Stands in 上期进展 of a task that has come due again: so it was done the last time."""
LONGEST_RULING = 200
"""Characters of the office's ruling that 上期进展 shows."""
LONGEST_PREVIOUS = 1500
"""Characters of last period's text that 上期进展 shows."""


def previous_text(row: LedgerRow) -> str:
    """上期进展 as the unit reads it: “〔2026-09〕推进中，60%”, then the text on new lines.

    What the office has ruled stands in the brackets: who is not told that 已完成 was not accepted never mends it.
    The live check finds last period's status after the bracket and the text after the first line end; because it
    travels with the row, it stays right when people sort. A longer text is cut, and then not checked while typing.
    """
    report = row.previous
    if report is None:
        return f"〔{row.asks}〕" if row.asks else ""
    parts = [report.status.value]
    if report.status is Status.DONE and report.done_on:
        parts.append(report.done_on.isoformat())
    elif report.percent is not None:
        parts.append(f"{report.percent}%")
    news = report.progress and (row.renewed or (row.due and report.status in _UNFINISHED))
    wanted = (RENEWED if row.renewed else "", NEWS_WANTED if news else "", row.asks)
    head = "，".join(word for word in (row.previous_period, *wanted, _in_brackets(row.ruling)) if word)
    text = report.progress if len(report.progress) <= LONGEST_PREVIOUS else report.progress[:LONGEST_PREVIOUS] + "……"
    return f"〔{head or '上期'}〕{'，'.join(parts)}" + (f"\n{text}" if text else "")


def _in_brackets(ruling: str) -> str:
    """A ruling within the brackets of 上期进展, which the live check reads up to the first 〕 and line end."""
    words = " ".join(ruling.replace("〔", "（").replace("〕", "）").split())
    return words if len(words) <= LONGEST_RULING else words[:LONGEST_RULING] + "……"


def is_stale(row: LedgerRow, values: Mapping[str, Value]) -> bool:
    """Whether 进展情况 still holds last period's text where something new is wanted."""
    before, status = row.previous, values.get(layout.STATUS)
    if before is None or not before.progress or values.get(layout.PROGRESS) != before.progress:
        return False
    return status != before.status.value or row.renewed or (row.due and before.status in _UNFINISHED)


def _stale(status: str, progress: str, previous: str) -> str:
    """The same as a formula: a number above 0 for a stale row. Works on cells, and on columns inside SUMPRODUCT.

    FIND always finds, because what it looks for is appended: no error value can spoil a sum.
    """
    same = f'({progress}<>"")*EXACT({progress},MID({previous},FIND(CHAR(10),{previous}&CHAR(10))+1,32000))'
    moved = f'({status}<>MID({previous},FIND("〕",{previous}&"〕")+1,3))'
    wanted = f'ISNUMBER(FIND("{NEWS_WANTED}",{previous}))'
    return f"{same}*({moved}+{wanted})"


def add_lists(sheet: Worksheet, count: int, period: Period) -> None:
    """Drop-down list for 完成状态, checks for 完成进度 and 完成日期."""
    if not count:
        return
    last = FIRST_ROW + count - 1
    status, percent, done_on = (INDEX[name] for name in (layout.STATUS, layout.PERCENT, layout.DONE_ON))
    choices = {
        "validate": "list",
        "source": list(layout.STATUSES),
        "error_title": "完成状态",
        "error_message": "请从下拉列表中选：" + "、".join(layout.STATUSES),
    }
    sheet.data_validation(FIRST_ROW, status, last, status, choices)
    cell = f"{_PERCENT}{FIRST_ROW + 1}"
    # The cell is a percent cell, in which all three programs take “80” and “80%” as 80 %. LibreOffice takes “0.8” as
    # 0.8 %, which is not a whole percentage and is stopped here.
    whole = f"=AND(ISNUMBER({cell}),{cell}>=0,{cell}<=1,ABS({cell}*100-ROUND({cell}*100,0))<0.0001)"
    percentage = {
        "validate": "custom",
        "value": whole,
        "input_title": "完成进度",
        "input_message": "填 0 到 100 的整数，如 80；可以不填",
        "error_title": "完成进度",
        "error_message": "请填 0 到 100 的整数，例如 80（表示 80%）",
    }
    sheet.data_validation(FIRST_ROW, percent, last, percent, percentage)
    day = {
        "validate": "date",
        "criteria": "between",
        "minimum": date(period.year - 1, 1, 1),
        "maximum": date(period.year + 1, 12, 31),
        # Only a hint: dates in words are understood on return, nobody shall be stuck here.
        "error_type": "information",
        "input_title": "完成日期",
        "input_message": f"已完成的才填，如 {period.year}-{period.month:02d}-15",
        "error_title": "完成日期",
        "error_message": f"最好写成 {period.year}-{period.month:02d}-15 这样的日期",
    }
    sheet.data_validation(FIRST_ROW, done_on, last, done_on, day)


@dataclass(frozen=True, slots=True)
class Fault:
    """An input cell that has to be corrected: 0-based place and the value that stands there."""

    row: int
    column: int
    value: Value


def add_checks(
    sheet: Worksheet, styles: Styles, count: int, overdue: Sequence[int], faults: Sequence[Fault] = ()
) -> None:
    """Faults red until they are changed, what is still missing orange, finished rows grey, overdue deadlines red.

    ``count``: how many rows there are; ``overdue``: which of them, from 0.
    """
    if not count:
        return
    top, end = FIRST_ROW + 1, FIRST_ROW + count
    plain: dict[str, Any] = {"type": "formula"}

    def colour(columns: str, formula: str, **look: Any) -> None:
        first, last = (columns, columns) if ":" not in columns else columns.split(":")
        rule = plain | {"criteria": formula, "format": styles.differential(**look)}
        sheet.conditional_format(f"{first}{top}:{last}{end}", rule)

    for fault in faults:
        rule = plain | {"criteria": _unchanged(fault), "format": styles.differential(bg_color=FAULT_FILL)}
        sheet.conditional_format(fault.row, fault.column, fault.row, fault.column, rule)
    wanted = {"bg_color": WANTED_FILL}
    colour(_STATUS, f'=TRIM(${_STATUS}{top})=""', **wanted)
    colour(_DONE_ON, f'=AND(${_STATUS}{top}="{Status.DONE.value}",${_DONE_ON}{top}="")', **wanted)
    moving, blocked = Status.MOVING.value, Status.BLOCKED.value
    colour(
        _PROGRESS, f'=AND(OR(${_STATUS}{top}="{moving}",${_STATUS}{top}="{blocked}"),${_PROGRESS}{top}="")', **wanted
    )
    colour(_PROGRESS, f"={_stale(f'${_STATUS}{top}', f'${_PROGRESS}{top}', f'${_PREVIOUS}{top}')}>0", **wanted)
    colour(_PROBLEM, f'=AND(${_STATUS}{top}="{blocked}",${_PROBLEM}{top}="")', **wanted)
    finished = f'OR(${_STATUS}{top}="{Status.DONE.value}",${_STATUS}{top}="{Status.EXEMPT.value}")'
    if overdue:
        line = top + overdue[0]
        unfinished = f'=AND(${_STATUS}{line}<>"{Status.DONE.value}",${_STATUS}{line}<>"{Status.EXEMPT.value}")'
        look = styles.differential(bg_color=FAULT_FILL, font_color=FAULT_INK, bold=True)
        rule = plain | {"criteria": unfinished, "format": look, "multi_range": deadlines_at(overdue)}
        sheet.conditional_format(f"{_DEADLINE}{line}", rule)
    colour(f"A:{_LAST}", f"={finished}", font_color=GREY_INK, bg_color=GREY_FILL)
    for fault in faults:
        rule = plain | {"criteria": "=TRUE", "format": styles.differential(bg_color=INPUT_FILL, font_color="#000000")}
        sheet.conditional_format(fault.row, fault.column, fault.row, fault.column, rule)


def _unchanged(fault: Fault) -> str:
    """A formula that holds as long as the faulty value still stands in its cell."""
    cell = f"${column_name(fault.column)}${fault.row + 1}"
    value = fault.value
    if value is None or value == "":
        return f'={cell}=""'
    if isinstance(value, str):
        # A literal in a formula holds 255 characters, and a line break in it is not portable.
        if len(value) > 200 or "\n" in value:
            # Excel counts UTF-16 units, LibreOffice characters.
            return f"=OR(LEN({cell})={len(value)},LEN({cell})={len(value.encode('utf-16-le', 'replace')) // 2})"
        quoted = value.replace('"', '""')
        return f'=EXACT({cell},"{quoted}")'
    if isinstance(value, date):
        return f"={cell}=DATE({value.year},{value.month},{value.day})"
    return f"={cell}={value!r}" if not isinstance(value, bool) else f"={cell}={str(value).upper()}"


def deadlines_at(rows: Sequence[int]) -> str:
    """The cells of 完成时限 in these rows, counted from 0 and in order, as a list of ranges: “F6:F8 F11”."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    top = FIRST_ROW + 1
    return " ".join(
        f"{_DEADLINE}{top + first}" + (f":{_DEADLINE}{top + last}" if last > first else "") for first, last in spans
    )


def summary(rows: Sequence[LedgerRow], filled: Sequence[Mapping[str, Value]], filler: str) -> str:
    """The sentence of 填报检查 for the input values as written: it stands there before anything recalculates."""
    done, moving, blocked = Status.DONE.value, Status.MOVING.value, Status.BLOCKED.value

    def lacking(words: tuple[str, ...], header: str) -> int:
        return sum(1 for values in filled if values.get(layout.STATUS) in words and not values.get(header))

    counts = (
        sum(1 for values in filled if not values.get(layout.STATUS)),
        lacking((done,), layout.DONE_ON),
        lacking((moving, blocked), layout.PROGRESS),
        lacking((blocked,), layout.PROBLEM),
        sum(is_stale(row, values) for row, values in zip(rows, filled, strict=True)),
    )
    for number, words in zip(counts, _LACKING, strict=True):
        if number:
            return f"还有 {number} {words}"
    return _READY if filler else _WHO


def add_summary(sheet: Worksheet, styles: Styles, count: int, shown: str) -> None:
    """填报检查: one sentence beside its label that tells what is still missing, alive while the unit types.

    ``count``: rows of the table; ``shown``: the sentence for the values as written, see ``summary``.
    """
    if not count:
        return
    top, end = FIRST_ROW + 1, FIRST_ROW + count
    status, done_on, progress, problem, previous = (
        f"{column}{top}:{column}{end}" for column in (_STATUS, _DONE_ON, _PROGRESS, _PROBLEM, _PREVIOUS)
    )
    done, moving, blocked = Status.DONE.value, Status.MOVING.value, Status.BLOCKED.value
    row, column = layout.LABEL_CELLS[layout.FILLER]
    who = cell_name(row, column + 1)
    checks = (
        f"COUNTBLANK({status})",
        f'COUNTIFS({status},"{done}",{done_on},"")',
        f'COUNTIFS({status},"{moving}",{progress},"")+COUNTIFS({status},"{blocked}",{progress},"")',
        f'COUNTIFS({status},"{blocked}",{problem},"")',
        f"SUMPRODUCT(1*({_stale(status, progress, previous)}>0))",
    )
    formula = f'IF({who}="","{_WHO}","{_READY}")'
    for number, words in reversed(tuple(zip(checks, _LACKING, strict=True))):
        formula = f'IF({number}>0,"还有 "&({number})&" {words}",{formula})'
    place, column = layout.CHECK_CELL
    look = styles.get(align="left", bold=True, font_color=FAULT_INK)
    sheet.write_formula(place, column + 1, f"={formula}", look, shown)
    ready = {
        "type": "cell",
        "criteria": "==",
        "value": f'"{_READY}"',
        "format": styles.differential(font_color="#548235"),
    }
    sheet.conditional_format(place, column + 1, place, column + 1, ready)
