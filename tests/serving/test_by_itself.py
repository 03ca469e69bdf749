"""An office's year by schedule, with its own store and mail: 年报数据 and 督办单 leave once, and only with leave."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from flows import serve
from flows.desk import open_desk
from flows.engine import run
from flows.periods import CHINA
from flows.serving.standing import coming_up, year_fault
from flows.workspace import Home
from tests.office import PLAN, Office, new_office
from tests.servers import SmtpServer, start_smtp


@dataclass
class Town:
    """An office with mail and a plan that runs by schedule."""

    office: Office
    smtp: SmtpServer

    def check(self, moment: str) -> list[tuple[str, str]]:
        """到点检查 at a moment: what was run and what came of it."""
        return [(each.what, each.told) for each in serve._run_due(Home(self.office.home), "要点", at(moment))]

    def waits(self, moment: str) -> list[str]:
        """What 到点检查 asks of a person."""
        with open_desk(Home(self.office.home), "要点") as desk:
            return [f"{each.told}：{each.waits}" for each in coming_up(desk, at(moment)) if each.waits]

    def subjects(self) -> list[str]:
        read = [email.message_from_bytes(letter.data, policy=email.policy.default) for letter in self.smtp.letters]
        return [str(letter["Subject"]) for letter in read]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        smtp = stack.enter_context(start_smtp())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        patch.setenv(serve.HOME, str(tmp_path / "办公室"))
        patch.setattr(serve, "run_flow", partial(run, engine=False))  # Prefect itself is tested with the page
        office = new_office(tmp_path)
        office.use_mail(smtp.mail)
        yield Town(office, smtp)


def test_a_years_numbers_are_asked_for_reminded_and_reported_by_themselves(town: Town) -> None:
    town.office.adopt(PLAN.replace("2026", "2025"))
    town.office.configure(schedule={"annual_plans": ["要点"], "annual_report_on": "03-10"})
    assert town.check("2025-12-31T09:00") == []
    assert town.check("2026-01-08T08:59") == []
    ((what, told),) = town.check("2026-01-08T09:00")
    assert what == "下发2025年度年报数据"
    assert "封信在等人同意" in told
    assert town.smtp.letters == []
    assert "collect" not in str(town.check("2026-01-08T09:10")), "nothing is tried in vain but the mailbox"
    assert town.waits("2026-01-08T10:00") == [
        "下发2025年度年报数据：信件在等人同意，请启动“确认寄出”，期次写 2025",
    ]
    town.office.json("approve", "要点", "--year", "2025")
    assert town.check("2026-01-08T11:00")[0] == ("下发2025年度年报数据", "办好了")
    asked = len(town.smtp.letters)
    assert asked == 4
    # The real clock of this test is far behind every unit's own day: the reminder is due to all four.
    assert [what for what, _ in town.check("2026-02-02T09:00")] == ["回收2025年度年报数据", "催报2025年度年报数据"]
    assert len(town.smtp.letters) == asked + 4
    assert [what for what, _ in town.check("2026-02-02T12:00")] == ["回收2025年度年报数据"]
    made_up = [what for what, _ in town.check("2026-03-10T09:00")]
    # The machine was off in February: the reminder is made up for.
    assert made_up == ["回收2025年度年报数据", "催报2025年度年报数据", "生成2025年度报告"]
    assert (town.office.home / "ledgers/要点/2025年报/年度报告.docx").is_file()
    assert "报告" not in str(town.check("2026-03-10T12:00"))
    assert town.check("2026-06-01T09:00") == [], "the round is over"


def test_a_year_that_nobody_has_to_file_for_is_told_and_stops_no_month(town: Town) -> None:
    town.office.adopt()
    town.office.configure(schedule={"plans": ["要点"], "annual_plans": ["要点"]}, annual={"kinds": ["社会组织"]})
    assert [what for what, _ in town.check("2026-03-02T09:00")] == ["2026年3月下发"]
    with open_desk(Home(town.office.home), "要点") as desk:
        assert year_fault(desk).startswith("没有一个单位要报年报数据")


def test_notices_are_written_after_the_bulletin_and_leave_when_somebody_agrees_to_them(town: Town) -> None:
    office = town.office
    office.adopt()
    office.configure(
        schedule={"plans": ["要点"], "supervise": True, "remind_on": False, "remind_before": [], "remind_after": []}
    )
    office.json("distribute", "要点", "--period", "2026-03")
    sent = len(town.smtp.letters)
    office.json("report", "要点", "--period", "2026-03", "--as-of", "2026-04-20")
    found = dict(town.check("2026-04-20T09:00"))
    assert "封，没有寄出，在等人同意" in found["2026年3月督办"]
    assert len(town.smtp.letters) == sent, "that the month was agreed to is no leave for notices"
    (asked,) = [each for each in town.waits("2026-04-20T10:00") if "督办" in each]
    assert "请先看督办单" in asked
    assert "2026年3月督办" not in dict(town.check("2026-04-20T10:00"))
    office.json("approve", "要点", "--period", "2026-03")
    assert dict(town.check("2026-04-20T10:10"))["2026年3月督办"] == "办好了"
    fresh = town.subjects()[sent:]
    assert fresh
    assert all("督办" in subject for subject in fresh)
    assert "2026年3月督办" not in dict(town.check("2026-04-21T09:00"))
    assert len(town.smtp.letters) == sent + len(fresh)


def test_december_is_reported_in_january_and_the_new_plan_begins_beside_it(town: Town) -> None:
    office = town.office
    office.adopt()
    office.configure(schedule={"plans": ["要点"]})
    office.json("distribute", "要点", "--period", "2026-12")
    ran = [what for what, _ in town.check("2027-01-08T09:00")]
    assert ran[0] == "2026年12月回收"
    assert ran[-1] == "2026年12月通报"
    assert not any("2027" in what for what in ran), "the plan's year is over"
    assert [each for each in town.waits("2027-01-08T10:00") if "2027" in each] == [], "no task has a later day"


def test_a_plan_that_goes_over_new_year_goes_on_when_the_office_says_so(town: Town) -> None:
    office = town.office
    office.adopt(PLAN.replace("6月底前", "2027年6月底前"))
    office.configure(schedule={"plans": ["要点"]})
    (asked,) = [each for each in town.waits("2027-01-08T10:00") if "2027" in each]
    assert "还有 1 项任务时限在后面" in asked
    assert "[schedule.months]" in asked
    text = (office.home / "config.toml").read_text("utf-8")
    text = text.replace("[schedule.months]\n", '[schedule.months]\n"要点" = "2026-03至2027-06"\n')
    (office.home / "config.toml").write_text(text, encoding="utf-8")
    assert [what for what, _ in town.check("2027-01-08T10:00")] == ["2027年1月下发"]
    assert town.check("2027-07-05T10:00") == []


def test_a_school_year_goes_on_past_new_year_by_itself(town: Town) -> None:
    town.office.adopt(PLAN.replace("2026年", "2025—2026学年", 1))
    town.office.configure(schedule={"plans": ["要点"]})
    assert [what for what, _ in town.check("2026-03-02T10:00")] == ["2026年3月下发"]
    assert town.check("2026-09-10T10:00") == []


@pytest.mark.parametrize("text", ["2027-06至2026-03", "", "三月至六月"])
def test_a_span_that_cannot_be_read_is_told_with_what_to_write(town: Town, text: str) -> None:
    path = town.office.home / "config.toml"
    written = path.read_text("utf-8").replace("[schedule.months]\n", f'[schedule.months]\n"要点" = "{text}"\n')
    path.write_text(written, encoding="utf-8")
    assert "[schedule.months] 的 要点 应写成 从哪月至哪月" in town.office.run("show", "要点").err


def test_a_day_of_the_report_that_is_none_is_told(town: Town) -> None:
    town.office.configure(schedule={"annual_report_on": "三月"})
    assert "annual_report_on 应写成 月-日" in town.office.run("show", "要点").err
