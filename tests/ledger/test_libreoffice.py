"""The same with LibreOffice in between: units that work with it lose nothing, and see whole texts."""

from __future__ import annotations

import io
import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pymupdf
import pytest
from openpyxl import load_workbook
from openpyxl.styles import PatternFill

from flows.ledger.annotator import correction
from flows.ledger.model import Report, Role, Status
from flows.ledger.writer import render
from tests.ledger.samples import (
    COMPLETE,
    DONE,
    MOVING,
    SECRET,
    by_person,
    check,
    ledger,
    opened,
    reports,
    resaved,
    row,
    types,
)

TYPED = (
    *COMPLETE,
    types("2.1", 完成状态="已完成", 完成日期=date(2026, 10, 8), 完成进度=0.95, 进展情况="第一行\n第二行 😀𠮷"),
)
WANTED = {
    "1": DONE,
    "2.1": Report(Status.DONE, 95, "第一行\n第二行 😀𠮷", date(2026, 10, 8)),
    "2.2": MOVING,
}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sheet_saved_by_libreoffice_comes_back_with_nothing_lost(kind: str, tmp_path: Path) -> None:
    found = check(resaved(by_person(render(ledger(), SECRET), *TYPED), kind, tmp_path), name=f"回复.{kind}")
    assert found.verdict == "accepted", found
    assert found.identity == ledger().identity
    assert (found.filler, reports(found)) == ("张三", WANTED)
    assert not [warning for warning in found.warnings if "标识" in warning]


def test_lists_checks_colours_and_hidden_parts_survive_libreoffice(tmp_path: Path) -> None:
    book = opened(resaved(render(ledger(), SECRET), "xlsx", tmp_path))
    sheet = book["工作台账"]
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "custom", "date"}
    assert sheet.protection.sheet
    assert not sheet["H6"].protection.locked
    assert sheet["A6"].protection.locked
    assert sheet.column_dimensions["O"].hidden
    assert book["标识"].sheet_state == "hidden"
    assert book.custom_doc_props["taizhang"].value.startswith("tzs1;")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_corrected_sheet_saved_by_libreoffice_comes_home(kind: str, tmp_path: Path) -> None:
    data = by_person(render(ledger(), SECRET), types("2.1", 完成状态="差不多了"))
    back = correction(ledger(), check(data), data, SECRET)
    found = check(resaved(by_person(back, *TYPED), kind, tmp_path), name=f"回复.{kind}")
    assert (found.verdict, reports(found)) == ("accepted", WANTED)


def test_a_filled_last_cell_of_an_old_workbook_or_an_ods_is_stopped(tmp_path: Path) -> None:
    def far(sheet: object) -> None:
        sheet["IV65536"] = "x"  # type: ignore[index]

    for kind in ("xls", "ods"):
        data = resaved(by_person(render(ledger(), SECRET), far), kind, tmp_path / kind)
        assert "范围异常" in check(data, name=f"回复.{kind}").reason


def test_whole_formatted_columns_do_no_harm(tmp_path: Path) -> None:
    def colour(sheet: object) -> None:
        for number in range(1, 3000):
            sheet.cell(number, 10).fill = PatternFill("solid", fgColor="FFFF00")  # type: ignore[attr-defined]

    for kind in ("xlsx", "xls", "ods"):
        data = resaved(by_person(render(ledger(), SECRET), *COMPLETE, colour), kind, tmp_path / kind)
        assert check(data, name=f"回复.{kind}").verdict == "accepted"


