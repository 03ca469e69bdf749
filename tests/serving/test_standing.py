"""到点检查 reads an office's own store, and the page tells its results."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.desk import Desk, open_desk
from flows.periods import CHINA, Period
from flows.serving.due import Due
from flows.serving.standing import agree_bulletin, coming_up, due_now, record_run
from flows.serving.told import needs, page, standing_page
from flows.workspace import Home
from tests.office import Office, fill, moving, new_office
from tests.servers import start_smtp

ISSUED, LATE = datetime(2026, 3, 2, 9, tzinfo=CHINA), datetime(2026, 4, 8, 9, tzinfo=CHINA)
MARCH = Period(2026, 3)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.configure(schedule={"plans": ["要点"]})
    made.adopt()
    return made


def desk_of(office: Office) -> Any:
    return open_desk(Home(office.home), "要点")


def due(office: Office, moment: datetime) -> list[str]:
    with desk_of(office) as desk:
        return [f"{each.period} {each.step}" for each in due_now(desk, moment)]


def ran(office: Office, step: Any, slot: str) -> None:
    with desk_of(office) as desk:
        record_run(desk, Due(step, MARCH, slot), "done")


def test_a_month_by_the_store_alone(office: Office) -> None:
    assert due(office, ISSUED - timedelta(minutes=1)) == []
    assert due(office, ISSUED) == ["2026-03 distribute"]
    office.json("distribute", "要点", "--period", "2026-03")
    assert due(office, ISSUED) == ["2026-03 collect"]
    assert due(office, LATE) == ["2026-03 collect", "2026-03 remind", "2026-03 report", "2026-04 distribute"]
    office.json("report", "要点", "--period", "2026-03")
    assert due(office, LATE) == ["2026-04 distribute"], "the bulletin that a person made ends the month"


def test_a_step_that_ran_is_not_due_again(office: Office) -> None:
    office.json("distribute", "要点", "--period", "2026-03")
    ran(office, "remind", "截止后第3个工作日催报")
    assert "2026-03 remind" not in due(office, LATE)


def test_a_plan_of_another_year_is_left_alone(office: Office) -> None:
    assert due(office, datetime(2027, 3, 10, 9, tzinfo=CHINA)) == []


def test_a_bulletin_waits_for_leave_and_leave_can_be_taken_back(office: Office) -> None:
    office.configure(approval={"bulletin": True})
    office.json("distribute", "要点", "--period", "2026-03")
    assert "2026-03 report" not in due(office, LATE)

    def decide(given: bool) -> None:
        with desk_of(office) as desk:
            agree_bulletin(desk, MARCH, given)

    decide(True)
    assert "2026-03 report" in due(office, LATE)
    decide(False)
    assert "2026-03 report" not in due(office, LATE)


def test_leave_for_a_bulletin_is_no_leave_for_letters(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_smtp() as smtp:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office.use_mail(smtp.mail)
        with desk_of(office) as desk:
            agree_bulletin(desk, MARCH)
        result = office.json("distribute", "要点", "--period", "2026-03", "--yes")
        assert (result["awaiting_approval"], smtp.letters) == (True, [])
        assert "2026-03 distribute" not in due(office, ISSUED), "nobody has agreed"
        told = _told(office, ISSUED)
        assert "信件在等人同意，请启动“确认寄出”" in told
        office.json("approve", "要点", "--period", "2026-03")
        assert "2026-03 distribute" in due(office, ISSUED)
        office.json("distribute", "要点", "--period", "2026-03", "--yes")
        assert len(smtp.letters) == 4
        assert "2026-03 distribute" not in due(office, ISSUED)


def _told(office: Office, moment: datetime) -> str:
    with desk_of(office) as desk:
        assert isinstance(desk, Desk)
        return standing_page([], [("要点", each) for each in coming_up(desk, moment)], moment)


def test_what_comes_next_is_told(office: Office) -> None:
    told = _told(office, datetime(2026, 3, 1, 9, tzinfo=CHINA))
    assert "没有到点的事" in told
    assert "| 要点 | 2026年3月 下发 | 2026-03-02 09:00 |" in told


def test_a_wrong_time_in_the_settings_is_told_with_what_to_write(office: Office) -> None:
    office.configure(schedule={"issue_at": "九点"})
    answer = office.run("show", "要点")
    assert answer.code == 2
    assert "[schedule] 的 issue_at 应写成 时:分，如 \"09:00\"，现为 '九点'" in answer.err


def test_every_result_becomes_a_page_with_what_to_do(office: Office) -> None:
    issued = office.json("distribute", "要点", "--period", "2026-03")
    assert "| 东山县人民政府 | 2 |" in page(issued)
    folder = office.home / "来件"
    workbook = office.home / issued["workbooks"][0]["file"]
    fill(workbook, folder / "东山.xlsx", moving())
    other = office.home / issued["workbooks"][1]["file"]
    fill(other, folder / "西河.xlsx", lambda _row: {"完成状态": "差不多了"})
    (folder / "看不懂.txt").write_text("您好", encoding="utf-8")
    collected = office.json("collect", "要点", "--period", "2026-03", "--from", folder)
    told = page(collected)
    for fact in (
        "并入 **1**，退回 **1**，待处理 **1**",
        "## 退回更正（1）",
        "差不多了",
        "## 待处理（1）",
        "看不懂.txt",
    ):
        assert fact in told
    assert needs(collected) == "待处理 1，退回更正 1"
    reported = page(office.json("report", "要点", "--period", "2026-03"))
    assert f"[通报.docx]({(office.home / 'ledgers/要点/2026-03/通报.docx').as_uri()})" in reported


def test_what_a_unit_writes_does_nothing_on_the_page() -> None:
    evil = "<script>alert(1)</script>|[点这里](http://unit.example)\n# 标题"
    told = page({"quarantined": [{"file": evil, "unit": "", "reason": evil}]})
    row = told.splitlines()[-1]
    assert "<script>" not in told
    assert row.startswith("| &lt;script&gt;")
    assert "\\[点这里\\]" in row
    assert row.replace("\\|", "").count("|") == 4, "still one row of three cells"


def test_a_long_list_is_cut_and_says_so() -> None:
    told = page({"workbooks": [{"unit": f"单位{n}", "items": 1, "sent": True} for n in range(5000)]})
    assert "写了台账 **5000**" in told
    assert "其余 4800 行略" in told
