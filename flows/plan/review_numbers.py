"""Item numbers that the office changed by hand in 任务分解表: the item stays the same, with its doubts and history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.plan.carried import renumbered_carried
from flows.plan.model import Doubt, Item, Plan
from flows.plan.review_answers import Answers
from flows.plan.review_layout import same, shown
from flows.plan.review_sheet import Grid, Record
from flows.plan.review_state import Renumbering, retired
from flows.plan.revision_matching import match_items
from flows.plan.textual import one_line


def moved_by_hand(grid: Grid, record: Record) -> dict[str, str]:
    """Number as written → number as it stands now, of the items that were given another one.

    A row is known by its words. One that keeps its number may have any words; a number that went to another item
    leaves its own one retired.
    """
    written = record.items
    rows: dict[str, Item] = {}
    for row in grid.rows:
        no = grid.text(row, "任务编号")
        if no and no not in rows and grid.has("具体要求"):
            rows[no] = Item(no, grid.text(row, "具体要求"), task=one_line(grid.text(row, "任务事项")) or None)
    own = {no for no, item in rows.items() if no in written and same(item.requirement, shown(written[no].requirement))}
    free = {no: item for no, item in written.items() if no not in own}
    others = {no: item for no, item in rows.items() if no not in own}
    moves: dict[str, str] = {}
    for no, item in others.items():
        alike = [old for old, kept in free.items() if same(item.requirement, shown(kept.requirement))]
        if len(alike) == 1:
            moves[alike[0]] = no
            del free[alike[0]]
    gone = [item for no, item in free.items() if no not in rows]
    new = [item for no, item in others.items() if no not in written and no not in moves.values()]
    moves |= {pair.old: pair.new for pair in match_items(gone, new) if pair.sure}
    taken = set(moves.values())
    return moves | {no: retired(no) for no in written if no in taken and no not in moves}


def renumbering(record: Record, moves: Mapping[str, str]) -> Renumbering:
    """The moves for the store; one workbook has one such renumbering, which may change until it is written anew."""
    return Renumbering(f"{record.token}-手改", dict(moves))


def renumbered(record: Record, moves: Mapping[str, str]) -> Record:
    """The record as if it had been written with the numbers of today."""
    if not moves:
        return record
    now = _doubts_by(moves)
    return replace(
        record,
        plan=_plan(record.plan, moves),
        reading=_plan(record.reading, moves),
        doubts=tuple(map(now, record.doubts)),
        roster_doubts=frozenset(map(now, record.roster_doubts)),
        kept_doubts=frozenset(map(now, record.kept_doubts)),
        settled=tuple(map(now, record.settled)),
        cancelled=tuple(_item(item, moves) for item in record.cancelled),
        marks={moves.get(no, no): mark for no, mark in record.marks.items()},
        pending=tuple(
            replace(moved, similar={moves.get(no, no): old for no, old in moved.similar.items()})
            for moved in record.pending
        ),
        carried=renumbered_carried(record.carried, moves),
    )


def answers_renumbered(answers: Answers, moves: Mapping[str, str]) -> None:
    """The answers under the numbers of today, changed in place."""
    if not moves:
        return
    now = _doubts_by(moves)
    answers.settled = {now(doubt) for doubt in answers.settled}
    answers.dropped = {moves.get(no, no) for no in answers.dropped}
    answers.new_items = {moves.get(no, no) for no in answers.new_items}
    answers.waiting = {now(doubt): text for doubt, text in answers.waiting.items()}
    answers.typed = {
        moves.get(no, no): [(now(doubt), column, text) for doubt, column, text in typed]
        for no, typed in answers.typed.items()
    }


def _doubts_by(moves: Mapping[str, str]) -> Callable[[Doubt], Doubt]:
    return lambda doubt: replace(doubt, no=moves.get(doubt.no, doubt.no)) if doubt.no else doubt


def _item(item: Item, moves: Mapping[str, str]) -> Item:
    return replace(item, no=moves.get(item.no, item.no))


def _plan(plan: Plan | None, moves: Mapping[str, str]) -> Plan | None:
    if plan is None:
        return None
    doubts = tuple(map(_doubts_by(moves), plan.doubts))
    return replace(plan, items=tuple(_item(item, moves) for item in plan.items), doubts=doubts)
