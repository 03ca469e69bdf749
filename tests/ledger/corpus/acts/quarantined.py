"""Files that cannot be credited to anybody, or that must not be opened: they wait for a person, with a reason."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from openpyxl import Workbook

from flows.desk import open_desk
from flows.ledger.writer import render
from flows.periods import Period
from flows.round.issue import ledger_as_issued
from flows.workspace import find_home
from tests.ledger.corpus.hands import OCTOBER, SHEET1, Hand, Making, Sent, grid, repacked, saved, swapped, types
from tests.ledger.corpus.libreoffice import Saw
from tests.ledger.corpus.round import PERIOD, PLAN
from tests.parcels import compound

_STRIPPED = ("delete-sheet:标识", "delete-column:14", "clear-properties:")


def last_months_workbook(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.round.answered(hand.unit, "2026-09", OCTOBER))


def last_months_workbook_without_identity(hand: Hand) -> Making:
    data = hand.round.answered(hand.unit, "2026-09", OCTOBER)
    return Sent("台账.xls", (yield Saw(data, "xls", _STRIPPED)))


def workbook_of_another_plan(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _signed_otherwise(hand, plan="营商环境"))


def signed_by_somebody_else(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _signed_otherwise(hand, secret=b"not the secret of this office ...."))


def unit_name_of_another_typed_in(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(D2=hand.other().unit)))


def rows_of_another_unit_pasted_in(hand: Hand) -> Sent:
    theirs = grid(hand.other().opened().worksheets[0])

    def paste(sheet: Any) -> None:
        for number in (8, 9):
            for column, value in enumerate(theirs[number - 1], start=1):
                sheet.cell(number, column).value = value

    return Sent("台账.xlsx", hand.filled(paste))


def two_units_in_one_workbook(hand: Hand) -> Sent:
    book = hand.opened()
    second = book.create_sheet("第二个单位")
    for row in grid(hand.other().opened().worksheets[0]):
        second.append(row)
    return Sent("台账.xlsx", saved(book))


def identity_changed_by_hand(hand: Hand) -> Sent:
    book = hand.opened()
    cell = book["标识"]["A1"]
    cell.value = cell.value.replace(hand.unit, hand.other().unit)
    return Sent("台账.xlsx", saved(book))


def row_keys_changed_and_the_rest_lost(hand: Hand) -> Making:
    def change(sheet: Any) -> None:
        for number in range(6, 12):
            cell = sheet.cell(number, 15)
            cell.value = cell.value.replace("2026-10", "2026-11")

    data = hand.filled(change)
    return Sent("台账.xlsx", (yield Saw(data, acts=["delete-sheet:标识", "clear-properties:"])))


def no_identity_and_an_unknown_unit(hand: Hand) -> Making:
    data = hand.filled(types(D2="云川市某某局"))
    return Sent("台账.xlsx", (yield Saw(data, acts=_STRIPPED)))


def no_identity_and_no_unit(hand: Hand) -> Sent:
    book = Workbook()
    for row in grid(hand.opened().worksheets[0])[4:]:
        book.worksheets[0].append(row[:14])
    return Sent("台账.xlsx", saved(book))


def another_month_pasted_over_the_heading(hand: Hand) -> Making:
    data = hand.filled(types(G2="2026年9月"))
    return Sent("台账.xlsx", (yield Saw(data, acts=_STRIPPED)))


def workbook_with_something_else(hand: Hand) -> Sent:
    book = Workbook()
    book.worksheets[0].append(["姓名", "科室", "报名人数"])
    book.worksheets[0].append(["王敏", "办公室", 3])
    return Sent("报名表.xlsx", saved(book))


def table_deleted_identity_left(hand: Hand) -> Sent:
    book = hand.opened()
    del book["工作台账"]
    return Sent("台账.xlsx", saved(book))


def letter_in_word(hand: Hand) -> Sent:
    import docx

    document = docx.Document()
    document.add_paragraph("关于报送政务公开进展情况的函：我单位各项工作均按计划推进。")
    stream = io.BytesIO()
    document.save(stream)
    return Sent("情况说明.docx", stream.getvalue())


def scanned_pdf(hand: Hand) -> Sent:
    return Sent("盖章扫描件.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + hand.unit.encode())


def pdf_named_xlsx(hand: Hand) -> Sent:
    return Sent("台账.xlsx", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + hand.unit.encode() * 2)


def photograph_named_xls(hand: Hand) -> Sent:
    return Sent("台账.xls", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + hand.unit.encode() * 40 + b"\xff\xd9")


def empty_file(hand: Hand) -> Sent:
    return Sent("台账.xlsx", b"")


def cut_short_on_the_way(hand: Hand) -> Sent:
    data = hand.filled()
    return Sent("台账.xlsx", data[: len(data) // 2])


def old_workbook_cut_short(hand: Hand) -> Making:
    data = yield Saw(hand.filled(), "xls")
    return Sent("台账.xls", data[: len(data) // 2])


def bytes_flipped(hand: Hand) -> Sent:
    data = bytearray(hand.filled())
    place = data.find(b"xl/worksheets/sheet1.xml") + 200
    data[place : place + 40] = bytes(byte ^ 0x5A for byte in data[place : place + 40])
    return Sent("台账.xlsx", bytes(data))


def locked_with_a_password(hand: Hand) -> Sent:
    """What Excel saves with a password: the package as one encrypted stream of an OLE file."""
    streams = {"EncryptionInfo": bytes(248), "EncryptedPackage": bytes(5000)}
    return Sent("台账.xlsx", compound(dict(streams)))


def ods_locked_with_a_password(hand: Hand) -> Making:
    return Sent("台账.ods", (yield Saw(hand.filled(), "ods", password="gongkai")))


def xls_locked_with_a_password(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "xls", password="gongkai")))


def with_macros(hand: Hand) -> Sent:
    return Sent("台账.xlsm", repacked(hand.filled(), {}, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(600)}))


def links_to_another_workbook(hand: Hand) -> Sent:
    link = (
        '<?xml version="1.0" encoding="UTF-8"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        '2006/main"><externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'r:id="rId1"/></externalLink>'
    )
    return Sent("台账.xlsx", repacked(hand.filled(), {}, {"xl/externalLinks/externalLink1.xml": link.encode()}))


def starts_a_program(hand: Hand) -> Sent:
    link = (
        '<?xml version="1.0" encoding="UTF-8"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        '2006/main"><ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems/></ddeLink></externalLink>'
    )
    return Sent("台账.xlsx", repacked(hand.filled(), {}, {"xl/externalLinks/externalLink1.xml": link.encode()}))


def entity_in_the_sheet(hand: Hand) -> Sent:
    def change(xml: str) -> str:
        head, mark, rest = xml.partition("<worksheet")
        return f'{head}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>{mark}{rest}'

    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: change}))


def entities_in_entities(hand: Hand) -> Sent:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

    def change(xml: str) -> str:
        head, mark, rest = xml.partition("<sst")
        return f'{head}<!DOCTYPE x [<!ENTITY l0 "lol">{lines}]>{mark}{rest}'

    data = hand.round.answered(hand.unit, PERIOD, OCTOBER)
    return Sent("台账.xlsx", repacked(data, {"xl/sharedStrings.xml": change}))


def zip_bomb(hand: Hand) -> Sent:
    blanks = swapped("</worksheet>", "</worksheet>" + " " * 120_000_000)
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: blanks}))


def cell_in_the_last_corner(hand: Hand) -> Sent:
    corner = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: swapped("</sheetData>", corner)}))


def million_rows(hand: Hand) -> Sent:
    def fill(xml: str) -> str:
        rows = "".join(f'<row r="{n}"><c r="A{n}"><v>0</v></c></row>' for n in range(20, 1_000_020))
        return xml.replace("</sheetData>", rows + "</sheetData>")

    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: fill}))


def question_marks_instead_of_chinese(hand: Hand) -> Making:
    text = yield Saw(hand.filled(), "csv")
    return Sent("台账.csv", text.decode("utf-8").encode("ascii", "replace"))


def _signed_otherwise(hand: Hand, *, plan: str = PLAN, secret: bytes = b"") -> bytes:
    """The unit's workbook as another office, or this office for another plan, would have written it."""
    with open_desk(find_home(hand.round.office.home), PLAN) as desk:
        month = Period.parse(PERIOD)
        ledger = ledger_as_issued(desk, month, desk.history.dispatched(month)[hand.unit])
        assert ledger
        rows = tuple(replace(row, previous=OCTOBER[row.no]) for row in ledger.rows)
        ledger = replace(ledger, identity=replace(ledger.identity, plan=plan), rows=rows, filler="王敏")
        return render(ledger, secret or desk.store.secret())
