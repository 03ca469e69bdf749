"""督办 by the commands, as an office runs them: numbered once, written once, settled or stopped by what comes in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows.desk import open_desk
from flows.periods import CHINA, Period
from flows.report import finish_report
from flows.standing.notices import issue_notices, notices_of, write_notices
from tests.office import Office, Row, fill, moving, new_office
from tests.reviewing import Sheet

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


def test_a_bulletin_that_was_cut_off_gets_its_papers_and_is_left_as_the_office_has_it(office: Office) -> None:
    made = march(office)
    whole = contents(made)
    bulletin = Path(made["bulletin"])
    bulletin.write_bytes(bulletin.read_bytes() + b" ")  # somebody has worked on it since
    edited = bulletin.read_bytes()
    for notice in made["notices"][1:]:
        Path(notice["file"]).unlink()
    assert finish_report.fn(str(office.home), "要点", "2026-03")["needs_person"] is False
    assert contents(made) == whole
    assert bulletin.read_bytes() == edited
