"""What a round expects back: the workbooks as issued, what was reported before, and which tasks must show progress."""

from __future__ import annotations

from collections.abc import Mapping

from flows.desk import Desk
from flows.ledger.checker import Expectation
from flows.ledger.model import Report
from flows.periods import Period
from flows.problems import UserError
from flows.round.packed import IssuedRows, LockedTexts, SaidBefore
from flows.round.turns import day_asked, in_force, is_renewed
from flows.standing.figures import CLOSED, must_move, ruled
from flows.storage.carried import said_before
from flows.storage.history import Dispatch, Recorded
from flows.storage.reviews import Place


def expectation(
    desk: Desk, period: Period, issued: Mapping[str, Dispatch], before: Mapping[Place, Recorded]
) -> Expectation:
    """The expectation of a period; UserError when nothing was issued. Numbers are those of the issued workbooks.

    ``before``: what counted at the end of the period before.
    """
    if not issued:
        raise UserError(
            f"{period.label}的台账还没有下发", f"请先运行 taizhang distribute {desk.folder.slug} --period {period}"
        )
    previous, due = _previous(desk, period, issued, before)
    pressed = {unit: dispatch.pressed for unit, dispatch in issued.items()}
    alike = next(iter(issued.values())).alike
    return Expectation(
        plan=desk.folder.slug,
        period=str(period),
        issued=IssuedRows(pressed, alike),
        units=frozenset(unit.name for unit in desk.roster),
        aliases={alias: unit.name for unit in desk.roster for alias in unit.aliases},
        previous=previous,
        due=due,
        reply_by=desk.reply_by(period),
        locked=LockedTexts(pressed, alike),
    )


def _previous(
    desk: Desk, period: Period, issued: Mapping[str, Dispatch], before: Mapping[Place, Recorded]
) -> tuple[Mapping[str, Mapping[str, Report]], dict[str, frozenset[str]]]:
    """What each unit reported before, and the numbers whose day has come; both empty when the office does not mind.

    [round] unchanged: “due” asks for progress on unfinished tasks whose deadline ends by this period's last day,
    “all” on every unfinished task that has a day; a task that comes again has the day that this period asks about, and
    once finished it begins anew. Nobody can repeat who has never reported: those are left out.
    For a look-back item counts what was said under the old plan, until it is reported on here.
    """
    rule = desk.config.round.unchanged
    if rule == "off":
        return {}, {}
    again, reviews = desk.again(period, period.previous), desk.reviews(period.previous, before)
    items = {item.no: item for item in again.plan(desk.plan).items}
    numbers = {unit: {now: no for no, now in dispatch.today.items()} for unit, dispatch in issued.items()}
    said: dict[str, dict[str, Report]] = {}
    wanted: dict[str, set[str]] = {}
    reported = said_before(desk.carried)
    told = {place: report for place, (report, _) in reported.items()} | {p: r.report for p, r in before.items()}
    for place, report in told.items():
        unit, today = place
        if unit not in issued:
            continue
        no = numbers[unit].get(today, today)
        said.setdefault(unit, {})[no] = report
        review = in_force(again, place, reviews.get(place))
        day = day_asked(again, place, items.get(today), review)
        owes = report.status not in CLOSED and must_move(rule, ruled(report, review), day, period.last_day)
        if owes or is_renewed(again, place, before.get(place)):
            wanted.setdefault(unit, set()).add(no)
    return SaidBefore.of(said), {unit: frozenset(found) for unit, found in wanted.items()}
