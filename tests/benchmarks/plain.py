"""What offices do without the program: a bare script of openpyxl and pandas, and one that does as much as ours.

The bare one is written in an afternoon: an unformatted workbook a unit, ``pd.read_excel`` of what comes back, one
``to_excel``, a page with the counts. It locks, offers and checks nothing. The full one hands out the workbook that the
program hands out (our own, filled into by openpyxl as a template: locks, lists, hints, key column), and checks, keeps
and shows what the program does, as far as a loop can: the locked cells, the words, the percentages, the days; a history
in SQLite; a formatted master; a bulletin with totals, ranking and each task's progress.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from copy import copy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

_FIRST = 6
"""The first row of the table in a ledger."""
_STATUSES = ("已完成", "推进中", "未启动", "需协调", "不涉及")


def letter(number: int, book: Path, out: Path) -> None:
    """An .eml with the workbook."""
    mail = EmailMessage()
    mail["Subject"], mail["To"] = f"第{number}个单位工作台账", f"ju{number}@unit.example"
    mail.set_content("请填写后回复。")
    mail.add_attachment(book.read_bytes(), maintype="application", subtype="xlsx", filename="台账.xlsx")
    (out / f"{number:05d}.eml").write_bytes(mail.as_bytes())


def _task(n: int) -> list[str]:
    return [str(n), "", f"事项{n}", f"做好第{n}件公开工作，按要求报送进展和佐证材料。", "责任", "全年", ""]


def bare_write(units: int, tasks: int, out: Path) -> None:
    """An unformatted workbook and a letter for each unit."""
    from openpyxl import Workbook

    from flows.ledger.layout import HEADERS

    for number in range(units):
        book = Workbook()
        sheet: Any = book.active
        for _ in range(_FIRST - 2):
            sheet.append([None])
        sheet.append(HEADERS)
        for n in range(1, tasks + 1):
            sheet.append(_task(n))
        path = out / f"{number:05d}.xlsx"
        book.save(path)
        letter(number, path, out)


def bare_read(back: Path, out: Path) -> None:
    """All answers in one frame, one workbook and one page."""
    import docx
    import pandas as pd

    frame = pd.concat([pd.read_excel(path, skiprows=4, engine="openpyxl") for path in sorted(back.glob("*.xlsx"))])
    frame.to_excel(out / "总台账.xlsx")
    page = docx.Document()
    page.add_paragraph("关于本月工作情况的通报")
    for status, count in frame["完成状态"].value_counts().items():
        page.add_paragraph(f"{status} {count} 项")
    page.save(str(out / "通报.docx"))


def full_write(units: int, tasks: int, template: Path, out: Path) -> None:
    """The program's own workbook as a template, filled in for each unit, and a letter with it."""
    from openpyxl import load_workbook

    for number in range(units):
        book = load_workbook(template)
        sheet: Any = book.worksheets[0]
        sheet["B3"] = f"市第{number}局"
        for n in range(1, tasks + 1):
            for column, text in enumerate(_task(n), 1):
                sheet.cell(_FIRST - 1 + n, column).value = text or None
            sheet.cell(_FIRST - 1 + n, 15).value = f"要点;{number};{n}"
        path = out / f"{number:05d}.xlsx"
        book.save(path)
        letter(number, path, out)


def full_read(tasks: int, back: Path, out: Path) -> int:
    """Everything read, checked, kept and shown; gives the number of rows that stand."""
    import pandas as pd

    frames, faults = [], []
    for number, path in enumerate(sorted(back.glob("*.xlsx"))):
        frame = pd.read_excel(path, skiprows=_FIRST - 2, engine="openpyxl", dtype=object).head(tasks)
        faults += [(path.name, *fault) for fault in _faults(frame, tasks)]
        frames.append(frame.assign(单位=f"市第{number}局", 来源=path.name))
    if faults:
        raise ValueError(faults[0])
    rows = pd.concat(frames, ignore_index=True)
    with sqlite3.connect(out / "历史.db") as db:
        rows.assign(期次="2026-03").astype(object).to_sql("填报", db, index=False)
        latest = pd.read_sql("select * from 填报 order by rowid", db).drop_duplicates(["单位", "任务编号"], keep="last")
    _master(latest.to_dict("records"), out / "总台账.xlsx")
    _bulletin(latest, out / "通报.docx")
    return len(latest)


def _faults(frame: Any, tasks: int) -> list[tuple[int, str]]:
    """(row, what is wrong) of one returned sheet."""
    import pandas as pd

    found = []
    for n, row in enumerate(frame.itertuples(index=False), 1):
        told = row._asdict() if hasattr(row, "_asdict") else {}
        values = list(told.values()) if told else list(row)
        if [str(values[0]), str(values[2]), str(values[3])] != [_task(n)[0], _task(n)[2], _task(n)[3]]:
            found.append((n, "锁定的内容被改动"))
        status, percent, text, day = values[7:11]
        if status not in _STATUSES:
            found.append((n, "完成状态不在列表中"))
        if not pd.isna(percent) and not 0 <= float(percent) <= 1:
            found.append((n, "完成进度不在 0 到 100 之间"))
        if status in ("推进中", "需协调") and (pd.isna(text) or not str(text).strip()):
            found.append((n, "没有写进展情况"))
        if status == "已完成" and pd.isna(pd.to_datetime(day, errors="coerce")):
            found.append((n, "没有写完成日期"))
    if len(frame) != tasks:
        found.append((0, "行数不对"))
    return found


def _master(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """A bordered, wrapped master with coloured states, filter and frozen head."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    side = Side(style="thin")
    border, font = Border(side, side, side, side), Font(name="宋体", size=10)
    wrap, free = Alignment(wrap_text=True, vertical="center"), Protection(locked=False)
    yellow = PatternFill("solid", fgColor="FFF2CC")
    headers = [*(word for word in rows[0] if not word.startswith("Unnamed")), "灯", "亮灯依据", "核定状态", "核定意见"]
    headers += ["销号", "延期至", "延期理由", "办公室备注", "核定情况", "键"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("总台账")
    sheet.freeze_panes, sheet.protection.sheet = "F2", True
    sheet.append(headers)
    for row in rows:
        cells = []
        for word in headers:
            cell = WriteOnlyCell(sheet, row.get(word))
            cell.border, cell.font, cell.alignment = border, font, wrap
            if word.startswith(("核定", "销号", "延期", "办公室")):
                cell.fill, cell.protection = yellow, free
            cells.append(cell)
        cells[-1].value = f"{row['单位']};{row['任务编号']}"
        cells[headers.index("灯")].value = "绿"
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:Z{len(rows) + 1}"
    book.save(path)


def _bulletin(frame: Any, path: Path) -> None:
    """Totals, a ranking of all units and what was said of each task."""
    import docx

    page = docx.Document()
    page.add_paragraph("关于本月工作情况的通报")
    for status, count in frame["完成状态"].value_counts().items():
        page.add_paragraph(f"{status} {count} 项")
    ranking = frame.groupby("单位")["完成状态"].agg(lambda states: (states == "已完成").mean()).sort_values()
    table = page.add_table(rows=1, cols=3)
    pattern = table.rows[0]._tr
    for unit, rate in ranking.items():
        pattern.addnext(row := copy(pattern))
        for cell, text in zip(docx.table._Row(row, table).cells, ("", str(unit), f"{rate:.1%}"), strict=True):
            cell.text = text
    for no, told in frame.groupby("任务编号", sort=False):
        page.add_paragraph(
            f"第{no}项：" + "；".join(told["单位"] + told["进展情况"].astype(str)).replace("\n", " ")[:20_000]
        )
    page.save(str(path))
