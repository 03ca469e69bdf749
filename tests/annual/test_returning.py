"""What units really send back: re-saved, shifted, renamed, pasted, of another year, of another unit, in Word."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from flows.annual import layout
from flows.annual.annotator import annual_correction
from flows.annual.format import FEE, KEYS, TABLES
from flows.annual.model import AnnualBook
from flows.annual.origin import annual_claim, looks_annual
from flows.annual.reader import read_official
from flows.annual.workbook import render_annual
from flows.ledger.model import Identity
from tests.annual.filers import texts
from tests.annual.samples import ISSUED, NOW, OTHER, SECRET, UNIT, book, check, filled, opened, saved
from tests.ledger.samples import ISSUED as MONTHLY
from tests.ledger.samples import resaved

Act = Callable[[Any], None]


def after(*acts: Act, data: bytes | None = None) -> bytes:
    """The rightly filled workbook after things were done to it."""
    workbook = opened(data or filled())
    for act in acts:
        act(workbook)
    return saved(workbook)


def accepted(data: bytes) -> None:
    returned = check(data)
    assert returned.verdict == "accepted", (returned.reason, [problem.sentence for problem in returned.problems])
    assert returned.filing is not None
    assert returned.filing.tables == NOW


@pytest.mark.parametrize("kind", ["xls", "ods"])  # .xlsx: see the live checks
def test_a_workbook_that_libreoffice_has_saved_is_read_as_before(kind: str, tmp_path: Path) -> None:
    accepted(resaved(filled(), kind, tmp_path))


def without_identity_sheet(workbook: Any) -> None:
    del workbook[layout.IDENTITY_SHEET]


def without_property(workbook: Any) -> None:
    del workbook.custom_doc_props[layout.PROPERTY]


def without_keys(workbook: Any) -> None:
    for sheet, column in (
        (layout.SECOND_SHEET, layout.SECOND_KEY),
        (layout.THIRD_SHEET, layout.THIRD_KEY),
        (layout.FOURTH_SHEET, layout.FOURTH_KEY),
        (layout.TEXT_SHEET, layout.TEXT_KEY),
    ):
        workbook[sheet].delete_cols(column + 1)


def renamed(workbook: Any) -> None:
    for name in (layout.SECOND_SHEET, layout.THIRD_SHEET, layout.FOURTH_SHEET, layout.TEXT_SHEET):
        workbook[name].title = f"{name}（定稿）"


def unmerged(sheet: Any) -> None:
    """Programs move merges along with inserted rows; openpyxl leaves them behind, over other cells."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))


def rows_inserted(workbook: Any) -> None:
    for name in (layout.SECOND_SHEET, layout.THIRD_SHEET, layout.FOURTH_SHEET):
        unmerged(workbook[name])
        workbook[name].insert_rows(1, 3)


def columns_inserted(workbook: Any) -> None:
    unmerged(workbook[layout.THIRD_SHEET])
    workbook[layout.THIRD_SHEET].insert_cols(4, 2)
    unmerged(workbook[layout.SECOND_SHEET])
    workbook[layout.SECOND_SHEET].insert_cols(2)


