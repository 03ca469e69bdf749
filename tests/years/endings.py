"""The end of a year through the commands: annual round and report, look-back, assessment; each counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from flows.annual.format import KEYS, TABLES
from flows.annual.model import AnnualTables
from flows.periods import CHINA, Period
from tests.annual.filers import Numbers, fill_annual, numbers
from tests.documents.annual_grids import official_grid, page_grids, word_grids
from tests.years.months import Year
from tests.years.people import CLOSED
from tests.years.truth import Place


def annual(year: Year, number: int, words: Callable[[str], Mapping[str, str]] = lambda _unit: {}) -> dict[str, Any]:
    """Every body files, the second faulty at first, the third late; then the report. ``words``: texts by key."""
    place = ("--year", str(number))
    books = {book["unit"]: Path(book["file"]) for book in year.run("distribute", *place)["workbooks"]}
    units = list(books)
    typed: dict[str, Numbers] = {unit: numbers(new=3 + n % 7, left=n % 3) for n, unit in enumerate(units)}
    when = datetime(number + 1, 1, 18, 9, tzinfo=CHINA)
    folder = year.back / f"{number}年报"
    for unit in units:
        table: dict[str, int | str] = dict(typed[unit])
        if unit == units[1]:
            table["3.r01.总计"] = 99
        if unit != units[2]:
            fill_annual(books[unit], folder / "一" / f"{unit}.xlsx", table, more=words(unit), received=when)
    first = year.run("collect", *place, "--from", folder / "一")
    assert [each["unit"] for each in first["returned"]] == [units[1]]
    assert {each["unit"] for each in first["missing"]} == {units[1], units[2]}
    short = year.run("annual", *place, "--signed", f"{number + 1}-01-25")
    assert {each["unit"] for each in short["missing"]} == {units[1], units[2]}

    for unit in units[1:3]:
        corrected = folder / "二" / f"{unit}.xlsx"
        fill_annual(books[unit], corrected, typed[unit], more=words(unit), received=when.replace(day=27))
    second = year.run("collect", *place, "--from", folder / "二")
    assert (second["missing"], second["filed"]) == ([], len(units))
    report = year.run("annual", *place, "--signed", f"{number + 1}-02-20")
    assert report["missing"] == []
    total = AnnualTables.of({key: _sum(table[key] for table in typed.values()) for key in KEYS})
    expected = [official_grid(table, total) for table in TABLES]
    assert word_grids(Path(report["report"])) == expected
    assert page_grids(Path(report["page"])) == expected
    return report


def _sum(values: Iterable[int | str]) -> int | str:
    found = list(values)
    return "/" if all(value == "/" for value in found) else sum(int(value) for value in found)


def owed(year: Year, number: int, items: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Item → units that have not finished it, of what has a day of its own in the year."""
    found: dict[str, set[str]] = {}
    for item in items:
        due = date.fromisoformat(item["due"]) if item["due"] else None
        own_day = item["kind"] == "once" or (item["kind"] == "ongoing" and due and due < date(number, 12, 31))
        if due is None or not own_day:
            continue
        units = {share["unit"] for share in item["assigned"]}
        open_still = {unit for unit in units if year.truth.status((unit, item["no"])) not in CLOSED}
        if open_still:
            found[item["no"]] = open_still
    return found


def look_back(year: Year, number: int, into: str, *more: str | Path) -> dict[str, Any]:
    """What the year left open goes into the next plan; dated tasks exactly, with the units that owe them."""
    items = year.items()
    result = year.run("lookback", "--into", into, "--due", f"{number + 1}-06-30", *more)
    tasks = {each["origin"]["no"]: set(each["units"]) for each in result["added"] if each["kind"] == "task"}
    assert tasks == owed(year, number, items)
    shown = {item["no"]: item for item in year.office.json("show", into)["items"]}
    for each in result["added"]:
        assert {share["unit"] for share in shown[each["no"]]["assigned"]} == set(each["units"]), each
    return result


def assess(year: Year, *, first: Period, last: Period, units: Iterable[str]) -> dict[str, Any]:
    """Scores of the months; every share of these units is counted again from what was typed, and the base with them."""
    result = year.run("assess", "--since", str(first), "--until", str(last))
    assert result["months"] == [str(period) for period in year.months if first <= period <= last]
    items = year.items()
    for name in units:
        shown = next(each for each in result["units"] if each["unit"] == name)
        parts = {part["criterion"]: part for part in shown["points"]}
        wanted = _shares(year, name, items, first, last)
        for criterion, shares in wanted.items():
            found = sorted(row["share"] for row in parts[criterion]["rows"] if row["share"] is not None)
            assert found == pytest.approx(sorted(map(float, shares)), abs=1e-6), (name, criterion, found, shares)
        full = {c: _FULL[c] for c, shares in wanted.items() if shares}
        base = sum(100 * Fraction(full[c], sum(full.values())) * sum(wanted[c]) / len(wanted[c]) for c in full)
        assert abs(float(base) - shown["base"]) < 0.03, (name, float(base), shown["base"])
    return result


_FULL = {"报送按时": 25, "填报完整": 15, "一次报准": 10, "按期完成": 40, "核定质量": 10}


def _shares(
    year: Year, unit: str, items: list[dict[str, Any]], first: Period, last: Period
) -> dict[str, list[Fraction]]:
    truth = year.truth
    found: dict[str, list[Fraction]] = {criterion: [] for criterion in _FULL}
    for period in year.months:
        coming = truth.comings[period].get(unit)
        if not first <= period <= last or coming is None:
            continue
        came = coming.accepted
        found["报送按时"].append(Fraction(1, 2) if came and coming.late else Fraction(came))
        found["填报完整"].append(Fraction(came))
        found["一次报准"].append(1 - Fraction(coming.returned, 2) if came else Fraction(0))
        if period in truth.lowered:
            rows = truth.wanted[period][unit]
            found["核定质量"].append(1 - Fraction(truth.lowered[period][unit], rows) if came else Fraction(0))
    for item in items:
        place: Place = unit, item["no"]
        if unit not in {share["unit"] for share in item["assigned"]}:
            continue
        if place[1] in truth.turns:
            # Each time of a 定期任务 counts by itself; the people of these years finish in time or not at all.
            turns = range(truth.turn(place[1], first), last.month // truth.turns[place[1]])
            if truth.status(place) != "不涉及":
                found["按期完成"] += [Fraction((place, turn) in truth.finished) for turn in turns]
            continue
        due, status = truth.due(place, item), truth.status(place)
        if due is None or due > last.last_day or status == "不涉及":
            continue
        if status != "已完成":
            found["按期完成"].append(Fraction(0))
            continue
        said = truth.stands.get(place)
        day = said.done_on if said and said.done_on else None
        assert day, place
        found["按期完成"].append(Fraction(1) if day <= due else Fraction(1, 2))
    return found
