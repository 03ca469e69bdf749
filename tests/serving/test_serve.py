"""`taizhang serve`: one command, and a clerk works on its page in the browser. One server for all tests of this file;
the last one ends it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows import tables
from flows.periods import Period, today
from flows.serving.alive import announce, running, state_file
from tests.needs import ROOT
from tests.office import PLAN, Office, fill, moving, new_office
from tests.servers import SmtpServer, start_smtp
from tests.serving.served import Served, browser, free_port, pictures_folder, serve

MONTH = Period.of(today())


@dataclass
class Town:
    """An office with mail, whose plan runs by schedule, and its server."""

    office: Office
    smtp: SmtpServer
    served: Served
    folder: Path

    def rows(self, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
        engine = sa.create_engine(f"sqlite:///{self.office.home / 'ledgers' / '台账.db'}")
        with engine.connect() as db:
            found = list(db.execute(sa.select(table)).all())
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("serve")
    with ExitStack() as stack:
        smtp = stack.enter_context(start_smtp())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office = new_office(folder)
        office.use_mail(smtp.mail)
        office.adopt(PLAN.replace("2026", str(MONTH.year)))
        office.configure(schedule={"plans": ["要点"], "remind_on": False, "remind_before": [], "remind_after": []})
        waiting = office.json("distribute", "要点", "--period", str(MONTH), "--yes")
        assert waiting["awaiting_approval"]
        first = office.home / waiting["workbooks"][0]["file"]
        fill(first, folder / "来件" / first.name, moving())
        (folder / "来件" / "看不懂.txt").write_text("您好", encoding="utf-8")
        yield Town(office, smtp, stack.enter_context(serve(office.home, folder / "serve")), folder)


def test_what_is_due_is_done_as_soon_as_it_starts(town: Town) -> None:
    run = town.served.finished("到点检查")
    assert f"要点 {MONTH.label}回收" in run["state"]["message"]
    assert run["state_name"] == "要人处理", "no mailbox is set to collect from"
    steps = {(row.step, row.period) for row in town.rows(tables.scheduled)}
    assert steps == {("collect", str(MONTH))}, "what waits for a person is not tried"
    assert town.served.finished("回收台账")["state_type"] in ("COMPLETED", "FAILED")
    text = town.served.artifact("taizhang-due")["data"]
    assert "信件在等人同意，请启动“确认寄出”" in text


def test_a_second_one_says_that_it_runs_already(town: Town) -> None:
    again = town.office.run("serve")
    assert (again.code, again.err) == (2, f"错误：这个工作目录已经在运行。请直接打开 {town.served.page}。\n")


def test_a_port_that_is_taken_is_told(town: Town, tmp_path: Path) -> None:
    other = new_office(tmp_path)
    told = other.run("serve", "--port", str(town.served.port))
    assert told.code == 2
    assert f"端口 {town.served.port} 已被别的程序占用" in told.err


def test_a_command_uses_the_server_that_runs(town: Town) -> None:
    before = len(town.served.runs("回收台账"))
    arguments = ["--home", str(town.office.home), "collect", "要点", "--period", str(MONTH), "--from", str(town.folder)]
    env = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments, "--json", "--dry-run"],
        env=env,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    assert len(town.served.runs("回收台账")) == before + 1


def test_another_web_page_can_start_nothing_here(town: Town) -> None:
    path = f"deployments/{town.served.deployments()['02 确认寄出']['id']}/create_flow_run"
    asked = {"parameters": {"plan": "要点", "decision": "同意寄出"}}
    with pytest.raises(urllib.error.HTTPError) as refused:
        town.served.post(path, asked, {"Origin": "http://elsewhere.example"})
    assert refused.value.code == 403
    token = urllib.request.Request(
        f"{town.served.page}/api/csrf-token?client=x", headers={"Origin": "http://elsewhere.example"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(token, timeout=30) as answer:
        assert answer.headers.get("Access-Control-Allow-Origin") is None, "nor can it read the token"


def test_a_clerk_collects_and_agrees_to_a_mailing_in_the_browser(town: Town) -> None:
    served = town.served
    with browser(pictures_folder(town.folder / "pictures")) as clerk:
        clerk.open(f"{served.page}/deployments")
        clerk.sees("03 回收")
        clerk.picture("01 有哪些事")
        clerk.follow("03 回收")
        clerk.press("Run")
        clerk.press("Custom run")
        clerk.sees("留空则从邮箱收")
        clerk.type("从哪个文件夹或 s3:// 地址收", str(town.folder / "来件"))
        clerk.picture("02 回收的表单")
        clerk.submit()
        run = served.finished("回收")
        assert (run["state_name"], run["state"]["message"]) == ("要人处理", "待处理 1")
        assert run["parameters"]["plan"] == "要点", "the only plan is filled in"
        asked = served.deployments()["11 下发年报数据"]["parameters"]["year"]
        assert asked == today().year - (today().month <= 6), "and the year whose numbers are gathered now"

        clerk.open(f"{served.page}/artifacts/artifact/{served.artifact('taizhang-collect')['id']}")
        clerk.sees("东山县人民政府")
        clerk.sees("看不懂.txt")
        clerk.picture("03 回收的结果")
        clerk.open(f"{served.page}/artifacts/artifact/{served.artifact('taizhang-answers')['id']}")
        clerk.sees("未报送")
        clerk.picture("04 谁报了")

        clerk.open(f"{served.page}/deployments")
        clerk.follow("02 确认寄出")
        clerk.press("Run")
        clerk.press("Custom run")
        clerk.sees("决定")
        clerk.choose("决定", "同意寄出")
        clerk.picture("05 确认寄出的表单")
        clerk.submit()
        run = served.finished("确认寄出")
        assert run["state_name"] == "办好了", run["state"]
        clerk.open(f"{served.page}/artifacts/artifact/{served.artifact('taizhang-approve')['id']}")
        clerk.sees("dongshan@unit.example")
        clerk.picture("06 确认寄出的结果")
    assert town.smtp.letters == [], "agreeing sends nothing by itself"
    (row,) = town.rows(tables.approvals)
    assert (row.means, row.letters) == ("网页", 4)
    town.office.json("distribute", "要点", "--period", str(MONTH), "--yes")
    assert len(town.smtp.letters) == 4, "the next run reads the decision"


def test_what_goes_wrong_is_a_sentence_and_never_a_traceback(town: Town) -> None:
    deployment = town.served.deployments()["08 督办"]
    town.served.ask(f"deployments/{deployment['id']}/create_flow_run", {"parameters": {"plan": "要点"}})
    run = town.served.finished("督办")
    assert (run["state_type"], run["name"]) == ("FAILED", "督办 要点 本月")
    assert run["state"]["message"].startswith(MONTH.label)
    assert "督办单" in run["state"]["message"]
    assert "**怎么办**" in town.served.artifact("taizhang-trouble")["data"]


def test_ctrl_c_ends_it_cleanly(town: Town) -> None:
    assert town.served.stop() == 0
    said = town.served.told.read_text("utf-8")
    assert said.splitlines()[-1] == "已结束。"
    assert "Traceback" not in said
    assert not state_file(town.office.home).exists()
    assert running(town.office.home) is None


def test_a_server_that_was_killed_is_not_taken_for_running(tmp_path: Path) -> None:
    announce(tmp_path, free_port(), "a token")
    assert state_file(tmp_path).is_file()
    assert running(tmp_path) is None
    state_file(tmp_path).write_text("{half", encoding="utf-8")
    assert running(tmp_path) is None
