"""The checks on one row: what a unit wrote about a task, read as a report or named cell by cell as wrong."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, TypeVar

from flows.goals.hints import ASKS, number_remark
from flows.ledger import layout
from flows.ledger.dates import read_date
from flows.ledger.examined import Fault, Row, Terms
from flows.ledger.model import Report, Status
from flows.ledger.percents import read_percent
from flows.ledger.reader import RawRow, RawTable, Value
from flows.ledger.statuses import CHOICES, in_brackets, is_one, read_status
from flows.ledger.text import CELL_LIMIT
from flows.ledger.values import Reading, is_nothing, read_text, same_text, short, shown, squeeze

T = TypeVar("T")

TEXTS: Final = (layout.PROGRESS, layout.EVIDENCE, layout.PROBLEM, layout.NEXT_STEP)
_CHOSEN: Final[dict[Value, Status]] = {status.value: status for status in Status}
"""What the list of a status cell offers."""
LAST_YEAR: Final = "是去年的日期"
"""Kind of a fault, and the words of the remark that becomes one when many rows have it."""
_STALE: Final = timedelta(days=183)
"""A completion date of an earlier year and so long before the period is asked about."""
_DITTO: Final = frozenset({"同上", "同上行", "同上一行", "同前", "如上", "见上", "〃", '"', "″", "''"})
_SAME_AS_LAST: Final = re.compile(
    r"(进展|情况|内容)?(同|与|和)?(上期|上月|上个月|上次)(相同|一样|一致|同)?|(暂?无|没有)(新|变化|进展|新进展)|不变"
)
_NO_NEWS: Final = "请写本期做了什么；没有进展的，请写明原因"


def examine(table: RawTable, raw: RawRow, no: str, terms: Terms) -> Row:
    """Read one row whose task is certain."""
    return _Examination(table, raw, no, terms).row()


class _Examination:
    """The work on one row."""

    def __init__(self, table: RawTable, raw: RawRow, no: str, terms: Terms) -> None:
        self.table, self.raw, self.no, self.terms = table, raw, no, terms
        self.faults: list[Fault] = []
        self.remarks = _locked_changes(raw, no, terms)
        self.texts = {header: self._text(header) for header in TEXTS}

    def row(self) -> Row:
        if self.raw.faults:
            for header in layout.INPUTS:
                if header in self.raw.faults:
                    self._broken(header)
        status = self._status()
        percent = self._value(layout.PERCENT, read_percent(self.raw.value(layout.PERCENT)))
        done_on = self._done_on(status)
        if status is not None:
            self._check_texts(status)
            self._check_progress_is_new(status)
        if status is None or self.faults:
            return Row(self.no, self.table, self.raw, None, tuple(self.faults), tuple(self.remarks))
        self.remarks += _contradictions(self.no, status, percent, done_on)
        # Only who was asked for a number in this very sheet; of several units often one alone has to name it.
        if status is Status.DONE and ASKS in shown(self.raw.value(layout.PREVIOUS)):
            missing = number_remark(self.terms.issued[self.no][0], self.texts[layout.PROGRESS])
            self.remarks += [f"任务 {self.no} {missing}，请核实"] if missing else []
        report = Report(
            status=status,
            percent=percent,
            progress=self.texts[layout.PROGRESS],
            done_on=done_on,
            evidence=self.texts[layout.EVIDENCE],
            problem=self.texts[layout.PROBLEM],
            next_step=self.texts[layout.NEXT_STEP],
        )
        return Row(self.no, self.table, self.raw, report, (), tuple(self.remarks))

    def _fault(self, header: str, kind: str, message: str, cure: str) -> None:
        self.faults.append(Fault(header, kind, message, cure))

    def _asked(self, header: str) -> bool:
        """Whether something can be missing here: the column is there, and the cell has no other fault."""
        return header in self.table.columns and header not in self.raw.faults

    def _broken(self, header: str) -> None:
        found = self.raw.faults[header]
        if found.startswith("="):
            message = f"{header}这一格是公式“{short(found)}”，没有算出内容"
            self._fault(header, "是没有结果的公式", message, "请改成直接填写")
        else:
            self._fault(header, "是错误值", f"{header}这一格是错误值 {short(found)}", "请改成直接填写")

    def _text(self, header: str) -> str:
        value = self.raw.values.get(header, "")
        if value == "":
            return ""
        text = read_text(value)
        # Half the limit may already be too much in UTF-16; that text was cut is seen by its end.
        if isinstance(value, str) and len(value) > CELL_LIMIT // 2 and text.endswith("……") and not value.endswith("……"):
            self.remarks.append(f"任务 {self.no} 的{header}有 {len(value)} 字，太长，只计入开头部分，全文在回收文件夹")
        return text

    def _value(self, header: str, reading: Reading[T]) -> T | None:
        """A value that may stay empty."""
        value = self.raw.values.get(header, "")
        if isinstance(value, str) and is_nothing(value):
            return None
        if reading.fault:
            self._fault(header, reading.kind, reading.fault, reading.cure)
        if reading.remark:
            self.remarks.append(f"任务 {self.no}：{reading.remark}")
        return reading.value

    def _status(self) -> Status | None:
        value = self.raw.value(layout.STATUS)
        if not self._asked(layout.STATUS):
            return None
        if (chosen := _CHOSEN.get(value)) is not None:
            return chosen
        if is_nothing(shown(value)):
            self._fault(layout.STATUS, "没有选", "没有选完成状态", f"请从下拉列表中选一个：{CHOICES}")
            return None
        if is_one(value) and self._reads_as_day(layout.DONE_ON):
            # 100% typed into a cell that shows numbers; the date beside it settles what else 1 might mean.
            self.remarks.append(f"任务 {self.no} 完成状态写的是“1”，写有完成日期，按“已完成”记录")
            return Status.DONE
        reading = read_status(value)
        if reading.fault:
            self._fault(layout.STATUS, reading.kind, reading.fault, reading.cure)
        return reading.value

    def _reads_as_day(self, header: str) -> bool:
        return read_date(self.raw.value(header), self.terms.period, self.terms.received).value is not None

    def _done_on(self, status: Status | None) -> date | None:
        terms, value = self.terms, self.raw.value(layout.DONE_ON)
        if value != "" and not is_nothing(shown(value)):
            day = self._value(layout.DONE_ON, read_date(value, terms.period, terms.received))
            if day and status is Status.DONE:
                self._check_year(day)
            return day
        if status is not Status.DONE:
            return None
        told = in_brackets(self.raw.value(layout.STATUS))
        day = read_date(told, terms.period, terms.received).value if told else None
        if day:
            self.remarks.append(f"任务 {self.no} 的完成日期按完成状态里写的“{told}”记为 {day.isoformat()}")
            return day
        if self._asked(layout.DONE_ON):
            example = f"{terms.period.year}-{terms.period.month:02d}-15"
            self._fault(layout.DONE_ON, "没有写", "已完成，但没有写完成日期", f"请写上完成的日期，如 {example}")
        return None

    def _check_year(self, day: date) -> None:
        """The year of last January is the commonest slip of the pen in a date."""
        period, before = self.terms.period, self.terms.previous.get(self.no)
        if day.year >= period.year or period.first_day - day < _STALE or (before and before.done_on == day):
            return
        if before and before.status in {Status.IDLE, Status.MOVING, Status.BLOCKED}:
            message = f"完成日期 {day.isoformat()} {LAST_YEAR}，上期报的还是“{before.status.value}”"
            self._fault(layout.DONE_ON, LAST_YEAR, message, "请核对年份")
        else:
            self.remarks.append(f"任务 {self.no} 的完成日期 {day.isoformat()} {LAST_YEAR}，请留意核对")

    def _check_texts(self, status: Status) -> None:
        progress = self.texts[layout.PROGRESS]
        if len(progress) < 10 and squeeze(progress).strip("。") in _DITTO and self._asked(layout.PROGRESS):
            self._fault(layout.PROGRESS, "只写了同上", f"进展情况只写了“{progress}”", "各行会重新排序，请写出具体内容")
        if status not in {Status.MOVING, Status.BLOCKED}:
            return
        if self._asked(layout.PROGRESS) and is_nothing(progress):
            message = f"状态是“{status.value}”，但没有写进展情况"
            self._fault(layout.PROGRESS, "没有写", message, "请写明做了什么、到了哪一步")
        if status is Status.BLOCKED and self._asked(layout.PROBLEM) and is_nothing(self.texts[layout.PROBLEM]):
            message = "状态是“需协调”，但没有写存在问题"
            self._fault(layout.PROBLEM, "没有写", message, "请写明需要谁协调解决什么")

    def _check_progress_is_new(self, status: Status) -> None:
        """Last month's text under a new status, or under a task whose day has come, tells nothing."""
        before, text = self.terms.previous.get(self.no), self.texts[layout.PROGRESS]
        if before is None or is_nothing(text) or layout.PROGRESS not in self.table.columns:
            return
        same = bool(before.progress) and same_text(text, before.progress)
        said = f"（“{short(before.progress, 20)}”）"
        if status is not before.status:
            if same:
                message = f"状态由“{before.status.value}”改成了“{status.value}”，进展情况却和上期一样{said}"
                self._fault(layout.PROGRESS, "和上期一样", message, "请写本期的新情况")
        elif self.no in self.terms.due and status in {Status.MOVING, Status.BLOCKED, Status.DONE}:
            # What was finished before is asked about only where it has come due again.
            again = status is Status.DONE
            why, last = ("又到了新的一次", "上一次") if again else ("已到完成时限", "上期")
            cure = "请写这一次做了什么；还没有做的，完成状态选“未启动”" if again else _NO_NEWS
            if same:
                self._fault(layout.PROGRESS, "和上期一样", f"{why}，进展情况却和{last}一样{said}", cure)
            elif _SAME_AS_LAST.fullmatch(squeeze(text).strip("。.")):
                self._fault(layout.PROGRESS, "和上期一样", f"{why}，进展情况只写了“{short(text)}”", cure)


