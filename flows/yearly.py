"""年度报告: units' 年报数据 and the year's ledgers become 年度报告.docx, its sections, tables and a check list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.desk import Desk, open_desk
from flows.documents.annual import Yearbook, write_yearbook
from flows.documents.annual_book import write_book, write_page
from flows.documents.annual_check import HINT, ToDo, to_dos, write_check
from flows.documents.annual_frame import missing_notes, title
from flows.documents.pdf import to_pdf
from flows.engine import flow, show, step
from flows.files import write_file
from flows.periods import today
from flows.workspace import Home
from flows.yearbook import gathered, keep_edited, remember
from flows.years import Year

REPORT, SECTIONS, TABLES, PAGE, CHECK = "年度报告.docx", "分节", "年报表格.xlsx", "年报表格.html", "年报核对.xlsx"
"""What the command writes below 2026年报."""


@flow(
    name="生成年度报告",
    flow_run_name="年度报告 {slug} {year}",
    description="用各单位年报数据和全年台账写出年度报告、分节、表格和核对表。",
)
def yearly(home: str, slug: str, year: int, signed_on: str | None = None) -> dict[str, Any]:
    """Write the year's report once from what is there; what is missing is named in it, beside it and in the result."""
    with open_desk(Home(Path(home)), slug, doing="生成年度报告") as desk:
        folder = desk.folder.period(Year(year)).root
        signed = date.fromisoformat(signed_on) if signed_on else today()
        material, notes = gathered(desk, year)
        book = Yearbook(material)
        kept, documents = write_documents(desk, book, folder, signed)
        write_tables(book, folder)
        todo = to_dos(book, notes)
        write_check_list(book, todo, folder)
        pdf = write_pdf(folder)
        result = {
            "report": str(documents[0]),
            "sections": [str(path) for path in documents[1:]],
            "tables": str(folder / TABLES),
            "page": str(folder / PAGE),
            "check": str(folder / CHECK),
            "pdf": str(pdf) if pdf else None,
            "kept": [str(path) for path in kept],
            "filed": list(material.filings),
            "missing": [{"unit": unit, "reason": why} for unit, why in material.missing],
            "todo": [each.as_dict() for each in todo],
            "needs_person": any(each.kind != HINT for each in todo),
        }
        show("annual", slug, f"{desk.plan.info.title} {year}年度报告", result)
        return result


@step("写年度报告")
def write_documents(desk: Desk, book: Yearbook, folder: Path, signed_on: date) -> tuple[tuple[Path, ...], list[Path]]:
    """年度报告.docx and 分节/: what a person has changed in Word is put aside first."""
    out, sections = folder / REPORT, folder / SECTIONS
    kept = keep_edited(desk, book.material.year, [out, *sorted(sections.glob("[!~]*、*.docx"))])
    with TemporaryDirectory(prefix="taizhang-") as scratch:
        draft = Path(scratch) / REPORT
        made = write_yearbook(book, desk.home.template(REPORT), draft, draft.parent / SECTIONS, signed_on=signed_on)
        written = {out: draft.read_bytes()} | {sections / path.name: path.read_bytes() for path in made}
    remember(desk, book, written)
    for path, data in written.items():
        write_file(path, data)
    return kept, list(written)


@step("写年报表格")
def write_tables(book: Yearbook, folder: Path) -> None:
    """年报表格.xlsx and .html: the same numbers as in the document."""
    material = book.material
    notes = missing_notes(material)
    write_book(title(material), material.tables, notes, folder / TABLES)
    write_page(title(material), material.tables, notes, folder / PAGE)


@step("写年报核对")
def write_check_list(book: Yearbook, todo: tuple[ToDo, ...], folder: Path) -> None:
    """年报核对.xlsx."""
    write_check(book, todo, folder / CHECK)


@step("写年度报告 PDF")
def write_pdf(folder: Path) -> Path | None:
    """年度报告.pdf, where LibreOffice is there."""
    return to_pdf(folder / REPORT)
