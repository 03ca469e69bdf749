"""Months as they may happen, made by a seed: units, items, deadlines, answers of every kind and reviews, in a store.

Only what a clerk's commands would have left behind is written: dispatches, arrivals, entries, rulings, letters and
bounces, the figures of the last bulletin. Everything else is computed by the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy import Connection

from flows.config import Supervision
from flows.ledger.model import Report, Role, Status
from flows.ledger.review_key import mark_of
from flows.periods import CHINA, Period
from flows.plan.model import Deadline, Item, Kind, Plan, PlanInfo
from flows.progress import Ruling, Snapshot
from flows.roster import Roster, Unit
from flows.round.following import complete
from flows.round.freezing import record_printing, to_keep
from flows.standing.escalation import Level
from flows.standing.figures import Ground, printed_figures, snapshot
from flows.standing.light_settings import Lights
from flows.storage.history import History
from flows.storage.reviews import Decided, kept_reviews, record_reviews, standing
from flows.store import Store, append, arrivals, as_json, bounces, dispatches, entries, letters, notices, reports
from flows.units.assignment import Assignment, Share

SLUG = "要点"
REPLY_DAY, DUE_SOON_DAYS = 25, 15
_DISTRICTS = ("临江区", "云岭区", "青石县", "白水县", "望湖县", "松原市", "云陵高新区", "云陵高新区管委会")
_DEPARTMENTS = (
    "市政府办公室",
    "市政府",
    "市教育局",
    "市财政局",
    "市自然资源局",
    "市卫生健康委",
    "市委网信办",
    "水务集团",
)
_KINDS = ("政府部门", "政府部门", "政府部门", "党委部门", "企事业单位")
_REQUIREMENTS = (
    "修订主动公开基本目录，明确公开内容、时限、方式和责任科室",
    "规范性文件印发之日起7个工作日内集中公开",
    "对“僵尸”账号开展清理整合，每季度抽查1次",
    "按照上级要求，及时公开财政预决算、重大建设项目等信息，解读占比不低于60%，图表、短视频等形式不少于3种",
    "结合实际，组织2场培训",
    "建立会商机制<试行>&完善答复文书{{ 格式 }}",
)
_TASKS = (None, "健全公开目录", "加强政策解读", "办好政务新媒体（含3个账号）")
_WORDS = (
    "",
    "已完成初稿，正在征求12个科室意见。",
    "召开推进会2次，\n明确责任人；已报送台账40份。",
    "临江区、市教育局等5个单位已先行试点。",
    "正在汇总修改" + "，逐条核对第3章、第4章内容" * 12,
    "{{ 7*7 }}<b>完成100%</b>",
)
_PROBLEMS = ("", "系统接口由省级统一管理，本级无权开通", "人手不足，只有1人", "经费“缺口”5万元；望协调")


@dataclass(frozen=True)
class Month:
    """One made month and what the product needs to report on it."""

    store: Store
    plan: Plan
    roster: Roster
    assignment: Assignment
    period: Period
    as_of: date
    lights: Lights = field(default_factory=Lights)

    @property
    def reply_by(self) -> date:
        return self.period.day(REPLY_DAY)

    def snapshot(self, period: Period | None = None, as_of: date | None = None) -> Snapshot:
        """The figures, by the product."""
        month = period or self.period
        history = History(self.store, SLUG)
        current = history.current(month)
        return snapshot(
            Ground(
                slug=SLUG,
                plan=self.plan,
                roster=self.roster,
                assignment=self.assignment,
                period=month,
                as_of=as_of or self.as_of,
                reply_by=month.day(REPLY_DAY),
                due_soon_days=DUE_SOON_DAYS,
                current=current,
                before=history.current(month.previous),
                arrivals=history.arrivals(month),
                issued=history.dispatched(month),
                last_report=history.last_report(month),
                reviews=standing(month, current, kept_reviews(self.store, SLUG)),
                held=history.held_counts(month),
                bounced=history.bounced(month),
                unreached=history.unreached(month),
                lights=self.lights,
            )
        )

    def told(self, period: Period | None = None, as_of: date | None = None) -> Snapshot:
        """The figures as the bulletin gets them, with notices and with what became of the last one's problems."""
        month = period or self.period
        rows = self.store.rows(sa.select(notices).where(notices.c.period == str(month)).order_by(notices.c.id))
        issued = [(row.level, row.colour) for row in rows]
        return complete(self.snapshot(period, as_of), self.store, issued)


def made_month(seed: int) -> Month:
    """The month of a seed: always the same one."""
    return _Maker(Random(seed), Random(f"{seed} settings")).month()


