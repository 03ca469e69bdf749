"""督办: what stays undone climbs from 提示单 over three colours to 约谈建议, never twice and never out of turn."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows.config import Supervision
from flows.desk import open_desk
from flows.ledger.model import Report, Status
from flows.periods import CHINA, Period
from flows.plan.model import Deadline, Kind
from flows.progress import Answer, Cell, Snapshot
from flows.standing.escalation import Draft, Issued, Known, Level, Matter, due_notices, overtaken
from flows.standing.notices import issue_notices, notices_of, write_notices
from tests.documents.months import DISTRICTS, cell, items, snapshot
from tests.office import Office, Row, fill, moving, new_office
from tests.test_review import Sheet

RULES = Supervision()
UNIT = DISTRICTS[0]
DUE = date(2026, 9, 20)
MOVING = Report(Status.MOVING, 30, "正在办理。")


def work(as_of: date, *, report: Report | None = MOVING, due: date = DUE, number: int = 0) -> Cell:
    """One unit's work on one item on a day."""
    item = replace(items(5)[number], deadline=Deadline(due=due, kind=Kind.ONCE))
    return cell(UNIT, item, report, as_of)


def month(as_of: date, *cells: Cell, answer: Answer = Answer.ON_TIME) -> Snapshot:
    """The month of a day, with one unit."""
    made = snapshot([replace(each, answer=answer) for each in cells or (work(as_of),)], {UNIT.name: answer})
    return replace(made, as_of=as_of)


def climb(days: Sequence[date], rules: Supervision = RULES, **what: Any) -> list[tuple[date, str]]:
    """The notices of a unit that never finishes, when a bulletin is made on each of these days."""
    past: list[Issued] = []
    told = []
    for day in days:
        for draft in due_notices(month(day, work(day, **what)), rules, past, Known())[0]:
            past.append(issued(draft, day, rules))
            told.append((day, draft.level.kind + draft.level.colour(rules)))
    return told


def issued(draft: Draft, day: date, rules: Supervision = RULES) -> Issued:
    matters = tuple(Matter(each.item.no, each.due) for each in draft.cells if each.due)
    answer_by = day + timedelta(days=rules.answer_days)
    return Issued(draft.unit, draft.level, draft.level.colour(rules), f"督办〔2026〕{day}号", day, answer_by, matters)


MONTH_ENDS = [date(2026, n, 28) for n in range(8, 13)]


def test_month_after_month_each_colour_follows_the_one_before_and_then_the_talk() -> None:
    days = [date(2026, 9, 10), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]
    assert climb([*days, date(2027, 1, 31)]) == [
        (days[0], "提示单"),
        (days[1], "督办单蓝"),
        (days[2], "督办单黄"),
        (days[3], "督办单红"),
        (days[4], "约谈建议"),
    ]


def test_every_day_s_report_escalates_only_when_the_time_of_the_notice_before_is_over() -> None:
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(90)]
    assert climb(days, replace_rules(yellow_days=15, red_days=20, blue_days=3)) == [
        (date(2026, 9, 5), "提示单"),
        (date(2026, 9, 23), "督办单蓝"),
        (date(2026, 10, 8), "督办单黄"),
        (date(2026, 10, 28), "督办单红"),
        (date(2026, 11, 27), "约谈建议"),
    ]


def test_nobody_is_pressed_before_the_day_of_answer_even_when_the_steps_are_shorter() -> None:
    days = [date(2026, 9, 21) + timedelta(days=n) for n in range(20)]
    told = climb(days, replace_rules(yellow_days=3, answer_days=10))
    assert told == [(date(2026, 9, 21), "督办单蓝"), (date(2026, 10, 2), "督办单黄")]


def replace_rules(**values: Any) -> Supervision:
    return Supervision.model_validate(RULES.model_dump() | values)


def test_an_office_may_call_its_colours_blue_orange_and_red() -> None:
    rules = replace_rules(colours=("蓝", "橙", "红"))
    told = climb([date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30)], rules)
    assert [what for _, what in told] == ["督办单蓝", "督办单橙", "督办单红"]


@pytest.mark.parametrize("status", [Status.DONE, Status.EXEMPT])
def test_what_is_finished_or_does_not_concern_the_unit_is_left_alone(status: Status) -> None:
    assert climb(MONTH_ENDS, report=Report(status, done_on=date(2026, 9, 1))) == []


def test_an_extended_deadline_is_a_new_occasion() -> None:
    first = date(2026, 9, 30)
    blue = issued(due_notices(month(first), RULES, (), Known())[0][0], first)
    later = date(2026, 11, 30)
    again = due_notices(month(later, work(later, due=date(2026, 10, 31))), RULES, [blue], Known())[0]
    assert [draft.level for draft in again] == [Level.FIRST]
    assert again[0].earlier == {again[0].cells[0].item.no: ()}


