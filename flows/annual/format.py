"""The official tables as data (国办公开办函〔2021〕30号): one description for workbook, Word, HTML, rules and readers.

A table is a rectangle of cells, each with its place, its spans and its text; number cells carry a key instead of a
text. Keys never change, they stand in the store: ``2.1.规章.制发``, ``3.r05.自然人``, ``4.复议.维持``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SECTIONS: Final = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
"""The six sections of the report, fixed in title and order."""


class Role(StrEnum):
    """What a cell of a table is."""

    BLOCK = "block"
    """A line over the whole width, such as 第二十条第（一）项."""
    HEAD = "head"
    LABEL = "label"
    """The name of a row."""
    NOTE = "note"
    """The corner of the third table with its 勾稽关系."""
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: 0-based place, how many rows and columns it covers, and its text or key."""

    row: int
    column: int
    text: str = ""
    role: Role = Role.LABEL
    down: int = 1
    across: int = 1
    key: str = ""
    """Only of a number cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """One official table. ``widths``: relative widths of its columns; they add up to the text width of a page."""

    section: int
    """2, 3 or 4: the section of the report that it stands in."""
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    """From top to bottom, from left to right; together they cover the rectangle exactly once."""
    widths: tuple[int, ...]

    @property
    def title(self) -> str:
        """The section's heading, such as 二、主动公开政府信息情况."""
        return SECTIONS[self.section - 1]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the number cells in reading order."""
        return tuple(cell.key for cell in self.cells if cell.key)

    @property
    def head_rows(self) -> int:
        """How many rows at the top hold no number."""
        return min(cell.row for cell in self.cells if cell.key)


# --- 二 ---------------------------------------------------------------------------------------------------------------

RULES: Final = "规章"
NORMS: Final = "行政规范性文件"
MADE: Final = "制发"
ENDED: Final = "废止"
VALID: Final = "有效"
DECIDED: Final = "处理决定"
FEE: Final = "2.8.行政事业性收费.收费金额"
"""The one number with decimals: 万元."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the second table: title line, (key word, head) of its number columns, names of its rows."""

    article: int
    """第二十条第（…）项."""
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]


BLOCKS: Final = (
    Block(
        1,
        "第二十条第（一）项",
        ((MADE, "本年制发件数"), (ENDED, "本年废止件数"), (VALID, "现行有效件数")),
        (RULES, NORMS),
    ),
    Block(5, "第二十条第（五）项", ((DECIDED, "本年处理决定数量"),), ("行政许可",)),
    Block(6, "第二十条第（六）项", ((DECIDED, "本年处理决定数量"),), ("行政处罚", "行政强制")),
    Block(8, "第二十条第（八）项", (("收费金额", "本年收费金额（单位：万元）"),), ("行政事业性收费",)),
)
CONTENT_HEAD: Final = "信息内容"


def key2(article: int, name: str, column: str) -> str:
    """Key of a number of the second table: ``key2(1, "规章", "制发")`` is ``2.1.规章.制发``."""
    return f"2.{article}.{name}.{column}"


def _second() -> Table:
    cells: list[Cell] = []
    row = 0
    for block in BLOCKS:
        across = 3 // len(block.columns)
        cells.append(Cell(row, 0, block.title, Role.BLOCK, across=4))
        cells.append(Cell(row + 1, 0, CONTENT_HEAD, Role.HEAD))
        cells += [
            Cell(row + 1, 1 + place * across, head, Role.HEAD, across=across)
            for place, (_, head) in enumerate(block.columns)
        ]
        row += 2
        for name in block.rows:
            cells.append(Cell(row, 0, name))
            cells += [
                Cell(row, 1 + at * across, "", Role.NUMBER, across=across, key=key2(block.article, name, word))
                for at, (word, _) in enumerate(block.columns)
            ]
            row += 1
    return Table(2, row, 4, tuple(cells), (40, 38, 39, 39))


# --- 三 ---------------------------------------------------------------------------------------------------------------

PERSON: Final = "自然人"
OTHERS: Final = "其他"
TOTAL: Final = "总计"
BODIES: Final = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", OTHERS)
"""Columns under 法人或其他组织."""
APPLICANTS: Final = (PERSON, *BODIES, TOTAL)
"""The seven number columns of the third table, in order."""
CORNER: Final = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS: Final = "三、本年度办理结果"
ALL_APPLICANTS: Final = "申请人情况"
ALL_BODIES: Final = "法人或其他组织"

