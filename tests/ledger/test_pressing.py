"""Workbooks pressed into a frame are the ones that XlsxWriter draws: same cells, looks, rules and pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from flows.ledger.cells import Marks
from flows.ledger.drawing import draw
from flows.ledger.model import Ledger, LedgerRow, Report, Role, Status
from flows.ledger.press import Press
from flows.ledger.text import clean
from tests.ledger.samples import SECRET, ledger


def seen(data: bytes) -> dict[str, Any]:
    """All that a spreadsheet program makes of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    about = {name: getattr(book.properties, name) for name in ("title", "creator", "created")}
    custom = {each.name: each.value for each in book.custom_doc_props.props}
    return {"about": about, "custom": custom} | {sheet.title: dict(_sheet(sheet)) for sheet in book.worksheets}


def _sheet(sheet: Worksheet) -> Iterator[tuple[str, Any]]:
    for row in sheet.iter_rows():
        for cell in row:
            look = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
            # openpyxl takes the escape of a literal “_x000D_” back in shared strings only; spreadsheet programs always.
            value = cell.value.replace("_x005F_", "_") if isinstance(cell.value, str) else cell.value
            yield cell.coordinate, (value, cell.data_type, cell.number_format, *map(repr, look))
    spans = [(each.min, each.max, each.width) for each in sheet.column_dimensions.values()]
    yield "widths", {number: width for first, last, width in spans for number in range(first, last + 1)}
    yield "hidden", sheet.column_dimensions["O"].hidden
    yield "heights", {number: each.height for number, each in sheet.row_dimensions.items()}
    yield "merged", sorted(map(str, sheet.merged_cells.ranges))
    rules = [(r.priority, str(c.sqref), r.formula, repr(r.dxf)) for c in sheet.conditional_formatting for r in c.rules]
    yield "colours", [rest for _priority, *rest in sorted(rules)]
    yield "checks", [(str(v.sqref), v.type, v.formula1, v.error) for v in sheet.data_validations.dataValidation]
    yield "page", (sheet.print_area, sheet.print_title_rows, sheet.auto_filter.ref, sheet.freeze_panes)
    yield "foot", (sheet.oddFooter.left.text, sheet.oddFooter.right.text)
    yield "locked", (sheet.protection.sheet, sheet.protection.sort, sheet.sheet_state)


def drawn(one: Ledger) -> bytes:
    return draw(one, SECRET, Marks())


# What people write, and what breaks XML: signs, escapes of spreadsheets, blanks at the ends, rare characters, lengths.
texts = st.one_of(
    st.sampled_from(
        ["", "已印发。", "a<b>&c\"d'", "_x000D_", " 两头空 ", "第一行\n第二行", "𠮷野家😀", "=1+1", "，" * 400]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=60),
)
reports = st.builds(
    Report,
    status=st.sampled_from(Status),
    percent=st.none() | st.integers(0, 100),
    progress=texts.map(clean),
    done_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    evidence=texts.map(clean),
)
rows = st.builds(
    LedgerRow,
    no=st.just(""),
    category=st.none() | texts | st.just("回头看：上年未完成事项"),
    task=st.none() | texts,
    requirement=texts,
    role=st.sampled_from(Role),
    deadline=st.sampled_from(["2026年6月30日", "长期", ""]),
    previous=st.none() | reports,
    previous_period=st.just("2026-09"),
    overdue=st.booleans(),
    due=st.booleans(),
)
names = st.sampled_from(["市数据局", "A&B<研究院>", "很长的名字" * 60, "  市 局 "])
ledgers = st.builds(
    lambda some, unit, filler: replace(
        ledger(),
        identity=replace(ledger().identity, unit=unit),
        rows=tuple(replace(row, no=str(number)) for number, row in enumerate(some, 1)),
        filler=filler,
    ),
    st.lists(rows, min_size=1, max_size=5),
    names,
    st.sampled_from(["", "王敏"]),
)


@settings(max_examples=40, deadline=None)
@given(ledgers)
def test_a_pressed_workbook_is_the_drawn_one(one: Ledger) -> None:
    assert seen(Press(SECRET).workbook(one)) == seen(drawn(one))


@settings(max_examples=15, deadline=None)
@given(st.lists(ledgers, min_size=2, max_size=4))
def test_what_was_pressed_before_leaves_no_trace(some: list[Ledger]) -> None:
    press = Press(SECRET)
    assert [press.workbook(one) for one in some] == [Press(SECRET).workbook(one) for one in some]


def test_a_ledger_without_tasks_has_a_workbook_too() -> None:
    empty = replace(ledger(), rows=())
    assert seen(Press(SECRET).workbook(empty)) == seen(drawn(empty))


@pytest.mark.parametrize("late", [(0,), (1, 2), (0, 2), (0, 1, 2)])
def test_each_overdue_deadline_is_red_in_its_own_row(late: tuple[int, ...]) -> None:
    some = tuple(replace(row, overdue=place in late) for place, row in enumerate(ledger().rows[:3]))
    one = replace(ledger(), rows=some)
    assert seen(Press(SECRET).workbook(one)) == seen(drawn(one))


def test_nothing_of_the_imaginary_unit_is_left() -> None:
    with zipfile.ZipFile(io.BytesIO(Press(SECRET).workbook(ledger()))) as package:
        assert package.testzip() is None
        for name in package.namelist():
            text = package.read(name).decode("utf-8")
            assert "43215" not in text
            assert not any("\ue000" <= letter <= "\uf8ff" for letter in text)
