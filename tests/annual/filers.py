"""Units that fill in 年报数据, and numbers that fit: what the tests of the annual round are written with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from docx import Document
from openpyxl import load_workbook

from flows.annual.format import FEES, KEYS, PARTS, TABLES, key2, key3
from flows.annual.layout import SPOTS
from flows.annual.model import NOT_APPLICABLE

UNITS = (
    ("东山县人民政府", "东山县", "区县", "云川市", "dongshan@unit.example", "", ""),
    ("西河区人民政府", "西河区", "区县", "云川市", "xihe@unit.example", "", ""),
    ("市数据局", "", "政府部门", "云川市", "shuju@unit.example", "", ""),
    ("市财政局", "", "政府部门", "云川市", "caizheng@unit.example", "", ""),
    ("市教育局", "", "政府部门", "云川市", "jiaoyu@unit.example", "", ""),
    ("市民政局", "", "政府部门", "云川市", "minzheng@unit.example", "", ""),
    ("市委编办", "", "党委部门", "云川市", "bianban@unit.example", "", ""),
)
FILING = tuple(unit[0] for unit in UNITS[:6])
ADDRESSES = {unit[0]: unit[4] for unit in UNITS}
YEAR = ("要点", "--year", "2026")

Numbers = dict[str, int | str]


def numbers(new: int = 6, before: int = 0, left: int = 1, *, norms: tuple[int, int, int] = (2, 1, 10)) -> Numbers:
    """A year that fits: so many requests of persons came in, came over from last year, and are left over.

    ``norms``: 行政规范性文件 made, ended, valid. A body without rule-making power: 规章 is 不适用.
    """
    table: Numbers = dict.fromkeys(KEYS, 0)
    table |= {key: NOT_APPLICABLE for key in KEYS if key.startswith("2.1.规章")}
    for word, number in zip(("制发", "废止", "有效"), norms, strict=True):
        table[key2(1, "行政规范性文件", word)] = number
    done = new + before - left
    for row, number in ((1, new), (2, before), (3, done), (24, done), (25, left)):
        table[key3(row, "自然人")] = table[key3(row, "总计")] = number
    return table


def texts(unit: str) -> dict[str, str]:
    """What a unit writes about its year, in a sentence a part."""
    return {part.key: f"{unit}这一年在{part.head[3:]}方面按要求做了工作，情况属实。" for part in PARTS}


def fill_annual(
    workbook: Path,
    out: Path,
    table: Mapping[str, int | str],
    *,
    more: Mapping[str, str] | None = None,
    received: datetime | None = None,
) -> Path:
    """Type a year into a unit's workbook as a person does and save it as ``out``; ``more``: other cells by key."""
    unit = out.stem
    typed: dict[str, int | str] = {**table, **texts(unit), **{key: 0 for key, _ in FEES}}
    typed |= {"填报人": "王敏", "联系电话": "0000-1234567", **(more or {})}
    book = load_workbook(workbook)
    for key, value in typed.items():
        spot = SPOTS[key]
        book[spot.sheet].cell(spot.row + 1, spot.column + 1).value = value
    out.parent.mkdir(parents=True, exist_ok=True)
    book.save(out)
    if received:
        os.utime(out, (received.timestamp(), received.timestamp()))
    return out


def published(path: Path, table: Mapping[str, int | str]) -> Path:
    """A unit's report as it stands on its website: a Word document with the three official tables."""
    document = Document()
    document.add_paragraph("政府信息公开工作年度报告")
    for official in TABLES:
        document.add_paragraph(official.title)
        grid = document.add_table(official.rows, official.columns)
        for cell in official.cells:
            place = grid.cell(cell.row, cell.column)
            if cell.down > 1 or cell.across > 1:
                place = place.merge(grid.cell(cell.row + cell.down - 1, cell.column + cell.across - 1))
            place.text = str(table[cell.key]) if cell.key else cell.text
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))
    return path
