"""Several rows for one task: copies of the table, and rows pasted twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flows.ledger import layout
from flows.ledger.examined import Row
from flows.ledger.model import Report
from flows.ledger.places import join_cells, named
from flows.ledger.values import shown, squeeze
from flows.problems import Problem


def untouched_copies(rows: Sequence[Row], previous: Mapping[str, Report]) -> tuple[list[Row], list[str]]:
    """Of several tables, one in which nothing differs from what was sent out is a spare copy: the other one counts."""
    tables = list({id(row.table): row.table for row in rows}.values())
    spare = [
        table for table in tables if all(row.is_empty or _as_sent(row, previous) for row in rows if row.table is table)
    ]
    if len(tables) < 2 or not spare or len(spare) == len(tables):
        return list(rows), []
    told = [f"“{table.sheet}”表没有改动过，未计入，以填写过的表为准" for table in spare]
    return [row for row in rows if all(row.table is not table for table in spare)], told


def _as_sent(row: Row, previous: Mapping[str, Report]) -> bool:
    before = previous.get(row.no)
    return before is not None and row.report == before


def one_row_each(rows: Iterable[Row], file: str) -> tuple[list[Row], list[Problem]]:
    """One row a task: equal copies collapse, an empty copy gives way, different answers are a fault.

    Several tasks answered differently on two sheets have one cause: two filled copies of the table.
    """
    kept: dict[str, Row] = {}
    contested: dict[str, Row] = {}
    for row in rows:
        first = kept.get(row.no)
        if first is None or first.is_empty:
            kept[row.no] = row
        elif not row.is_empty and _content(row) != _content(first) and row.no not in contested:
            contested[row.no] = row
    problems = []
    beside = {no: row for no, row in contested.items() if row.table.sheet != kept[no].table.sheet}
    if len(beside) > 1:
        no, other = next(iter(beside.items()))
        message = f"“{kept[no].table.sheet}”和“{other.table.sheet}”两张表里任务 {named(beside)} 填得不一样"
        cells = join_cells(row.table.cell(row.raw.row, layout.STATUS) for row in beside.values())
        cure = "请只留一张填好的表，把另一张删去"
        problems.append(Problem(message, cure, cells, other.table.sheet, file, layout.STATUS, ""))
    for no, row in contested.items():
        kept[no] = replace(kept[no], report=None)
        if no not in beside or len(beside) == 1:
            problems.append(_twice(kept[no], row, file))
    return list(kept.values()), problems


def _twice(first: Row, second: Row, file: str) -> Problem:
    where = f"第 {first.raw.row} 行"
    if first.table.sheet != second.table.sheet:
        where = f"“{first.table.sheet}”表{where}"
    message = f"任务 {second.no} 填了两次（第 {second.raw.row} 行与{where}），内容不同"
    header = layout.NO if layout.NO in second.table.columns else layout.STATUS
    cell = second.table.cell(second.raw.row, header)
    found = shown(second.raw.value(header))
    return Problem(message, "请只留一行，删去不对的", cell, second.table.sheet, file, header, found)


def _content(row: Row) -> tuple[object, ...]:
    """What a row says, for comparison: the report when it can be read, else the cells as they stand."""
    if row.report:
        return (row.report,)
    cells = tuple(squeeze(shown(row.raw.value(header))) for header in layout.INPUTS)
    return (*cells, tuple(sorted(row.raw.faults.items())))
