"""What a clerk does with 任务分解表.xlsx between two readings of a plan, through the commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, fill, moving

MARCH = "2026-03"
APRIL = "2026-04"
REVISED = """云川市2026年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t理清权责\t把权责清单放到网站首页。\t市数据局\t\t5月底前
2\t更新公开目录\t编制并公布本单位公开事项目录。\t市数据局\t各县（市、区）\t3月20日前
3\t更新公开目录\t目录有变化的，及时作出调整。\t\t市政府各部门\t全年
4\t办好公开培训\t把培训课件放到网站。\t市数据局\t\t9月底前
"""
"""A new 1; what was 1 and 2 is 2 and 3 (with other words); 3 is gone; 4 has another date."""


def review(office: Office, slug: str = "要点") -> Path:
    return office.home / "ledgers" / slug / "任务分解表.xlsx"


def cells(path: Path, sheet: str, key: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column name."""
    rows = list(load_workbook(path)[sheet].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if key in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if any(row)]


def change(path: Path, sheet: str, key: str, which: Callable[[Mapping[str, Any]], bool], **typed: Any) -> None:
    """Type into the rows that ``which`` picks, as a clerk would."""
    book = load_workbook(path)
    table = book[sheet]
    head = next(row for row in table.iter_rows() if any(cell.value == key for cell in row))
    place = {cell.value: cell.column for cell in head if cell.value}
    found = 0
    for number in range(head[0].row + 1, table.max_row + 1):
        row = {name: table.cell(number, column).value for name, column in place.items()}
        if any(row.values()) and which(row):
            found += 1
            for name, value in typed.items():
                table.cell(number, place[name]).value = value
    assert found, "no such row"
    book.save(path)


def edit(office: Office, no: str, **typed: Any) -> None:
    change(review(office), "任务分解表", "任务编号", lambda row: row["任务编号"] == no, **typed)


def answer(path: Path, read: str, text: str) -> None:
    change(path, "存疑", "处理", lambda row: row["读到的"] == read, 处理=text)


def again(office: Office, plan: str = REVISED, *more: str) -> dict[str, Any]:
    source = office.home / "要点.txt"
    source.write_text(plan, encoding="utf-8")
    return office.json("import", source, "--as", "要点", *more)


def items(office: Office, slug: str = "要点") -> dict[str, dict[str, Any]]:
    return {item["no"]: item for item in office.json("show", slug)["items"]}


def month(office: Office, period: str, text: str, folder: Path) -> None:
    """A round in which 市数据局 and 东山县 answer."""
    day = datetime(int(period[:4]), int(period[5:]), 20, 9, 0, tzinfo=CHINA)
    for book in office.json("distribute", "要点", "--period", period)["workbooks"]:
        if book["unit"] in ("市数据局", "东山县人民政府"):

            def told(row: dict[str, Any]) -> dict[str, Any]:
                return moving(f"{text}：{row['具体要求']}")(row)

            fill(Path(book["file"]), folder / period / f"{book['unit']}.xlsx", told, received=day)
    result = office.json("collect", "要点", "--period", period, "--from", folder / period)
    assert len(result["accepted"]) == 2, result


def progress(office: Office, period: str, unit: str) -> dict[str, str | None]:
    found = office.json("status", "要点", "--period", period)["items"]
    return {item["no"]: u["progress"] for item in found for u in item["units"] if u["unit"] == unit}