def long_ledger() -> object:
    chance = random.Random(20)
    words = "推进政务公开工作要点落实，完善公开目录和标准；加强解读回应，提升实效。（牵头部门负责）"

    def text(length: int) -> str:
        return "".join(chance.choice(words) for _ in range(length))

    rows = []
    for number in range(1, 21):
        requirement = text(chance.choice([8, 40, 80, 150, 300, 600]))
        if number % 5 == 0:
            requirement += "网址 https://www.yunchuan.example/zwgk/2026/10/content_123456.html 共38项"
        if number % 7 == 0:
            requirement = f"{requirement[:30]}\n{requirement[30:]}"
        last = Report(Status.MOVING, 50, text(chance.choice([5, 50, 200])), None, text(10), text(20), text(30))
        rows.append(
            row(f"{number}", requirement, last if number % 2 else None, task=text(14), category=text(8), role=Role.LEAD)
        )
    return replace(ledger(*rows), contact="")


def as_excel_measures(data: bytes) -> bytes:
    """The same ledger without row heights, its columns as narrow as Excel shows them.

    LibreOffice takes the widest digit of a stand-in for Calibri where that is not installed (9⅓ pixels instead of 7).
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = re.sub(rb' ht="[\d.]+"| customHeight="1"', b"", part)
                part = re.sub(rb' width="([\d.]+)"', lambda found: b' width="%.3f"' % (float(found[1]) * 0.77), part)
            new.writestr(info, part)
    return stream.getvalue()


def test_rows_are_as_high_as_libreoffice_itself_would_make_them(tmp_path: Path) -> None:
    data = render(long_ledger(), SECRET)  # type: ignore[arg-type]
    ours = opened(data)["工作台账"]
    # Only on loading an .ods does LibreOffice measure rows anew.
    loose = resaved(as_excel_measures(data), "ods", tmp_path / "one")
    best = opened(resaved(loose, "xlsx", tmp_path / "two", source="ods"))["工作台账"]
    heights = [(ours.row_dimensions[n].height, best.row_dimensions[n].height) for n in range(6, 26)]
    assert all(needed > 14 for _, needed in heights)
    assert [(mine, needed) for mine, needed in heights if mine < min(needed, 409) - 0.5] == []
    assert sum(mine for mine, _ in heights) < 1.5 * sum(needed for _, needed in heights), "and not much higher"


def test_on_paper_every_character_of_every_requirement_can_be_read(tmp_path: Path) -> None:
    book = long_ledger()
    with pymupdf.open(stream=resaved(render(book, SECRET), "pdf", tmp_path), filetype="pdf") as pages:  # type: ignore[arg-type]
        assert all(page.rect.width > page.rect.height for page in list(pages)[:-1])
        printed = "".join("".join(page.get_text().split()) for page in pages)
    for line in book.rows:  # type: ignore[attr-defined]
        for part in line.requirement.split("\n"):
            # A page writes a cell's lines one after the other, so that only whole lines can be looked for.
            assert "".join(part.split())[:12] in printed
            assert "".join(part.split())[-6:] in printed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "还有 1 项进展情况还是上期的"),
        ({"2.2": {"进展情况": "已印发通知"}}, "已填齐，可以报送"),
        ({"2.2": {"进展情况": "已印发通知"}, "1": {"完成状态": "推进中"}}, "还有 1 项进展情况还是上期的"),
        ({"2.2": {"完成状态": "未启动"}}, "还有 1 项进展情况还是上期的"),
        ({"2.2": {"进展情况": None}}, "还有 1 项未写进展情况"),
    ],
)
def test_the_sentence_above_the_table_sees_last_months_text(
    typed: dict[str, dict[str, str | None]], told: str, tmp_path: Path
) -> None:
    long = replace(MOVING, progress='已召开“专题”会议，\n"引号"也有；' + "写得很长，" * 100)
    book = ledger(
        row("1", "甲", replace(DONE, progress="目录已公开")), row("2.2", "乙", long, due=True), row("3", "丙")
    )
    acts = [COMPLETE[0], types("3", 完成状态="未启动"), *(types(no, **cells) for no, cells in typed.items())]
    # openpyxl drops the value that was stored with the formula, so LibreOffice has to compute it.
    data = resaved(by_person(render(book, SECRET), *acts), "xlsx", tmp_path)
    assert load_workbook(io.BytesIO(data), data_only=True)["工作台账"]["J3"].value == told
