"""The annual report as its readers get it: the official tables cell for cell, and sentences that agree with them."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pymupdf
import pytest
from openpyxl import load_workbook

from flows.annual import format as official
from flows.annual.format import SECTIONS, TABLES, key3
from flows.annual.model import AnnualTables, Narrative
from flows.annual.narrative import check_text
from flows.config import AnnualReport
from flows.documents.annual import Yearbook, write_yearbook, yearbook_context
from flows.documents.annual_book import SHEETS, write_book, write_page
from flows.documents.annual_check import GAP, MISSING, to_dos, write_check
from flows.documents.annual_frame import missing_notes, title
from flows.documents.annual_material import Material
from flows.documents.annual_template import TEMPLATE, parts
from flows.documents.lint import check_template
from flows.documents.pdf import to_pdf
from flows.documents.render import render
from tests.documents.annual_city import CITY, filing, material
from tests.documents.annual_grids import Grid, official_grid, page_grids, sheet_grid, word_grids
from tests.documents.test_render import NASTY, text_of
from tests.needs import soffice

SIGNED = date(2027, 1, 20)


@pytest.fixture(scope="module")
def city() -> Material:
    return material()


@pytest.fixture(scope="module")
def folder(city: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's report as the program writes it."""
    place = tmp_path_factory.mktemp("年报")
    write_yearbook(Yearbook(city), TEMPLATE, place / "年度报告.docx", place / "分节", signed_on=SIGNED)
    write_book(title(city), city.tables, (), place / "年报表格.xlsx")
    write_page(title(city), city.tables, (), place / "年报表格.html")
    return place


def paragraphs(path: Path) -> list[str]:
    return [each.text for each in docx.Document(str(path)).paragraphs if each.text.strip()]


def as_printed(grid: Grid) -> Grid:
    """Numbers of a sheet as a person reads them."""
    return {place: (down, across, printed(value)) for place, (down, across, value) in grid.items()}


def printed(value: object) -> object:
    if isinstance(value, int | float):
        return format(Decimal(repr(value)).normalize(), "f")
    return "" if value is None else value


def test_the_tables_in_word_are_the_official_ones_cell_for_cell_with_their_merges(folder: Path, city: Material) -> None:
    read = word_grids(folder / "年度报告.docx")
    assert read == [official_grid(table, city.tables) for table in TABLES]
    assert sum(len(table.keys) for table in TABLES) == 10 + 175 + 15


def test_the_tables_in_excel_are_the_same_and_their_numbers_are_numbers(folder: Path, city: Material) -> None:
    path = folder / "年报表格.xlsx"
    for table in TABLES:
        grid = sheet_grid(path, SHEETS[table.section], top=2)
        assert as_printed(grid) == official_grid(table, city.tables)
        numbers = {cell.key: grid[cell.row, cell.column][2] for cell in table.cells if cell.key}
        assert {key for key, value in numbers.items() if isinstance(value, str)} == {
            key for key in table.keys if city.tables[key].inapplicable
        }


def test_the_tables_on_the_web_page_are_the_same(folder: Path, city: Material) -> None:
    assert page_grids(folder / "年报表格.html") == [official_grid(table, city.tables) for table in TABLES]
    page = (folder / "年报表格.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|src=|href=", page), "the page needs nothing from elsewhere"


def test_a_blank_cell_stays_blank_and_what_does_not_apply_is_a_line(tmp_path: Path) -> None:
    tables = AnnualTables.of({"2.1.规章.制发": "/", "3.r01.自然人": 0, "2.8.行政事业性收费.收费金额": "12.5"})
    only = replace(material(), tables=tables)
    render(TEMPLATE, yearbook_context(Yearbook(only), SIGNED), tmp_path / "年度报告.docx")
    write_book("报告", tables, (), tmp_path / "年报表格.xlsx")
    second, third, _ = word_grids(tmp_path / "年度报告.docx")
    assert (second[2, 1][2], second[2, 2][2], third[3, 3][2], third[3, 4][2]) == ("/", "", "0", "")
    sheet = sheet_grid(tmp_path / "年报表格.xlsx", "主动公开", top=2)
    assert (sheet[2, 1][2], sheet[2, 2][2], sheet[13, 1][2]) == ("/", None, 12.5)


def test_the_six_sections_stand_in_their_order_and_each_is_a_document_of_its_own(folder: Path) -> None:
    whole = paragraphs(folder / "年度报告.docx")
    assert [text for text in whole if text in SECTIONS] == list(SECTIONS)
    assert sorted(path.stem for path in (folder / "分节").iterdir()) == sorted(SECTIONS)
    for number, name in enumerate(SECTIONS, 1):
        alone = paragraphs(folder / "分节" / f"{name}.docx")
        assert alone[0] == name
        assert [text for text in alone if text in SECTIONS] == [name]
        following = SECTIONS[number] if number < len(SECTIONS) else "云陵市政务公开办公室"
        start = whole.index(name)
        assert alone == whole[start : whole.index(following)]
        assert len(word_grids(folder / "分节" / f"{name}.docx")) == (1 if number in (2, 3, 4) else 0)


