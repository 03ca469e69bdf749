"""What an office does in a month and in a year, step by step: commands, and what the world does between them.

What the units and the office type is made once, in the undisturbed run, and is the same bytes in every other one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from flows.desk import open_store
from flows.periods import CHINA
from flows.workspace import find_home
from tests.annual.filers import fill_annual, numbers
from tests.office import PLAN, UNITS, Office, Row, fill, moving, new_office, reply_mail, roster_file
from tests.servers import ImapServer, SmtpServer

SLUG, NEXT = "要点", "要点二"
MARCH = (SLUG, "--period", "2026-03")
APRIL = (SLUG, "--period", "2026-04")
YEAR = (SLUG, "--year", "2026")
EAST, WEST, DATA, MONEY = (unit[0] for unit in UNITS)
ADDRESSES = {unit[0]: unit[4] for unit in UNITS}
REVISED = PLAN.replace("组织一次公开业务培训", "组织两次公开业务培训").replace("全年", "11月底前")
NEW_PLAN = PLAN.replace("2026年", "2027年")


@dataclass
class World:
    """All that is outside the office's own computer, and the bytes that people made."""

    smtp: SmtpServer
    imap: ImapServer
    made: dict[str, bytes] = field(default_factory=dict)
    """What was typed, by name: made in the first run, used again in all others."""
    scratch: Path = Path()
    began: float = field(default_factory=lambda: float(int(time.time())))

    def once(self, name: str, make: Callable[[Path], Path]) -> bytes:
        """The bytes of a file that somebody saved; ``make`` gets the path to save it under."""
        return self.once_bytes(name, lambda: make(self.scratch / name).read_bytes())

    def once_bytes(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Bytes that were made once."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def clear(self) -> None:
        """Nothing has been sent, nothing has come."""
        self.smtp.letters.clear()
        for file in [*self.imap.files(), *self.imap.files(".Done")]:
            file.unlink()


Act = Callable[[World, Path], None]
"""Something that happens to a home between two commands."""


@dataclass(frozen=True)
class Step:
    """A command, and what happens before it."""

    arguments: tuple[str, ...]
    before: Act | None = None

    @property
    def name(self) -> str:
        """For the tally: ``annual`` things by their own names."""
        verb = self.arguments[0]
        return f"{verb} --year" if "--year" in self.arguments and verb not in ("annual", "assess") else verb


def base_home(folder: Path, smtp: SmtpServer, imap: ImapServer | None) -> Path:
    """A home before its first plan; with its signing key, so that all runs make the same workbooks."""
    office: Office = new_office(folder)
    if imap:
        office.use_mail(smtp.mail, imap.mail)
        office.configure(mail={"receipts": True, "retry_minutes": 0.0, "done_folder": "Done"})
    (office.home / "要点.txt").write_text(PLAN, encoding="utf-8")
    (office.home / "新要点.txt").write_text(NEW_PLAN, encoding="utf-8")
    roster_file(office.home / "给定名录.xlsx")
    home = find_home(office.home)
    store = open_store(home, home.config())
    store.secret()
    store.close()
    return office.home


def month_chain(*, short: bool = False) -> list[Step]:
    """A month by mail: letters, answers, a correction, rulings, notices, the next month; ``short``: to its bulletin."""
    plan = ("import", "{home}/要点.txt", "--as", SLUG, "--roster", "{home}/给定名录.xlsx")
    steps = [
        Step(plan),
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH), _first_answers),
        Step(("remind", *MARCH)),
        Step(("collect", *MARCH), _last_answers),
        Step(("report", *MARCH)),
        Step(("review", *MARCH), _rulings),
        Step(("report", *MARCH)),
        Step(("supervise", *MARCH)),
        Step(("distribute", *APRIL)),
    ]
    return steps[:6] if short else steps


def year_chain(*, short: bool = False) -> list[Step]:
    """A year in folders: a plan, its revision, a month, scores, 回头看, the annual round and report.

    ``short``: the revision and the annual round.
    """
    plan = ("import", "{home}/要点.txt", "--as", SLUG, "--roster", "{home}/给定名录.xlsx")
    box = ("--from", "{home}/收")
    steps = [
        Step(plan),
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH, *box), _month_in_folder),
        Step(plan, _plan_changes),
        Step(("report", *MARCH)),
        Step(("assess", SLUG, "--year", "2026")),
        Step(("import", "{home}/新要点.txt", "--as", NEXT)),
        Step(("lookback", SLUG, "--into", NEXT, "--due", "2027-03-31")),
        Step(("distribute", *YEAR)),
        Step(("collect", *YEAR, *box), _year_in_folder),
        Step(("annual", *YEAR)),
    ]
    return [*steps[:4], *steps[8:]] if short else steps


def _book(home: Path, unit: str, place: str = "2026-03") -> Path:
    (found,) = (home / "ledgers" / SLUG / place / "下发").glob(f"*{unit}*.xlsx")
    return found


def _finished_without_a_word(_row: Row) -> Row:
    return {"完成状态": "已完成", "进展情况": "完"}


def _mail(world: World, home: Path, unit: str, name: str, answer: Callable[[Row], Row | None], day: int) -> None:
    when = datetime(2026, 3, day, 9, tzinfo=CHINA)
    world.once(name, lambda path: fill(_book(home, unit), path, answer, received=when))
    file = world.scratch / name
    mail = world.once_bytes(f"{name}.eml", lambda: reply_mail(ADDRESSES[unit], file, to=world.imap.address))
    kept = world.imap.deliver(mail)
    came = world.began + day  # in the same order, at the same second of all rounds
    os.utime(kept, (came, came))


def _first_answers(world: World, home: Path) -> None:
    """Two are right, one has a fault, one says nothing; among them other people's mail."""
    _mail(world, home, EAST, "东山.xlsx", moving("东山县已经部署。"), 20)
    _mail(world, home, DATA, "数据.xlsx", moving("数据局正在编制。"), 21)
    _mail(world, home, WEST, "西河.xlsx", _finished_without_a_word, 22)
    for n in range(2):
        news = f"Message-ID: <{n}@paper.example>\nFrom: n{n}@paper.example\nSubject: news\n\n{n}\n"
        world.imap.deliver(news.encode())


def _last_answers(world: World, home: Path) -> None:
    """The fault is corrected, the silent one answers, one answers again."""
    _mail(world, home, WEST, "西河二.xlsx", moving("西河区更正。"), 25)
    _mail(world, home, MONEY, "财政.xlsx", moving("财政局已经印发。"), 26)
    _mail(world, home, EAST, "东山二.xlsx", moving("东山县又有进展。"), 27)


def _rulings(world: World, home: Path) -> None:
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


def _month_in_folder(world: World, home: Path) -> None:
    for unit, answer in ((EAST, moving("在办。")), (DATA, moving("在编制。")), (MONEY, _finished_without_a_word)):
        when = datetime(2026, 3, 20, 9, tzinfo=CHINA)
        name = f"{unit}.xlsx"
        data = world.once(name, lambda path, u=unit, a=answer, w=when: fill(_book(home, u), path, a, received=w))
        _lay(home / "收" / name, data)


def _plan_changes(_world: World, home: Path) -> None:
    (home / "要点.txt").write_text(REVISED, encoding="utf-8")


def _year_in_folder(world: World, home: Path) -> None:
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
