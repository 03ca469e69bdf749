"""回头看 in the store: where the look-back items of a plan came from, and what units had said about them before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from flows.ledger.model import Report, Status
from flows.plan.carried import Carried
from flows.plan.review import Reviewed
from flows.storage.reviews import Renumbered
from flows.store import Store, append, as_json
from flows.store import carried as table

Before = dict[tuple[str, str], tuple[Report, str]]
"""(unit, no) → what the unit last said under the old plan, and in which period."""


def standing_carried(store: Store, plan: str, reviewed: Reviewed) -> tuple[Carried, ...]:
    """The origins of a plan's look-back items: what 任务分解表 keeps, else (its hidden sheet is gone) the store."""
    return reviewed.carried if reviewed.reading is not None else kept_carried(store, plan)


def kept_carried(store: Store, plan: str) -> tuple[Carried, ...]:
    """What the store keeps, under today's numbers; of a number the last row counts."""
    found: dict[str, Carried] = {}
    numbers = Renumbered(store, plan)
    for row in store.rows(sa.select(table).where(table.c.plan == plan).order_by(table.c.id)):
        each = Carried.from_dict(json.loads(row.content))
        no = numbers.today(row.no, row.numbering)
        found[no] = replace(each, no=no)
    return tuple(found.values())


def keep_carried(store: Store, plan: str, carried: Iterable[Carried]) -> None:
    """Take what stands in the workbook into the store; what is there already is not written again."""
    known = {each.no: each for each in kept_carried(store, plan)}
    fresh = [each for each in carried if known.get(each.no) != each]
    if not fresh:
        return
    numbering = Renumbered(store, plan).last
    with store.begin() as db:
        for each in fresh:
            append(
                db,
                table,
                plan=plan,
                no=each.no,
                numbering=numbering,
                origin_plan=each.plan,
                origin_no=each.origin,
                content=as_json(each.as_dict()),
            )


def said_before(carried: Iterable[Carried]) -> Before:
    """What stands as 上期进展 until a unit reports under the new plan."""
    return {
        (said.unit, each.no): (
            Report(
                Status(said.status),
                said.percent,
                said.progress,
                None,
                said.evidence,
                said.problem,
                said.next_step,
            ),
            said.period,
        )
        for each in carried
        for said in each.said
        if said.status
    }
