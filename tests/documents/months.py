"""Months for the tests of documents: a small invented city, its units and what they answered, as snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from flows.config import Bulletin, Config, Office
from flows.ledger.model import Report, Role, Status
from flows.periods import Period
from flows.plan.model import Deadline, Item, Kind
from flows.progress import Answer, Cell, ItemLine, ItemState, Light, Snapshot, Totals, UnitLine
from flows.roster import Unit

DISTRICTS = tuple(
    Unit(name, kind)
    for name, kind in (
        ("临江区", "区县"),
        ("云岭区", "区县"),
        ("青石县", "区县"),
        ("白水县", "区县"),
        ("望湖县", "区县"),
        ("松原市", "区县"),
        ("云陵高新技术产业开发区管委会", "管委会"),
    )
)
DEPARTMENTS = tuple(
    Unit(name, kind)
    for name, kind in (
        ("市政府办公室", "政府部门"),
        ("市发展改革委", "政府部门"),
        ("市教育局", "政府部门"),
        ("市财政局", "政府部门"),
        ("市人力资源社会保障局", "政府部门"),
        ("市自然资源局", "政府部门"),
        ("市生态环境局", "政府部门"),
        ("市住房城乡建设局", "政府部门"),
        ("市卫生健康委", "政府部门"),
        ("市市场监管局", "政府部门"),
        ("市大数据管理局", "政府部门"),
        ("市行政审批局", "政府部门"),
        ("市委网信办", "党委部门"),
        ("云陵水务集团", "企事业单位"),
    )
)
UNITS = DISTRICTS + DEPARTMENTS
CONFIG = Config(
    office=Office(
        name="云陵市政务公开办公室",
        contact="李明",
        phone="0000-0000000",
        recipients="各县（市、区）人民政府，高新区管委会，市直各有关单位",
        copies=("市委办公室", "市人大常委会办公室", "市政协办公室", "市纪委监委机关"),
    ),
    bulletin=Bulletin(number_prefix="云政公开办", publicity="此件公开发布"),
)

_TASKS = (
    (
        "健全主动公开目录",
        "对照机构职能和权责清单逐项梳理本单位主动公开事项，修订主动公开基本目录，明确公开内容、时限、方式和责任科室，经保密审查后在门户网站统一发布",
    ),
    (
        "规范政策文件发布",
        "制定政策文件公开发布流程，规范性文件印发之日起七个工作日内在政府网站集中公开，同步标注有效、失效、废止状态",
    ),
    (
        "加强政策解读回应",
        "重要政策文件与解读方案、解读材料同步组织、同步审签、同步部署，解读内容应当说明出台背景、主要内容、涉及范围、执行标准、办理流程，图表、短视频等形式的解读占比不低于六成",
    ),
    ("推进重点领域公开", "及时公开财政预决算、重大建设项目、公共资源配置、社会公益事业建设等信息"),
    ("办好政务新媒体", "对停更、僵尸账号开展清理整合，建立信息发布三审制度，每季度抽查一次并通报结果"),
    ("完善依申请公开", "统一依申请公开答复文书格式，建立会商机制，按期答复率保持百分之百"),
)
_WORDS = (
    "已完成初稿并征求各科室意见，正在汇总修改，下一步提交办公会议审定。",
    "已在门户网站设立专栏，发布信息四十余条，其余内容正在核对保密审查意见。",
    "召开专题推进会一次，明确责任人和完成时限，各镇街已报送台账。",
    "正在组织业务培训，覆盖全部基层单位，资料已印发。",
)


def items(count: int, due: date = date(2026, 12, 31)) -> tuple[Item, ...]:
    """``count`` items of six tasks in turn, five requirements a task."""
    made = []
    for i in range(count):
        task, requirement = _TASKS[i // 5 % len(_TASKS)]
        text = requirement if i % 5 == 0 else f"{requirement.split('，')[0]}，第{i % 5 + 1}阶段工作按计划推进"
        made.append(Item(f"{i // 5 + 1}.{i % 5 + 1}", text, None, task, deadline=Deadline(due=due, kind=Kind.ONCE)))
    return tuple(made)


def cell(unit: Unit, item: Item, report: Report | None, as_of: date, role: Role = Role.RESPONSIBLE) -> Cell:
    """One unit's work on one item, its light by the ordinary rules."""
    finished = report is not None and report.status in (Status.DONE, Status.EXEMPT)
    due = item.deadline.due
    late = (as_of - due).days if due and due < as_of and not finished else 0
    soon = due is not None and 0 <= (due - as_of).days <= 15
    blocked = report is not None and report.status is Status.BLOCKED
    light = Light.FINISHED if finished else Light.OVERDUE if late else Light.NEAR if soon or blocked else Light.STEADY
    return Cell(unit, role, item, report, light, late, unchanged=False, fresh=report is not None)


def snapshot(
    cells: list[Cell],
    answers: dict[str, Answer] | None = None,
    period: str = "2026-10",
    plan_title: str = "云陵市2026年政务公开工作要点",
    previous: Totals | None = None,
    previous_ranks: dict[str, int] | None = None,
) -> Snapshot:
    """Count the cells; units answer on time unless ``answers`` says otherwise."""
    month = Period.parse(period)
    lines = tuple(
        ItemLine(item, _state(group := tuple(c for c in cells if c.item == item)), group)
        for item in dict.fromkeys(c.item for c in cells)
    )
    units = [
        _unit(unit, [c for c in cells if c.unit == unit], (answers or {}).get(unit.name, Answer.ON_TIME), month)
        for unit in dict.fromkeys(c.unit for c in cells)
    ]
    ranked = tuple(
        replace(line, rank=_rank(line, units), previous_rank=(previous_ranks or {}).get(line.unit.name))
        for line in units
    )
    return Snapshot(
        plan="要点",
        plan_title=plan_title,
        doc_number="云政办发〔2026〕3号",
        issuer="云陵市人民政府办公室",
        period=str(month),
        as_of=month.last_day,
        reply_by=month.day(25),
        totals=_totals(lines, ranked),
        previous=previous,
        previous_period=str(month.previous) if previous else None,
        items=lines,
        units=ranked,
    )


