"""What a round expects back: the workbooks as issued, what was reported before, and which tasks must show progress."""

from __future__ import annotations

from flows.desk import Desk
from flows.figures import must_move, ruled
from flows.history import Dispatch
from flows.ledger import layout
from flows.ledger.checker import Expectation
from flows.ledger.model import Report, Role
from flows.periods import Period
from flows.problems import UserError

_LOCKED = {layout.CATEGORY: "category", layout.TASK: "task", layout.DEADLINE: "deadline"}


def expectation(desk: Desk, period: Period) -> Expectation:
    """The expectation of a period; UserError when nothing was issued. Numbers are those of the issued workbooks."""
    issued = desk.history.dispatched(period)
    if not issued:
        raise UserError(
            f"{period.label}的台账还没有下发", f"请先运行 taizhang distribute {desk.folder.slug} --period {period}"
        )
    previous, due = _previous(desk, period, issued)
    return Expectation(
        plan=desk.folder.slug,
        period=str(period),
        issued={
            unit: {no: (row["requirement"], Role(row["role"])) for no, row in dispatch.rows.items()}
            for unit, dispatch in issued.items()
        },
        units=frozenset(unit.name for unit in desk.roster),
        aliases={alias: unit.name for unit in desk.roster for alias in unit.aliases},
        previous=previous,
        due=due,
        reply_by=desk.reply_by(period),
        locked={
            unit: {no: {header: row[name] for header, name in _LOCKED.items()} for no, row in dispatch.rows.items()}
            for unit, dispatch in issued.items()
        },
    )


def _previous(
    desk: Desk, period: Period, issued: dict[str, Dispatch]
) -> tuple[dict[str, dict[str, Report]], dict[str, frozenset[str]]]:
    """What each unit reported before, and the numbers whose day has come; both empty when the office does not mind.

    [round] unchanged: “due” asks for progress on unfinished tasks whose deadline ends by this period's last day,
    “all” on every unfinished task that has a day.
    """
    rule = desk.config.round.unchanged
    if rule == "off":
        return {}, {}
    before = desk.history.current(period.previous)
    reviews = desk.reviews(period.previous, before)
    previous: dict[str, dict[str, Report]] = {}
    due: dict[str, frozenset[str]] = {}
    for unit, dispatch in issued.items():
        said: dict[str, Report] = {}
        wanted = set()
        for no in dispatch.rows:
            place = (unit, dispatch.today.get(no, no))
            if record := before.get(place):
                said[no] = record.report
            review, item = reviews.get(place), desk.items.get(place[1])
            day = (review.ruling.extended if review else None) or (item.deadline.due if item else None)
            if must_move(rule, ruled(said.get(no), review), day, period.last_day):
                wanted.add(no)
        previous[unit], due[unit] = said, frozenset(wanted)
    return previous, due
