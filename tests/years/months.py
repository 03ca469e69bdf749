"""A month of a simulated year through the commands, and its figures held against what was typed."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.demo.people import person
from flows.periods import Period
from tests.office import Office
from tests.years.hands import Row, Typed, filled
from tests.years.people import Said, Way, answer, moment, way_of
from tests.years.truth import Coming, Truth

REPLY_DAY = 25
Answers = Callable[[str, Row, Period, date], tuple[Typed, Said] | None]
"""(unit, task, month, day on which it is filled in) → what is typed and what it means; None: nothing."""


@dataclass
class Year:
    """An office with one plan, the people who answer it, and the book of what they typed."""

    office: Office
    slug: str
    back: Path
    """Where units put what they send."""
    truth: Truth = field(default_factory=Truth)
    months: list[Period] = field(default_factory=list)
    answers: Answers = answer
    """What its people write."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Command → seconds in all."""

    def run(self, verb: str, *more: str | Path) -> dict[str, Any]:
        """A command about the plan, timed."""
        started = time.perf_counter()
        found = self.office.json(verb, self.slug, *more)
        self.seconds[verb] = self.seconds.get(verb, 0) + time.perf_counter() - started
        return found

    def items(self) -> list[dict[str, Any]]:
        """The plan's items with who carries them."""
        found: list[dict[str, Any]] = self.run("show")["items"]
        return found

    def month(self, name: str, *, report: bool = True, remind: bool = True) -> dict[str, Any]:
        """Distribute, answers in two waves with reminders between, collect, check, report; the report's result."""
        period, place = Period.parse(name), ("--period", name)
        self.truth.look_at(self.items(), period)
        issued = self.run("distribute", *place)["workbooks"]
        self.truth.wanted[period] = {book["unit"]: book["items"] for book in issued}
        self.truth.comings[period] = {book["unit"]: Coming() for book in issued}
        later = [work for book in issued for work in self._first(period, book["unit"], Path(book["file"]))]
        self._collect(period, "一")
        if remind:
            told = self.run("remind", *place)
            silent = {unit for unit, coming in self.truth.comings[period].items() if not coming.accepted}
            assert {each["unit"] for each in told["reminded"]} == silent
        for unit, book, late, at in later:
            self._send(period, "二", unit, book, at, late=late)
        self._collect(period, "二")
        self.months.append(period)
        self.check(period)
        return self.run("report", *place, "--signed", period.last_day.isoformat()) if report else {}

    def check(self, period: Period) -> None:
        """Totals, each share and each unit's line of `status` are what was typed."""
        items, status = self.items(), self.run("status", "--period", str(period))
        expected = self.truth.totals(items, period)
        found = {key: status["totals"][key] for key in expected}
        assert found == expected, {key: (found[key], expected[key]) for key in found if found[key] != expected[key]}
        shares = {(share["unit"], item["no"]) for item in items for share in item["assigned"]}
        shown = {(cell["unit"], line["no"]): cell for line in status["items"] for cell in line["units"]}
        assert set(shown) == shares
        for place, cell in shown.items():
            assert cell["status"] == self.truth.status(place), (place, cell)
            said = self.truth.stands.get(place)
            if said and not self.truth.is_renewed(place):
                told = (cell["progress"], cell["percent"], cell["done_on"])
                day = said.done_on.isoformat() if said.done_on else None
                assert told == (said.progress, said.percent, day), (place, told, said)
        for line in status["units"]:
            coming = self.truth.comings[period].get(line["unit"])
            if coming:
                word = "未报送" if not coming.first else "已退回未改" if not coming.accepted else "按时报送"
                assert line["answer"] == ("逾期报送" if coming.accepted and coming.late else word), line

    def rule(self, name: str, rulings: dict[tuple[str, str], dict[str, str]]) -> None:
        """The office types into 总台账.xlsx and has it read; the book is told by `ruled`."""
        from openpyxl import load_workbook

        path = self.office.home / "ledgers" / self.slug / name / "总台账.xlsx"
        book = load_workbook(path)
        sheet = book["总台账"]
        head = next(row for row in sheet.iter_rows() if any(cell.value == "任务编号" for cell in row))
        columns = {str(cell.value): cell.column for cell in head if cell.value}
        todo = dict(rulings)
        for number in range(head[0].row + 1, sheet.max_row + 1):
            place = tuple(str(sheet.cell(number, columns[word]).value) for word in ("单位", "任务编号"))
            for word, value in todo.pop(place, {}).items():
                sheet.cell(number, columns[word]).value = value
        assert not todo, todo
        book.save(path)
        found = self.run("review", "--period", name)
        assert not found["problems"], found
        period = Period.parse(name)
        if any(typed.get("核定状态") or typed.get("销号") for typed in rulings.values()):
            self.truth.lowered.setdefault(period, Counter())
        for place, typed in rulings.items():
            if typed.get("核定状态"):
                self.truth.ruled[place] = typed["核定状态"]
                self.truth.lowered[period][place[0]] += 1
            elif place in self.truth.ruled:
                # Looked at again and left as it was ruled before.
                self.truth.lowered.setdefault(period, Counter())[place[0]] += 1
            if typed.get("销号"):
                self.truth.closed.add(place)
            if typed.get("延期至"):
                self.truth.extended[place] = date.fromisoformat(typed["延期至"])
        self.check(period)

    def usual_rulings(self, name: str) -> dict[tuple[str, str], dict[str, str]]:
        """What an office decides in a month: work found unfinished, finished work closed, a day put off."""
        items, period = {item["no"]: item for item in self.items()}, Period.parse(name)
        carried = [(share["unit"], no) for no, item in items.items() for share in item["assigned"]]
        carried = [place for place in carried if place not in {*self.truth.closed, *self.truth.extended}]
        came = self.truth.comings[period]
        done = [p for p in carried if self.truth.status(p) == "已完成" and p[0] in came and came[p[0]].accepted]
        late = [p for p in carried if self.truth.overdue(p, items[p[1]], period.last_day)]
        found: dict[tuple[str, str], dict[str, str]] = {}
        for place in done[:2]:
            found[place] = {"核定状态": "推进中", "核定意见": "没有看到佐证材料，请补充。"}
        for place in done[2:6]:
            found[place] = {"销号": "是"}
        for place in late[:2]:
            later = period.last_day + timedelta(days=45)
            found[place] = {"延期至": later.isoformat(), "延期理由": "上级文件尚未印发。"}
        return found

    def _collect(self, period: Period, wave: str) -> None:
        folder = self.back / str(period) / wave
        if not folder.is_dir():
            return
        names = {path.name for path in folder.iterdir()}
        result = self.run("collect", "--period", str(period), "--from", folder)
        lists = ("accepted", "returned", "quarantined", "duplicates")
        assert sorted(each["file"] for word in lists for each in result[word]) == sorted(names)
        faulty = {name for name in names if "（错）" in name}
        assert {each["file"] for each in result["returned"]} == faulty, result["returned"]
        assert {each["file"] for each in result["accepted"]} == names - faulty, result

    def _first(self, period: Period, unit: str, book: Path) -> list[tuple[str, Path, bool, datetime]]:
        """The unit's first sheet; gives what it sends later."""
        way = way_of(unit, period)
        late = way is Way.LATE
        if way is Way.SILENT:
            return []
        when = moment(unit, period, REPLY_DAY, late=late)
        if late:
            return [(unit, book, True, when)]
        if way is Way.RIGHT:
            self._send(period, "一", unit, book, when, late=False)
            return []
        if not self._send_faulty(period, unit, book, when, way):
            self._send(period, "一", unit, book, when, late=False)
            return []
        if way is Way.FAULTY:
            return []
        late = way is Way.LATE_CORRECTED
        return [(unit, book, late, moment(unit, period, REPLY_DAY, late=late, again=True))]

    def _send(self, period: Period, wave: str, unit: str, book: Path, when: datetime, *, late: bool) -> None:
        told: dict[str, Said] = {}

        def type_in(row: Row) -> Typed | None:
            self._prefilled(unit, row)
            made = self.answers(unit, row, period, when.date())
            if made is None:
                if (unit, row["任务编号"]) not in self.truth.stands and row["完成状态"]:
                    told[row["任务编号"]] = as_it_stands(row)
                return None
            told[row["任务编号"]] = made[1]
            return made[0]

        self._write(period, wave, f"{unit}.xlsx", filled(book.read_bytes(), type_in, person(unit)[0]), when)
        self.truth.take(unit, told)
        coming = self.truth.comings[period][unit]
        # A unit is on time when its first sheet was, even if that one had to be corrected.
        coming.late = coming.late if coming.first else late
        coming.first = coming.accepted = True

    def _send_faulty(self, period: Period, unit: str, book: Path, when: datetime, way: Way) -> bool:
        """A sheet that has to go back; False when there is no row in which the fault can be made."""
        made = 0

        def type_in(row: Row) -> Typed | None:
            nonlocal made
            given = self.answers(unit, row, period, when.date())
            if way is Way.STALE:
                if "本期须写新进展" in row["上期进展"] and row["完成状态"] == "推进中":
                    made += 1
                    return None
            elif given and not made:
                made += 1
                return {**given[0], "完成状态": "差不多了"}
            return given[0] if given else None

        data = filled(book.read_bytes(), type_in, person(unit)[0])
        if not made:
            return False
        self._write(period, "一", f"{unit}（错）.xlsx", data, when)
        coming = self.truth.comings[period][unit]
        coming.first, coming.returned = True, 1
        return True

    def _prefilled(self, unit: str, row: Row) -> None:
        """What stands in the sheet as it comes is what the unit last reported, or the office ruled."""
        place = unit, row["任务编号"]
        assert place not in self.truth.closed
        said = self.truth.stands.get(place)
        if said and self.truth.is_renewed(place):
            assert not row["完成状态"], row
        elif said:
            assert row["完成状态"] == said.status, (place, row, said)
            assert row["进展情况"] == said.progress, (place, row, said)
        if place in self.truth.ruled:
            assert f"办公室核定为{self.truth.ruled[place]}" in row["上期进展"], row

    def _write(self, period: Period, wave: str, name: str, data: bytes, when: datetime) -> None:
        path = self.back / str(period) / wave / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (when.timestamp(), when.timestamp()))


def as_it_stands(row: Row) -> Said:
    """What a row says that was prefilled from last year's plan and stays as it came."""
    percent = round(float(row["完成进度"]) * 100) if row["完成进度"] else None
    return Said(row["完成状态"], percent, row["进展情况"])