def test_all_items_of_a_colour_stand_in_one_notice() -> None:
    day = date(2026, 9, 30)
    blue = issued(due_notices(month(day, work(day)), RULES, (), Known())[0][0], day)
    later = date(2026, 10, 31)
    cells = [work(later), work(later, number=1, due=date(2026, 10, 10)), work(later, number=2, due=date(2026, 10, 20))]
    drafts = due_notices(month(later, *cells), RULES, [blue], Known())[0]
    assert [(draft.level, len(draft.cells)) for draft in drafts] == [(Level.FIRST, 2), (Level.SECOND, 1)]
    assert drafts[1].earlier[cells[0].item.no] == (blue,)


def test_two_notices_of_the_third_colour_are_enough_for_a_talk() -> None:
    reds = [
        Issued(UNIT.name, Level.THIRD, "红", f"督办〔2026〕{n}号", date(2026, 11, 1 + n), date(2026, 11, 11 + n),
               (Matter(items(5)[n].no, DUE),))
        for n in range(2)
    ]  # fmt: skip
    day = date(2026, 11, 20)
    both = month(day, work(day), work(day, number=1))
    assert [d.level for d in due_notices(both, RULES, reds, Known())[0]] == [Level.TALK]
    assert [d.level for d in due_notices(both, RULES, reds[:1], Known())[0]] == [Level.FIRST]
    assert due_notices(month(day, work(day)), replace_rules(talk_notices=0), reds, Known())[0] == ()


def test_a_unit_whose_mail_lies_here_unread_is_withheld_and_named() -> None:
    day = date(2026, 9, 30)
    for snap, known in (
        (month(day, answer=Answer.PENDING), Known()),
        (month(day), Known(unread={UNIT.name})),
        (month(day), Known(held_done={(UNIT.name, items(5)[0].no)})),
    ):
        drafts, withheld = due_notices(snap, RULES, (), known)
        assert drafts == ()
        assert [(each.unit, each.items) for each in withheld] == [(UNIT.name, (items(5)[0].no,))]


def test_who_was_not_asked_gets_none_and_nothing_is_said_of_it() -> None:
    day = date(2026, 9, 30)
    assert due_notices(month(day, answer=Answer.NOT_ISSUED), RULES, (), Known()) == ((), ())


@pytest.mark.parametrize(
    "exempt",
    [
        {"exempt_units": (UNIT.name,)},
        {"exempt_kinds": (UNIT.kind,)},
        {"exempt_items": (items(5)[0].no,)},
        {"exempt_items": (f"要点/{items(5)[0].no}",)},
        {"enabled": False},
    ],
)
def test_what_the_office_exempts_is_exempt(exempt: dict[str, Any]) -> None:
    assert climb(MONTH_ENDS, replace_rules(**exempt)) == []


def test_progress_that_lags_behind_the_time_is_hinted_at_when_the_office_wants_it() -> None:
    day, due = date(2026, 7, 1), date(2026, 12, 31)
    slow = month(day, work(day, due=due))
    assert due_notices(slow, RULES, (), Known())[0] == ()
    assert [d.level for d in due_notices(slow, replace_rules(behind_points=15), (), Known())[0]] == [Level.HINT]
    assert due_notices(slow, replace_rules(behind_points=25), (), Known())[0] == ()
    fresh = Known(plan_start=date(2026, 6, 20))
    assert due_notices(slow, replace_rules(behind_points=15), (), fresh)[0] == ()


def test_a_notice_whose_items_are_settled_meanwhile_says_so() -> None:
    day = date(2026, 9, 30)
    blue = issued(due_notices(month(day), RULES, (), Known())[0][0], day)
    assert overtaken(blue, month(day)) == ()
    assert overtaken(blue, month(day, work(day, report=Report(Status.DONE)))) == (items(5)[0].no,)
    assert overtaken(blue, month(day, work(day, due=date(2026, 10, 31)))) == (items(5)[0].no,)


# From here on by the commands, as an office runs them.

MARCH = ("要点", "--period", "2026-03")
BLUE_OF_MARCH = [
    ("东山县人民政府", "蓝", "督办单", "督办〔2026〕1号", ["1"]),
    ("西河区人民政府", "蓝", "督办单", "督办〔2026〕2号", ["1"]),
    ("市数据局", "蓝", "督办单", "督办〔2026〕3号", ["1"]),
]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    made.run("distribute", *MARCH)
    return made


def report(office: Office, period: str, as_of: str, signed: str) -> dict[str, Any]:
    return office.json("report", "要点", "--period", period, "--as-of", as_of, "--signed", signed)


