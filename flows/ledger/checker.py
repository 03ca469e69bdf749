"""A returned file, judged: accepted, returned for correction with every fault named, or quarantined with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flows.ledger import layout
from flows.ledger.matching import Match, match_rows
from flows.ledger.model import Entry, Identity, Report, Returned, Role, Status
from flows.ledger.origin import Expectation, Origin, find_origin
from flows.ledger.reader import RawRow, RawTable, RawWorkbook, Value, read_returned
from flows.ledger.values import (
    is_nothing,
    read_date,
    read_percent,
    read_status,
    read_text,
    shown,
    squeeze,
)
from flows.periods import Period
from flows.problems import Problem

Fault = Callable[[str, str, str], None]
"""Notes a fault of a row: header, message, cure."""

__all__ = ["Expectation", "check_returned"]


@dataclass(frozen=True, slots=True)
class _Row:
    """One returned row whose task is known, with what is wrong in it."""

    no: str
    table: RawTable
    raw: RawRow
    report: Report | None
    """None when a fault stands in the way."""
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


def check_returned(data: bytes, name: str, expected: Expectation, secret: bytes, received: date) -> Returned:
    """Read and judge one returned file. ``received`` is the day it came: no completion date may lie after it.

    Never raises for what people send: whatever cannot be read is quarantined with a reason.
    """
    raw = read_returned(data, name)
    if raw.reason:
        return Returned(reason=raw.reason)
    origin = find_origin(raw, expected, secret)
    if origin.reason or origin.identity is None:
        return Returned(identity=origin.identity, reason=origin.reason, warnings=origin.warnings)
    return _Examination(raw, origin, origin.identity, expected, name, received).verdict()


class _Examination:
    """The work on one file whose unit is known."""

    def __init__(
        self,
        raw: RawWorkbook,
        origin: Origin,
        identity: Identity,
        expected: Expectation,
        name: str,
        received: date,
    ) -> None:
        self.raw, self.origin, self.identity, self.name = raw, origin, identity, name
        self.issued: Mapping[str, tuple[str, Role]] = expected.issued[identity.unit]
        self.period = Period.parse(identity.period)
        self.received = received
        self.warnings = list(origin.warnings)
        self.problems: list[Problem] = []

    def verdict(self) -> Returned:
        filler, phone = self._label(layout.FILLER), self._label(layout.PHONE)
        self._check_columns()
        self._check_filler(filler)
        rows = self._single(self._tasks())
        self._check_blank(rows)
        present = {row.no for row in rows}
        missing = tuple(no for no in self.issued if no not in present)
        self._check_missing(missing)
        for row in rows:
            self.problems += row.problems
            self.warnings += row.remarks
        entries = tuple(
            Entry(row.no, row.report, row.table.sheet, row.raw.row) for row in rows if row.report and not row.problems
        )
        return Returned(
            identity=self.identity,
            entries=entries,
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
            filler=filler,
            phone=phone,
        )

    def _label(self, word: str) -> str:
        label = self.raw.labels.get(word)
        return read_text(label.value) if label else ""

    def _problem(self, table: RawTable | None, row: int, header: str, found: Value, message: str, cure: str) -> Problem:
        cell = table.cell(row, header) if table else None
        sheet = table.sheet if table else None
        return Problem(message, cure, cell, sheet, self.name, header, shown(found) if found != "" else "")

    def _check_columns(self) -> None:
        """A missing column is the root of a fault on every row, so it is told once."""
        for header in (layout.STATUS, layout.PROGRESS, layout.DONE_ON):
            lacking = [table for table in self.raw.tables if header not in table.columns]
            if lacking:
                message = f"缺少“{header}”这一列"
                self.problems.append(
                    Problem(message, "请用退回的台账填报，不要删列", None, lacking[0].sheet, self.name, header, "")
                )

    def _check_filler(self, filler: str) -> None:
        if not is_nothing(filler):
            return
        label = self.raw.labels.get(layout.FILLER)
        cell, sheet = (label.cell, label.sheet) if label else (None, None)
        self.problems.append(Problem("没有写填报人", "请写上填报人姓名", cell, sheet, self.name, layout.FILLER, filler))

    def _tasks(self) -> list[_Row]:
        """Every row whose task is certain, examined."""
        rows: list[_Row] = []
        for table, raw, match in match_rows(self.raw, self.issued, self.origin.keys):
            if match.no is None:
                self._unmatched(table, raw, match)
                continue
            row = self._examine_row(table, raw, match.no)
            if match.remark:
                row = replace(row, remarks=(f"第 {raw.row} 行：{match.remark}", *row.remarks))
            rows.append(row)
        return rows

    def _unmatched(self, table: RawTable, raw: RawRow, match: Match) -> None:
        if match.note:
            text = next((read_text(value) for value in (*raw.values.values(), *raw.others) if value != ""), "")
            if text:
                short = text if len(text) <= 30 else text[:30] + "……"
                self.warnings.append(f"第 {raw.row} 行不是任务，未计入：{short}")
            return
        header = layout.NO if layout.NO in table.columns else layout.STATUS
        found = raw.value(layout.NO)
        self.problems.append(self._problem(table, raw.row, header, found, match.fault, match.cure))

    def _examine_row(self, table: RawTable, raw: RawRow, no: str) -> _Row:
        problems: list[Problem] = []
        remarks = self._locked_changes(raw, no)

        def fault(header: str, message: str, cure: str) -> None:
            text = f"任务 {no} {message}"
            problems.append(self._problem(table, raw.row, header, raw.value(header), text, cure))

        texts = {header: read_text(raw.value(header)) for header in _TEXTS}
        status = self._status(table, raw, fault)
        percent: int | None = None
        if not is_nothing(shown(raw.value(layout.PERCENT))):
            reading = read_percent(raw.value(layout.PERCENT))
            percent = reading.value
            if reading.fault:
                fault(layout.PERCENT, reading.fault, reading.cure)
            if reading.remark:
                remarks.append(f"任务 {no}：{reading.remark}")
        done_on: date | None = None
        if not is_nothing(shown(raw.value(layout.DONE_ON))):
            day = read_date(raw.value(layout.DONE_ON), self.period, self.received)
            done_on = day.value
            if day.fault:
                fault(layout.DONE_ON, day.fault, day.cure)
        elif status is Status.DONE and layout.DONE_ON in table.columns:
            example = f"{self.period.year}-{self.period.month:02d}-15"
            fault(layout.DONE_ON, "已完成，但没有写完成日期", f"请写上完成的日期，如 {example}")
        if status in {Status.MOVING, Status.BLOCKED} and layout.PROGRESS in table.columns:
            if is_nothing(texts[layout.PROGRESS]):
                fault(layout.PROGRESS, f"状态是“{status.value}”，但没有写进展情况", "请写明做了什么、到了哪一步")
            if status is Status.BLOCKED and is_nothing(texts[layout.PROBLEM]):
                fault(layout.PROBLEM, "状态是“需协调”，但没有写存在问题", "请写明需要谁协调解决什么")
        if status is None or problems:
            return _Row(no, table, raw, None, tuple(problems), tuple(remarks))
        remarks += _contradictions(no, status, percent, done_on)
        report = Report(
            status=status,
            percent=percent,
            progress=texts[layout.PROGRESS],
            done_on=done_on,
            evidence=texts[layout.EVIDENCE],
            problem=texts[layout.PROBLEM],
            next_step=texts[layout.NEXT_STEP],
        )
        return _Row(no, table, raw, report, (), tuple(remarks))

    def _status(self, table: RawTable, raw: RawRow, fault: Fault) -> Status | None:
        value = raw.value(layout.STATUS)
        if layout.STATUS not in table.columns:
            return None
        if is_nothing(shown(value)):
            fault(layout.STATUS, "没有选完成状态", "请从下拉列表中选一个：" + "、".join(layout.STATUSES))
            return None
        reading = read_status(value)
        if reading.fault:
            fault(layout.STATUS, reading.fault, reading.cure)
        return reading.value

    def _locked_changes(self, raw: RawRow, no: str) -> list[str]:
        requirement, role = self.issued[no]
        changed = []
        for header, original in ((layout.REQUIREMENT, requirement), (layout.ROLE, role.label)):
            now = raw.value(header)
            if now != "" and squeeze(shown(now)) != squeeze(read_text(original)):
                changed.append(header)
        return [f"任务 {no} 的{'、'.join(changed)}被改动，未计入"] if changed else []

    def _single(self, rows: list[_Row]) -> list[_Row]:
        """One row a task: equal copies collapse, an empty copy gives way, different answers are a fault."""
        contested: set[str] = set()
        kept: dict[str, _Row] = {}
        for row in rows:
            first = kept.get(row.no)
            if first is None or _is_empty(first):
                kept[row.no] = row
            elif not _is_empty(row) and _content(row) != _content(first) and row.no not in contested:
                contested.add(row.no)
                kept[row.no] = replace(first, report=None, problems=(*first.problems, self._twice(first, row)))
        return list(kept.values())

    def _twice(self, first: _Row, second: _Row) -> Problem:
        where = f"第 {first.raw.row} 行"
        if first.table.sheet != second.table.sheet:
            where = f"“{first.table.sheet}”表{where}"
        message = f"任务 {second.no} 填了两次（第 {second.raw.row} 行与{where}），内容不同"
        header = layout.NO if layout.NO in second.table.columns else layout.STATUS
        found = second.raw.value(header)
        return self._problem(second.table, second.raw.row, header, found, message, "请只留一行，删去不对的")

    def _check_blank(self, rows: list[_Row]) -> None:
        """A sheet that nobody has filled in has one fault, not one a row."""
        unfilled = [row for row in rows if row.raw.value(layout.STATUS) == "" and row.problems]
        if len(unfilled) < 3 or len(unfilled) < len(rows):
            return
        first = unfilled[0]
        cell = first.table.cell(first.raw.row, layout.STATUS)
        message = f"全部 {len(rows)} 项任务都没有选完成状态"
        cure = "请逐项从下拉列表中选：" + "、".join(layout.STATUSES)
        root = Problem(message, cure, cell, first.table.sheet, self.name, layout.STATUS, "")
        for place, row in enumerate(rows):
            left = tuple(problem for problem in row.problems if problem.field != layout.STATUS)
            rows[place] = replace(row, problems=left if place else (root, *left), report=None)

    def _check_missing(self, missing: tuple[str, ...]) -> None:
        if not missing:
            return
        sheet = self.raw.tables[0].sheet if self.raw.tables else None
        named = "、".join(missing)
        self.problems.append(
            Problem(
                f"缺少任务 {named} 的行",
                "请在退回的台账中补填这几行",
                None,
                sheet,
                self.name,
                layout.NO,
                "",
            )
        )


_TEXTS = (layout.PROGRESS, layout.EVIDENCE, layout.PROBLEM, layout.NEXT_STEP)


def _content(row: _Row) -> tuple[object, ...]:
    """What a row says, for comparison: the report when it can be read, else the cells as they stand."""
    if row.report:
        return (row.report,)
    return tuple(squeeze(shown(row.raw.value(header))) for header in layout.INPUTS)


def _is_empty(row: _Row) -> bool:
    return all(row.raw.value(header) == "" for header in layout.INPUTS)


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
