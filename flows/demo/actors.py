"""People who answer: they open the issued workbooks, type, and send them back as people do."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from flows.demo.people import between, cast, chance, office_hour, person, workday, workdays_before
from flows.demo.sheet import Sheet
from flows.demo.story import Typed, typed
from flows.demo.xls import xls_bytes
from flows.package import settled
from flows.periods import Period
from flows.problems import UserError

Kind = Literal["right", "late", "faulty", "corrected", "xls", "missing"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One returned file. A unit that never answers has a reply of kind missing, without file and time."""

    unit: str
    file: Path | None
    kind: Kind
    received: datetime | None


def reply(period: str, issued: Sequence[Path], out: Path) -> list[Reply]:
    """Fill in the issued workbooks as their units would and write the returned files into ``out``, by time of arrival.

    Most are right; one is late, one faulty and corrected two working days later, one comes as .xls, one never. Which
    units these are changes by the month. The same workbooks give the same files. UserError when a file is no ledger.
    """
    when = Period.parse(period)
    ledgers = {_unit(sheet): sheet for sheet in map(Sheet, issued)}
    parts = cast(tuple(ledgers), when.year, when.month)
    out.mkdir(parents=True, exist_ok=True)
    replies: list[Reply] = []
    for unit, sheet in ledgers.items():
        replies += _answer(unit, sheet, parts.get(unit, "right"), when, out)
    return sorted(replies, key=lambda r: (r.received is None, r.received.isoformat() if r.received else "", r.unit))


def _answer(unit: str, sheet: Sheet, part: str, period: Period, out: Path) -> list[Reply]:
    if part == "missing":
        return [Reply(unit, None, "missing", None)]
    path = sheet.path
    deadline = sheet.day_beside("报送截止") or period.day(25)
    if part == "late":
        day = workday(deadline + timedelta(days=2))
        return [_send(sheet, unit, period, day, out, "late", f"{path.stem}（补报）.xlsx")]
    if part == "faulty":
        first, second = (workdays_before(deadline, 4)[n] for n in (0, 2))
        wrong = _send(sheet, unit, period, first, out, "faulty", path.name)
        return [wrong, _send(Sheet(path), unit, period, second, out, "corrected", f"{path.stem}（更正）.xlsx")]
    days = workdays_before(deadline, 9)
    day = days[between(0, len(days) - 1, unit, period, "day")]
    if part == "xls":
        return [_send(sheet, unit, period, day, out, "xls", f"{path.stem}.xls")]
    renamed = f"{path.stem}（已填）.xlsx" if chance(unit, "renames") < 0.25 else path.name
    return [_send(sheet, unit, period, day, out, "right", renamed)]


def _send(sheet: Sheet, unit: str, period: Period, day: date, out: Path, kind: Kind, name: str) -> Reply:
    _fill(sheet, unit, period, day)
    if kind == "faulty":
        _spoil(sheet, period)
    received = office_hour(day, unit, period, kind)
    if kind == "xls":
        data = xls_bytes(sheet.book)
    else:
        buffer = io.BytesIO()
        sheet.book.save(buffer)
        data = settled(buffer.getvalue(), received)
    file = out / name
    file.write_bytes(data)
    return Reply(unit, file, kind, received)


def _fill(sheet: Sheet, unit: str, period: Period, today: date) -> None:
    name, phone = person(unit)
    for label, value in (("填报人", name), ("联系电话", phone)):
        if not sheet.beside(label):
            sheet.type_beside(label, value)
    for row in sheet.rows:
        words = typed(unit, row, period, today)
        if words:
            _type(sheet, row.number, words, as_text=chance(unit, "date as text") < 0.15)


def _type(sheet: Sheet, row: int, words: Typed, *, as_text: bool) -> None:
    day: date | str | None = words.done_on
    if words.done_on and as_text:
        day = f"{words.done_on.year}.{words.done_on.month}.{words.done_on.day}"
    sheet.type_in("完成状态", row, words.status)
    if words.percent is None:
        sheet.type_in("完成进度", row, None)
    else:
        sheet.type_percent(row, words.percent)
    sheet.type_in("完成日期", row, day)
    for header, text in (
        ("进展情况", words.progress),
        ("佐证材料", words.evidence),
        ("存在问题", words.problem),
        ("下步措施", words.next_step),
    ):
        sheet.type_in(header, row, text or None)


def _spoil(sheet: Sheet, period: Period) -> None:
    """Three faults that people make: no date for a finished task, 150 %, and a status in words nobody can place.

    With few tasks only as many faults as there are rows; a sheet without a finished task gets a day that does not
    exist.
    """
    done = [row.number for row in sheet.rows if row["完成状态"] == "已完成"]
    rest = [row.number for row in sheet.rows if row["完成状态"] == "推进中"]
    rest += [row.number for row in sheet.rows if row.number not in (*done, *rest)]
    if done:
        sheet.type_in("完成日期", done[0], None)
    elif rest:
        sheet.type_in("完成状态", rest[-1], "已完成")
        sheet.type_in("完成日期", rest.pop(), f"{period.year}年2月30日")
    if rest:
        sheet.type_in("完成状态", rest[0], "差不多了")
    if rest[1:]:
        sheet.type_percent(rest[1], 150)


def _unit(sheet: Sheet) -> str:
    unit = sheet.beside("填报单位")
    if not unit:
        raise UserError(f"{sheet.path.name} 里没有填报单位", "请用下发的台账文件")
    return unit
