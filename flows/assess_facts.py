"""The facts of an assessment, from the store: what each unit was sent, what came, what was finished when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property

from flows.assess_goals import measured_words, occurrence_duties
from flows.assessment.model import Adjustment, Duty, Facts, MonthFacts, Paper, UnitFacts
from flows.assessment.settings import Assessment
from flows.desk import Desk
from flows.documents.passages import item_name
from flows.goals.occurrences import due_on
from flows.ledger.model import Status
from flows.periods import CHINA, Period, today
from flows.progress import Answer, Cell, Snapshot, UnitLine
from flows.roster import Unit
from flows.standing.escalation import Level
from flows.standing.notices import notices_of
from flows.storage.history import Arrival, Dispatch, History, Recorded
from flows.storage.reviews import Kept, kept_reviews
from flows.years import is_year

_CLOSED = (Status.DONE, Status.EXEMPT)
_FARTHER = {Status.IDLE: 0, Status.MOVING: 1, Status.BLOCKED: 1, Status.DONE: 2, Status.EXEMPT: 2}
_LAST_TOGETHER = 3
_UNSENT = (Answer.NOT_ISSUED, Answer.NOT_ASKED)


def gather_facts(
    desk: Desk, first: Period, last: Period, adjustments: Iterable[Adjustment] = (), as_of: date | None = None
) -> Facts:
    """All that the scores of a range of months follow from; ``as_of`` is by default the range's last day, or today."""
    day = as_of or min(last.last_day, today())
    reader = _reading(desk)
    months = [month for month in reader.history.periods() if month <= last and not is_year(str(month))]
    inside = [month for month in months if first <= month]
    ruled = {each.period for each in kept_reviews(desk.store, desk.folder.slug) if _is_ruling(each)}
    views = {month: _Month(reader, month, day, reviewed=str(month) in ruled) for month in months}
    finished = _Finished(views.values(), desk.config.assessment)
    end = views[inside[-1]] if inside else None
    info = desk.plan.info
    return Facts(
        plan=desk.folder.slug,
        plan_title=info.title,
        doc_number=info.doc_number,
        year=last.year,
        first=first,
        last=last,
        months=tuple(inside),
        as_of=day,
        units=tuple(
            UnitFacts(
                unit,
                tuple(views[month].facts(unit) for month in inside),
                _duties(desk, unit, end, finished, day) if end else (),
                end.lines[unit.name].unranked if end else "",
            )
            for unit in desk.carriers
        ),
        adjustments=tuple(adjustments),
        items=tuple(item.no for item in desk.plan.items),
    )


class _Remembered(History):
    """A history that reads every month once: an assessment asks for each of them again and again."""

    @cached_property
    def _months(self) -> dict[Period, dict[tuple[str, str], Recorded]]:
        return {}

    def entries(self, period: Period) -> dict[tuple[str, str], Recorded]:
        if period not in self._months:
            self._months[period] = super().entries(period)
        return self._months[period]


@dataclass(frozen=True)
class _Reading(Desk):
    """The desk with that history."""

    @cached_property
    def history(self) -> History:
        return _Remembered(self.store, self.folder.slug)


def _reading(desk: Desk) -> _Reading:
    return _Reading(**{field.name: getattr(desk, field.name) for field in fields(desk)})


class _Month:
    """One month of all units."""

    def __init__(self, desk: Desk, period: Period, day: date, *, reviewed: bool) -> None:
        self.period, self.reviewed = period, reviewed
        self.snap: Snapshot = desk.snapshot(period, min(period.last_day, day))
        self.again = desk.again(period)
        self.lines: Mapping[str, UnitLine] = {line.unit.name: line for line in self.snap.units}
        self.issued: Mapping[str, Dispatch] = desk.history.dispatched(period)
        self.merged = desk.history.entries(period)
        self.came: dict[str, list[Arrival]] = {}
        for arrival in desk.history.arrivals(period):
            self.came.setdefault(arrival.unit, []).append(arrival)
        self.open_day = min(day, today())
        self.worst = _worst(self.snap)
        self.notices: dict[str, list[tuple[int, str]]] = {}
        for notice in notices_of(desk, period):
            level = notice.issued.level
            if Level.FIRST <= level <= Level.THIRD:
                called = f"{notice.issued.number}，{notice.issued.colour}色"
                self.notices.setdefault(notice.issued.unit, []).append((int(level), called))

    def facts(self, unit: Unit) -> MonthFacts:
        """What the month says about one unit."""
        line = self.lines[unit.name]
        readable = [arrival for arrival in self.came.get(unit.name, ()) if arrival.verdict != "quarantined"]
        accepted = [arrival for arrival in readable if arrival.verdict == "accepted"]
        wanted = self._wanted(unit)
        filled = [no for no in wanted if (unit.name, no) in self.merged]
        return MonthFacts(
            period=self.period,
            answer=line.answer,
            reply_by=self.snap.reply_by,
            open=not accepted and line.answer not in _UNSENT and self.open_day <= self.snap.reply_by,
            unreached=line.unreached,
            first=_paper(readable[0]) if readable else None,
            accepted=_paper(accepted[-1]) if accepted else None,
            returned=tuple(_paper(arrival) for arrival in readable if arrival.verdict == "returned"),
            wanted=len(wanted),
            filled=len(filled),
            unchanged=tuple(cell.item.no for cell in line.cells if cell.unchanged),
            reviewed=self.reviewed,
            overstated=tuple(cell.item.no for cell in line.cells if self._is_overstated(cell)),
            last=unit.name in self.worst,
            notices=tuple(self.notices.get(unit.name, ())),
        )

    def _is_overstated(self, cell: Cell) -> bool:
        """Ruled on in this month: a row that later comes back as it was sent is not held against the unit again."""
        ruled_now = cell.review is not None and cell.review.period == str(self.period)
        return cell.fresh and ruled_now and _is_overstated(cell)

    def _wanted(self, unit: Unit) -> list[str]:
        """Numbers of the tasks in its workbook, as the plan calls them today."""
        sent = self.issued.get(unit.name)
        return [sent.today.get(no, no) for no in sent.rows] if sent else []