def labels_rewritten(workbook: Any) -> None:
    """Half-width brackets, line breaks in narrow columns, traditional characters with pinyin."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(max_row=40, max_col=12):
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.startswith("="):
                    text = cell.value.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"')
                    text = text.replace("商业企业", "商业\n企业").replace(
                        "机关不掌握相关", "機(jī)關(guān)不掌握相關(guān)"
                    )
                    cell.value = text.replace("结转下年度继续办理", "結轉下年度繼續辦理").replace("总计", "总 计")


ACTS: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("hidden sheet deleted", (without_identity_sheet,)),
    ("only the row keys left", (without_identity_sheet, without_property)),
    ("only the sheet left", (without_property, without_keys)),
    ("sheets renamed", (renamed,)),
    ("rows inserted above", (rows_inserted,)),
    ("columns inserted", (columns_inserted,)),
    ("labels rewritten", (labels_rewritten,)),
    ("all of it", (rows_inserted, columns_inserted, renamed, labels_rewritten, without_identity_sheet)),
)


@pytest.mark.parametrize("acts", [case[1] for case in ACTS], ids=[case[0] for case in ACTS])
def test_a_workbook_is_read_whatever_was_done_to_it(acts: tuple[Act, ...]) -> None:
    accepted(after(*acts))


def test_without_any_identity_the_named_unit_counts_and_the_office_is_told() -> None:
    returned = check(after(without_identity_sheet, without_property, without_keys))
    assert returned.verdict == "accepted"
    assert returned.identity is not None
    assert returned.identity.unit == UNIT
    assert any("标识已丢失" in warning for warning in returned.warnings)


def test_a_row_whose_label_was_lost_is_known_by_its_key() -> None:
    def act(workbook: Any) -> None:
        workbook[layout.THIRD_SHEET].cell(layout.TABLE_ROW + 8, 3).value = None

    accepted(after(act))


def test_a_deleted_row_is_told_and_not_taken_for_zeros() -> None:
    def act(workbook: Any) -> None:
        unmerged(workbook[layout.THIRD_SHEET])
        workbook[layout.THIRD_SHEET].delete_rows(layout.TABLE_ROW + 9)

    returned = check(after(act))
    assert returned.verdict == "returned"
    assert "缺少 7 格" in returned.problems[0].message


def test_a_spare_copy_is_passed_over_and_a_differing_one_is_asked_about() -> None:
    def copy(workbook: Any) -> None:
        workbook.copy_worksheet(workbook[layout.FOURTH_SHEET])

    def copy_differently(workbook: Any) -> None:
        workbook.copy_worksheet(workbook[layout.FOURTH_SHEET]).cell(8, 2).value = 9

    accepted(after(copy))
    returned = check(after(copy_differently))
    assert returned.verdict == "returned"
    assert "填得不一样" in returned.problems[0].message


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**14),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40),
    st.sampled_from(("=A1", "=1/0", "#N/A", "一", "1e309", "٣", "9" * 5000 + "件", "收到" + "政府信息公开" * 400)),
)


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(layout.SPOTS)), ODD, max_size=12))
def test_whatever_is_typed_there_is_a_verdict_and_every_problem_has_a_place(changes: dict[str, Any]) -> None:
    returned = check(filled(changes))
    assert returned.verdict in {"accepted", "returned"}
    for mark in returned.marks:
        assert mark.problem.sheet
        assert mark.problem.cell
        assert mark.problem.cure
    opened(annual_correction(book(), returned, SECRET))


# --- whose it is ------------------------------------------------------------------------------------------------------


def of(unit: str, year: str = "2026", plan: str = "要点") -> bytes:
    other = AnnualBook(Identity(plan, unit, year, 1), "要点", "办公室", "2027年1月26日")
    return filled({}, render_annual(other, SECRET))


def with_label(name: str) -> Act:
    def act(workbook: Any) -> None:
        spot = layout.LABEL_SPOTS[layout.UNIT]
        workbook[spot.sheet].cell(spot.row + 1, spot.column + 1).value = name

    return act


def tampered(workbook: Any) -> None:
    cell = workbook[layout.IDENTITY_SHEET]["A1"]
    cell.value = cell.value.replace(UNIT, OTHER)


FOREIGN: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("another year", lambda: of(UNIT, "2025"), "2025年的年报数据"),
    ("another plan", lambda: of(UNIT, plan="别的"), "另一项工作"),
    ("a stranger", lambda: of("过路单位"), "不在单位名录中"),
    ("altered identity", lambda: after(tampered), "改动过"),
    ("another unit's name", lambda: after(with_label(OTHER)), OTHER),
    ("a month's ledger", lambda: MONTHLY, "月度台账"),
    ("signed with another secret", lambda: filled({}, render_annual(book(), b"y" * 32)), "改动过"),
    ("no workbook at all", lambda: b"%PDF-1.7", "不是 Excel 工作簿"),
    ("an empty file", lambda: b"", "空的"),
)


@pytest.mark.parametrize(("data", "reason"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN])
def test_what_does_not_belong_here_is_set_aside_with_a_reason(data: Callable[[], bytes], reason: str) -> None:
    returned = check(data())
    assert returned.verdict == "quarantined"
    assert reason in returned.reason


def test_rows_of_another_unit_are_never_taken() -> None:
    other = opened(of(OTHER))[layout.THIRD_SHEET]

    def paste(workbook: Any) -> None:
        sheet = workbook[layout.THIRD_SHEET]
        for column in range(4, 14):
            sheet.cell(layout.TABLE_ROW + 4, column).value = other.cell(layout.TABLE_ROW + 4, column).value

    assert OTHER in check(after(paste)).reason


def test_annual_and_monthly_files_are_told_apart() -> None:
    assert annual_claim(ISSUED, SECRET) == book().identity
    assert annual_claim(MONTHLY, SECRET) is None
    assert looks_annual(ISSUED, SECRET)
    assert looks_annual(published_docx(), SECRET)
    assert not looks_annual(MONTHLY, SECRET)
    assert not looks_annual(b"nothing", SECRET)


# --- the official tables in other files -------------------------------------------------------------------------------


@cache
def published_docx() -> bytes:
    """A published report: the three tables in Word, merged as the format wants."""
    document = Document()
    for table in TABLES:
        document.add_heading(table.title)
        made = document.add_table(table.rows, table.columns)
        for cell in table.cells:
            first = made.cell(cell.row, cell.column)
            last = made.cell(cell.row + cell.down - 1, cell.column + cell.across - 1)
            first.merge(last).text = cell.text or NOW[cell.key].shown
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def published_html() -> bytes:
    """The same as a web page."""
    parts = ["<html><head><meta charset='utf-8'></head><body>"]
    for table in TABLES:
        parts.append(f"<h2>{table.title}</h2><table>")
        for row in range(table.rows):
            cells = [cell for cell in table.cells if cell.row == row]
            parts.append("<tr>" + "".join(_tag(cell) for cell in cells) + "</tr>")
        parts.append("</table>")
    return "".join((*parts, "</body></html>")).encode()


def _tag(cell: Any) -> str:
    return f"<td rowspan={cell.down} colspan={cell.across}>{cell.text or NOW[cell.key].shown}</td>"


def pasted(slip: bool) -> bytes:
    """The tables pasted into a fresh workbook; with ``slip`` the merges are lost and the cells have moved left."""
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for table in TABLES:
        sheet = workbook.create_sheet()
        for row in range(table.rows):
            for at, cell in enumerate(cell for cell in table.cells if cell.row == row):
                column = at if slip else cell.column
                sheet.cell(row + 3, column + 1).value = cell.text or NOW[cell.key].shown
    return saved(workbook)


@pytest.mark.parametrize(
    "data",
    [published_docx, published_html, lambda: pasted(False), lambda: pasted(True)],
    ids=["word", "web page", "pasted", "pasted without merges"],
)
def test_the_official_tables_are_found_in_any_file(data: Callable[[], bytes]) -> None:
    official = read_official(data())
    assert official.reason == ""
    assert official.faults == ()
    assert {key: official.tables[key].shown for key in KEYS} == {key: NOW[key].shown for key in KEYS}


def test_blanks_of_a_published_report_stay_blank() -> None:
    def act(workbook: Any) -> None:
        spot = layout.NUMBER_SPOTS[FEE]
        workbook[spot.sheet].cell(spot.row + 1, spot.column + 1).value = None

    official = read_official(after(act))
    assert official.tables.blanks == (FEE,)


def test_the_tables_of_the_trial_format_are_refused_by_name() -> None:
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append(["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"])
    sheet.append(["规章", 0, 0, 0])
    assert "2019年试行格式" in read_official(saved(workbook)).reason


def test_a_word_report_of_the_unit_is_read_and_only_what_it_lacks_is_asked_for() -> None:
    document = Document(io.BytesIO(published_docx()))
    document.element.body.insert(0, Document().add_paragraph(f"填报单位：{UNIT}　　填报人：张三")._p)
    stream = io.BytesIO()
    document.save(stream)
    returned = check(stream.getvalue())
    assert returned.verdict == "returned"
    assert returned.filing is not None
    assert returned.filing.tables == NOW
    assert [mark.rule for mark in returned.marks] == ["空格", "文字"]


def test_every_text_that_a_unit_writes_comes_in_also_the_one_that_may_stay_empty() -> None:
    """六、其他需要报告的事项 is the heading of a section and the name of its only part."""
    wanted = texts(UNIT)
    returned = check(filled(wanted))
    assert returned.filing is not None
    assert returned.filing.narrative.texts == wanted
