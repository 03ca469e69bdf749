"""What the acts are written with: a unit's workbook, fingers that type into it, and pliers for its raw parts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from flows.ledger.layout import INDEX
from flows.ledger.model import Report
from tests.ledger.corpus.libreoffice import Saw
from tests.ledger.corpus.round import Round, reports

ROWS = {"2": 6, "3.1": 7, "3.2": 8, "3.10": 9, "4": 10, "1": 11}
"""任务编号 → row of a workbook as it was sent out: what was finished last month stands at the end."""
SHEET1 = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Sent:
    """A file as a unit gives it out of its hands."""

    name: str
    data: bytes
    beside: tuple[tuple[str, bytes], ...] = ()
    """Further files of the same letter."""


Making = Generator[Saw, bytes, Sent]
"""An act that hands a workbook to LibreOffice (yield) and goes on with what comes back."""


@dataclass
class Hand:
    """Somebody in one unit, at its workbook."""

    round: Round
    unit: str
    spare: list[str] = field(default_factory=list)
    """Units that nobody else has taken."""
    others: list[Hand] = field(default_factory=list)

    def blank(self) -> bytes:
        """The workbook as it came from the office."""
        return self.round.books[self.unit].read_bytes()

    def filled(self, *acts: Callable[[Any], None]) -> bytes:
        """Filled in with what October's answer is, then ``acts`` on the ledger sheet; typed and saved by openpyxl."""
        book = self.opened()
        for act in acts:
            act(book.worksheets[0])
        return saved(book)

    def opened(self, said: Mapping[str, Report] | None = None) -> Any:
        """The filled workbook, open."""
        book = load_workbook(io.BytesIO(self.blank()))
        write(book.worksheets[0], OCTOBER if said is None else said)
        return book

    def other(self) -> Hand:
        """Somebody in another unit."""
        found = Hand(self.round, self.spare.pop(), self.spare)
        self.others.append(found)
        return found


OCTOBER = reports("october")


def cells_of(report: Report) -> dict[str, Any]:
    """Header → what a person types for this report."""
    return {
        "完成状态": report.status.value,
        "完成进度": None if report.percent is None else report.percent / 100,
        "进展情况": report.progress or None,
        "完成日期": report.done_on,
        "佐证材料": report.evidence or None,
        "存在问题": report.problem or None,
        "下步措施": report.next_step or None,
    }


def write(sheet: Any, said: Mapping[str, Report]) -> None:
    """Type reports into an untouched ledger sheet."""
    for no, report in said.items():
        for header, value in cells_of(report).items():
            sheet.cell(ROWS[no], INDEX[header] + 1).value = value


def types(**cells: Any) -> Callable[[Any], None]:
    """Type into cells by address: ``types(H8="完成", J8=None)``. Text that starts with = stays text."""

    def act(sheet: Any) -> None:
        for place, value in cells.items():
            sheet[place].value = value
            if isinstance(value, str) and value.startswith("="):
                sheet[place].data_type = "s"

    return act


def formulas(**cells: str) -> Callable[[Any], None]:
    """Type formulas, which openpyxl saves without their results."""

    def act(sheet: Any) -> None:
        for place, value in cells.items():
            sheet[place].value = value

    return act


def saved(book: Any) -> bytes:
    """The workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def grid(sheet: Any) -> list[list[Any]]:
    """All values of a sheet, row by row."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def repacked(data: bytes, change: Mapping[str, Callable[[str], str]], add: Mapping[str, bytes] | None = None) -> bytes:
    """The same package with some parts' text changed and some parts added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        assert set(change) <= set(old.namelist()), change.keys()
        for info in old.infolist():
            part = old.read(info)
            if info.filename in change:
                part = change[info.filename](part.decode("utf-8")).encode("utf-8")
            if not add or info.filename not in add:
                new.writestr(info.filename, part)
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return stream.getvalue()


def with_cell(place: str, content: str, kind: str = "") -> Callable[[str], str]:
    """A change of a sheet's XML: the inside of one cell, and its type (inlineStr, str, e …)."""

    def change(xml: str) -> str:
        def put(found: re.Match[str]) -> str:
            head = re.sub(r'\st="\w+"', "", found[1])
            return f"{head}{f' t={chr(34)}{kind}{chr(34)}' if kind else ''}>{content}</c>"

        changed, count = re.subn(rf'(<c r="{place}"[^>]*?)(?:/>|>.*?</c>)', put, xml, count=1, flags=re.S)
        assert count == 1, place
        return changed

    return change


def swapped(old: str, new: str) -> Callable[[str], str]:
    """A change of a part: a text that must be there is replaced."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new)

    return change


def shown(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Values as a person sees them."""

    def text(value: Any, column: int) -> str:
        if value is None or (isinstance(value, str) and value.startswith("=")):
            return ""
        if isinstance(value, datetime | date):
            return f"{value:%Y-%m-%d}"
        if isinstance(value, int | float) and column == 8:
            return f"{value:.0%}"
        return str(value)

    return [[text(value, column) for column, value in enumerate(row)] for row in rows]


def word(above: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A Word document with paragraphs and a table below them."""
    import docx

    document = docx.Document()
    for line in above:
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
