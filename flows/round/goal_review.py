"""核定 of 量化指标: 认定数 and 说明 of a 总台账 are compared with what was prefilled and what stands, and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.desk import Desk
from flows.goals.model import shown
from flows.goals.series import Mark
from flows.ledger.goal_key import digest_of
from flows.ledger.goal_reader import UNIT, GoalRow
from flows.ledger.master_goals import GOALS_SHEET, NOTE, SET, TARGET
from flows.ledger.values import squeeze
from flows.periods import Period
from flows.plan.model import Target
from flows.round.review_outcome import Conflict, Outcome, Taken
from flows.standing.goal_marks import MarkPlace, Setting, kept_marks, mark_by_id, record_marks
from flows.storage.reviews import Renumbered


def take_goals(desk: Desk, period: Period, rows: Iterable[GoalRow], found: Outcome, *, file: str, sha256: str) -> None:
    """Add to ``found`` what the office set; right rows are recorded, of faulty rows nothing. Taken again: no change."""
    reading = _Reading(desk, period, found)
    for row in rows:
        reading.take(row)
    if reading.settings:
        record_marks(desk.store, desk.folder.slug, period, reading.settings, file=file, sha256=sha256)


class _Reading:
    def __init__(self, desk: Desk, period: Period, found: Outcome) -> None:
        self.desk, self.period, self.found = desk, period, found
        self.marks: Mapping[MarkPlace, Mapping[str, Mark]] = kept_marks(desk.store, desk.folder.slug, period)
        self.numbers = Renumbered(desk.store, desk.folder.slug)
        self.units = {squeeze(name): unit.name for unit in desk.roster for name in (unit.name, *unit.aliases)}
        self.settings: list[Setting] = []
        self.seen: dict[MarkPlace, GoalRow] = {}

    def take(self, row: GoalRow) -> None:
        """One row: nothing when it says what stands."""
        target = self._target(row)
        if target is None:
            return
        if row.fault:
            self.found.problems.append(row.fault)
            return
        unit, no, text = place = target
        if earlier := self.seen.get(place):
            if (earlier.value, earlier.note) != (row.value, row.note):
                words = f"{unit}第 {no} 条的这项指标在第 {earlier.row} 行和第 {row.row} 行各写了一次，内容不同"
                self.found.problems.append(row.problem(SET, f"{words}，按第 {earlier.row} 行的算", "请只留一行"))
            return
        self.seen[place] = row
        now = self.marks.get(place, {}).get(str(self.period), Mark(None))
        base = self._base(row, now)
        value = row.value if row.value != base.value else now.value
        note = row.note if row.note != base.note else now.note
        if (value, note) == (now.value, now.note):
            return
        cell = row.cells.get(SET, "")
        if now.value not in (base.value, value):
            said = f"{SET}另一份写的是“{_number(now.value)}”，这份写的是“{_number(value)}”，按这份的算"
            self.found.conflicts.append(Conflict(unit, no, cell, said))
        changes = []
        if value != now.value:
            changes.append((f"{SET}（{text}）", _number(now.value), _number(value)))
        if note != now.note:
            changes.append((f"{NOTE}（{text}）", now.note, note))
        self.found.taken.append(Taken(unit, no, cell, tuple(changes)))
        self.settings.append(Setting(unit, no, text, value, note, cell))

    def _base(self, row: GoalRow, now: Mark) -> Mark:
        """What was prefilled; without a key what stands now is taken for that."""
        if row.key is None:
            return now
        return (mark_by_id(self.desk.store, row.key.base) if row.key.base else None) or Mark(None)

    def _target(self, row: GoalRow) -> MarkPlace | None:
        """Whose number a row is; None, with a problem where the office wrote something, when nobody can tell."""
        unit = self.units.get(squeeze(row.unit)) if row.unit else (row.key.unit if row.key else None)
        no = self.numbers.today(row.key.no, row.key.numbering) if row.key else row.no
        item = self.desk.items.get(no)
        carries = item is not None and any(no == own for own, _ in self.desk.assignment.by_unit.get(unit or "", ()))
        if row.key and (row.key.plan, row.key.period) != (self.desk.folder.slug, str(self.period)):
            carries = False
        if row.key and row.unit and unit != row.key.unit:
            carries = False
        found = next((each for each in item.targets if _is(each, row)), None) if item else None
        if carries and found and unit:
            return unit, no, found.text
        if row.wants and not (row.key is None and row.unit == "合计"):
            words = f"“{GOALS_SHEET}”这一行（{row.unit}第 {row.no} 条“{row.target}”）对不上任务"
            self.found.problems.append(
                row.problem(UNIT if not carries else TARGET, words, "请填在生成的总台账的原行里，不需要的请清空")
            )
        return None


def _is(target: Target, row: GoalRow) -> bool:
    if row.key:
        return digest_of(target.text) == row.key.target
    return squeeze(target.text) == squeeze(row.target)


def _number(value: float | None) -> str:
    return "" if value is None else shown(value)
