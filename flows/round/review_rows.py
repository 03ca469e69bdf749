"""The rows of a 总台账 compared with what was prefilled and with what stands: what is taken, and what is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from flows.desk import Desk
from flows.ledger import layout, master_office
from flows.ledger.model import Report, Status
from flows.ledger.review_key import mark_of
from flows.ledger.review_reader import ReviewRow
from flows.ledger.values import squeeze
from flows.periods import Period
from flows.problems import Problem, UserError
from flows.progress import Review, Ruling
from flows.round.review_outcome import HEADERS, Conflict, Outcome, Taken, text_of
from flows.standing.figures import CLOSED
from flows.storage.history import Recorded
from flows.storage.reviews import Decided, Kept, Place, Renumbered, kept_reviews, standing

_FEW: Final = 50
"""Of so many units the reports are asked for one by one; of more, all at once."""


class Comparison:
    """The comparison of one workbook with the store."""

    def __init__(self, desk: Desk, period: Period, name: str) -> None:
        self.desk, self.period, self.name = desk, period, name
        slug = desk.folder.slug
        kept = kept_reviews(desk.store, slug)
        self.kept: Mapping[int, Kept] = {each.id: each for each in kept}
        again = self.again = desk.again(period)
        self._current: dict[Place, Recorded] = {}
        self._asked: set[str] | None = set()
        self._ask({each.unit for each in kept})
        self.standing: Mapping[Place, Review] = again.in_time(standing(period, self._current, kept))
        self.dues = {item.no: item.deadline.due for item in again.plan(desk.plan).items}
        self.numbers = Renumbered(desk.store, slug)
        self.by_unit = {unit: [no for no, _role in rows] for unit, rows in desk.assignment.by_unit.items()}
        self.assigned = {(unit, no) for unit, numbers in self.by_unit.items() for no in numbers}
        self.units = {squeeze(name): unit.name for unit in desk.roster for name in (unit.name, *unit.aliases)}
        self._versions: dict[str, dict[Place, list[Recorded]]] = {}
        self.found = Outcome()
        self.seen: dict[Place, tuple[int, Ruling]] = {}

    def outcome(self, rows: Iterable[ReviewRow]) -> Outcome:
        """What becomes of these rows. UserError when one is of another plan or period."""
        for row in rows:
            self._check_whose(row)
            place = self._place(row)
            if place is None:
                continue
            if row.ruling is None:
                self.found.problems += row.problems
                continue
            self._take(row, place, row.ruling)
        return self.found

    def _ask(self, units: set[str]) -> None:
        """Look up what counts of these units: of a province that has been ruled on in ten rows, not of everybody."""
        if self._asked is None or units <= self._asked:
            return
        missing = units - self._asked
        history = self.desk.history
        if len(missing) + len(self._asked) > _FEW:
            self._current = dict(self.again.current(history.current(self.period)))
            self._asked = None
            return
        for unit in missing:
            self._current |= self.again.current(history.current(self.period, unit))
        self._asked |= missing

    def _now(self, place: Place) -> Recorded | None:
        """The report that counts."""
        self._ask({place[0]})
        return self._current.get(place)

    def _check_whose(self, row: ReviewRow) -> None:
        key = row.key
        if key and (key.plan, key.period) != self._own:
            label = Period.parse(key.period).label
            raise UserError(
                f"“{self.name}”是“{key.plan}”{label}的总台账，不是{self.period.label}的", "请检查 --from 和 --period"
            )

    @property
    def _own(self) -> tuple[str, str]:
        return self.desk.folder.slug, str(self.period)

    def _place(self, row: ReviewRow) -> Place | None:
        """Whose work on which item a row is; None, with a problem where the office wrote something, when unclear."""
        unit = self.units.get(squeeze(row.unit))
        keyed = (row.key.unit, self.numbers.today(row.key.no, row.key.numbering)) if row.key else None
        numbers = [no for no in self.by_unit.get(unit or "", ()) if _same_number(no, row.no)] if not keyed else []
        if (
            row.key
            and keyed
            and (not row.unit or unit == keyed[0])
            and (not row.no or _same_number(row.key.no, row.no))
        ):
            if keyed in self.assigned:
                return keyed
        elif keyed and row.wants:
            words = f"这一行写着“{row.unit}”第 {row.no} 条，原来是{keyed[0]}第 {keyed[1]} 条"
            self._fault(row, layout.NO, words, "可能是排序或粘贴时错了行，请在生成的总台账上重填这一行")
            return None
        elif len(numbers) == 1 and unit:
            return unit, numbers[0]
        if row.wants:
            if row.unit and unit is None:
                self._fault(row, "单位", f"单位“{row.unit}”不在单位名录里", "请照总台账的单位名称写")
            elif len(numbers) > 1:
                which = "、".join(sorted(numbers))
                self._fault(row, layout.NO, f"任务编号“{row.no}”可能是{which}中的任何一个", "请写全编号")
            else:
                who = unit or (keyed[0] if keyed else "")
                self._fault(row, layout.NO, f"{who}没有任务“{row.no}”", "请填到正确的行里，不需要的请清空")
        return None

    def _fault(self, row: ReviewRow, header: str, message: str, cure: str) -> None:
        self.found.problems.append(row.problem(header, message, cure))

    def _take(self, row: ReviewRow, place: Place, written: Ruling) -> None:
        review = self.standing.get(place)
        now = review.ruling if review else Ruling()
        base = self._base(row, now)
        edited = {
            name: getattr(written, name)
            for name, header in HEADERS.items()
            if header in row.cells and not _same(getattr(written, name), getattr(base, name))
        }
        if earlier := self.seen.get(place):
            if earlier[1] != written:
                words = f"{place[0]}第 {place[1]} 条在第 {earlier[0]} 行和第 {row.row} 行各写了一次，内容不同"
                self._fault(row, layout.NO, f"{words}，按第 {earlier[0]} 行的算", "请只留一行")
            return
        self.seen[place] = row.row, written
        wanted = replace(now, **edited)
        if wanted == now:
            self.found.unchanged += 1
            return
        mark, looked_at = self._looked_at(row, place)
        problems = list(self._faults(row, place, wanted, edited, looked_at))
        if problems:
            self.found.problems += problems
            return
        cell = next(row.cells[header] for name, header in HEADERS.items() if name in edited)
        self._conflicts(row, place, base, now, edited, mark, cell)
        changes = tuple(
            (header, text_of(getattr(now, name)), text_of(getattr(wanted, name)))
            for name, header in HEADERS.items()
            if getattr(now, name) != getattr(wanted, name)
        )
        self.found.taken.append(Taken(*place, cell, changes))
        self.found.decided.append(Decided(*place, wanted, mark, cell))

    def _base(self, row: ReviewRow, now: Ruling) -> Ruling:
        """What was prefilled in the row. Without its key, what stands now is taken for that."""
        if row.key is None:
            return now
        kept = self.kept.get(row.key.base)
        if kept is None:
            return Ruling()
        return replace(kept.ruling, status=None, opinion="") if row.key.lapsed else kept.ruling

    def _looked_at(self, row: ReviewRow, place: Place) -> tuple[str, Report | None]:
        """The report that the office saw in the row, and its mark: by key, else by 来源, else the one that counts."""
        record = self._now(place)
        mark = mark_of(record.arrival.period, record.report) if record else ""
        if row.key and row.key.mark == mark:
            return mark, record.report if record else None
        if row.key and not row.key.mark:
            return "", None
        for each in self._earlier(place):
            its = mark_of(each.arrival.period, each.report)
            if row.key and its == row.key.mark:
                return its, each.report
            if not row.key and row.source == f"{each.arrival.archived}!{each.sheet}!{each.row}":
                return its, each.report
        return mark, record.report if record else None

    def _earlier(self, place: Place) -> list[Recorded]:
        known = self._versions.get(place[0])
        if known is None:
            known = self._versions[place[0]] = {}
            for period in self.desk.history.periods():
                if period <= self.period:
                    for where, kept in self.desk.history.versions(period, place[0]).items():
                        known.setdefault(where, []).extend(kept)
        return known.get(place, [])

    def _faults(
        self, row: ReviewRow, place: Place, wanted: Ruling, edited: Mapping[str, Any], said: Report | None
    ) -> list[Problem]:
        problems = []
        if wanted.closed and {"closed", "status"} & set(edited):
            status: Status | None = wanted.status or (said.status if said else None)
            if status not in CLOSED:
                found = f"状态是“{status.value}”" if status else "单位没有报过"
                message = f"{place[0]}第 {place[1]} 条{found}，不能销号"
                cure = "已经办结的，请把核定状态选为“已完成”或“不涉及”"
                problems.append(row.problem(master_office.CLOSED, message, cure))
        if not {"extended", "reason"} & set(edited):
            return problems
        due = self.dues[place[1]]
        if wanted.extended is None:
            if wanted.reason:
                message = "写了延期理由，没有写延期到哪一天"
                problems.append(row.problem(master_office.EXTENDED, message, "请写上日期，或清空延期理由"))
        elif due is None:
            message = f"第 {place[1]} 条没有完成时限，不用延期"
            problems.append(row.problem(master_office.EXTENDED, message, "请清空这一格，或在任务分解表里补上时限"))
        elif wanted.extended <= due:
            message = f"延期至 {wanted.extended.isoformat()}，不晚于原来的时限 {due.isoformat()}"
            problems.append(row.problem(master_office.EXTENDED, message, "请写原时限以后的日期"))
        elif not wanted.reason:
            problems.append(row.problem(master_office.REASON, "写了延期至，没有写延期理由", "请写明为什么延期"))
        return problems

    def _conflicts(
        self,
        row: ReviewRow,
        place: Place,
        base: Ruling,
        now: Ruling,
        edited: Mapping[str, Any],
        mark: str,
        cell: str,
    ) -> None:
        """Tell where the unit, or the office in another copy, has said something else meanwhile."""
        both = [name for name in edited if getattr(now, name) != getattr(base, name)]
        both = [name for name in both if getattr(now, name) != edited[name]]
        if both:
            told = "；".join(
                f"{HEADERS[name]}另一份写的是“{text_of(getattr(now, name)) or '（空）'}”，"
                f"这份写的是“{text_of(edited[name]) or '（空）'}”"
                for name in both
            )
            self.found.conflicts.append(Conflict(*place, row.cells[HEADERS[both[0]]], f"{told}，按这份的算"))
        record = self._now(place)
        if record is None or not {"status", "opinion", "closed"} & set(edited):
            return
        if mark_of(record.arrival.period, record.report) != mark:
            when = record.arrival.received
            message = (
                f"总台账生成以后，单位又有新报（{when.month}月{when.day}日收到“{record.arrival.name}”，"
                f"{record.report.status.value}）；核定照收，请再看一眼"
            )
            self.found.conflicts.append(Conflict(*place, cell, message))


def _same_number(one: str, other: str) -> bool:
    """Whether two 任务编号 are the same; 1.10 that lost its text format looks like 1.1."""
    if squeeze(one) == squeeze(other):
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _same(one: object, other: object) -> bool:
    """Whether a cell still says what was prefilled; programs change white space at the ends of lines."""
    if isinstance(one, str) and isinstance(other, str):
        return [line.strip() for line in one.splitlines()] == [line.strip() for line in other.strip().splitlines()]
    return one == other