NEW: Final = 1
CARRIED_IN: Final = 2
DONE: Final = 24
CARRIED_OUT: Final = 25
OUTCOMES: Final = tuple(range(3, 24))
"""Rows that add up to row 24."""


@dataclass(frozen=True, slots=True)
class Line:
    """One data row of the third table, numbered 1 to 25. ``group``: the label to its left, where it has one."""

    number: int
    label: str
    group: str = ""

    @property
    def quoted(self) -> str:
        """The label as it stands between quotes in a message: without its remark, inner quotes single."""
        return self.label.partition("（区分")[0].replace("“", "‘").replace("”", "’")


_REFUSED: Final = "（三）不予公开"
_UNABLE: Final = "（四）无法提供"
_UNHANDLED: Final = "（五）不予处理"
_ELSE: Final = "（六）其他处理"
LINES: Final = tuple(
    Line(number, label, group)
    for number, (label, group) in enumerate(
        (
            ("一、本年新收政府信息公开申请数量", ""),
            ("二、上年结转政府信息公开申请数量", ""),
            ("（一）予以公开", ""),
            ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", ""),
            ("1.属于国家秘密", _REFUSED),
            ("2.其他法律行政法规禁止公开", _REFUSED),
            ("3.危及“三安全一稳定”", _REFUSED),
            ("4.保护第三方合法权益", _REFUSED),
            ("5.属于三类内部事务信息", _REFUSED),
            ("6.属于四类过程性信息", _REFUSED),
            ("7.属于行政执法案卷", _REFUSED),
            ("8.属于行政查询事项", _REFUSED),
            ("1.本机关不掌握相关政府信息", _UNABLE),
            ("2.没有现成信息需要另行制作", _UNABLE),
            ("3.补正后申请内容仍不明确", _UNABLE),
            ("1.信访举报投诉类申请", _UNHANDLED),
            ("2.重复申请", _UNHANDLED),
            ("3.要求提供公开出版物", _UNHANDLED),
            ("4.无正当理由大量反复申请", _UNHANDLED),
            ("5.要求行政机关确认或重新出具已获取信息", _UNHANDLED),
            ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", _ELSE),
            ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", _ELSE),
            ("3.其他", _ELSE),
            ("（七）总计", ""),
            ("四、结转下年度继续办理", ""),
        ),
        1,
    )
)
"""The 25 data rows of the third table; rows 3 to 24 stand under 三、本年度办理结果."""


def key3(row: int, applicant: str) -> str:
    """Key of a number of the third table: ``key3(5, "自然人")`` is ``3.r05.自然人``."""
    return f"3.r{row:02d}.{applicant}"


def _third() -> Table:
    head = 3
    cells = [
        Cell(0, 0, CORNER, Role.NOTE, down=3, across=3),
        Cell(0, 3, ALL_APPLICANTS, Role.HEAD, across=7),
        Cell(1, 3, PERSON, Role.HEAD, down=2),
        Cell(1, 4, ALL_BODIES, Role.HEAD, across=5),
        Cell(1, 9, TOTAL, Role.HEAD, down=2),
        *(Cell(2, 4 + place, name, Role.HEAD) for place, name in enumerate(BODIES)),
    ]
    known: set[str] = set()
    for line in LINES:
        row = head + line.number - 1
        inner = CARRIED_IN < line.number < CARRIED_OUT
        if line.number == OUTCOMES[0]:
            cells.append(Cell(row, 0, RESULTS, down=len(OUTCOMES) + 1))
        if line.group and line.group not in known:
            known.add(line.group)
            size = sum(1 for other in LINES if other.group == line.group)
            cells.append(Cell(row, 1, line.group, down=size))
        column = 2 if line.group else 1 if inner else 0
        cells.append(Cell(row, column, line.label, across=3 - column))
        cells += [Cell(row, 3 + at, "", Role.NUMBER, key=key3(line.number, name)) for at, name in enumerate(APPLICANTS)]
    return Table(3, head + len(LINES), 10, tuple(cells), (12, 15, 45, 12, 12, 12, 12, 12, 12, 12))


# --- 四 ---------------------------------------------------------------------------------------------------------------

REVIEW: Final = "复议"
DIRECT: Final = "直诉"
AFTER: Final = "复议后"
CASES: Final = ((REVIEW, "行政复议"), (DIRECT, "未经复议直接起诉"), (AFTER, "复议后起诉"))
"""(key word, head) of the three groups of the fourth table."""
LAWSUITS: Final = "行政诉讼"
"""Head over the second and third group."""
ENDINGS: Final = (
    ("维持", "结果维持"),
    ("纠正", "结果纠正"),
    ("其他", "其他结果"),
    ("未结", "尚未审结"),
    (TOTAL, TOTAL),
)
"""(key word, head) of the five columns of each group; the last is the sum of the others."""