def test_the_opening_names_the_law_the_parts_the_period_and_whom_to_ask(folder: Path) -> None:
    first, second = paragraphs(folder / "年度报告.docx")[1:3]
    for words in ("《中华人民共和国政府信息公开条例》", "2026年1月1日至2026年12月31日", "其他需要报告的事项六个部分"):
        assert words in first
    assert "云陵市人民政府网站" in second
    assert "邮编：000000" in second


def test_every_count_in_the_text_is_that_of_the_tables(city: Material) -> None:
    text = "".join(line.text for _, _, line in Yearbook(city).lines if line.figures)
    total = {row: city.tables[key3(row, "总计")].shown for row in (1, 2, 24, 25)}
    assert (
        f"新收政府信息公开申请{total[1]}件，上年结转{total[2]}件，办结{total[24]}件，结转下年度继续办理{total[25]}件"
        in text
    )
    outcomes = [
        int(count) for count in re.findall(r"(?:公开|提供|处理)(\d+)件", text.split("办结的申请中，")[1].split("。")[0])
    ]
    assert sum(outcomes) == int(total[24])
    assert f"行政复议{city.tables['4.复议.总计'].shown}件" in text
    lawsuits = int(city.tables["4.直诉.总计"].shown) + int(city.tables["4.复议后.总计"].shown)
    assert f"行政诉讼{lawsuits}件" in text
    assert Yearbook(city).breaches == ()


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        (key3(row, "总计"), f"R3.6.{words}")
        for row, words in ((1, "本年新收"), (2, "上年结转"), (25, "结转下年度继续办理"))
    ]
    + [("4.复议.总计", "R3.6.行政复议总计"), ("4.直诉.总计", "R3.6.行政诉讼总计（两组之和）")],
)
def test_a_count_in_the_text_that_is_not_the_tables_is_found(city: Material, key: str, rule: str) -> None:
    other = city.tables.changed({key: int(city.tables[key].shown) + 1})
    found = check_text(Yearbook(city).own_text, other, 2026)
    assert [check for breach in found for check in breach.checks] == [rule]


def test_sums_that_do_not_balance_are_told_with_the_rule(city: Material) -> None:
    wrong = Yearbook(replace(city, tables=city.tables.changed({key3(1, "总计"): 999})))
    assert "R3.1" in {breach.rule for breach in wrong.breaches}
    assert any("999" in each.words for each in to_dos(wrong))


def test_a_unit_without_numbers_is_named_and_never_counted_as_nothing(tmp_path: Path) -> None:
    short = material(missing=(("市民政局", "没有报送（截止日 2027-01-31）"),))
    book = Yearbook(short)
    assert short.tables == material().tables
    write_yearbook(book, TEMPLATE, tmp_path / "年度报告.docx", tmp_path / "分节", signed_on=SIGNED)
    for file in ("年度报告.docx", "分节/三、收到和处理政府信息公开申请情况.docx"):
        assert any("市民政局没有数据" in text for text in paragraphs(tmp_path / file))
    write_book(title(short), short.tables, missing_notes(short), tmp_path / "年报表格.xlsx")
    assert "市民政局" in str(load_workbook(tmp_path / "年报表格.xlsx")["依申请公开"]["A3"].value)
    todo = to_dos(book)
    assert [(each.kind, each.where) for each in todo[:1]] == [(MISSING, "市民政局")]
    write_check(book, todo, tmp_path / "年报核对.xlsx")
    sheet = load_workbook(tmp_path / "年报核对.xlsx")["数字来源"]
    assert [cell.value for cell in sheet[1]][5:] == ["临江区", "市教育局", "市财政局", "市民政局"]
    assert sheet["I2"].value == "缺报"


def test_every_number_can_be_followed_to_the_units_that_filed_it(city: Material, tmp_path: Path) -> None:
    write_check(Yearbook(city), (), tmp_path / "年报核对.xlsx")
    rows = list(
        load_workbook(tmp_path / "年报核对.xlsx", data_only=True)["数字来源"].iter_rows(min_row=2, values_only=True)
    )
    assert len(rows) == 200 + 3
    for row in rows:
        filed = sum(value for value in row[5:] if isinstance(value, int | float))
        assert row[3] == pytest.approx(filed)
        assert row[4] == 0
    by_name = {row[1]: row[2] for row in rows}
    assert by_name[official.NAMES[key3(1, "总计")]] == int(city.tables[key3(1, "总计")].shown)


