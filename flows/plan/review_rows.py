"""The rows of the sheet of tasks: each is the item as it was written, with what the office changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flows.plan.checks import open_questions
from flows.plan.deadline_rhythm import rhythm_of
from flows.plan.model import Doubt, Item, PlanInfo
from flows.plan.numbering import finish
from flows.plan.review_answers import Answers
from flows.plan.review_corrections import corrections
from flows.plan.review_deadlines import TypedDeadline
from flows.plan.review_layout import (
    CANCELLED,
    COLUMNS,
    INFORMING,
    cells_of,
    doubt_line,
    field_of,
    is_confirmed,
    same,
)
from flows.plan.review_questions import TIME_FIELDS
from flows.plan.review_sheet import Grid, Record, day_of
from flows.plan.targets import find_targets
from flows.plan.textual import one_line
from flows.plan.units import split_names
from flows.problems import Problem


class Rows:
    """Reads the sheet of tasks row by row; ``problems`` collects what cannot be used, with its cell."""

    def __init__(self, grid: Grid, record: Record, info: PlanInfo, answers: Answers, problems: list[Problem]) -> None:
        self.grid = grid
        self.record = record
        self.info = info
        self.answers = answers
        self.problems = problems
        self.written = record.items
        self.old_info = record.plan.info if record.plan else info
        self.old_doubts: dict[str | None, list[Doubt]] = {}
        for doubt in record.doubts:
            self.old_doubts.setdefault(doubt.no, []).append(doubt)
        self.items: dict[str, Item] = {}
        self.cancelled: dict[str, Item] = {}
        self.marks: dict[str, str] = {}
        self.doubts: list[Doubt] = []
        self.notes: list[Doubt] = []
        """Of the doubts, those that the office itself wrote."""
        self.settled: list[Doubt] = []
        self.corrected: list[tuple[str, str]] = []
        """Names of units that were set right: (as written, as it stands now)."""
        self.edited = False
        self._seen: dict[str, int] = {}
        self._typed: dict[str, str] = {}

    def read(self) -> None:
        """Take in every row."""
        for row in self.grid.rows:
            no = self.grid.text(row, "任务编号")
            if not no:
                if any(self.grid.text(row, name) for name in ("任务事项", "具体要求", "牵头单位", "责任单位")):
                    self._fault(row, "任务编号", "任务编号是空的", "请填一个没有用过的编号，或删去整行")
                continue
            if no in self._seen:
                self._fault(row, "任务编号", f"任务编号“{no}”与第 {self._seen[no]} 行重复", "每条任务的编号须各不相同")
                continue
            self._seen[no] = row
            if no in self.answers.dropped:
                self.edited = True
                self.settled.extend(self.old_doubts.get(no, ()))
                continue
            self._take(row, no)
        self.edited = self.edited or set(self._seen) != set(self.written)

    def ordered(self) -> list[Item]:
        """Items in the sheet's order; a sheet that was only sorted gives back the plan's own order."""
        place = {no: at for at, no in enumerate(self.written)}
        kept = [no for no in self.items if no in place]
        if kept == sorted(kept, key=place.__getitem__):
            return list(self.items.values())
        added = [no for no in self.items if no not in place]
        return [self.items[no] for no in [*sorted(kept, key=place.__getitem__), *added]]

    def _take(self, row: int, no: str) -> None:
        mark = self.grid.text(row, "变动")
        gone = re.search("取消|作废|终止", mark) is not None
        doubts, notes = len(self.doubts), len(self.notes)
        item = self._item(row, no)
        was_gone = any(item.no == no for item in self.record.cancelled)
        if gone is not was_gone:
            self.edited = True
        if item is None:
            return
        if gone:
            del self.doubts[doubts:], self.notes[notes:]
            self.cancelled[no] = item
            self.marks[no] = CANCELLED
            return
        self.items[no] = item
        if mark:
            self.marks[no] = mark

    def _fault(self, row: int, name: str, message: str, cure: str) -> None:
        self.problems.append(self.grid.problem(row, name, message, cure))

    def _item(self, row: int, no: str) -> Item | None:
        old = self.written.get(no)
        before = cells_of(old, self.old_doubts.get(no, ())) if old else {}
        edited = {
            column.name
            for column in COLUMNS
            if column.name not in INFORMING
            and self.grid.has(column.name)
            and not same(self._cell(row, column.name), before.get(column.name, ""))
        }
        self.edited = self.edited or bool(edited)
        by_hand = frozenset(edited)
        self._typed = {}
        for _, column, text in self.answers.typed.get(no, ()):
            if column not in edited:
                self._typed[column] = text
        edited |= set(self._typed)
        self.edited = self.edited or bool(self._typed)
        item = old or Item(no, "")
        if "任务大类" in edited:
            item = replace(item, category=one_line(self._text(row, "任务大类")) or None)
        if "任务事项" in edited:
            item = replace(item, task=one_line(self._text(row, "任务事项")) or None)
        if "具体要求" in edited:
            item = replace(item, requirement=finish(self._text(row, "具体要求")))
        if "牵头单位" in edited:
            item = replace(item, lead=split_names(self._text(row, "牵头单位")))
        if "责任单位" in edited:
            item = replace(item, responsible=split_names(self._text(row, "责任单位")))
        if old and by_hand & {"牵头单位", "责任单位"}:
            self.corrected.extend(corrections(old, item))
        if not item.requirement:
            self._fault(row, "具体要求", "具体要求是空的", "请填写要求，或删去整行")
            return None
        typed = TypedDeadline(
            self._text(row, "时限原文"),
            self._typed.get("截止日期") or self.grid.value(row, "截止日期"),
            self._text(row, "时限类型"),
            self._text(row, "时限出处"),
            frozenset(edited),
            lambda name, message, cure: self._fault(row, name, message, cure),
        )
        deadline, found = typed.read(item.deadline, self.info, self.old_info)
        item = replace(item, deadline=deadline)
        item = refreshed(item, edited)
        self._doubts(row, item, by_hand, frozenset(edited), found)
        return item

    def _text(self, row: int, name: str) -> str:
        return self._typed.get(name) or self.grid.text(row, name)

    def _cell(self, row: int, name: str) -> str:
        """A cell as the writer would have shown it: a date in any form as 2026-10-31."""
        if name == "截止日期":
            day = day_of(self.grid.value(row, name))
            return day.isoformat() if day else self.grid.text(row, name)
        return self.grid.text(row, name)

    def _doubts(
        self, row: int, item: Item, by_hand: frozenset[str], edited: frozenset[str], found: tuple[str, ...]
    ) -> None:
        """Doubts that are still open, new ones about what was typed, and what the office wrote itself."""
        no = item.no
        old = self.old_doubts.get(no, []) if no in self.written else []
        open_lines = set(self._open(row, old, by_hand))
        mine = [doubt for doubt in old if doubt in open_lines and doubt not in self.answers.settled]
        gone = [doubt for doubt in old if doubt not in mine]
        notes = list(self._notes(row, no, old))
        new = [Doubt(no, "due", item.deadline.text or "", message) for message in found]
        asked = {(doubt.field, doubt.message) for doubt in (*mine, *new)}
        # What was answered is not asked again, unless the cell has been changed since.
        touched = _fields(edited)
        asked |= {(d.field, d.message) for d in (*gone, *self.record.settled) if d.no == no and d.field not in touched}
        new.extend(
            q for q in open_questions(item) if (q.field, q.message) not in asked and not (q.field == "due" and found)
        )
        self.doubts.extend((*mine, *notes, *new))
        self.notes.extend(notes)
        # What rests on the roster is found anew where the cell was changed.
        by_roster, changed = self.record.roster_doubts, _fields(by_hand)
        self.settled.extend(doubt for doubt in gone if doubt not in by_roster or doubt.field not in changed)

    def _open(self, row: int, old: list[Doubt], by_hand: frozenset[str]) -> Iterator[Doubt]:
        """Doubts whose line still stands in 存疑 and whose column is as it was written."""
        text = re.sub(r"\s+", "", self.grid.text(row, "存疑"))
        touched = _fields(by_hand)
        for doubt in old:
            line = re.sub(r"\s+", "", doubt_line(doubt))
            if (line in text or not self.grid.has("存疑")) and doubt.field not in touched:
                yield doubt

    def _notes(self, row: int, no: str, old: list[Doubt]) -> Iterator[Doubt]:
        """What the office itself wrote into 存疑."""
        known = [re.sub(r"\s+", "", doubt_line(doubt)) for doubt in old]
        for line in (line.strip() for line in self.grid.text(row, "存疑").split("\n") if line.strip()):
            bare = re.sub(r"\s+", "", line)
            if any(bare in other or other in bare for other in known) or is_confirmed(line):
                continue
            label = re.match(r"【(.+?)】(.+)", line)
            yield Doubt(no, field_of(label[1]), "", label[2]) if label else Doubt(no, "note", "", line)


def _fields(columns: frozenset[str]) -> set[str]:
    """The fields of doubts that edited columns answer."""
    touched = {field for column in COLUMNS if column.name in columns for field in column.fields}
    return touched | TIME_FIELDS if touched & {"due", "kind", "deadline_text"} else touched


def refreshed(item: Item, edited: set[str]) -> Item:
    """Targets and rhythm follow the texts they are read from, where these were edited."""
    if edited & {"具体要求", "时限原文"}:
        item = replace(item, targets=find_targets(item.requirement, item.deadline.text or ""))
    if edited & {"具体要求", "时限原文", "时限类型", "截止日期"}:
        item = replace(item, rhythm=rhythm_of(item.deadline, item.requirement))
    return item
