"""The people of the sample: most answer right; one is late, one errs and corrects, one saves as .xls, one is silent."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from flows.demo.actors import Reply, reply
from flows.demo.content import sample_plan, themes
from flows.demo.people import cast, workdays_before
from flows.demo.sheet import Sheet
from flows.demo.xls import xls_bytes
from flows.ledger.checker import check_returned
from flows.ledger.model import Report, Status
from flows.ledger.origin import Expectation
from flows.problems import UserError
from tests.demo.rounds import SECRET, issue, ledgers, reported

MONTHS = ("2026-03", "2026-04")
INPUTS = {"完成状态", "完成进度", "进展情况", "完成日期", "佐证材料", "存在问题", "下步措施"}


@dataclass(frozen=True)
class Month:
    issued: list[Path]
    replies: list[Reply]
    words: dict[tuple[str, str], Report]
    """What stands in the replies that can be read, by unit and task."""

    def of(self, kind: str) -> Reply:
        (found,) = [answer for answer in self.replies if answer.kind == kind]
        return found


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Month]:
    root, found, before = tmp_path_factory.mktemp("months"), {}, {}
    for period in MONTHS:
        issued = issue(period, root / period / "下发", before)
        replies = reply(period, issued, root / period / "收件箱")
        readable = [(r.unit, r.file) for r in replies if r.file and r.kind in ("right", "late", "corrected")]
        words = reported(readable)
        before = before | words
        found[period] = Month(issued, replies, words)
    return found


@pytest.mark.parametrize("period", MONTHS)
def test_every_unit_answers_once_but_for_the_one_that_errs_and_the_one_that_is_silent(
    months: dict[str, Month], period: str
) -> None:
    month = months[period]
    kinds = Counter(answer.kind for answer in month.replies)
    assert kinds == {"right": 34, "late": 1, "faulty": 1, "corrected": 1, "xls": 1, "missing": 1}
    assert len({answer.unit for answer in month.replies}) == len(month.issued) == 38
    files = [answer.file for answer in month.replies if answer.file]
    assert len(set(files)) == len(files)
    assert all(file.is_file() for file in files)


def test_nobody_has_the_same_part_two_months_running(months: dict[str, Month]) -> None:
    first, second = ({r.unit for r in months[p].replies if r.kind != "right"} for p in MONTHS)
    assert not first & second


def test_answers_arrive_before_the_deadline_but_for_the_late_one(months: dict[str, Month]) -> None:
    for period, deadline in zip(MONTHS, (date(2026, 3, 25), date(2026, 4, 25)), strict=True):
        for answer in months[period].replies:
            if answer.received:
                day = answer.received.date()
                assert day.weekday() < 5
                assert (day > deadline) == (answer.kind == "late")
        assert months[period].of("faulty").received < months[period].of("corrected").received


@pytest.mark.parametrize("period", MONTHS)
def test_what_right_answers_say_holds_together(months: dict[str, Month], period: str) -> None:
    month = months[period]
    came = {answer.unit: answer.received.date() for answer in month.replies if answer.received}
    for (unit, _no), report in month.words.items():
        assert report.percent is None or 0 <= report.percent <= 100
        assert (report.done_on is not None) == (report.status is Status.DONE)
        assert report.done_on is None or report.done_on <= came[unit]
        assert report.progress or report.status is Status.IDLE
        assert report.problem or report.status is not Status.BLOCKED
        assert "{" not in report.progress + report.next_step
    assert {report.status for report in month.words.values()} == set(Status)


def test_the_second_month_shows_movement(months: dict[str, Month]) -> None:
    first, second = (months[period].words for period in MONTHS)
    both = first.keys() & second.keys()
    done = [sum(words[key].status is Status.DONE for key in both) for words in (first, second)]
    assert done[1] >= done[0] + 50
    assert all(second[key] == first[key] for key in both if first[key].status is Status.DONE), "a finished task stays"
    open_ = [key for key in both if second[key].status is Status.MOVING and first[key].status is Status.MOVING]
    same = [key for key in open_ if second[key].progress == first[key].progress]
    assert 0.05 < len(same) / len(open_) < 0.25, "some, and only some, change nothing"
    assert all((second[key].percent or 0) >= (first[key].percent or 0) for key in open_)


def test_the_bulletin_will_have_overdue_tasks_to_name(months: dict[str, Month]) -> None:
    first = months[MONTHS[0]].words
    late = [key for key, report in first.items() if key[1] in ("1.1", "16.1", "2.1") and report.status is Status.MOVING]
    assert late
    assert all(first[key].problem for key in late if key[1] in ("1.1", "16.1"))


@pytest.mark.parametrize("period", MONTHS)
def test_the_faulty_sheet_has_three_faults_that_the_corrected_one_has_not(
    months: dict[str, Month], period: str
) -> None:
    wrong, right = (Sheet(months[period].of(kind).file) for kind in ("faulty", "corrected"))
    pairs = list(zip(wrong.rows, right.rows, strict=True))
    changed = {(old.number, header) for old, new in pairs for header in INPUTS if old[header] != new[header]}
    found = {(header, wrong.text(header, row)) for row, header in changed if row and header != "进展情况"}
    assert ("完成日期", "") in found
    assert ("完成状态", "差不多了") in found
    assert ("完成进度", "1.5") in found


@pytest.mark.parametrize("period", MONTHS)
def test_the_checker_takes_every_answer_but_the_faulty_one(months: dict[str, Month], period: str) -> None:
    expected = Expectation.of("yunchuan", period, tuple(ledgers(period)))
    for answer in months[period].replies:
        if answer.file and answer.received:
            came = answer.received.date()
            found = check_returned(answer.file.read_bytes(), answer.file.name, expected, SECRET, came)
            assert found.identity is not None, answer
            assert found.identity.unit == answer.unit
            if answer.kind == "faulty":
                assert found.verdict == "returned"
                assert Counter(problem.field for problem in found.problems) == {
                    "完成状态": 1,
                    "完成进度": 1,
                    "完成日期": 1,
                }
            else:
                assert (found.verdict, found.problems, found.warnings) == ("accepted", (), ()), answer
                assert len(found.entries) == len(expected.issued[answer.unit])


@pytest.mark.parametrize("period", MONTHS)
def test_nobody_touches_what_is_locked(months: dict[str, Month], period: str) -> None:
    month = months[period]
    asked = {Sheet(path).beside("填报单位"): Sheet(path).rows for path in month.issued}
    for answer in month.replies:
        if answer.kind in ("right", "late", "faulty", "corrected"):
            for old, new in zip(asked[answer.unit], Sheet(answer.file).rows, strict=True):
                assert {h: v for h, v in old.values.items() if h not in INPUTS} == {
                    h: v for h, v in new.values.items() if h not in INPUTS
                }


def test_each_sheet_names_who_filled_it_in(months: dict[str, Month]) -> None:
    for answer in months[MONTHS[0]].replies:
        if answer.kind == "right":
            sheet = Sheet(answer.file)
            assert len(sheet.beside("填报人")) == 3
            assert sheet.beside("联系电话").startswith("0000-")


@pytest.mark.parametrize("period", MONTHS)
def test_the_returned_xls_is_a_genuine_old_workbook_with_all_values(months: dict[str, Month], period: str) -> None:
    month = months[period]
    answer = month.of("xls")
    assert answer.file.read_bytes()[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
    (asked,) = [path for path in month.issued if Sheet(path).beside("填报单位") == answer.unit]
    with CalamineWorkbook.from_path(str(answer.file)) as old, CalamineWorkbook.from_path(str(asked)) as new:
        assert [(s.name, s.visible) for s in old.sheets_metadata] == [(s.name, s.visible) for s in new.sheets_metadata]
        rows = old.get_sheet_by_name("工作台账").to_python(skip_empty_area=False)
    (top,) = [number for number, row in enumerate(rows) if "任务编号" in row]
    place = {header: rows[top].index(header) for header in INPUTS | {"任务编号", "具体要求"}}
    sheet = Sheet(asked)
    for row in sheet.rows:
        values = rows[row.number - 1]
        assert values[place["具体要求"]] == row["具体要求"]
        assert values[place["完成状态"]] in {status.value for status in Status}
        done_on = values[place["完成日期"]]
        assert isinstance(done_on, date) if values[place["完成状态"]] == "已完成" else done_on == ""
        percent = values[place["完成进度"]]
        assert percent == "" or 0 <= percent <= 1


def test_libreoffice_opens_the_old_workbook(months: dict[str, Month], tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        if os.environ.get("CI"):
            pytest.fail("CI must have LibreOffice")
        pytest.skip("LibreOffice is not installed")
    source = tmp_path / "old.xls"
    source.write_bytes(months[MONTHS[0]].of("xls").file.read_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with CalamineWorkbook.from_path(str(source)) as old, CalamineWorkbook.from_path(str(tmp_path / "old.xlsx")) as new:
        for name in old.sheet_names:
            one, other = (book.get_sheet_by_name(name).to_python() for book in (old, new))
            assert one == other


def test_an_old_workbook_keeps_thousands_of_different_texts(tmp_path: Path) -> None:
    book = Workbook()
    for number in range(1, 4001):
        book.active.append(
            [f"第{number}条：" + "字" * (number % 90), number, number / 8, date(2026, 1, 1 + number % 28)]
        )
    (tmp_path / "long.xls").write_bytes(xls_bytes(book))
    with CalamineWorkbook.from_path(str(tmp_path / "long.xls")) as old:
        rows = old.get_sheet_by_index(0).to_python()
    assert rows == [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_the_same_workbooks_get_the_same_answers(months: dict[str, Month], tmp_path: Path) -> None:
    month = months[MONTHS[1]]
    again = reply(MONTHS[1], month.issued[:12], tmp_path / "a")
    once_more = reply(MONTHS[1], month.issued[:12], tmp_path / "b")
    assert [(r.unit, r.kind, r.received) for r in again] == [(r.unit, r.kind, r.received) for r in once_more]
    for one, other in zip(again, once_more, strict=True):
        if one.file:
            assert one.file.read_bytes() == other.file.read_bytes()


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    _plain(tmp_path / "plain.xlsx")
    with pytest.raises(UserError, match=r"plain\.xlsx 里没有工作台账"):
        reply("2026-03", [tmp_path / "plain.xlsx"], tmp_path / "out")


def test_people_know_what_to_write_about_every_requirement_of_the_sample() -> None:
    general = themes()[-1]
    assert not general.words
    for task in sample_plan().tasks:
        for row in task.rows:
            for requirement in row.requirements:
                fits = [t for t in themes() if any(word in requirement for word in t.words)]
                assert fits, f"nobody has words for: {requirement}"
                endless = row.deadline in ("全年", "长期") or row.deadline.startswith("每")
                assert fits[0].ongoing if endless else len(fits[0].stages) == 3, requirement


@given(st.integers(0, 60), st.integers(2024, 2030), st.integers(1, 12))
def test_parts_are_given_out_whatever_the_size_of_the_roster(size: int, year: int, month: int) -> None:
    units = [f"单位{number}" for number in range(size)]
    parts = cast(units, year, month)
    assert set(parts) <= set(units)
    assert len(parts) == len(set(parts.values())) == max(0, min(4, size - 1))
    following = cast(units, year + month // 12, month % 12 + 1)
    if size >= 8:
        assert not set(parts) & set(following)
    elif size >= 2:
        silent = [next(unit for unit, part in each.items() if part == "missing") for each in (parts, following)]
        assert silent[0] != silent[1], "another one is silent"


def test_working_days_leave_out_weekends() -> None:
    days = workdays_before(date(2026, 3, 25), 4)
    assert days == (date(2026, 3, 19), date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24))


def _plain(path: Path) -> None:
    book = Workbook()
    book.active.append(["姓名", "电话"])
    book.save(path)