def test_texts_with_any_characters_are_printed_as_they_are(tmp_path: Path) -> None:
    nasty = {part.key: f"{NASTY}\n=1+1 <b>粗</b> 第{part.key}" for part in official.PARTS}
    odd = material((filing("临江区", 2, nasty), filing("市<&>局{{ 7*7 }}", 3, nasty)))
    write_yearbook(Yearbook(odd), TEMPLATE, tmp_path / "年度报告.docx", tmp_path / "分节", signed_on=SIGNED)
    text = text_of(tmp_path / "年度报告.docx")
    assert "{{ 7*7 }}" in text
    assert "市<&>局" in text
    assert "49" not in text.replace("2149", "")
    write_page("报告<script>", odd.tables, ("缺“<b>”",), tmp_path / "年报表格.html")
    assert "<script>" not in (tmp_path / "年报表格.html").read_text(encoding="utf-8")
    write_check(Yearbook(odd), to_dos(Yearbook(odd)), tmp_path / "年报核对.xlsx")
    told = [
        str(cell.value) for row in load_workbook(tmp_path / "年报核对.xlsx")["文字来源"].iter_rows() for cell in row
    ]
    assert any("=1+1" in value for value in told)


def test_the_fee_is_told_also_when_it_is_nothing() -> None:
    paid = Yearbook(material())
    assert any("发出收费通知1件，总金额400元，实际收取信息处理费400元" in line.text for _, _, line in paid.lines)
    free = Yearbook(material(tuple(filing(each.unit, 3) for each in CITY)))
    assert any("没有发出收费通知，实际收取信息处理费0元" in line.text for _, _, line in free.lines)
    silent = tuple(replace(each, narrative=Narrative(each.narrative.texts)) for each in CITY)
    assert ("六、其他需要报告的事项", "信息处理费的件数和金额没有报齐") in Yearbook(material(silent)).gaps


def test_what_nobody_wrote_is_marked_for_the_clerk_and_never_invented(tmp_path: Path) -> None:
    silent = Yearbook(material(tuple(filing(each.unit, 3, {}) for each in CITY)))
    assert {where for where, _ in silent.gaps} >= {"一、总体情况（三）政府信息管理情况"}
    assert {each.kind for each in to_dos(silent)} >= {GAP}
    write_yearbook(silent, TEMPLATE, tmp_path / "年度报告.docx", tmp_path / "分节", signed_on=SIGNED)
    marked = [
        each for each in docx.Document(str(tmp_path / "年度报告.docx")).paragraphs if each.style.name == "待补提示"
    ]
    assert len([each for each in marked if each.text.startswith("【请补写：")]) == len(silent.gaps)


def test_length_is_looked_at_only_where_the_office_wants_it() -> None:
    assert not [hint for hint in Yearbook(material()).hints if "字" in hint and "设置" in hint]
    strict = material(settings=AnnualReport(least_words=5000, most_words=6000))
    assert len([hint for hint in Yearbook(strict).hints if "少于设置的 5000 字" in hint]) == 3


def test_the_template_is_the_one_that_is_built_and_has_no_fault() -> None:
    with zipfile.ZipFile(TEMPLATE) as package:
        assert {name: package.read(name) for name in package.namelist()} == parts()
    assert check_template(TEMPLATE) == []


def test_the_same_year_gives_the_same_bytes(city: Material, folder: Path, tmp_path: Path) -> None:
    write_yearbook(Yearbook(city), TEMPLATE, tmp_path / "年度报告.docx", tmp_path / "分节", signed_on=SIGNED)
    write_book(title(city), city.tables, (), tmp_path / "年报表格.xlsx")
    for name in ("年度报告.docx", "年报表格.xlsx", "分节/一、总体情况.docx"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_last_paragraph_stays_on_the_page_of_the_signature(folder: Path) -> None:
    document = docx.Document(str(folder / "年度报告.docx"))
    told = [each for each in document.paragraphs if each.text.strip()]
    place = next(number for number, each in enumerate(told) if each.style.name == "署名")
    assert told[place - 1].text == "市教育局协助省教育厅开展信息公开标准化试点。"
    for each in (told[place - 1], told[place]):
        assert each.style.paragraph_format.keep_with_next


def test_each_official_table_stands_whole_on_one_page_with_its_heading(folder: Path, tmp_path: Path) -> None:
    soffice()
    copy = tmp_path / "年度报告.docx"
    copy.write_bytes((folder / "年度报告.docx").read_bytes())
    pdf = to_pdf(copy)
    assert pdf
    pages = ["".join(page.get_text().split()) for page in pymupdf.open(pdf)]
    for table, last in ((official.SECOND, "行政事业性收费"), (official.THIRD, "四、结转下年度继续办理")):
        (page,) = [text for text in pages if table.title in text and last in text]
        assert page.index(table.title) < page.index(last)
    assert sum("行政复议、行政诉讼情况" in text and "复议后起诉" in text for text in pages) == 1
