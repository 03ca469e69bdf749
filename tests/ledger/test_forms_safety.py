"""Nothing that is made to hurt takes the process down, takes its memory or reaches out of the file."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.ledger import layout, safety
from flows.ledger.reader import read_returned
from flows.ledger.writer import render
from tests.ledger.samples import COMPLETE, SECRET, by_person, check, ledger, resaved
from tests.ledger.test_forms import pasted, spreadsheet_xml
from tests.ledger.test_forms_workbooks import SHEET, with_part

ISSUED = by_person(render(ledger(), SECRET), *COMPLETE)
ROOT = Path(__file__).parents[2]
MOST_MEMORY = 300 * 2**20


def reason(data: bytes, name: str = "回复.xlsx") -> str:
    return read_returned(data, name).reason


# Refused with a reason


def test_a_macro_workbook_waits_but_its_ending_alone_is_no_sin() -> None:
    assert "宏" in reason(with_part(ISSUED, **{"xl/vbaProject.bin": b"x"}), "回复.xlsm")
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    xlsm = with_part(ISSUED, **{"[Content_Types].xml": lambda part: part.replace(plain, kind)})
    assert check(xlsm, name="回复.xlsm").verdict == "accepted"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", SHEET, "docProps/custom.xml", "x/any.xml"])
def test_a_document_type_in_any_part_of_a_workbook_is_not_opened(part: str) -> None:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    spoilt = with_part(ISSUED, **{part: lambda old: head + old.partition(b"?>")[2]})
    assert "DOCTYPE" in reason(spoilt)


def test_a_document_type_in_a_word_document_or_an_ods_is_not_opened(tmp_path: Path) -> None:
    ods = resaved(ISSUED, "ods", tmp_path)
    for data, part in ((pasted(whole=True), "word/document.xml"), (ods, "content.xml"), (ods, "meta.xml")):
        spoilt = with_part(data, **{part: lambda old: old.replace(b"?>", b"?><!DOCTYPE x []>", 1)})
        assert "DOCTYPE" in reason(spoilt)


def test_parts_in_utf16_that_no_program_writes_are_not_opened() -> None:
    assert "损坏" in reason(with_part(ISSUED, **{SHEET: lambda part: part.decode().encode("utf-16")}))


@pytest.mark.parametrize("formula", ["cmd|'/c calc'!A0", "cmd|' /c calc'!A0+1"])
def test_a_formula_that_starts_a_program_waits(formula: str) -> None:
    def dde(sheet: object) -> None:
        sheet["J6"] = f"={formula}"  # type: ignore[index]

    assert "外部文件" in reason(by_person(ISSUED, dde))


def test_an_ods_that_reaches_for_another_file_or_carries_macros_waits(tmp_path: Path) -> None:
    ods = resaved(ISSUED, "ods", tmp_path)
    link = b"<table:table-cell table:formula=\"of:='file:///C:/a.ods'#$A.A1\" "
    linked = with_part(ods, **{"content.xml": lambda part: part.replace(b"<table:table-cell ", link, 1)})
    assert "外部文件" in reason(linked, "回复.ods")
    assert "宏" in reason(with_part(ods, **{"Basic/Standard/Module1.xml": b"<x/>"}), "回复.ods")


def test_sheets_that_are_one_part_or_hide_among_the_pictures_are_not_opened() -> None:
    once = with_part(ISSUED, **{"xl/_rels/workbook.xml.rels": lambda part: part.replace(b"sheet2.xml", b"sheet1.xml")})
    assert "损坏" in reason(once)
    hide = lambda part: part.replace(b"worksheets/sheet2.xml", b"media/image1.png")  # noqa: E731
    assert "损坏" in reason(with_part(ISSUED, **{"xl/_rels/workbook.xml.rels": hide}))


def test_an_archive_is_no_workbook_whatever_lies_in_it() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("台账.xlsx", ISSUED)
    assert "不是 Excel 工作簿" in reason(stream.getvalue(), "台账.zip")
    # What is packed inside a workbook is never opened.
    assert check(with_part(ISSUED, **{"xl/embeddings/inner.zip": stream.getvalue()})).verdict == "accepted"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"Rar!\x1a\x07", b"PK\x03\x04", b"\x00" * 999])
def test_what_is_no_workbook_is_told_so(data: bytes) -> None:
    assert reason(data + b"x" * 300).startswith(("不是 Excel 工作簿", "文件已损坏"))


def test_an_old_workbook_with_a_password_waits() -> None:
    password = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) + struct.pack("<HH", 0x2F, 4) + bytes(4)
    from flows.demo.xls import _compound

    assert "密码" in reason(_compound(password), "回复.xls")


# Bombs


def packed(parts: Iterator[tuple[str, bytes]], base: bytes = ISSUED) -> bytes:
    return with_part(base, **dict(parts))


def sheet_of(rows: Callable[[], str]) -> bytes:
    def change(part: bytes) -> bytes:
        start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
        return part[:start] + b"<sheetData>" + rows().encode() + part[end:]

    return with_part(ISSUED, **{SHEET: change})


def lying(data: bytes, name: str, size: int) -> bytes:
    """The archive says that a part is small, while it unpacks to ``size`` zeros."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(maker.compress(bytes(2**20)) for _ in range(size >> 20)) + maker.flush()
    stream = io.BytesIO(with_part(data, **{name: b""}))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("marker", bomb, zipfile.ZIP_STORED)
    raw = stream.getvalue()
    for mark, method, sizes in ((b"PK\x03\x04", 8, 18), (b"PK\x01\x02", 10, 20)):
        at = raw.rfind(mark, 0, raw.rfind(b"marker") + 1)
        head = bytearray(raw[at : at + 46])
        struct.pack_into("<H", head, method, 8)
        struct.pack_into("<I", head, sizes + 4, 100)
        raw = raw[:at] + bytes(head) + raw[at + 46 :]
    return raw