def march(office: Office) -> dict[str, Any]:
    return report(office, "2026-03", "2026-03-31", "2026-04-02")


def brief(result: dict[str, Any]) -> list[tuple[str, str, str, str, list[str]]]:
    assert all(set(n) == {"unit", "colour", "kind", "number", "file", "pdf", "items"} for n in result["notices"])
    return [(n["unit"], n["colour"], n["kind"], n["number"], n["items"]) for n in result["notices"]]


def contents(result: dict[str, Any]) -> dict[str, bytes]:
    return {Path(n["file"]).name: Path(n["file"]).read_bytes() for n in result["notices"]}


def test_a_report_writes_a_document_for_each_notice_and_names_it(office: Office) -> None:
    made = march(office)
    assert brief(made) == BLUE_OF_MARCH
    assert set(contents(made)) == {
        "督办〔2026〕1号_蓝_东山县人民政府.docx",
        "督办〔2026〕2号_蓝_西河区人民政府.docx",
        "督办〔2026〕3号_蓝_市数据局.docx",
    }
    assert {Path(n["file"]).parent for n in made["notices"]} == {office.home / "ledgers/要点/2026-03/督办单"}


def test_made_again_it_gives_the_same_notices_byte_for_byte_on_any_day(office: Office) -> None:
    first = march(office)
    before = contents(first)
    for notice in first["notices"]:
        Path(notice["file"]).unlink()
    again = report(office, "2026-03", "2026-03-31", "2026-04-09")
    assert brief(again) == BLUE_OF_MARCH
    assert contents(again) == before


def test_a_document_that_the_office_has_changed_stays_as_it_is(office: Office) -> None:
    path = Path(march(office)["notices"][0]["file"])
    path.write_bytes(b"edited in Word")
    march(office)
    assert path.read_bytes() == b"edited in Word"


def test_through_the_spring_the_colours_climb_and_the_numbers_have_no_gap(office: Office) -> None:
    results = [march(office)]
    for period, as_of, signed in (
        ("2026-04", "2026-04-30", "2026-05-03"),
        ("2026-05", "2026-05-31", "2026-06-02"),
        ("2026-06", "2026-06-30", "2026-07-02"),
        ("2026-07", "2026-07-31", "2026-08-03"),
    ):
        office.run("distribute", "要点", "--period", period)
        results.append(report(office, period, as_of, signed))
    data = [[(c or k, i) for u, c, k, _, i in brief(r) if u == "市数据局"] for r in results]
    assert data == [
        [("蓝", ["1"])],
        [("黄", ["1"])],
        [("红", ["1"])],
        [("提示单", ["4"])],
        [("蓝", ["4"]), ("约谈建议", ["1"])],
    ]
    east = [[(c or k, i) for u, c, k, _, i in brief(r) if u == "东山县人民政府"] for r in results]
    assert east == [
        [("蓝", ["1"])],
        [("提示单", ["3"]), ("黄", ["1"])],
        [("蓝", ["3"]), ("红", ["1"])],
        [("黄", ["3"])],
        [("红", ["3"]), ("约谈建议", ["1"])],
    ]
    numbers = [n["number"] for r in results for n in r["notices"]]
    for prefix in ("督办", "提示", "约谈"):
        own = [number for number in numbers if number.startswith(prefix)]
        assert own == [f"{prefix}〔2026〕{n}号" for n in range(1, len(own) + 1)]
    assert [n["number"] for r in results for n in r["notices"]] == list(dict.fromkeys(numbers))


def test_an_old_bulletin_printed_again_issues_nothing_new(office: Office) -> None:
    office.configure(supervision={"enabled": False})
    march(office)
    office.run("distribute", "要点", "--period", "2026-04")
    report(office, "2026-04", "2026-04-30", "2026-05-03")
    office.configure(supervision={"enabled": True})
    assert brief(march(office)) == []


def test_what_was_finished_before_the_report_was_made_is_not_admonished(office: Office, tmp_path: Path) -> None:
    april = ("要点", "--period", "2026-04")
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *april)["workbooks"]}
    done: dict[str, Any] = {"完成状态": "已完成", "进展情况": "目录已公布。", "完成日期": date(2026, 4, 1)}
    when = datetime(2026, 4, 2, 9, tzinfo=CHINA)

    def answer(row: Row) -> Row:
        return done if row["任务编号"] == "1" else moving()(row)

    fill(books["市数据局"], tmp_path / "收" / "a.xlsx", answer, received=when)
    assert office.json("collect", *april, "--from", tmp_path / "收")["accepted"]
    made = report(office, "2026-03", "2026-03-31", "2026-04-03")
    assert [unit for unit, *_ in brief(made)] == ["东山县人民政府", "西河区人民政府"]