def _locked_changes(raw: RawRow, no: str, terms: Terms) -> list[str]:
    requirement, role = terms.issued[no]
    changed = []
    values = raw.values
    for header, sent in (
        (layout.REQUIREMENT, requirement),
        (layout.ROLE, role.label),
        *terms.locked.get(no, {}).items(),
    ):
        now = values.get(header)
        # A date or a number is the spreadsheet's doing, not the unit's.
        if now and now != sent and isinstance(now, str) and squeeze(now) != squeeze(read_text(sent)):
            changed.append(header)
    changed.sort(key=layout.HEADERS.index)
    return [f"任务 {no} 的{'、'.join(changed)}被改动，未计入"] if changed else []


def _contradictions(no: str, status: Status, percent: int | None, done_on: date | None) -> list[str]:
    """Things that do not fit together but hinder nobody: the clerk sees them, the unit is not asked again."""
    found = []
    if status is Status.DONE and percent is not None and percent < 100:
        found.append(f"任务 {no} 状态是“已完成”，完成进度却是 {percent}%")
    if status is Status.MOVING and percent == 100:
        found.append(f"任务 {no} 完成进度是 100%，状态却是“推进中”")
    if status is Status.IDLE and percent:
        found.append(f"任务 {no} 状态是“未启动”，完成进度却是 {percent}%")
    if status in {Status.IDLE, Status.MOVING, Status.BLOCKED} and done_on:
        found.append(f"任务 {no} 状态是“{status.value}”，却写了完成日期 {done_on.isoformat()}")
    return found