class _Maker:
    def __init__(self, dice: Random, other: Random) -> None:
        self.dice = dice
        self.other = other
        """For what was added later: the months of the first dice stay what they were."""
        self.count = 0
        self.mood = dice.choice(("plain", "plain", "plain", "silent", "finished", "calm", "blocked"))

    def month(self) -> Month:
        dice = self.dice
        period = Period(2026, dice.randint(1, 12))
        units = self.units()
        items = self.items(period)
        shares = {item.no: self.shares(units) for item in items}
        as_of = period.last_day - timedelta(days=dice.choice((0, 0, 0, 2, 5)))
        title = dice.choice(
            ("云陵市2026年政务公开工作要点", "关于印发《云陵市政务公开工作方案》的通知", "重点工作分工")
        )
        info = PlanInfo(title, 2026, dice.choice((None, "云政办发〔2026〕3号")))
        plan = Plan("要点.docx", info, items)
        lights = self.lights(units, items)
        month = Month(Store("sqlite://"), plan, Roster(units), Assignment(shares, (), ()), period, as_of, lights)
        periods = [period]
        for _ in range(dice.choice((0, 1, 1, 2))):
            periods.insert(0, periods[0].previous)
        for each in periods:
            with month.store.begin() as db:
                for unit in units:
                    carried = [item for item in items if any(s.unit == unit for s in shares[item.no])]
                    if carried:
                        self.answer(db, each, unit, carried)
            self.rule(month, each)
            self.notify(month.store, each, units)
            if each != period and dice.random() < 0.8:
                self.print(month, each)
        return month

    def print(self, month: Month, period: Period) -> None:
        """The bulletin of an earlier month; some were printed before figures were kept whole."""
        snap = month.told(period, period.last_day)
        if self.other.random() < 0.85:
            record_printing(month.store, SLUG, to_keep(snap), 1)
            return
        figures = as_json(printed_figures(snap))
        day = period.last_day.isoformat()
        month.store.add(reports, plan=SLUG, period=str(period), number=1, as_of=day, figures=figures)

    def lights(self, units: tuple[Unit, ...], items: tuple[Item, ...]) -> Lights:
        """How the office measures: by default in most months."""
        dice = self.other
        if dice.random() < 0.6:
            return Lights()
        exempt: dict[str, tuple[str, ...]] = {}
        for reason in dice.sample(("不可抗力", "上级政策调整"), dice.choice((0, 1, 2))):
            unit, item = dice.choice(units), dice.choice(items)
            names = (unit.name, item.no, f"{unit.name}：{item.no}", f"{SLUG}/{item.no}", unit.kind)
            exempt[reason] = tuple(dice.sample(names[: dice.choice((4, 4, 5))], dice.choice((1, 2))))
        return Lights(
            scheme=dice.choice(("绿黄红", "蓝黄红", "蓝橙红")),
            grace_days=dice.choice((0, 0, 5, 20)),
            schedule=dice.random() < 0.6,
            behind_points=dice.choice((5, 10, 30)),
            exempt=exempt,
        )

    def notify(self, store: Store, period: Period, units: tuple[Unit, ...]) -> None:
        """Notices of all kinds."""
        dice = self.other
        for number in range(dice.choice((0, 0, 0, 1, 5))):
            level = dice.choice(list(Level))
            self.count += 1
            store.add(
                notices,
                plan=SLUG,
                period=str(period),
                unit=dice.choice(units).name,
                kind=level.kind,
                level=int(level),
                colour=level.colour(Supervision()),
                series=level.kind,
                year=period.year,
                number=self.count,
                dated=period.last_day.isoformat(),
                answer_by=period.last_day.isoformat(),
                numbering=0,
                items="[]",
                content="{}",
                file=f"{number}.docx",
            )

    def units(self) -> tuple[Unit, ...]:
        dice = self.dice
        many = dice.choice((1, 2, 3, 6, 10, 16))
        names = dice.sample(_DISTRICTS + _DEPARTMENTS, many)
        return tuple(
            Unit(name, "管委会" if "高新区" in name else "区县" if name in _DISTRICTS else dice.choice(_KINDS))
            for name in names
        )

    def items(self, period: Period) -> tuple[Item, ...]:
        dice = self.dice
        made = []
        for number in range(dice.choice((1, 2, 5, 9, 14))):
            days = dice.choice((-120, -31, -9, -1, 0, 1, 14, 28, 75, None, None))
            due = None if days is None else period.last_day + timedelta(days=days)
            no = f"{number // 4 + 1}.{number % 4 + 1}"
            text = dice.choice(_REQUIREMENTS)
            deadline = Deadline(due=due, kind=Kind.ONCE if due else Kind.NONE)
            made.append(Item(no, text, None, _TASKS[number // 4 % len(_TASKS)], deadline=deadline))
        return tuple(made)

    def shares(self, units: tuple[Unit, ...]) -> tuple[Share, ...]:
        dice = self.dice
        if dice.random() < 0.04:
            return ()
        chosen = dice.sample(units, dice.randint(1, min(len(units), dice.choice((1, 3, 14)))))
        return tuple(Share(unit, Role.LEAD if not place else Role.RESPONSIBLE) for place, unit in enumerate(chosen))

    def answer(self, db: Connection, period: Period, unit: Unit, carried: list[Item]) -> None:
        """What one unit sent in one month: nothing, a sheet, a faulty one, several."""
        dice = self.dice
        if dice.random() < 0.03:
            return
        append(db, dispatches, plan=SLUG, period=str(period), unit=unit.name, file="", sha256="", rows="{}", layout=1)
        kinds = {
            "silent": ("",),
            "finished": ("accepted",),
            "calm": ("accepted",),
            "blocked": ("accepted",),
            "plain": (
                *("accepted",) * 8,
                *("", "", "late", "late", "returned", "quarantined", "returned accepted", "accepted returned"),
                *("accepted accepted", "quarantined accepted", "quarantined late"),
            ),
        }
        came = dice.choice(kinds[self.mood if dice.random() < 0.95 else "plain"])
        day = dice.randint(1, 20)
        for verdict in came.split():
            day += dice.randint(0, 2)
            late = verdict == "late"
            moment = datetime(period.year, period.month, 26 + day % 3 if late else day, min(day, 23), 30, tzinfo=CHINA)
            self.arrive(db, period, unit, carried, "accepted" if late else verdict, moment)
        if not came and dice.random() < 0.3:
            self.bounce(db, period, unit)

    def arrive(
        self, db: Connection, period: Period, unit: Unit, carried: list[Item], verdict: str, moment: datetime
    ) -> None:
        self.count += 1
        arrival = append(
            db,
            arrivals,
            plan=SLUG,
            period=str(period),
            unit=unit.name,
            sha256=f"{self.count:064x}",
            name="台账.xlsx",
            archived=f"{period}/台账{self.count}.xlsx",
            origin="",
            sender="",
            message_id="",
            received=moment.isoformat(),
            verdict=verdict,
            reason="读不出来" if verdict == "quarantined" else "",
            problems=as_json([{"message": "没有填写"}] if verdict == "returned" else []),
            warnings="[]",
            filler="",
            phone="",
        )
        if verdict == "quarantined":
            return
        for row, item in enumerate(carried, 7):
            if self.dice.random() < 0.93:
                self.entry(db, arrival, period, unit, item, row, merged=verdict == "accepted")

    def entry(
        self, db: Connection, arrival: int, period: Period, unit: Unit, item: Item, row: int, *, merged: bool
    ) -> None:
        said = self.report()
        append(
            db,
            entries,
            arrival=arrival,
            plan=SLUG,
            period=str(period),
            unit=unit.name,
            no=item.no,
            status=said.status.value,
            percent=said.percent,
            progress=said.progress,
            done_on=None,
            evidence="",
            problem=said.problem,
            next_step=said.next_step,
            sheet="工作台账",
            row=row,
            merged=merged,
        )

    def report(self) -> Report:
        dice = self.dice
        weights = {
            "finished": (0, 0, 9, 0, 1),
            "blocked": (0, 2, 1, 6, 0),
            "calm": (1, 6, 3, 0, 0),
        }.get(self.mood, (2, 5, 5, 1, 1))
        status = dice.choices(list(Status), weights)[0]
        problem = dice.choice(_PROBLEMS) if status is Status.BLOCKED or dice.random() < 0.2 else ""
        return Report(status, dice.choice((None, 50)), dice.choice(_WORDS), None, "", problem, dice.choice(_WORDS))

    def rule(self, month: Month, period: Period) -> None:
        """核定 of some places."""
        dice = self.dice
        current = History(month.store, SLUG).current(period)
        decided = []
        for unit, rows in month.assignment.by_unit.items():
            for no, _ in rows:
                if dice.random() < 0.93:
                    continue
                status = dice.choice((None, Status.DONE, Status.MOVING, Status.IDLE, Status.EXEMPT))
                extended = dice.choice((None, None, period.last_day + timedelta(days=dice.choice((-3, 20)))))
                ruling = Ruling(status, "", dice.random() < 0.15, extended)
                record = current.get((unit, no))
                mark = mark_of(record.arrival.period, record.report) if record and dice.random() < 0.7 else ""
                decided.append(Decided(unit, no, ruling, mark, "A1"))
        if decided:
            record_reviews(month.store, SLUG, period, decided, file="总台账.xlsx", sha256="0" * 64, numbering=0)

    def bounce(self, db: Connection, period: Period, unit: Unit) -> None:
        self.count += 1
        letter = append(
            db,
            letters,
            plan=SLUG,
            period=str(period),
            unit=unit.name,
            kind="下发",
            occasion="1",
            message_id=f"<{self.count}@office.example>",
            recipients=as_json(["unit@city.example"]),
            subject="",
            file="",
            state="sent",
            note="",
            changed=datetime(period.year, period.month, 1, 8, tzinfo=CHINA).isoformat(),
        )
        append(
            db,
            bounces,
            plan=SLUG,
            period=str(period),
            unit=unit.name,
            letter=letter,
            address="unit@city.example",
            code="5.1.1",
            reason="没有这个邮箱",
            words="",
            permanent=self.dice.random() < 0.7,
            notice=f"{self.count:064x}",
            archived="",
            received=datetime(period.year, period.month, 2, 8, tzinfo=CHINA).isoformat(),
        )