def with_merges(count: int) -> bytes:
    """A ledger down to row 60,000 whose 进展情况 is merged all the way, again and again."""
    heads = "".join(
        f'<c r="{layout.cell_name(4, place)}" t="str"><v>{word}</v></c>' for place, word in enumerate(layout.HEADERS)
    )
    far = f'<row r="5">{heads}</row><row r="60000"><c r="A60000"><v>1</v></c></row>'
    merges = '<mergeCell ref="J6:J60000"/>' * count
    end = f"</sheetData><mergeCells>{merges}</mergeCells></worksheet>".encode()
    return with_part(sheet_of(lambda: far), **{SHEET: lambda part: part.partition(b"</sheetData>")[0] + end})


WORST: dict[str, Callable[[], bytes]] = {
    "a million rows": lambda: sheet_of(
        lambda: "".join(f'<row><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001))
    ),
    "the last cell": lambda: sheet_of(lambda: '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "the last cell in small letters": lambda: sheet_of(lambda: '<row r="1"><c r="xfd1048576"><v>1</v></c></row>'),
    "the last cell behind an odd attribute": lambda: sheet_of(
        lambda: '<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>'
    ),
    "rows and columns without addresses": lambda: sheet_of(
        lambda: "<row>" + "<c><v>1</v></c>" * 9_000 + "</row>" + "<row><c><v>1</v></c></row>" * 9_000
    ),
    "cells of one address": lambda: sheet_of(lambda: '<row r="1">' + '<c r="A1"><v>1</v></c>' * 1_500_000 + "</row>"),
    "as much as is allowed": lambda: sheet_of(
        lambda: "".join(
            f'<row r="{n}">'
            + "".join(f'<c r="{c}{n}" t="str"><v>{n}{c}甲乙丙丁戊己庚辛</v></c>' for c in "ABCDEFGHIJKL")
            + "</row>"
            for n in range(1, 24_001)
        )
    ),
    "the largest rectangle": lambda: sheet_of(lambda: '<row r="73000"><c r="P73000"><v>1</v></c></row>'),
    "one long text in every cell": lambda: with_part(
        sheet_of(
            lambda: '<row r="1">' + "".join(f'<c r="A{n}" t="s"><v>0</v></c>' for n in range(1, 99_000)) + "</row>"
        ),
        **{"xl/sharedStrings.xml": b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"},
    ),
    "shared texts by the million": lambda: with_part(
        ISSUED, **{"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 2_000_000 + b"</sst>"}
    ),
    "a part that lies about its size": lambda: lying(ISSUED, "xl/none.xml", 512 * 2**20),
    "many sheets": lambda: with_part(
        ISSUED, **{f"xl/worksheets/s{n}.xml": b"<sheetData>" + b" " * 900_000 for n in range(60)}
    ),
    "a csv of commas": lambda: (",".join(layout.HEADERS) + "\n").encode() + b"," * 8_000_000,
    "a page of rows": lambda: (
        ("<table><tr>" + "".join(f"<td>{word}" for word in layout.HEADERS)).encode() + b"<tr><td>" * 900_000
    ),
    "a page of wide cells": lambda: (
        ("<table><tr>" + "".join(f"<td>{word}" for word in layout.HEADERS)).encode() + b"<tr><td colspan=999>x" * 90_000
    ),
    "cells that never end": lambda: sheet_of(lambda: '<row r="1">' + '<c r="A1"><f>1' * 500_000 + "</c></row>"),
    "a drawing of a million shapes": lambda: with_part(
        ISSUED,
        **{
            "xl/drawings/drawing1.xml": b"<a>" + b"<b/>" * 5_000_000 + b"</a>",
            "xl/worksheets/_rels/sheet1.xml.rels": b'<x><Relationship Id="r" Target="../drawings/drawing1.xml"/></x>',
        },
    ),
    "a single file page of a million parts": lambda: (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n"
        + b"--b\nContent-Type: text/html\n\n<p>" * 400_000
    ),
    "an xml of rows": lambda: spreadsheet_xml().replace(b"<Row ", b"<Row/>" * 1_200_000 + b"<Row ", 1),
    "merges upon merges": lambda: with_merges(20_000),
    "an xml of far cells": lambda: spreadsheet_xml().replace(
        b"<Row ", b'<Row ss:Index="1000000"><Cell ss:Index="9999"><Data>1</Data></Cell></Row><Row ', 1
    ),
    "a word table without end": lambda: with_part(
        pasted(whole=True),
        **{
            "word/document.xml": lambda part: part.replace(
                b"</w:tbl>", b"<w:tr><w:tc/></w:tr>" * 1_200_000 + b"</w:tbl>"
            )
        },
    ),
}
TORN = {"a part that lies about its size"}
MEASURE = """
import resource, sys, time
from flows.ledger.reader import read_returned
data = open(sys.argv[1], "rb").read()
def peak():
    # VmHWM is of this program alone; ru_maxrss would remember the parent it was forked from.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
start = time.perf_counter()
found = read_returned(data, sys.argv[1])
print(peak(), time.perf_counter() - start, found.reason or "read", sep="\\t")
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory as Linux tells it")
@pytest.mark.parametrize("name", WORST)
def test_the_worst_files_take_little_memory_and_little_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "worst.bin"
    path.write_bytes(WORST[name]())
    assert path.stat().st_size <= safety.FILE_LIMIT
    run = subprocess.run([sys.executable, "-c", MEASURE, path], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-800:]
    memory, seconds, told = run.stdout.strip().split("\t")
    print(f"{name}: {int(memory) >> 20} MB, {float(seconds):.2f} s, {told[:24]}")
    assert told == "read" or told == (safety.DAMAGED if name in TORN else safety.TOO_BIG)
    assert int(memory) < MOST_MEMORY
    assert float(seconds) < 15


def test_a_ledger_of_sixty_rows_is_read_in_a_few_milliseconds() -> None:
    from tests.ledger.samples import row

    data = render(ledger(*(row(f"{n}", "推进政务公开工作要点落实" * 8) for n in range(1, 61))), SECRET)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        assert len(read_returned(data, "回复.xlsx").tables[0].rows) == 60
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02


def test_an_old_workbook_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    data = resaved(ISSUED, "xls", tmp_path)
    for size in (600, len(data) // 2, len(data) - 600):
        assert "损坏" in reason(data[:size], "回复.xls")
