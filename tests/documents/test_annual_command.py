"""`taizhang annual`: a year from ledgers and 年报数据 to the report, as a clerk runs it."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from flows.annual.aggregate import aggregate
from flows.annual.format import TABLES
from flows.annual_round.filed import filed
from flows.desk import open_desk
from flows.documents import pdf
from flows.store import append, filings
from flows.workspace import find_home
from tests.annual.filers import FILING, UNITS, fill_annual, numbers
from tests.documents.annual_city import TEXTS, tables
from tests.documents.annual_grids import official_grid, page_grids, word_grids
from tests.office import Office, fill, moving, new_office

PLACE = Path("ledgers/要点/2026年报")


@pytest.fixture(autouse=True)
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF takes seconds and is looked at elsewhere."""
    monkeypatch.setattr(pdf, "find_soffice", lambda: None)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt(units=UNITS)
    return made


def december(office: Office, folder: Path) -> None:
    """The last month of the year, sent out, filled in and printed."""
    books = office.json("distribute", "要点", "--period", "2026-12", "--no-send")["workbooks"]
    for book in books:
        fill(Path(book["file"]), folder / f"{book['unit']}.xlsx", moving("已组织实施，公开信息12条。"))
    office.json("collect", "要点", "--period", "2026-12", "--from", folder, "--no-send")
    office.json("report", "要点", "--period", "2026-12", "--as-of", "2026-12-31")


def file_year(office: Office, folder: Path, units: tuple[str, ...]) -> None:
    """These units fill in 年报数据 and send them back."""
    books = {
        book["unit"]: Path(book["file"])
        for book in office.json("distribute", "要点", "--year", "2026", "--no-send")["workbooks"]
    }
    for turn, unit in enumerate(units):
        fill_annual(books[unit], folder / f"{unit}.xlsx", numbers(new=5 + turn, left=turn % 2))
    taken = office.json("collect", "要点", "--year", "2026", "--from", folder, "--no-send")
    assert {each["unit"] for each in taken["accepted"]} == set(units), taken


def text_of(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def test_a_year_of_the_city_ends_in_its_report(office: Office, tmp_path: Path) -> None:
    december(office, tmp_path / "月报")
    file_year(office, tmp_path / "年报", FILING[:-1])
    short = office.run("annual", "要点", "--year", "2026", "--signed", "2027-01-20", "--json")
    assert short.code == 1
    assert [each["unit"] for each in short.json["missing"]] == [FILING[-1]]
    assert f"{FILING[-1]}没有数据" in text_of(office.home / PLACE / "年度报告.docx")

    file_year(office, tmp_path / "补报", FILING[-1:])
    whole = office.run("annual", "要点", "--year", "2026", "--signed", "2027-01-20", "--json").json
    assert whole["missing"] == []
    assert whole["kept"] == []
    report = Path(whole["report"])
    assert report == office.home / PLACE / "年度报告.docx"
    with open_desk(find_home(office.home), "要点") as desk:
        found = filed(desk, 2026)
    total = aggregate(found.filings.values(), found.declared).tables
    expected = [official_grid(table, total) for table in TABLES]
    assert word_grids(report) == expected
    assert page_grids(office.home / PLACE / "年报表格.html") == expected
    text = text_of(report)
    assert "没有数据" not in text
    received = sum(5 + turn for turn in range(len(FILING) - 1)) + 5
    assert f"新收政府信息公开申请{received}件" in text
    assert "纳入台账4项，截至2026年12月31日" in text
    assert "市财政局" in text
    assert len(whole["sections"]) == 6
    sources = load_workbook(office.home / PLACE / "年报核对.xlsx")["文字来源"]
    told = [str(row[5]) for row in sources.iter_rows(min_row=2, values_only=True)]
    assert any(source.startswith("台账：任务") and "2026-12" in source and "行" in source for source in told)
    assert any("市财政局.xlsx" in source for source in told)


def test_what_the_clerk_wrote_in_word_is_put_aside_and_not_lost(office: Office) -> None:
    first = office.json("annual", "要点", "--year", "2026")
    report = Path(first["report"])
    again = office.json("annual", "要点", "--year", "2026")
    assert again["kept"] == []
    edited = docx.Document(str(report))
    edited.add_paragraph("办公室补写的一段。")
    edited.save(str(report))
    third = office.json("annual", "要点", "--year", "2026")
    assert [Path(path).name for path in third["kept"]] == ["年度报告_改1.docx"]
    assert "办公室补写的一段。" in text_of(Path(third["kept"][0]))
    assert "办公室补写的一段。" not in text_of(report)


def test_next_years_report_answers_the_problems_of_this_one(office: Office) -> None:
    with open_desk(find_home(office.home), "要点") as desk, desk.store.begin() as db:
        for year, problem in ((2026, "一是人员多为兼职；二是网站栏目更新不及时。"), (2027, "人员更换频繁。")):
            words = TEXTS["市财政局"] | {"存在问题": problem, "改进措施": "组织培训，按月检查网站更新。"}
            content = {"tables": tables(2).as_json(), "texts": words, "fees": {}, "reasons": {}}
            received = f"{year + 1}-01-10T01:00:00+00:00"
            place = {"plan": "要点", "period": str(year), "unit": "市财政局", "sha256": f"{year}", "name": "年报.xlsx"}
            append(db, filings, **place, received=received, accepted=True, content=json.dumps(content))
    office.json("annual", "要点", "--year", "2026")
    report = Path(office.json("annual", "要点", "--year", "2027")["report"])
    text = text_of(report)
    assert "上年提出的队伍力量和业务能力方面的问题，涉及市财政局。市财政局本年仍然提出，继续整改。" in text
    assert "上年提出的公开内容和时效方面的问题，涉及市财政局。市财政局本年没有再提出。" in text


def test_the_screen_says_where_it_is_who_is_missing_and_what_to_do(office: Office) -> None:
    answer = office.run("annual", "要点", "--year", "2026")
    assert answer.code == 1
    assert "年度报告.docx" in answer.out
    assert "缺报 东山县人民政府：年报数据表还没有下发" in answer.out
    assert "下一步：taizhang distribute 要点 --year 2026" in answer.out


def test_a_plan_that_is_not_there_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    answer = new_office(tmp_path).run("annual", "没有", "--year", "2026")
    assert answer.code == 2
    assert "还没有计划" in answer.err


def test_a_broken_template_leaves_the_old_report_as_it_was(office: Office) -> None:
    report = Path(office.json("annual", "要点", "--year", "2026")["report"])
    before = report.read_bytes()
    template = office.home / "templates" / "年度报告.docx"
    broken = docx.Document(str(template))
    broken.add_paragraph("{{ 没有这个词 }}")
    broken.save(str(template))
    answer = office.run("annual", "要点", "--year", "2026")
    assert answer.code == 2
    assert "没有这个词" in answer.err
    assert report.read_bytes() == before
