"""Rows that are no task of the unit: proposals, remarks, and rows that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.ledger import layout
from flows.ledger.examined import Unmatched
from flows.ledger.many_rows import MANY
from flows.ledger.matching import MISPLACED
from flows.ledger.model import Proposal
from flows.ledger.places import join_cells, join_rows
from flows.ledger.reader import RawRow, RawTable
from flows.ledger.values import is_nothing, read_text, short, shown
from flows.problems import Problem

_HALF_SORTED = 3
"""So many rows whose number and text disagree were sorted by halves."""


@dataclass(frozen=True, slots=True)
class Strays:
    """What became of the rows without a task."""

    problems: tuple[Problem, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    warnings: tuple[str, ...] = ()


def told(strays: Sequence[Unmatched], missing: Sequence[str], file: str) -> Strays:
    """Judge them. A row with an unknown number is a proposal only when no task is ``missing`` that it might be."""
    faulty: list[Unmatched] = []
    proposals: dict[tuple[tuple[str, str], ...], Proposal] = {}
    warnings: list[str] = []
    for stray in strays:
        table, raw, match = stray
        if match.proposal and not (missing and raw.value(layout.NO) != ""):
            proposal = _proposal(table, raw)
            if tuple(proposal.cells.items()) not in proposals:  # the same row on a copy of the sheet
                proposals[tuple(proposal.cells.items())] = proposal
                text = proposal.cells.get(layout.REQUIREMENT) or proposal.cells.get(layout.TASK, "")
                warnings.append(f"第 {raw.row} 行是单位自己加的任务“{short(text)}”，不计入，已转办公室研究")
        elif match.note:
            text = next((read_text(value) for value in (*raw.values.values(), *raw.others) if value != ""), "")
            if text:
                warnings.append(f"第 {raw.row} 行不是任务，未计入：{short(text)}")
        else:
            faulty.append(stray)
    return Strays(tuple(_problems(faulty, file)), tuple(proposals.values()), tuple(warnings))


def _proposal(table: RawTable, raw: RawRow) -> Proposal:
    texts = {header: read_text(raw.value(header)) for header in layout.HEADERS}
    cells = {header: text for header, text in texts.items() if not is_nothing(text)}
    return Proposal(cells, table.sheet, raw.row)


def _problems(faulty: Sequence[Unmatched], file: str) -> list[Problem]:
    groups: dict[tuple[str, str], list[Unmatched]] = {}
    for stray in faulty:
        groups.setdefault((stray[0].sheet, stray[2].kind), []).append(stray)
    found = []
    for (_, kind), group in groups.items():
        if len(group) >= (_HALF_SORTED if kind == MISPLACED else MANY) and kind:
            found.append(_together(kind, group, file))
        else:
            found += [_single(stray, file) for stray in group]
    return found


def _header(table: RawTable) -> str:
    return layout.NO if layout.NO in table.columns else layout.STATUS


def _single(stray: Unmatched, file: str) -> Problem:
    table, raw, match = stray
    header = _header(table)
    found = raw.faults.get(header) or shown(raw.value(header))
    return Problem(match.fault, match.cure, table.cell(raw.row, header), table.sheet, file, header, found)


def _together(kind: str, group: Sequence[Unmatched], file: str) -> Problem:
    table, first, match = group[0]
    header = _header(table)
    rows = join_rows(raw.row for _, raw, _ in group)
    cells = join_cells(table.cell(raw.row, header) for _, raw, _ in group)
    if kind == MISPLACED:
        message = f"第 {rows} 行的任务编号{kind}，像是只给一部分列排了序，或粘贴时错了行"
        cure = "请在退回的台账中逐行重填，不要只对几列排序"
    else:
        message, cure = f"第 {rows} 行的任务编号{kind}" if kind != "没有任务编号" else f"第 {rows} 行{kind}", match.cure
    return Problem(message, cure, cells, table.sheet, file, header, shown(first.value(header)))