def key4(group: str, ending: str) -> str:
    """Key of a number of the fourth table: ``key4("复议", "维持")`` is ``4.复议.维持``."""
    return f"4.{group}.{ending}"


def _fourth() -> Table:
    cells = [Cell(0, 0, CASES[0][1], Role.HEAD, across=5), Cell(0, 5, LAWSUITS, Role.HEAD, across=10)]
    cells += [Cell(1, place, head, Role.HEAD, down=2) for place, (_, head) in enumerate(ENDINGS)]
    cells += [Cell(1, 5 + place * 5, head, Role.HEAD, across=5) for place, (_, head) in enumerate(CASES[1:])]
    cells += [Cell(2, 5 + place, ENDINGS[place % 5][1], Role.HEAD) for place in range(10)]
    keys = [key4(group, ending) for group, _ in CASES for ending, _ in ENDINGS]
    cells += [Cell(3, place, "", Role.NUMBER, key=key) for place, key in enumerate(keys)]
    return Table(4, 4, 15, tuple(cells), (10, 10, 10, 11, 11) * 3)


SECOND: Final = _second()
THIRD: Final = _third()
FOURTH: Final = _fourth()
TABLES: Final = (SECOND, THIRD, FOURTH)
KEYS: Final = tuple(key for table in TABLES for key in table.keys)
"""The 200 keys: 10 + 175 + 15."""
COUNTS: Final = frozenset(KEYS) - {FEE}
"""Keys whose numbers are counts; the one other is an amount of money."""


def table_of(key: str) -> Table:
    """The table that a key belongs to."""
    return TABLES[int(key[0]) - 2]


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for block in BLOCKS:
        for row in block.rows:
            for word, head in block.columns:
                names[key2(block.article, row, word)] = f"{row}“{head.partition('（')[0]}”"
    for line in LINES:
        label = line.quoted
        for applicant in APPLICANTS:
            names[key3(line.number, applicant)] = f"“{label}”的“{applicant}”"
    for group, head in CASES:
        for word, ending in ENDINGS:
            names[key4(group, word)] = f"{head}“{ending}”"
    return names


NAMES: Final = _names()
"""Key → how a message calls the number: 规章“本年制发件数”, “1.属于国家秘密”的“自然人”, 行政复议“结果维持”."""


# --- texts and fees ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text that a unit writes. ``section``: 1, 5 or 6; ``head``: its sub-heading in the report."""

    key: str
    section: int
    head: str
    needed: bool = True


OPENNESS: Final = "主动公开"
REQUESTS: Final = "依申请公开"
MANAGEMENT: Final = "政府信息管理"
PLATFORM: Final = "平台建设"
OVERSIGHT: Final = "监督保障"
PROBLEMS: Final = "存在问题"
ANSWERED: Final = "上年问题整改"
MEASURES: Final = "改进措施"
OTHER_MATTERS: Final = "其他事项"
PARTS: Final = (
    Part(OPENNESS, 1, "（一）主动公开情况"),
    Part(REQUESTS, 1, "（二）依申请公开情况"),
    Part(MANAGEMENT, 1, "（三）政府信息管理情况"),
    Part(PLATFORM, 1, "（四）政府信息公开平台建设情况"),
    Part(OVERSIGHT, 1, "（五）监督保障情况"),
    Part(PROBLEMS, 5, "（一）存在的主要问题"),
    Part(ANSWERED, 5, "（二）上年问题的改进情况", needed=False),
    Part(MEASURES, 5, "（三）下一步改进措施"),
    Part(OTHER_MATTERS, 6, "其他需要报告的事项", needed=False),
)
"""The texts of a unit's report, in their order."""

FEE_NOTICES: Final = "6.信息处理费.件数"
FEE_ASKED: Final = "6.信息处理费.应收"
FEE_PAID: Final = "6.信息处理费.实收"
FEES: Final = (
    (FEE_NOTICES, "发出收费通知的件数"),
    (FEE_ASKED, "收费通知的总金额（元）"),
    (FEE_PAID, "实际收取的总金额（元）"),
)
"""(key, name) of what section 六 tells of the 信息处理费 (国办函〔2020〕109号): a count and two amounts in 元."""
