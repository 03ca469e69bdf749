"""The one description of a unit's workbook: sheets, columns, labels. Writer, reader, checker and annotator use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.ledger.model import Status

LAYOUT_VERSION: Final = 1
"""Travels in every workbook; raised when a workbook of an older layout can no longer be read by position-free rules."""

SHEET: Final = "工作台账"
GUIDE_SHEET: Final = "填报说明"
IDENTITY_SHEET: Final = "标识"
CORRECTION_SHEET: Final = "更正清单"
PROPERTY: Final = "taizhang"
"""Name of the custom document property that holds the identity token."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``width`` in characters as Excel counts them, ``wide`` the most it may grow to for long texts."""

    header: str
    width: float
    wide: float = 0
    is_input: bool = False
    centred: bool = False


NO: Final = "任务编号"
CATEGORY: Final = "任务大类"
TASK: Final = "任务事项"
REQUIREMENT: Final = "具体要求"
ROLE: Final = "承担角色"
DEADLINE: Final = "完成时限"
PREVIOUS: Final = "上期进展"
STATUS: Final = "完成状态"
PERCENT: Final = "完成进度"
PROGRESS: Final = "进展情况"
DONE_ON: Final = "完成日期"
EVIDENCE: Final = "佐证材料"
PROBLEM: Final = "存在问题"
NEXT_STEP: Final = "下步措施"

COLUMNS: Final = (
    Column(NO, 7, centred=True),
    Column(CATEGORY, 9),
    Column(TASK, 12),
    Column(REQUIREMENT, 31, wide=70),
    Column(ROLE, 6, centred=True),
    Column(DEADLINE, 11, centred=True),
    Column(PREVIOUS, 20, wide=45),
    Column(STATUS, 9.5, is_input=True, centred=True),
    Column(PERCENT, 9.5, is_input=True, centred=True),
    Column(PROGRESS, 30, wide=60, is_input=True),
    Column(DONE_ON, 11.5, is_input=True, centred=True),
    Column(EVIDENCE, 14, wide=30, is_input=True),
    Column(PROBLEM, 16, wide=30, is_input=True),
    Column(NEXT_STEP, 16, wide=30, is_input=True),
)
HEADERS: Final = tuple(column.header for column in COLUMNS)
INPUTS: Final = tuple(column.header for column in COLUMNS if column.is_input)
INDEX: Final = {header: place for place, header in enumerate(HEADERS)}
"""Header → 0-based column, as the writer lays them out. A returned sheet may have them elsewhere."""

SYNONYMS: Final = {
    word: header
    for header, words in (
        (REQUIREMENT, "具体工作要求 任务要求"),
        (ROLE, "角色"),
        (DEADLINE, "完成期限"),
        (PREVIOUS, "上月进展 上期进展情况 上月进展情况"),
        (STATUS, "状态 任务状态 完成状况"),
        (PERCENT, "进度 完成率 完成比例 完成百分比"),
        (PROGRESS, "进展 工作进展 工作进展情况 目前进展 目前进展情况 本期进展 本期进展情况 本月进展 本月进展情况"),
        (DONE_ON, "办结日期 实际完成日期 实际完成时间"),
        (EVIDENCE, "佐证 佐证资料 证明材料 支撑材料"),
        (PROBLEM, "问题 存在的问题 存在困难和问题 存在问题和困难 存在问题及困难"),
        (NEXT_STEP, "下一步措施 下步工作 下一步工作 下步打算 下一步打算 下步工作措施 下一步工作措施 下步计划"),
    )
    for word in words.split()
}
"""Header words that people type instead, used only where no cell holds the header's own word.

Words that may mean two columns (序号, 完成时间, 完成情况) are left out: such a column counts as missing and is told.
"""

KEY_COLUMN: Final = len(COLUMNS)
"""0-based hidden column (O) with a signed key on each row; its header cell stays empty."""

KEY_WIDTH: Final = 9
PROPERTY_LIMIT: Final = 255
"""Characters that a document property holds in Excel."""

STATUSES: Final = tuple(status.value for status in Status)

UNIT: Final = "填报单位"
PERIOD: Final = "期次"
REPLY_BY: Final = "报送截止"
FILLER: Final = "填报人"
PHONE: Final = "联系电话"
LABELS: Final = (UNIT, PERIOD, REPLY_BY, FILLER, PHONE)
"""Words above the header row; the value stands in the cell to the right of each."""

# 0-based places that the writer uses. Readers search for the words instead.
TITLE_ROW: Final = 0
LABEL_ROW: Final = 1
INPUT_ROW: Final = 2
BAND_ROW: Final = 3
HEADER_ROW: Final = 4
FIRST_ROW: Final = 5
LABEL_CELLS: Final = {
    UNIT: (LABEL_ROW, 2),
    PERIOD: (LABEL_ROW, 5),
    REPLY_BY: (LABEL_ROW, 8),
    FILLER: (INPUT_ROW, 2),
    PHONE: (INPUT_ROW, 5),
}
CHECK_LABEL: Final = "填报检查"
CHECK_CELL: Final = (INPUT_ROW, 8)
"""Its label; a live formula to its right tells the unit what is still missing."""


def column_name(index: int) -> str:
    """A, B … Z, AA … for a 0-based column."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(row: int, column: int) -> str:
    """A1 reference of a 0-based row and column."""
    return f"{column_name(column)}{row + 1}"
