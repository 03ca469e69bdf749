"""One cause in many rows is told once, with all its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flows.ledger import layout
from flows.ledger.examined import Fault, Row, found_in, problem_of
from flows.ledger.places import join_cells, named
from flows.ledger.row_checks import LAST_YEAR
from flows.ledger.values import short, shown
from flows.periods import Period
from flows.problems import Problem

MANY: Final = 5
"""So many rows with the same kind of fault under one header have one cause."""
_CURES: Final = {
    (layout.DONE_ON, LAST_YEAR): "请核对年份",
    (layout.DONE_ON, "不存在"): "请逐行核对后改正",
    (layout.DONE_ON, "没有写到哪一天"): "请写到日，如 {month}-15",
    (layout.PROGRESS, "和上期一样"): "请逐行写本期的新情况；没有进展的，请写明原因",
}
"""What to write where the cure of one row would not fit the others. Else the first row's is told."""


def problems_of(rows: Sequence[Row], file: str, period: Period) -> list[Problem]:
    """The faults of all rows as problems: first those of many rows, then the others in the order of the rows."""
    groups: dict[tuple[str, str, str], list[tuple[Row, Fault]]] = {}
    for row in rows:
        for fault in row.faults:
            groups.setdefault((row.table.sheet, fault.header, fault.kind), []).append((row, fault))
    many = {key: hits for key, hits in groups.items() if key[2] and len(hits) >= MANY}
    found = [_together(hits, file, period) for hits in many.values()]
    for row in rows:
        for fault in row.faults:
            if (row.table.sheet, fault.header, fault.kind) not in many:
                found.append(problem_of(row, fault, file))
    return found


def doubted_years(rows: Sequence[Row]) -> list[Row]:
    """Dates of last year in many rows are no chance: what was a remark in each becomes a fault."""
    marked = {row.no for row in rows if any(LAST_YEAR in remark for remark in row.remarks)}
    already = sum(any(fault.kind == LAST_YEAR for fault in row.faults) for row in rows)
    if len(marked) + already < MANY:
        return list(rows)
    return [_doubted(row) if row.no in marked else row for row in rows]


def _doubted(row: Row) -> Row:
    fault = Fault(
        layout.DONE_ON, LAST_YEAR, f"完成日期“{shown(row.raw.value(layout.DONE_ON))}”{LAST_YEAR}", "请核对年份"
    )
    return row.blamed(fault)


def _together(hits: Sequence[tuple[Row, Fault]], file: str, period: Period) -> Problem:
    row, fault = hits[0]
    ordered = sorted(hits, key=lambda hit: hit[0].raw.row)
    cells = join_cells(one.table.cell(one.raw.row, fault.header) for one, _ in ordered)
    found = shown(found_in(row.raw, fault.header))
    example = f"如“{short(found, 12)}”，" if found and fault.kind not in {"没有写", "没有选", "和上期一样"} else ""
    tasks = named(one.no for one, _ in ordered)
    message = f"{fault.header}有 {len(hits)} 行{fault.kind}（{example}任务 {tasks}）"
    cure = _CURES.get((fault.header, fault.kind), fault.cure).replace("{month}", str(period))
    return Problem(message, cure, cells, row.table.sheet, file, fault.header, found)
