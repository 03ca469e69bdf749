"""A ledger that comes back as text, web page, XML or Word table is read as if it were the workbook."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import docx
import pytest

from flows.ledger import layout
from flows.ledger.identity import token
from flows.ledger.model import Report, Status
from flows.ledger.reader import RawWorkbook, read_returned
from flows.ledger.writer import render
from tests.ledger.samples import (
    COMPLETE,
    DONE,
    MOVING,
    SECRET,
    UNIT,
    by_person,
    check,
    ledger,
    opened,
    reports,
    types,
)
from tests.needs import soffice

TEXT = '第一行\n第二行，“引号”"直引号"；逗号,分号;与𠮷😀'
FILLED = by_person(
    render(ledger(), SECRET),
    *COMPLETE,
    types("2.1", 完成状态="已完成", 完成日期=date(2026, 10, 8), 完成进度=0.95, 进展情况=TEXT),
)
WANTED = {"1": DONE, "2.1": Report(Status.DONE, 95, TEXT, date(2026, 10, 8)), "2.2": MOVING}
CSV = "csv:Text - txt - csv (StarCalc):{},34,76,1,,0,false,true,false,false,false,1"


def converted(data: bytes, target: str, folder: Path) -> bytes:
    """The workbook after LibreOffice has saved it in the form ``target`` (ending, or ending:filter:options)."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "回复.xlsx"
    source.write_bytes(data)
    profile = (folder / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", target]
    subprocess.run([*command, "--outdir", folder / "out", source], check=True, capture_output=True, timeout=180)
    (made,) = (folder / "out").iterdir()
    return made.read_bytes()


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What LibreOffice makes of the filled ledger."""
    folder = tmp_path_factory.mktemp("exports")
    targets = {"comma": CSV.format(44), "tab": CSV.format(9), "semicolon": CSV.format(59), "html": "html"}
    return {name: converted(FILLED, target, folder / name) for name, target in targets.items()}


def same(found: RawWorkbook, sheet: str | None = None) -> None:
    """The rows, labels and cells are those of the workbook."""
    assert found.reason == ""
    (table,) = found.tables
    (original,) = read_returned(FILLED, "回复.xlsx").tables
    assert (table.header_row, dict(table.columns)) == (original.header_row, dict(original.columns))
    for ours, theirs in zip(table.rows, original.rows, strict=True):
        assert ours.row == theirs.row
        for header in (layout.NO, layout.REQUIREMENT, layout.STATUS, layout.PROGRESS, layout.EVIDENCE):
            assert ours.value(header) == theirs.value(header)
    assert found.labels[layout.FILLER].value == "张三"
    assert found.labels[layout.UNIT].value == UNIT
    assert sheet is None or table.sheet == sheet


def accepted(data: bytes, name: str) -> None:
    found = check(data, name=name)
    assert found.verdict == "accepted", found
    assert reports(found) == WANTED
    assert (found.identity, found.filler) == (ledger().identity, "张三")


# Text exports


@pytest.mark.parametrize("separator", ["comma", "tab", "semicolon"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_export_in_any_usual_coding_is_the_same_ledger(
    exports: dict[str, bytes], separator: str, coding: str
) -> None:
    data = exports[separator].decode("utf-8").encode(coding)
    same(read_returned(data, "回复.csv"))
    accepted(data, "回复.csv")


def test_the_key_column_of_a_text_export_says_whose_ledger_it_is(exports: dict[str, bytes]) -> None:
    (table,) = read_returned(exports["comma"], "回复.csv").tables
    assert all(len(row.keys) == 1 for row in table.rows)
    assert table.cell(6, layout.STATUS) == "H6"


def test_what_excel_does_to_numbers_in_a_csv_is_undone_or_kept_as_text() -> None:
    lines = [",".join(layout.HEADERS), '="007",,,要求,,,,已完成,80%,做了,2026/10/8,,,', "1,,,要求,,,,#N/A,,,,,,"]
    (table,) = read_returned("\r\n".join(lines).encode("gbk"), "回复.csv").tables
    first, second = table.rows
    assert (first.value(layout.NO), first.value(layout.PERCENT), first.value(layout.DONE_ON)) == (
        "007",
        "80%",
        "2026/10/8",
    )
    assert (second.value(layout.STATUS), second.faults) == ("", {layout.STATUS: "#N/A"})


def test_a_text_that_is_no_ledger_is_no_workbook() -> None:
    for text in ("各位领导：\n台账稍后再报，谢谢。", "a,b,c,d,e,f\n1,2,3,4,5,6\n" * 20):
        assert "不是 Excel 工作簿" in read_returned(text.encode(), "说明.txt").reason


# Web pages


def test_a_page_exported_by_libreoffice_is_the_same_ledger(exports: dict[str, bytes]) -> None:
    same(read_returned(exports["html"], "回复.xls"), layout.SHEET)
    accepted(exports["html"], "回复.xls")


@dataclass(frozen=True)
class Page:
    """A page as Excel and WPS write it: numbers beside what is shown, merges, line breaks within a cell."""

    charset: str = "gb2312"

    def text(self) -> str:
        book = opened(FILLED)
        sheet = book[layout.SHEET]
        covered, spans = set(), {}
        for merge in sheet.merged_cells.ranges:
            spans[merge.min_row, merge.min_col] = merge
            covered |= {
                (r, c) for r in range(merge.min_row, merge.max_row + 1) for c in range(merge.min_col, merge.max_col + 1)
            }
        lines = []
        for cells in sheet.iter_rows():
            line = []
            for cell in cells:
                place = cell.row, cell.column
                if place in covered and place not in spans:
                    continue
                extra = ""
                if place in spans:
                    merge = spans[place]
                    extra = f" colspan={merge.max_col - merge.min_col + 1} rowspan={merge.max_row - merge.min_row + 1}"
                line.append(f"  <td class=xl65{extra}{self._cell(cell.value)}</td>")
            lines.append("<tr height=20 style='height:15.0pt'>\n" + "\n".join(line) + "\n </tr>")
        name = f"<x:ExcelWorksheet><x:Name>{layout.SHEET}</x:Name></x:ExcelWorksheet>"
        return (
            '<html xmlns:v="urn:schemas-microsoft-com:vml"\nxmlns:x="urn:schemas-microsoft-com:office:excel">\n'
            f'<head>\n<meta http-equiv=Content-Type content="text/html; charset={self.charset}">\n'
            f"<!--[if gte mso 9]><xml><x:ExcelWorkbook>{name}</x:ExcelWorkbook></xml><![endif]--></head>\n"
            f"<body><!--StartFragment--><table border=0>\n<col width=64>{''.join(lines)}\n</table></body></html>"
        )

    @staticmethod
    def _cell(value: Any) -> str:
        if value is None:
            return ">"
        if isinstance(value, float | int):
            return f' align=right x:num="{value}">{value * 100:.0f}%'
        if isinstance(value, date):
            return f' x:num="{46303}">{value:%Y-%m-%d}'
        return " x:str>" + escape(str(value)).replace("\n", "<br\n    style='mso-data-placement:same-cell'>")

    def data(self) -> bytes:
        return self.text().encode("gb18030" if self.charset.startswith("gb") else self.charset, "xmlcharrefreplace")


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "utf-8"])
def test_a_page_saved_by_excel_or_wps_under_the_name_xls_is_the_same_ledger(charset: str) -> None:
    same(read_returned(Page(charset).data(), "回复.xls"), layout.SHEET)
    accepted(Page(charset).data(), "回复.xls")


def test_a_single_file_page_is_the_same_ledger() -> None:
    message = EmailMessage()
    message["Subject"] = "回复"
    message.set_type("multipart/related")
    source = '<x:WorksheetSource HRef="%BB%D8.files/sheet001.htm"/>'
    name = f"<x:ExcelWorksheet><x:Name>{layout.SHEET}</x:Name>{source}</x:ExcelWorksheet>"
    front = f"<html><head><xml>{name}</xml></head><frameset rows='*'><frame src='%BB%D8.files/sheet001.htm'></frameset>"
    for place, content in (("回复.htm", front), ("回复.files/sheet001.htm", None)):
        part = EmailMessage()
        text = content or Page().text()
        part.set_content(text.encode("gb18030"), "text", "html", cte="quoted-printable")
        part.set_param("charset", "gb2312")
        part["Content-Location"] = f"file:///C:/{place}"
        message.attach(part)
    data = bytes(message)
    assert data.lower().startswith((b"subject", b"mime", b"content"))
    data = b"MIME-Version: 1.0\r\n" + data.replace(b"MIME-Version: 1.0\n", b"")
    same(read_returned(data, "回复.mht"), layout.SHEET)
    accepted(data, "回复.mht")


def rows_page(*lines: str) -> bytes:
    head = "<tr>" + "".join(f"<th>{word}</th>" for word in layout.HEADERS) + "</tr>"
    return f"<table>{head}{''.join(lines)}</table>".encode()


def test_cells_merged_over_several_rows_of_a_page_speak_for_each_of_them() -> None:
    data = rows_page(
        "<tr><td>1<td><td><td>甲<td><td><td><td rowspan=2>推进中<td><td rowspan='2'>两项一并<br>推进</tr>",
        "<tr><td>2<td><td><td>乙<td><td><td><td>50%<td><td>材料</tr>",
    )
    (table,) = read_returned(data, "x.htm").tables
    second = table.rows[1]
    assert second.value(layout.STATUS) == "推进中"
    assert second.value(layout.PROGRESS) == "两项一并\n推进"
    assert (second.value(layout.PERCENT), second.value(layout.EVIDENCE)) == ("50%", "材料")


def test_a_number_too_wide_for_its_cell_is_read_from_behind_it_and_errors_are_told() -> None:
    data = rows_page('<tr><td x:num="12">###<td><td><td>甲<td><td><td><td x:err="#REF!">#REF!<td x:fmla="=A1"></tr>')
    (table,) = read_returned(data, "x.htm").tables
    assert table.rows[0].value(layout.NO) == 12
    assert table.rows[0].faults == {layout.STATUS: "#REF!", layout.PERCENT: "=A1"}


def test_the_frame_of_a_page_whose_tables_lie_elsewhere_is_told_apart() -> None:
    page = "<html><head></head><frameset rows='*,39'><frame src='回复.files/sheet001.htm'></frameset></html>"
    assert "另一个文件夹" in read_returned(page.encode("gbk"), "回复.htm").reason


def test_a_page_that_defines_entities_is_not_opened() -> None:
    page = b'<!DOCTYPE html [<!ENTITY a "b">]>' + rows_page()
    assert "DOCTYPE" in read_returned(page, "x.htm").reason


# XML Spreadsheet 2003


def spreadsheet_xml(*, head: str = "", type_of: Callable[[Any], str] | None = None) -> bytes:
    """The filled ledger as Excel's “XML 电子表格 2003”: sparse rows and cells with ss:Index, merges, a hidden sheet."""
    sheet = opened(FILLED)[layout.SHEET]
    spans = {(m.min_row, m.min_col): m for m in sheet.merged_cells.ranges}
    lines = []
    for cells in sheet.iter_rows():
        line = ""
        for cell in cells:
            if cell.value is None:
                continue
            kind, text = "String", escape(str(cell.value)).replace("\n", "&#10;")
            if isinstance(cell.value, date):
                kind, text = "DateTime", f"{cell.value:%Y-%m-%d}T00:00:00.000"
            elif isinstance(cell.value, int | float):
                kind = "Number"
            merge = spans.get((cell.row, cell.column))
            more = f' ss:MergeAcross="{merge.max_col - merge.min_col}"' if merge else ""
            line += f'<Cell ss:Index="{cell.column}"{more}><Data ss:Type="{kind}">{text}</Data></Cell>'
        if line:
            lines.append(f'<Row ss:Index="{cells[0].row}">{line}</Row>')
    name = escape(token(ledger().identity, SECRET))
    return (
        f'<?xml version="1.0"?>{head}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
        ' xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<CustomDocumentProperties xmlns="urn:schemas-microsoft-com:office:office">'
        f'<taizhang dt:dt="string" xmlns:dt="uuid:C2F41010-65B3-11d1-A29F-00AA00C14882">{name}</taizhang>'
        "</CustomDocumentProperties>"
        f'<Worksheet ss:Name="{layout.SHEET}"><Table>{"".join(lines)}</Table></Worksheet>'
        f'<Worksheet ss:Name="标识"><Table><Row><Cell><Data ss:Type="String">{name}</Data></Cell></Row></Table>'
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"
    ).encode()


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_an_xml_spreadsheet_is_the_same_ledger(coding: str) -> None:
    data = spreadsheet_xml().decode().encode(coding)
    found = read_returned(data, "回复.xls")
    same(found, layout.SHEET)
    assert found.tokens == (token(ledger().identity, SECRET),)
    accepted(data, "回复.xml")


def test_an_xml_spreadsheet_with_entities_is_not_opened() -> None:
    head = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for coding in ("utf-8", "utf-16", "utf-16-be"):
        assert "DOCTYPE" in read_returned(spreadsheet_xml(head=head).decode().encode(coding), "x.xml").reason


def test_errors_and_formulas_of_an_xml_spreadsheet_are_told() -> None:
    data = spreadsheet_xml().replace(
        '<Data ss:Type="String">推进中</Data>'.encode(), b'<Data ss:Type="Error">#REF!</Data>'
    )
    data = data.replace(b'<Data ss:Type="Number">0.95</Data>', b"").replace(
        b'Index="9">', b'Index="9" ss:Formula="=A1">', 1
    )
    (table,) = read_returned(data, "x.xml").tables
    faults = {row.value(layout.NO): row.faults for row in table.rows}
    assert faults["2.2"] == {layout.STATUS: "#REF!"}


# Word


def pasted(*, whole: bool, merge: bool = False) -> bytes:
    """The ledger pasted into a Word document: the whole sheet as one table, or its rows under a line of labels."""
    sheet = opened(FILLED)[layout.SHEET]
    document = docx.Document()
    document.add_heading("政务公开工作台账", 1)
    if not whole:
        document.add_paragraph(f"填报单位：{UNIT}　　期次：2026年10月")
        document.add_paragraph("填 报 人：张三　联系电话：0700-0000000")
    first = 1 if whole else layout.HEADER_ROW + 1
    lines = list(sheet.iter_rows(min_row=first, max_col=14, values_only=True))
    table = document.add_table(len(lines), 14)
    for number, values in enumerate(lines):
        for column, value in enumerate(values):
            text = "" if value is None else f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
            table.cell(number, column).text = f"{value:.0%}" if isinstance(value, int | float) else text
    if merge:
        table.cell(2, 9).text = ""
        table.cell(1, 9).merge(table.cell(2, 9))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("whole", [True, False])
def test_a_ledger_pasted_into_word_is_accepted_by_what_stands_in_it(whole: bool) -> None:
    found = check(pasted(whole=whole), name="回复.docx")
    assert found.verdict == "accepted", found
    assert reports(found) == WANTED
    assert found.filler == "张三"
    assert any("标识已丢失" in warning for warning in found.warnings)
    assert whole or found.phone == "0700-0000000"


def test_a_cell_of_a_word_table_is_called_by_its_row() -> None:
    (table,) = read_returned(pasted(whole=False), "回复.docx").tables
    assert (table.sheet, table.cell(2, layout.STATUS), table.rows[0].row) == ("第1个表格", "第2行", 2)


def test_merged_cells_of_a_word_table_speak_for_all_their_rows() -> None:
    (table,) = read_returned(pasted(whole=False, merge=True), "回复.docx").tables
    assert [row.value(layout.PROGRESS) for row in table.rows[:2]] == [TEXT, TEXT]


def test_a_letter_in_word_without_a_ledger_is_told_apart() -> None:
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("台账稍后再报")
    document.add_table(2, 2)
    document.save(stream)
    assert "没有台账表" in read_returned(stream.getvalue(), "说明.docx").reason


def test_a_word_document_rewritten_by_libreoffice_is_read_alike(tmp_path: Path) -> None:
    source = tmp_path / "回复.docx"
    source.write_bytes(pasted(whole=False, merge=True))
    command = [soffice(), f"-env:UserInstallation={(tmp_path / 'p').as_uri()}", "--headless", "--convert-to"]
    for target in ("docx", "doc"):
        run = [*command, target, "--outdir", tmp_path / target, source]
        subprocess.run(run, check=True, capture_output=True, timeout=180)
    (table,) = read_returned((tmp_path / "docx/回复.docx").read_bytes(), "回复.docx").tables
    assert [row.value(layout.PROGRESS) for row in table.rows[:2]] == [TEXT, TEXT]
    assert "旧版 Word" in read_returned((tmp_path / "doc/回复.doc").read_bytes(), "回复.doc").reason
