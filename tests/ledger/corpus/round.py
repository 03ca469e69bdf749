"""An office in October 2026, and one unit for each file of the corpus: all have the same six tasks.

What a unit had reported in September, and what it types in October, stands in ``expected/typed.toml``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.desk import open_desk
from flows.ledger.model import Ledger, Report, Status
from flows.ledger.writer import render
from flows.periods import CHINA, Period
from flows.round.issue import ledger_as_issued, ledgers
from flows.round.merge import Merger
from flows.workspace import find_home
from tests.office import Office, new_office

PLAN = "要点"
PERIOD = "2026-10"
RECEIVED = datetime(2026, 10, 24, 15, 0, tzinfo=CHINA)
DATA = Path(__file__).parent / "expected"

SOURCE = """云川市2026年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t公开目录\t编制并公布本单位主动公开事项目录。\t\t市直各单位\t3月20日前
2\t公开目录\t目录有变化的及时调整。\t\t市直各单位\t全年
3.1\t公开培训\t组织一次政务公开业务培训。\t\t市直各单位\t10月底前
3.2\t公开培训\t把培训课件放到门户网站。\t\t市直各单位\t12月底前
3.10\t公开培训\t公开培训参加人员名单。\t\t市直各单位\t11月底前
4\t政策解读\t对出台的重要政策开展解读。\t\t市直各单位\t12月底前
"""


def reports(name: str) -> dict[str, Report]:
    """任务编号 → what ``typed.toml`` says under ``name`` (september | october)."""
    tables = tomllib.loads((DATA / "typed.toml").read_text(encoding="utf-8"))
    return {no: report_of(cells) for no, cells in tables[name].items()}


def report_of(cells: Mapping[str, Any]) -> Report:
    """A report from a table of the data files: the fields of Report, empty ones left out."""
    return Report(**{**cells, "status": Status(cells["status"])})


@dataclass
class Round:
    """The office's home with both months sent out and September's answers taken in."""

    office: Office
    units: tuple[str, ...]

    @cached_property
    def books(self) -> dict[str, Path]:
        """Unit → the workbook that it got in October."""
        sent = self.office.json("distribute", PLAN, "--period", PERIOD)
        return {book["unit"]: Path(book["file"]) for book in sent["workbooks"]}

    def merger(self) -> Merger:
        """The office's own judge, as ``collect`` uses it (nothing is recorded by ``check``)."""
        with open_desk(find_home(self.office.home), PLAN) as desk:
            return Merger(desk, Period.parse(PERIOD))

    def answered(self, unit: str, period: str, said: Mapping[str, Report]) -> bytes:
        """A unit's workbook of a month with its answer in it, in the very form it was sent out."""
        with open_desk(find_home(self.office.home), PLAN) as desk:
            month = Period.parse(period)
            ledger = ledger_as_issued(desk, month, desk.history.dispatched(month)[unit])
            assert ledger
            return _with_answer(ledger, said, desk.store.secret())

    def september(self, folder: Path) -> None:
        """September goes out, every unit answers, the office collects."""
        self.office.json("distribute", PLAN, "--period", "2026-09", "--no-send")
        folder.mkdir()
        said = reports("september")
        came = datetime(2026, 9, 24, 9, 0, tzinfo=CHINA).timestamp()
        with open_desk(find_home(self.office.home), PLAN) as desk:
            for unit, ledger in ledgers(desk, Period.parse("2026-09")).items():
                path = folder / f"{unit}.xlsx"
                path.write_bytes(_with_answer(ledger, said, desk.store.secret()))
                os.utime(path, (came, came))
        found = self.office.json("collect", PLAN, "--period", "2026-09", "--from", folder)
        assert len(found["accepted"]) == len(self.units), found


def _with_answer(ledger: Ledger, said: Mapping[str, Report], secret: bytes) -> bytes:
    rows = tuple(replace(row, previous=said.get(row.no)) for row in ledger.rows)
    return render(replace(ledger, rows=rows, filler="王敏", phone="0790-1234"), secret)


def new_round(folder: Path, count: int) -> Round:
    """An office with ``count`` units that stands in October."""
    units = tuple(f"市第{number:03d}局" for number in range(count))
    roster = [(name, "", "政府部门", "云川市", f"ju{name[2:5]}@unit.example", "", "") for name in units]
    office = new_office(folder)
    office.adopt(SOURCE, PLAN, roster)
    made = Round(office, units)
    made.september(folder / "九月")
    assert len(made.books) == count
    return made