def _paper(arrival: Arrival) -> Paper:
    return Paper(arrival.name, arrival.archived, arrival.received.astimezone(CHINA), len(arrival.problems))


def _is_ruling(kept: Kept) -> bool:
    """A ruling about the work itself; a note or an extension says nothing about what was reported."""
    return bool(kept.ruling.status or kept.ruling.opinion or kept.ruling.closed)


def _is_overstated(cell: Cell) -> bool:
    """The office found the work less far than the unit had said."""
    if cell.reported is None or cell.report is None:
        return False
    if cell.reported is Status.EXEMPT:
        return cell.report.status not in _CLOSED
    return _FARTHER[cell.report.status] < _FARTHER[cell.reported]


def _worst(snap: Snapshot) -> frozenset[str]:
    """Units on the last place of their series; many who share it, or half the series, are no tail."""
    found = set()
    for series in (snap.districts, snap.departments):
        ranks = [line.rank for line in series if line.rank is not None]
        behind = {line.unit.name for line in series if line.rank is not None and line.rank == max(ranks)}
        if len(behind) <= _LAST_TOGETHER and 2 * len(behind) <= len(ranks):
            found |= behind
    return frozenset(found)


class _Finished:
    """Since when each unit's work on each item has been finished without a break, and what that rests on."""

    def __init__(self, months: Iterable[_Month], rules: Assessment) -> None:
        self._rules = rules
        self._since: dict[tuple[str, str], tuple[date, str]] = {}
        for month in months:
            for cell in month.snap.cells:
                place = (cell.unit.name, cell.item.no)
                if cell.report is None or cell.report.status is not Status.DONE:
                    self._since.pop(place, None)
                elif place not in self._since:
                    self._since[place] = _told(cell)

    def of(self, cell: Cell) -> tuple[date, str] | None:
        """The day on which an item was finished by the office's rule, None when it is not."""
        since = self._since.get((cell.unit.name, cell.item.no))
        done_on = cell.report.done_on if cell.report else None
        if since is None or self._rules.finished_by == "reported" or done_on is None:
            return since
        return done_on, "单位填报的完成日期"


def _told(cell: Cell) -> tuple[date, str]:
    """When an item became known as finished: the office's word where it goes before the unit's."""
    by_office = cell.review and (cell.reported is not None or cell.source is None)
    if cell.review and by_office:
        return cell.review.at.astimezone(CHINA).date(), "办公室核定"
    if cell.source:
        return cell.source.received.astimezone(CHINA).date(), "报来之日"
    raise AssertionError("a finished item has a report or a ruling")


def _duties(desk: Desk, unit: Unit, end: _Month, finished: _Finished, day: date) -> tuple[Duty, ...]:
    """The dated items of a unit that have come due by a day; ``end`` is the last month of the range."""
    waits = end.facts(unit).open
    found: list[Duty] = []
    measured = measured_words(end.snap, unit.name)
    for cell in end.lines[unit.name].cells:
        if cell.item.no in end.again.known:
            left_out = _left_out_of(desk, cell, end, waits)
            found += occurrence_duties(cell, end.again, desk.config.assessment, day, left_out)
            continue
        if cell.due is None or cell.due > day:
            continue
        done = finished.of(cell)
        found.append(
            Duty(
                no=cell.item.no,
                name=item_name(cell.item.no, cell.item.requirement, cell.item.task),
                due=cell.due,
                extended=cell.ruling.extended is not None,
                finished=done[0] if done else None,
                finished_how=done[1] if done else "",
                standing=cell.word,
                left_out=_left_out(desk, cell, end, finished=done is not None, waits=waits),
                source=f"{cell.source.file}!{cell.source.sheet}!{cell.source.row}" if cell.source else "",
                measured=measured.get(cell.item.no, ""),
            )
        )
    return tuple(found)


def _left_out_of(desk: Desk, cell: Cell, end: _Month, waits: bool) -> Callable[[date], str]:
    """`_left_out` for an unfinished occurrence of an item, by its day."""
    return lambda due: _left_out(desk, replace(cell, item=due_on(cell.item, due)), end, finished=False, waits=waits)


def _left_out(desk: Desk, cell: Cell, end: _Month, *, finished: bool, waits: bool) -> str:
    """Why an item is not counted, '' when it is."""
    exempt = desk.config.assessment.exempt_items
    for name in (cell.item.no, f"{desk.folder.slug}/{cell.item.no}"):
        if name in exempt:
            return exempt[name]
    if cell.report and cell.report.status is Status.EXEMPT:
        return "不涉及"
    if cell.excused:
        return f"豁免，{cell.excused}"
    if finished:
        return ""
    if cell.answer is Answer.PENDING:
        return "来件还没有处理"
    if cell.due and (cell.due > end.period.last_day or (waits and cell.due >= end.period.first_day)):
        return "到了时限以后还没有报送过"
    if cell.answer is Answer.NOT_ISSUED and cell.source is None:
        return "没有给它下发台账"
    return ""
