"""A small ledger, and the hands that fill it in: openpyxl stands in for a person who types into cells and saves."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from flows.ledger import layout
from flows.ledger.checker import Expectation, check_returned
from flows.ledger.layout import INDEX, cell_name
from flows.ledger.model import Entry, Identity, Ledger, LedgerRow, Report, Returned, Role, Status
from flows.ledger.writer import render
from tests.needs import soffice

SECRET = b"a secret of thirty-two bytes ...."
RECEIVED = date(2026, 10, 24)
UNIT = "临湖区人民政府"
OTHER = "市教育局"

MOVING = Report(Status.MOVING, 60, "已完成前期调研", None, "调研报告", "部门数据口径不一", "下月召开协调会")
DONE = Report(Status.DONE, 100, "目录已公开", date(2026, 9, 12), "网站栏目", "", "")


def row(no: str, requirement: str, previous: Report | None = None, **more: Any) -> LedgerRow:
    """A row with the fields that a test does not care about filled in."""
    fields: dict[str, Any] = {"category": None, "task": "主动公开", "role": Role.RESPONSIBLE, "deadline": "10月底前"}
    month = "2026-09" if previous else None
    return LedgerRow(no=no, requirement=requirement, previous=previous, previous_period=month, **(fields | more))


def ledger(*rows: LedgerRow, unit: str = UNIT, period: str = "2026-10", plan: str = "要点") -> Ledger:
    """A ledger of the unit; without rows, of three: new, moving and done."""
    return Ledger(
        identity=Identity(plan, unit, period, 1),
        plan_title="2026年云川市政务公开工作要点",
        office="云川市政务公开办公室",
        reply_by=date(2026, 10, 25),
        contact="周同志",
        rows=rows
        or (
            row("1", "编制政府信息主动公开目录", DONE),
            row("2.1", "公开重大行政决策事项目录"),
            row("2.2", "开展政策解读", MOVING, overdue=True),
        ),
    )


Act = Callable[[Any], None]
"""Something a person does to the ledger sheet (an openpyxl worksheet)."""


def saved(book: Workbook) -> bytes:
    """The workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data: bytes) -> Workbook:
    """The workbook as openpyxl sees it."""
    return load_workbook(io.BytesIO(data))


def by_person(data: bytes, *acts: Act) -> bytes:
    """The workbook after a person has opened it, done something to the ledger sheet and saved it."""
    book = opened(data)
    for act in acts:
        act(book[layout.SHEET])
    return saved(book)


def row_of(sheet: Any, no: str) -> int:
    """The row of a task in an untouched ledger sheet."""
    for number in range(layout.FIRST_ROW + 1, sheet.max_row + 1):
        if sheet.cell(number, 1).value == no:
            return number
    raise AssertionError(f"no row {no}")


def types(no: str, **cells: Any) -> Act:
    """Type into the input cells of a task: ``types("1", 完成状态="已完成")``."""

    def act(sheet: Any) -> None:
        number = row_of(sheet, no)
        for header, value in cells.items():
            sheet.cell(number, INDEX[header] + 1).value = value

    return act


def types_at(cell: str, value: Any) -> Act:
    """Type into one cell by its address."""

    def act(sheet: Any) -> None:
        sheet[cell] = value

    return act


FILLER = types_at("D3", "张三")
"""填报人 typed where it belongs."""
COMPLETE: tuple[Act, ...] = (FILLER, types("2.1", 完成状态="未启动"))
"""What makes the sample ledger complete and right."""


ISSUED = render(ledger(), SECRET)
"""The sample ledger as it goes out."""


def sent_back(*acts: Act, data: bytes = ISSUED) -> bytes:
    """The sample ledger complete and right, after further acts."""
    return by_person(data, *COMPLETE, *acts)


def without_property(data: bytes) -> bytes:
    """The workbook without its custom property."""
    book = opened(data)
    del book.custom_doc_props["taizhang"]
    return saved(book)


def without_sheet(data: bytes) -> bytes:
    """The workbook without its hidden sheet."""
    book = opened(data)
    del book["标识"]
    return saved(book)


def without_keys(data: bytes) -> bytes:
    """The workbook without its key column."""
    return by_person(data, lambda sheet: sheet.delete_cols(15))


def place(no: str, header: str, book: Ledger | None = None) -> str:
    """The cell of a task and header in an untouched ledger."""
    sheet = opened(render(book or ledger(), SECRET))[layout.SHEET]
    return cell_name(row_of(sheet, no) - 1, INDEX[header])


def expectation(*ledgers: Ledger, units: frozenset[str] = frozenset(), aliases: Mapping[str, str] | None = None) -> Any:
    """What the round expects: these ledgers (the sample one by default) and a second unit."""
    known = ledgers or (ledger(), ledger(unit=OTHER))
    return replace(Expectation.of("要点", "2026-10", tuple(known), units), aliases=aliases or {})


def check(data: bytes, expected: Expectation | None = None, name: str = "回复.xlsx") -> Returned:
    """The verdict on returned bytes."""
    return check_returned(data, name, expected or expectation(), SECRET, RECEIVED)


def reports(returned: Returned) -> dict[str, Report]:
    """The accepted reports by task."""
    return {entry.no: entry.report for entry in returned.entries}


def entry(returned: Returned, no: str) -> Entry:
    """The accepted entry of a task."""
    return next(entry for entry in returned.entries if entry.no == no)


def resaved(data: bytes, kind: str, folder: Path, source: str = "xlsx") -> bytes:
    """The workbook after LibreOffice has opened it and saved it as ``kind``."""
    program = soffice()
    folder.mkdir(parents=True, exist_ok=True)
    before = folder / f"回复.{source}"
    before.write_bytes(data)
    profile = (folder / "profile").as_uri()
    out = folder / "out"
    subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", out, before],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (out / f"回复.{kind}").read_bytes()