def test_an_unread_file_of_a_unit_stops_its_notice_and_is_told(office: Office, tmp_path: Path) -> None:
    books = office.home / "ledgers/要点/2026-03/下发"
    source = next(path for path in books.iterdir() if "市数据局" in path.name)
    kept = tmp_path / "收" / source.name
    kept.parent.mkdir()
    kept.write_bytes(source.read_bytes()[:-2000])
    office.json("collect", *MARCH, "--from", kept.parent)
    made = march(office)
    assert [unit for unit, *_ in brief(made)] == ["东山县人民政府", "西河区人民政府"]
    assert made["notices_withheld"] == [{"unit": "市数据局", "items": ["1"], "reason": "有来件还没有处理"}]


def test_an_extension_that_the_office_writes_into_the_master_takes_the_ground_from_a_notice(office: Office) -> None:
    made = march(office)
    Sheet(Path(made["master"])).write("市数据局", "1", 延期至="2026-05-20", 延期理由="等系统上线").save()
    again = march(office)
    assert brief(again) == BLUE_OF_MARCH
    assert again["notices_overtaken"] == [{"number": "督办〔2026〕3号", "items": ["1"]}]
    office.run("distribute", "要点", "--period", "2026-04")
    april = report(office, "2026-04", "2026-04-30", "2026-05-03")
    assert {unit for unit, colour, *_ in brief(april) if colour == "黄"} == {"东山县人民政府", "西河区人民政府"}


def test_killed_after_the_record_and_before_the_documents_the_next_run_writes_them(office: Office) -> None:
    with open_desk(office_home(office), "要点") as desk:
        period = Period.parse("2026-03")
        snap = desk.snapshot(period, date(2026, 3, 31))
        issue_notices(desk, period, snap, date(2026, 4, 2))
        assert not any(notice.file.exists() for notice in notices_of(desk, period))
    made = report(office, "2026-03", "2026-03-31", "2026-04-05")
    assert brief(made) == BLUE_OF_MARCH
    with open_desk(office_home(office), "要点") as desk:
        assert {n.issued.dated for n in notices_of(desk, period)} == {date(2026, 4, 2)}
        assert all(notice.file.is_file() for notice in notices_of(desk, period))


def office_home(office: Office) -> Any:
    from flows.workspace import Home

    return Home(office.home)


def test_two_runs_at_once_neither_share_a_number_nor_issue_twice(office: Office) -> None:
    period = Period.parse("2026-03")

    def one(_: int) -> int:
        with open_desk(office_home(office), "要点") as desk:
            return len(issue_notices(desk, period, desk.snapshot(period, date(2026, 3, 31)), date(2026, 4, 2)).notices)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [3, 3, 3, 3]


def test_two_plans_of_one_office_share_the_series(office: Office) -> None:
    march(office)
    office.adopt(slug="另一个")
    office.run("distribute", "另一个", "--period", "2026-03")
    other = office.json("report", "另一个", "--period", "2026-03", "--as-of", "2026-03-31", "--signed", "2026-04-02")
    assert [n["number"] for n in other["notices"]] == [f"督办〔2026〕{n}号" for n in (4, 5, 6)]


def test_a_new_year_begins_with_number_one(office: Office) -> None:
    march(office)
    office.run("distribute", "要点", "--period", "2026-12")
    made = report(office, "2026-12", "2026-12-31", "2027-01-04")
    assert next(n["number"] for n in made["notices"] if n["colour"]) == "督办〔2027〕1号"


def test_a_home_of_before_gets_the_table_and_the_package_s_templates(office: Office) -> None:
    for kind in ("提示单", "督办单", "约谈建议"):
        (office.home / "templates" / f"{kind}.docx").unlink()
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE notices"))
    engine.dispose()
    assert len(contents(march(office))) == 3


def test_a_broken_notice_template_leaves_the_bulletin_and_is_told_in_chinese(office: Office) -> None:
    (office.home / "templates" / "督办单.docx").write_bytes(b"no document")
    answer = office.run("report", *MARCH, "--as-of", "2026-03-31", "--signed", "2026-04-02")
    assert answer.code == 2
    assert "督办单.docx" in answer.err
    assert (office.home / "ledgers/要点/2026-03/通报.docx").is_file()
    (office.home / "templates" / "督办单.docx").unlink()
    assert brief(march(office)) == BLUE_OF_MARCH


def test_writing_notices_twice_writes_nothing_the_second_time(office: Office) -> None:
    march(office)
    with open_desk(office_home(office), "要点") as desk:
        files = [notice.file for notice in notices_of(desk, Period.parse("2026-03"))]
        before = [path.stat().st_mtime_ns for path in files]
        write_notices(desk, Period.parse("2026-03"))
        assert [path.stat().st_mtime_ns for path in files] == before
