"""The one description of the 年报数据 workbook: its sheets, and where each number, text and label stands.

Writer, annotator and live checks use these places; readers look for the words and the signed keys instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.annual import format as official
from flows.annual.format import FEES, FOURTH, LINES, PARTS, SECOND, THIRD, Table
from flows.annual.rules import SLOT_CARRIED, SLOT_FEE, SLOT_NORMS, SLOT_RULES
from flows.ledger.model import Identity

LAYOUT_VERSION: Final = 1
PROPERTY: Final = "taizhang"
"""Custom document property with the identity token, the same as the ledger's."""

GUIDE_SHEET: Final = "填报说明"
SECOND_SHEET: Final = "主动公开"
THIRD_SHEET: Final = "依申请公开"
FOURTH_SHEET: Final = "复议诉讼"
TEXT_SHEET: Final = "文字材料"
IDENTITY_SHEET: Final = "标识"
CORRECTION_SHEET: Final = "需更正"
SHEETS: Final = {2: SECOND_SHEET, 3: THIRD_SHEET, 4: FOURTH_SHEET}
"""Section → sheet of its table."""

UNIT: Final = "填报单位"
YEAR: Final = "年度"
REPLY_BY: Final = "报送截止"
CONTACT: Final = "有疑问请联系"
FILLER: Final = "填报人"
PHONE: Final = "联系电话"
LABELS: Final = (UNIT, YEAR, REPLY_BY, CONTACT, FILLER, PHONE)
DECLARE: Final = "没有填的格子"
"""Beside it the unit may declare what its empty cells mean."""
ALL_ZERO: Final = "都是0"
CHECK: Final = "填报检查"


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of the workbook, 0-based."""

    sheet: str
    row: int
    column: int


HEAD_ROW: Final = 0
UNIT_ROW: Final = 1
DECLARE_ROW: Final = 2
TABLE_ROW: Final = 4
"""Where the official table begins on each of its three sheets."""
_LEFT: Final = {2: 0, 3: 0, 4: 1}


def _cells(table: Table) -> dict[str, Spot]:
    sheet, left = SHEETS[table.section], _LEFT[table.section]
    return {cell.key: Spot(sheet, TABLE_ROW + cell.row, left + cell.column) for cell in table.cells if cell.key}


def left_of(table: Table) -> int:
    """The column in which an official table begins."""
    return _LEFT[table.section]


def below(table: Table) -> int:
    """The first row under an official table."""
    return TABLE_ROW + table.rows


# Beside the tables
SECOND_LAST: Final = 4
SECOND_CHECK: Final = 5
SECOND_NOTE: Final = 6
SECOND_KEY: Final = 7
THIRD_CHECK: Final = 10
THIRD_NOTE: Final = 11
THIRD_KEY: Final = 12
FOURTH_KEY: Final = 16
TEXT_KEY: Final = 4

# Below the third table
ROW_CHECK_PRINTED: Final = below(THIRD)
ROW_CHECK_SUM: Final = below(THIRD) + 1
ROW_LAST_CARRIED: Final = below(THIRD) + 2
ROW_CHECK_CARRIED: Final = below(THIRD) + 3
ROW_REASON_CARRIED: Final = below(THIRD) + 4
# Below the second
ROW_REASONS: Final = below(SECOND) + 1
SECOND_SLOTS: Final = (SLOT_RULES, SLOT_NORMS, SLOT_FEE)
# Below the fourth
ROW_LAST_CASES: Final = below(FOURTH)
ROW_CHECK_CASES: Final = below(FOURTH) + 1

TEXT_HEAD_ROW: Final = 3
TEXT_HEADS: Final = ("部分", "内容（请填写）", "写什么", "字数")
TEXT_COLUMN: Final = 1

LABEL_SPOTS: Final = {
    UNIT: Spot(GUIDE_SHEET, 1, 1),
    YEAR: Spot(GUIDE_SHEET, 1, 3),
    REPLY_BY: Spot(GUIDE_SHEET, 2, 1),
    CONTACT: Spot(GUIDE_SHEET, 2, 3),
    FILLER: Spot(GUIDE_SHEET, 3, 1),
    PHONE: Spot(GUIDE_SHEET, 3, 3),
}
"""The cells beside the labels."""
CHECK_ROW: Final = 5
"""First row of 填报检查 on the first sheet."""


def _texts() -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    row, section = TEXT_HEAD_ROW, 0
    for part in PARTS:
        row += 1
        if part.section != section:  # a line with the section's title
            section, row = part.section, row + 1
        spots[part.key] = Spot(TEXT_SHEET, row, TEXT_COLUMN)
    for key, _ in FEES:
        row += 1
        spots[key] = Spot(TEXT_SHEET, row, TEXT_COLUMN)
    return spots


TEXT_SPOTS: Final = _texts()
SLOT_SPOTS: Final = {slot: Spot(SECOND_SHEET, ROW_REASONS + at, 1) for at, slot in enumerate(SECOND_SLOTS)} | {
    SLOT_CARRIED: Spot(THIRD_SHEET, ROW_REASON_CARRIED, 3)
}
NUMBER_SPOTS: Final = _cells(SECOND) | _cells(THIRD) | _cells(FOURTH)
DECLARE_SPOTS: Final = {
    2: Spot(SECOND_SHEET, DECLARE_ROW, 1),
    3: Spot(THIRD_SHEET, DECLARE_ROW, 3),
    4: Spot(FOURTH_SHEET, DECLARE_ROW, 3),
}
"""Section → the cell of the declaration."""
SUMMARY_SPOTS: Final = {
    SECOND_SHEET: Spot(SECOND_SHEET, DECLARE_ROW, 3),
    THIRD_SHEET: Spot(THIRD_SHEET, DECLARE_ROW, 7),
    FOURTH_SHEET: Spot(FOURTH_SHEET, DECLARE_ROW, 7),
    TEXT_SHEET: Spot(TEXT_SHEET, 2, 1),
}
"""Sheet → the sentence of its 填报检查."""
SPOTS: Final = NUMBER_SPOTS | TEXT_SPOTS | SLOT_SPOTS | {FILLER: LABEL_SPOTS[FILLER], PHONE: LABEL_SPOTS[PHONE]}
"""Every cell that a unit fills in, by key."""


def check_spots(key: str) -> tuple[Spot, ...]:
    """The live checks that a number of the third or fourth table enters."""
    spot = NUMBER_SPOTS.get(key)
    if spot is None or spot.sheet == SECOND_SHEET:
        return ()
    if spot.sheet == FOURTH_SHEET:
        first = spot.column - (spot.column - 1) % 5
        return (Spot(spot.sheet, ROW_CHECK_CASES, first),)
    below_it = (Spot(spot.sheet, row, spot.column) for row in (ROW_CHECK_PRINTED, ROW_CHECK_SUM))
    return (Spot(spot.sheet, spot.row, THIRD_CHECK), *below_it)


def row_names() -> dict[str, tuple[Table, int]]:
    """Names of rows as row keys carry them → table and row of the official table: ``3.r05``, ``2.1.规章``, ``4``."""
    names: dict[str, tuple[Table, int]] = {}
    for cell in SECOND.cells:
        if cell.key:
            names.setdefault(cell.key.rpartition(".")[0], (SECOND, cell.row))
    names |= {f"3.r{line.number:02d}": (THIRD, 3 + line.number - 1) for line in LINES}
    names["4"] = (FOURTH, 3)
    return names


ROW_NAMES: Final = row_names()
TITLE: Final = "政府信息公开工作年度报告数据"


def is_annual(identity: Identity) -> bool:
    """Whether an identity is that of a 年报数据 workbook: its period is a year."""
    return len(identity.period) == 4 and identity.period.isascii() and identity.period.isdecimal()


def sheet_title(table: Table, year: int) -> str:
    """The title line of a table's sheet."""
    return f"{official.SECTIONS[table.section - 1]}（{year}年）"
