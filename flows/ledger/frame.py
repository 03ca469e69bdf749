"""The parts of a workbook that many units share: drawn once with XlsxWriter, then cut open where units differ.

A drawn workbook costs eighteen times its deflate, most of it for what is the same in every unit's. So it is drawn once
for an imaginary unit whose names and numbers can be found again in the XML.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger import layout
from flows.ledger.cells import Marks
from flows.ledger.drawing import Table, assemble
from flows.ledger.identity import token
from flows.ledger.layout import FIRST_ROW, cell_name
from flows.ledger.model import Ledger
from flows.ledger.page import KEY_LOOK, cell_look
from flows.ledger.styles import SMALLER, Styles
from flows.ledger.xml_text import escaped
from flows.ledger.zipping import Part, part

# The imaginary unit: letters for private use, which no office types, and a row that no workbook reaches.
_UNIT: Final = "\ue0a1"
_FILLER: Final = "\ue0a2"
_PHONE: Final = "\ue0a3"
_SENTENCE: Final = "\ue0a4"
_COUNT: Final = 43_210
_END: Final = str(FIRST_ROW + _COUNT)
_LONG: Final = 300
"""A name so long that the token does not fit a document property."""

SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
IDENTITY: Final = "xl/worksheets/sheet3.xml"
PROPERTY: Final = "docProps/custom.xml"

# What stands in the cut XML where a unit's own goes.
LAST_ROW: Final = "\ue101"
COLUMNS: Final = "\ue102"
NAME_CELL: Final = "\ue103"
FILLER_CELL: Final = "\ue104"
PHONE_CELL: Final = "\ue105"
SUMMARY: Final = "\ue106"
FOOTER: Final = "\ue107"
OVERDUE: Final = "\ue108"
TOKEN: Final = "\ue109"


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the shared parts."""

    plan_title: str
    office: str
    contact: str
    reply_by: str
    period: str
    layout: int
    carried: bool
    """Whether there are look-back items: the guide then explains them."""
    counted: bool
    """Whether numbers are asked for, and"""
    renewed: bool
    """whether something has come due again: the guide then explains either."""
    long: bool
    """Whether the identity is too long for a document property."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The shared parts, and the cut XML of the others."""

    names: tuple[str, ...]
    """Every member, in order."""
    shared: dict[str, Part]
    head: str
    """sheet1.xml up to the first row of the table."""
    tail: str
    """sheet1.xml after its last row."""
    overdue: str
    """The rule for overdue deadlines: its ranges and its first row are still to be put in."""
    cut: dict[str, str]
    """The other members that differ, with marks in them."""
    looks: dict[tuple[int, float, bool], int]
    """(column, size, carried) → number of the cell format."""
    key: int
    name: int
    filler: int
    phone: int
    token: int
    """Formats of row key, 填报单位, 填报人, 联系电话 and the hidden identity."""


def shape_of(ledger: Ledger, secret: bytes) -> Shape:
    """Which frame a ledger goes into."""
    return Shape(
        ledger.plan_title,
        ledger.office,
        ledger.contact,
        ledger.reply_by.isoformat(),
        ledger.identity.period,
        ledger.identity.layout,
        any(row.is_carried for row in ledger.rows),
        any(row.asks for row in ledger.rows),
        any(row.renewed for row in ledger.rows),
        len(token(ledger.identity, secret)) > layout.PROPERTY_LIMIT,
    )


def make_frame(ledger: Ledger, secret: bytes) -> Frame:
    """Draw the frame for all ledgers of this one's shape."""
    long = shape_of(ledger, secret).long
    nobody = replace(
        ledger,
        identity=replace(ledger.identity, unit=_UNIT * (_LONG if long else 1)),
        filler=_FILLER,
        phone=_PHONE,
    )
    looks: dict[tuple[int, float, bool], int] = {}
    keys: list[int] = []

    def register(_sheet: Worksheet, styles: Styles) -> None:
        for place, head in enumerate(layout.COLUMNS):
            for size in SMALLER:
                for carried in (False, True):
                    look = cell_look(styles, head, size, False, carried)
                    looks[place, size, carried] = look._get_xf_index()
        keys.append(styles.get(**KEY_LOOK)._get_xf_index())

    drawn = assemble(nobody, secret, Marks(), Table(_COUNT, [0], _SENTENCE, register))
    with zipfile.ZipFile(io.BytesIO(drawn)) as package:
        texts = {name: package.read(name).decode("utf-8") for name in package.namelist()}
    head, _, rest = texts.pop(SHEET).partition("</sheetData>")
    tail = "</sheetData>" + rest
    head = re.sub(r'(<dimension ref="A1:)[A-Z]+\d+', rf"\g<1>{layout.column_name(layout.KEY_COLUMN)}{LAST_ROW}", head)
    head = re.sub(r"(<sheetFormatPr [^>]*/>)", rf"\1{COLUMNS}", head)
    head, name = _open_cell(head, _beside(layout.UNIT), NAME_CELL)
    head, filler = _open_cell(head, _beside(layout.FILLER), FILLER_CELL)
    head, phone = _open_cell(head, _beside(layout.PHONE), PHONE_CELL)
    head = head.replace(_SENTENCE, SUMMARY).replace(_END, LAST_ROW)
    tail = re.sub(f"{_UNIT}+", FOOTER, tail.replace(_END, LAST_ROW))
    found = re.search(r"<conditionalFormatting sqref=\"F\d+\">.*?</conditionalFormatting>", tail)
    if found is None:  # the drawing has one overdue row
        raise AssertionError("the rule for overdue deadlines is missing")
    tail = tail.replace(found[0], OVERDUE)
    cut = {BOOK: texts.pop(BOOK).replace(_END, LAST_ROW)}
    cut[IDENTITY], mark = _open_cell(texts.pop(IDENTITY), "A1", TOKEN)
    if PROPERTY in texts:
        cut[PROPERTY] = texts.pop(PROPERTY).replace(escaped(token(nobody.identity, secret)), TOKEN)
    shared = {name: part(name, re.sub("[\ue0a1-\ue0a4]", "", text)) for name, text in texts.items()}
    with zipfile.ZipFile(io.BytesIO(drawn)) as package:
        names = tuple(package.namelist())
    return Frame(names, shared, head, tail, found[0], cut, looks, keys[0], name, filler, phone, mark)


def _beside(label: str) -> str:
    row, column = layout.LABEL_CELLS[label]
    return cell_name(row, column + 1)


def _open_cell(xml: str, cell: str, mark: str) -> tuple[str, int]:
    """Put a mark in a cell's place; gives the XML and the number of the cell's format."""
    found = re.search(rf'<c r="{cell}" s="(\d+)"[^>]*?(?:/>|>.*?</c>)', xml)
    if found is None:
        raise AssertionError(f"cell {cell} is missing")
    return xml[: found.start()] + mark + xml[found.end() :], int(found[1])