def _state(cells: tuple[Cell, ...]) -> ItemState:
    if all(c.light is Light.FINISHED for c in cells):
        return ItemState.DONE
    if any(c.light is Light.OVERDUE for c in cells):
        return ItemState.OVERDUE
    idle = all(c.report is None or c.report.status is Status.IDLE for c in cells)
    return ItemState.IDLE if idle else ItemState.MOVING


def _unit(unit: Unit, cells: list[Cell], answer: Answer, month: Period) -> UnitLine:
    counted = [c for c in cells if not c.excused and c.light is not Light.OVERDUE]
    excused = sum(bool(c.excused) for c in cells)

    def count(*statuses: Status) -> int:
        return sum(c.report is not None and c.report.status in statuses for c in counted)

    day = 27 if answer is Answer.LATE else 24
    came = datetime(month.year, month.month, day, 9) if answer in (Answer.ON_TIME, Answer.LATE) else None  # noqa: DTZ001
    done, exempt, moving = count(Status.DONE), count(Status.EXEMPT) + excused, count(Status.MOVING, Status.BLOCKED)
    overdue = sum(c.light is Light.OVERDUE for c in cells)
    idle = len(cells) - done - exempt - moving - overdue
    unchanged = sum(c.unchanged for c in cells)
    counts = (len(cells), done, exempt, overdue, moving, idle, unchanged)
    return UnitLine(unit, *counts, answer, came, "", None, None, tuple(cells), excused=excused)


def _rank(line: UnitLine, lines: list[UnitLine]) -> int | None:
    if line.rate is None:
        return None
    rivals = [other.rate for other in lines if other.unit.is_district == line.unit.is_district]
    return 1 + sum(rate is not None and rate > line.rate for rate in rivals)


def _totals(lines: tuple[ItemLine, ...], units: tuple[UnitLine, ...]) -> Totals:
    states = [line.state for line in lines]
    answers = [line.answer for line in units]
    return Totals(
        items=len(lines),
        done=states.count(ItemState.DONE),
        moving=states.count(ItemState.MOVING),
        idle=states.count(ItemState.IDLE),
        overdue=states.count(ItemState.OVERDUE),
        assignments=sum(line.tasks for line in units),
        assignments_done=sum(line.done + line.exempt for line in units),
        assignments_overdue=sum(line.overdue for line in units),
        asked=len(units),
        on_time=answers.count(Answer.ON_TIME),
        late=answers.count(Answer.LATE),
        returned=answers.count(Answer.RETURNED),
        pending=answers.count(Answer.PENDING),
        missing=answers.count(Answer.MISSING),
    )


def busy_month() -> Snapshot:
    """October of a working city: 30 items, 21 units, everything that can happen in a month happens once or more."""
    as_of = date(2026, 10, 31)
    cells = []
    for i, item in enumerate(items(30)):
        if i in (3, 11, 17):
            item = replace(item, deadline=Deadline(due=date(2026, 9, 30 - i), kind=Kind.ONCE))
        if i in (8, 20):
            item = replace(item, deadline=Deadline(due=date(2026, 11, 20), kind=Kind.ONCE))
        for j, unit in enumerate(UNITS):
            if (i * 7 + j * 5) % 4 and unit not in DISTRICTS[:: 2 if i % 3 else 1]:
                continue
            cells.append(_busy_cell(i, j, unit, item, as_of))
    answers = {
        "望湖县": Answer.MISSING,
        "市财政局": Answer.MISSING,
        "市教育局": Answer.LATE,
        "白水县": Answer.LATE,
        "市生态环境局": Answer.RETURNED,
        "市委网信办": Answer.PENDING,
    }
    before = Totals(30, 4, 18, 6, 2, 200, 60, 5, 21, 17, 1, 1, 0, 2)
    ranks = {"临江区": 1, "云岭区": 5, "青石县": 2, "白水县": 3, "市发展改革委": 9, "市财政局": 1, "市大数据管理局": 3}
    return snapshot(cells, answers, previous=before, previous_ranks=ranks)


def _busy_cell(i: int, j: int, unit: Unit, item: Item, as_of: date) -> Cell:
    role = Role.LEAD if j % 6 == 0 else Role.RESPONSIBLE
    if unit.name in ("望湖县", "市财政局") and i % 2:
        return cell(unit, item, None, as_of, role)
    words = _WORDS[(i + j) % 4]
    if i % 5 in (0, 1) or (i + j) % 3 == 0:
        return cell(
            unit, item, Report(Status.DONE, 100, "已全部完成并在门户网站公开。", date(2026, 10, 20)), as_of, role
        )
    if (i, j) in ((2, 0), (13, 9)):
        report = Report(Status.BLOCKED, 40, words, problem="系统接口由省级平台统一管理，本级无权开通，数据不能自动汇聚")
        return cell(unit, item, report, as_of, role)
    if i in (24, 28):
        return cell(unit, item, Report(Status.IDLE), as_of, role)
    report = Report(
        Status.MOVING, 50, words, problem="人手不足" if j % 5 == 0 else "", next_step="加快办理，月底前完成"
    )
    made = cell(unit, item, report, as_of, role)
    return replace(made, unchanged=(i + j) % 17 == 0)
