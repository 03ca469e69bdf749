"""The sample's months for tests: its plan as data, the workbooks that go out, and last month's words read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.config import Groups
from flows.demo.content import sample_plan
from flows.demo.sheet import Sheet, day_in
from flows.ledger.model import Identity, Ledger, LedgerRow, Report, Status
from flows.ledger.press import Press
from flows.ledger.writer import ledger_file_name, write_ledger
from flows.periods import Period
from flows.plan.model import Deadline, DeadlineSource, Item, Kind, Plan, PlanInfo
from flows.roster import Roster, read_roster
from flows.units.assignment import assign

REPO = Path(__file__).parents[2]
SAMPLE = REPO / "ledgers" / "示例"
SECRET = b"a secret of the tests"

DEADLINES = {
    "2026年2月10日前": (date(2026, 2, 10), Kind.ONCE),
    "2月底前": (date(2026, 2, 28), Kind.ONCE),
    "2026年3月20日前": (date(2026, 3, 20), Kind.ONCE),
    "3月底前": (date(2026, 3, 31), Kind.ONCE),
    "4月15日前": (date(2026, 4, 15), Kind.ONCE),
    "2026年4月20日前": (date(2026, 4, 20), Kind.ONCE),
    "4月底前": (date(2026, 4, 30), Kind.ONCE),
    "5月上旬": (date(2026, 5, 10), Kind.ONCE),
    "5月底前": (date(2026, 5, 31), Kind.ONCE),
    "上半年": (date(2026, 6, 30), Kind.ONCE),
    "6月底前": (date(2026, 6, 30), Kind.ONCE),
    "8月底前": (date(2026, 8, 31), Kind.ONCE),
    "9月底前": (date(2026, 9, 30), Kind.ONCE),
    "10月底前": (date(2026, 10, 31), Kind.ONCE),
    "11月底前": (date(2026, 11, 30), Kind.ONCE),
    "12月底前": (date(2026, 12, 31), Kind.ONCE),
    "年底前": (date(2026, 12, 31), Kind.ONCE),
    "全年": (date(2026, 12, 31), Kind.ONGOING),
    "长期": (None, Kind.ONGOING),
    "每季度更新一次": (None, Kind.PERIODIC),
    "每月公布一次": (None, Kind.PERIODIC),
}
"""Every deadline of the sample, read by hand after the rules of the plan schema."""


def plan_by_hand() -> Plan:
    """The sample plan as a careful clerk would read its table."""
    content = sample_plan()
    items = []
    for number, task in enumerate(content.tasks, start=1):
        sequence = 0
        for row in task.rows:
            due, kind = DEADLINES[row.deadline]
            for requirement in row.requirements:
                sequence += 1
                items.append(
                    Item(
                        no=f"{number}.{sequence}",
                        requirement=requirement,
                        task=task.name,
                        lead=tuple(row.lead.split("、")) if row.lead else (),
                        responsible=_units(row.responsible),
                        deadline=Deadline(row.deadline, DeadlineSource.COLUMN, due, kind),
                    )
                )
    info = PlanInfo(content.title, 2026, content.doc_number, content.issuer, content.issued)
    return Plan("sample", info, tuple(items))


def sample_roster() -> Roster:
    """The committed roster of the sample."""
    return read_roster(SAMPLE / "单位名录.xlsx")


def ledgers(period: str, before: dict[tuple[str, str], Report] | None = None) -> list[Ledger]:
    """Every unit's ledger of a month, last month's reports prefilled."""
    plan, month = plan_by_hand(), Period.parse(period)
    items = {item.no: item for item in plan.items}
    return [
        Ledger(
            identity=Identity("yunchuan", unit, period, 1),
            plan_title=plan.info.title,
            office="云川市人民政府办公室",
            reply_by=month.day(25),
            contact="",
            rows=tuple(
                LedgerRow(
                    no=no,
                    category=None,
                    task=items[no].task,
                    requirement=items[no].requirement,
                    role=role,
                    deadline=_shown(items[no].deadline),
                    previous=(before or {}).get((unit, no)),
                    previous_period=str(month.previous) if (unit, no) in (before or {}) else None,
                )
                for no, role in rows
            ),
        )
        for unit, rows in assign(plan, sample_roster(), Groups()).by_unit.items()
    ]


def issue(period: str, folder: Path, before: dict[tuple[str, str], Report] | None = None) -> list[Path]:
    """Write every unit's workbook of a month."""
    folder.mkdir(parents=True)
    paths = []
    press = Press(SECRET)
    for index, ledger in enumerate(ledgers(period, before), start=1):
        paths.append(folder / ledger_file_name(ledger.identity.unit, index, period))
        write_ledger(ledger, paths[-1], press)
    return paths


def reported(files: list[tuple[str, Path]]) -> dict[tuple[str, str], Report]:
    """What stands in returned workbooks, read the way the stand-ins read."""
    found = {}
    for unit, path in files:
        for row in Sheet(path).rows:
            percent = row["完成进度"]
            found[unit, row["任务编号"]] = Report(
                status=Status(row["完成状态"]),
                percent=round(float(percent) * 100) if percent else None,
                progress=row["进展情况"],
                done_on=day_in(row["完成日期"]),
                evidence=row["佐证材料"],
                problem=row["存在问题"],
                next_step=row["下步措施"],
            )
    return found


def _units(cell: str) -> tuple[str, ...]:
    """A cell of units, split outside brackets; only 各县（市、区） has such a bracket here."""
    return tuple(part.replace("市＋区", "市、区") for part in cell.replace("市、区", "市＋区").split("、") if part)


def _shown(deadline: Deadline) -> str:
    if deadline.due is None:
        return deadline.text or ""
    return f"{deadline.due.year}年{deadline.due.month}月{deadline.due.day}日（{deadline.text}）"
