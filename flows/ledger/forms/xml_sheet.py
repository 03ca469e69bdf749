"""XML Spreadsheet 2003 (.xml, often named .xls): Excel's and WPS's “XML 电子表格”."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Final

import lxml.etree

from flows.ledger.forms.grid import Book, Grid, Merge, Value
from flows.ledger.forms.spreadsheets import formula
from flows.ledger.identity import find_tokens
from flows.ledger.safety import (
    DAMAGED,
    ENTITIES,
    FILLED_LIMIT,
    NOT_A_WORKBOOK,
    ROW_LIMIT,
    TEXT_LIMIT,
    TOO_BIG,
    Measure,
    RefusedError,
    limit_tags,
)

SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_S: Final = f"{{{SPACE}}}"
_EXCEL: Final = "{urn:schemas-microsoft-com:office:excel}"
_WIDEST: Final = 16_384
_Element = lxml.etree._Element


def read(data: bytes) -> Book:
    """The workbook. Raises RefusedError."""
    if len(data) > TEXT_LIMIT:
        raise RefusedError(TOO_BIG)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<\x00!\x00D" in data or b"\x00<\x00!\x00D" in data:
        raise RefusedError(ENTITIES)
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    limit_tags(data)
    try:
        tree = lxml.etree.fromstring(data, parser)
    except (lxml.etree.LxmlError, ValueError):
        raise RefusedError(DAMAGED) from None
    if tree.tag != f"{_S}Workbook":
        raise RefusedError(NOT_A_WORKBOOK)
    measure = Measure()
    grids = tuple(_sheet(sheet, measure) for sheet in tree.iter(f"{_S}Worksheet"))
    properties = tree.find("{urn:schemas-microsoft-com:office:office}CustomDocumentProperties")
    told = "" if properties is None else "\n".join(str(text) for text in properties.itertext())
    since_1904 = tree.find(f"{_EXCEL}ExcelWorkbook/{_EXCEL}Date1904") is not None
    return Book(grids, find_tokens(html.unescape(told)), since_1904=since_1904)


def _sheet(sheet: _Element, measure: Measure) -> Grid:
    values: dict[tuple[int, int], Value] = {}
    faults: dict[tuple[int, int], str] = {}
    merged: list[Merge] = []
    row = rows = columns = 0
    for line in sheet.iterfind(f"{_S}Table/{_S}Row"):
        row = _number(line, "Index", row + 1) - 1
        covered = _number(line, "Span", 0)
        column = 0
        for cell in line.iterfind(f"{_S}Cell"):
            column = _number(cell, "Index", column + 1) - 1
            across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
            if row >= ROW_LIMIT or column + across >= _WIDEST:
                raise RefusedError(TOO_BIG)
            value, fault = _value(cell)
            if value != "" or fault:
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                values[row, column] = value
            if fault:
                faults[row, column] = fault
            if across or down:
                merged.append(((row, column), (row + down, column + across)))
            column += across + 1
        row += 1 + covered
        if len(values) > FILLED_LIMIT:
            raise RefusedError(TOO_BIG)
    measure.sheet(rows, columns)
    grid: list[list[Value]] = [[""] * columns for _ in range(rows)]
    for (at, place), value in values.items():
        grid[at][place] = value
    shown = sheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "")
    return Grid(sheet.get(f"{_S}Name", ""), grid, not shown.startswith("Sheet"), merged, faults)


def _number(element: _Element, name: str, default: int) -> int:
    text = element.get(_S + name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else default


def _value(cell: _Element) -> tuple[Value, str]:
    data = cell.find(f"{_S}Data")
    text = "" if data is None else "".join(str(part) for part in data.itertext())
    kind = "" if data is None else data.get(f"{_S}Type", "String")
    written = cell.get(f"{_S}Formula", "")
    if kind == "Error":
        return "", text or "#ERROR"
    if not text:
        return "", formula(written) if written and kind != "String" else ""
    try:
        if kind == "Number":
            return float(text), ""
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            return (moment.date() if not (moment.hour or moment.minute or moment.second) else moment), ""
    except ValueError:
        return text, ""
    if kind == "Boolean":
        return text == "1", ""
    return text, ""
