"""The right answer in another form: saved as, exported, pasted into something else, renamed."""

from __future__ import annotations

import base64
import csv
import html
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from tests.ledger.corpus.hands import Hand, Making, Sent, grid, saved, shown, types, word
from tests.ledger.corpus.libreoffice import Saw


def typed_and_saved(hand: Hand) -> Sent:
    return Sent("工作台账.xlsx", hand.filled())


def file_renamed(hand: Hand) -> Sent:
    return Sent("十月份 最终版(1) - 副本.xlsx", hand.filled())


def sheet_renamed(hand: Hand) -> Sent:
    book = hand.opened()
    book.worksheets[0].title = "Sheet1 (2)"
    return Sent("台账.xlsx", saved(book))


def libreoffice_xlsx(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled())))


def libreoffice_xls(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "xls")))


def libreoffice_ods(hand: Hand) -> Making:
    return Sent("台账.ods", (yield Saw(hand.filled(), "ods")))


def saved_as_xls_and_that_as_ods(hand: Hand) -> Making:
    first = yield Saw(hand.filled(), "xls")
    return Sent("台账.ods", (yield Saw(first, "ods", source="xls")))


def wps_et(hand: Hand) -> Making:
    return Sent("台账.et", (yield Saw(hand.filled(), "xls")))


def csv_utf8(hand: Hand) -> Making:
    return Sent("台账.csv", (yield Saw(hand.filled(), "csv")))


def csv_utf8_with_bom(hand: Hand) -> Making:
    return Sent("台账.csv", b"\xef\xbb\xbf" + (yield Saw(hand.filled(), "csv")))


def csv_gbk(hand: Hand) -> Making:
    return Sent("台账.csv", (yield Saw(hand.filled(), "csv-gbk")))


def unicode_text_with_tabs(hand: Hand) -> Making:
    return Sent("台账.txt", (yield Saw(hand.filled(), "txt-utf16")))


def csv_with_semicolons_and_line_breaks(hand: Hand) -> Sent:
    stream = io.StringIO(newline="")
    rows = shown(grid(hand.opened().worksheets[0]))
    rows[5][9] = '第一行；\n第二行，“引号”和"直引号"'
    csv.writer(stream, delimiter=";").writerows(rows)
    return Sent("台账.csv", stream.getvalue().encode("gb18030"))


def html_as_xls(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "html")))


def html_as_xls_gbk(hand: Hand) -> Making:
    page = yield Saw(hand.filled(), "html")
    return Sent("台账.xls", page.decode().replace("charset=utf-8", "charset=gb2312").encode("gb18030"))


def excel_web_page(hand: Hand) -> Sent:
    return Sent("台账.htm", _excel_page(hand).encode("gb18030"))


def excel_single_file_web_page(hand: Hand) -> Sent:
    page = base64.encodebytes(_excel_page(hand).encode("gb18030")).decode()
    text = (
        "MIME-Version: 1.0\nX-Document-Type: Workbook\n"
        'Content-Type: multipart/related; boundary="----=_NextPart_01"\n\n'
        "This document is a single file web page.\n\n------=_NextPart_01\n"
        "Content-Location: file:///C:/6A1B/sheet001.htm\nContent-Transfer-Encoding: base64\n"
        f'Content-Type: text/html; charset="gb2312"\n\n{page}\n------=_NextPart_01--\n'
    )
    return Sent("台账.mht", text.replace("\n", "\r\n").encode())


def xml_spreadsheet_2003(hand: Hand) -> Sent:
    lines = []
    for row in shown(grid(hand.opened().worksheets[0])):
        cells = "".join(
            f'<Cell ss:Index="{place}"><Data ss:Type="String">{html.escape(text)}</Data></Cell>'
            for place, text in enumerate(row, start=1)
            if text
        )
        lines.append(f"<Row>{cells}</Row>")
    spaces = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    text = (
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {spaces}>'
        f'<Worksheet ss:Name="工作台账"><Table>{"".join(lines)}</Table></Worksheet></Workbook>'
    )
    return Sent("台账.xml", text.encode())


def pasted_into_a_fresh_workbook(hand: Hand) -> Sent:
    return Sent("新建工作簿.xlsx", saved(_fresh([row[:14] for row in grid(hand.opened().worksheets[0])])))


def pasted_with_the_hidden_keys(hand: Hand) -> Sent:
    return Sent("新建工作簿.xlsx", saved(_fresh(grid(hand.opened().worksheets[0]))))


def pasted_lower_and_further_right(hand: Hand) -> Sent:
    rows = [[None, None, None, *row] for row in grid(hand.opened().worksheets[0])]
    return Sent("新建工作簿.xlsx", saved(_fresh([[], ["请查收"], [], *rows])))


def word_table(hand: Hand) -> Sent:
    rows = shown([row[:14] for row in grid(hand.opened().worksheets[0])])
    return Sent("台账.docx", word([], rows))


def word_table_under_paragraphs(hand: Hand) -> Sent:
    rows = shown([row[:14] for row in grid(hand.opened().worksheets[0])][4:])
    above = [f"填报单位：{hand.unit}", "期次：2026年10月", "填报人：王敏    联系电话：0790-1234"]
    return Sent("10月台账.docx", word(["2026年10月工作台账", *above], rows))


def xlsx_named_xls(hand: Hand) -> Sent:
    return Sent("台账.xls", hand.filled())


def xls_named_xlsx(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), "xls")))


def named_bin_by_qq_mail(hand: Hand) -> Sent:
    return Sent("tcmime.1202.1210.1310.bin", hand.filled())


def named_without_ending(hand: Hand) -> Sent:
    return Sent("十月台账", hand.filled())


def named_xlsm_without_macros(hand: Hand) -> Sent:
    return Sent("台账.xlsm", hand.filled())


def filler_and_phone_typed_anew(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(D3="李雷", G3=None)))


def _fresh(rows: Sequence[Sequence[Any]]) -> Workbook:
    """A workbook of the person's own with pasted values."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append([None if isinstance(v, str) and v.startswith("=") else v for v in row])
    return book


def _excel_page(hand: Hand) -> str:
    """A sheet as Excel's “网页” export writes it: numbers in attributes, hidden columns with display:none."""
    lines = []
    for row in grid(hand.opened().worksheets[0]):
        cells = []
        for column, (value, text) in enumerate(zip(row, shown([row])[0], strict=True)):
            number = f' x:num="{value}"' if isinstance(value, int | float) else ""
            hidden = " style='display:none;mso-ignore:display'" if column == 14 else ""
            said = html.escape(text).replace("\n", "<br>\n  ")
            cells.append(f"  <td class=xl65{number}{hidden}>{said}</td>\n")
        lines.append(f" <tr height=19>\n{''.join(cells)} </tr>\n")
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel">\n<head>\n'
        '<meta http-equiv=Content-Type content="text/html; charset=gb2312">\n<meta name=ProgId content=Excel.Sheet>\n'
        f"</head>\n<body>\n<table border=0 cellpadding=0>\n{''.join(lines)}</table>\n</body>\n</html>\n"
    )
