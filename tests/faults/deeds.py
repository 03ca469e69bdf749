"""What units and the office type and save, and how it comes in: made once, the same bytes in every other round."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from flows.annual.format import key3
from flows.periods import CHINA
from tests.annual.filers import Numbers, fill_annual, numbers
from tests.faults.world import ADDRESSES, DATA, EAST, MONEY, REVISED, SLUG, WEST, World
from tests.office import Row, fill, moving, reply_mail

NEW = key3(1, "自然人")


def _book(home: Path, unit: str, place: str = "2026-03") -> Path:
    (found,) = (home / "ledgers" / SLUG / place / "下发").glob(f"*{unit}*.xlsx")
    return found


def _finished_without_a_word(_row: Row) -> Row:
    return {"完成状态": "已完成", "进展情况": "完"}


def _mail(
    world: World,
    home: Path,
    unit: str,
    name: str,
    answer: Callable[[Row], Row | None],
    day: int,
    place: str = "2026-03",
) -> None:
    world.once(name, lambda path: fill(_book(home, unit, place), path, answer))
    _post(world, unit, name, world.began + day)  # in the same order, at the same second of all rounds


def _post(world: World, unit: str, name: str, came: float) -> None:
    file = world.scratch / name
    mail = world.once_bytes(f"{name}.eml", lambda: reply_mail(ADDRESSES[unit], file, to=world.imap.address))
    kept = world.imap.deliver(mail)
    os.utime(kept, (came, came))


def first_answers(world: World, home: Path) -> None:
    """Two are right, one has a fault, one says nothing; among them other people's mail."""
    _mail(world, home, EAST, "东山.xlsx", moving("东山县已经部署。"), 20)
    _mail(world, home, DATA, "数据.xlsx", moving("数据局正在编制。"), 21)
    _mail(world, home, WEST, "西河.xlsx", _finished_without_a_word, 22)
    for n in range(2):
        news = f"Message-ID: <{n}@paper.example>\nFrom: n{n}@paper.example\nSubject: news\n\n{n}\n"
        kept = world.imap.deliver(news.encode())
        os.utime(kept, (world.began, world.began))


def last_answers(world: World, home: Path) -> None:
    """The fault is corrected, the silent one answers, one answers again."""
    _mail(world, home, WEST, "西河二.xlsx", moving("西河区更正。"), 25)
    _mail(world, home, MONEY, "财政.xlsx", moving("财政局已经印发。"), 26)
    _mail(world, home, EAST, "东山二.xlsx", moving("东山县又有进展。"), 27)


def october_answers(world: World, home: Path) -> None:
    _october(world, home, EAST, moving("东山县已经部署。"), "2026-10-19T09:00")
    _october(world, home, WEST, _finished_without_a_word, "2026-10-19T10:00")


def october_last(world: World, home: Path) -> None:
    _october(world, home, DATA, moving("数据局已经编好。"), "2026-10-29T09:00")


def _october(world: World, home: Path, unit: str, answer: Callable[[Row], Row | None], when: str) -> None:
    name = f"十月{unit}.xlsx"
    world.once(name, lambda path: fill(_book(home, unit, "2026-10"), path, answer))
    _post(world, unit, name, _moment(when))


def first_filings(world: World, home: Path) -> None:
    """One is right, one does not add up."""
    wrong = numbers(new=5, left=1) | {NEW: 99}
    for unit, table in ((DATA, numbers(new=3, left=1)), (EAST, wrong)):
        _file(world, home, unit, f"年报{unit}.xlsx", table, "2027-01-11T09:00")


def last_filings(world: World, home: Path) -> None:
    """The fault is corrected, a reminded one files."""
    _file(world, home, EAST, f"年报{EAST}更正.xlsx", numbers(new=5, left=1), "2027-01-29T09:00")
    _file(world, home, MONEY, f"年报{MONEY}.xlsx", numbers(new=8, left=2), "2027-01-29T10:00")


def _file(world: World, home: Path, unit: str, name: str, table: Numbers, when: str) -> None:
    world.once(name, lambda path: fill_annual(_book(home, unit, "2026年报"), path, table))
    _post(world, unit, name, _moment(when))


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


def rulings(world: World, home: Path) -> None:
    """The office rules in 总台账 and saves it."""
    path = home / "ledgers" / SLUG / "2026-03" / "总台账.xlsx"

    def ruled(target: Path) -> Path:
        book = load_workbook(path)
        sheet = book["总台账"]
        at = {cell.value: cell.column for cell in sheet[1] if cell.value}
        for number in range(2, sheet.max_row + 1):
            if sheet.cell(number, at["单位"]).value == EAST:
                sheet.cell(number, at["核定意见"]).value = "同意"
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(target)
        return target

    path.write_bytes(world.once("总台账.xlsx", ruled))


def month_in_folder(world: World, home: Path) -> None:
    for unit, answer in ((EAST, moving("在办。")), (DATA, moving("在编制。")), (MONEY, _finished_without_a_word)):
        when = datetime(2026, 3, 20, 9, tzinfo=CHINA)
        name = f"{unit}.xlsx"
        data = world.once(name, lambda path, u=unit, a=answer, w=when: fill(_book(home, u), path, a, received=w))
        _lay(home / "收" / name, data)


def plan_changes(_world: World, home: Path) -> None:
    (home / "要点.txt").write_text(REVISED, encoding="utf-8")


def year_in_folder(world: World, home: Path) -> None:
    for place, unit in enumerate((EAST, WEST, DATA)):
        table = numbers(new=place + 3, left=1)
        name = f"年报{unit}.xlsx"
        data = world.once(name, lambda path, u=unit, t=table: fill_annual(_book(home, u, "2026年报"), path, t))
        _lay(home / "收" / name, data)


def _lay(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    moment = datetime(2026, 3, 20, 9, tzinfo=CHINA).timestamp()
    os.utime(path, (moment, moment))
