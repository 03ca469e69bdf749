"""The command line: exit codes, one JSON object, and one Chinese sentence for everything that goes wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from flows import __version__
from flows.cli import execute
from tests.needs import ROOT
from tests.office import PLAN, UNITS, Office, new_office, roster_file

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMANDS = (
    "init",
    "import",
    "show",
    "distribute",
    "collect",
    "remind",
    "report",
    "status",
    "review",
    "trace",
    "demo",
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def check_complaint(code: int, out: str, err: str) -> None:
    """Bad input: exit 2, nothing on stdout, one Chinese sentence on stderr, no traceback."""
    assert code == 2
    assert out == ""
    assert err.startswith("错误：")
    assert err.count("\n") == 1
    assert CHINESE.search(err)
    assert "Traceback" not in err


def check_refused(office: Office, *arguments: str | Path) -> str:
    before = sorted(str(p) for p in office.home.rglob("*"))
    answer = office.run(*arguments)
    check_complaint(answer.code, answer.out, answer.err)
    after = sorted(str(p) for p in office.home.rglob("*") if "台账.db" not in p.name)
    assert [p for p in after if p not in before] == [], "something was half-written"
    return answer.err


def test_a_missing_file_is_told(office: Office) -> None:
    assert "找不到文件" in check_refused(office, "import", "没有的.docx", "--as", "甲")


def test_a_file_that_is_no_plan_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("关于召开会议的通知\n\n请各单位准时参加。\n", encoding="utf-8")
    assert "任务" in check_refused(office, "import", path, "--as", "甲")


def test_a_picture_is_no_plan(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "扫描件.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    check_refused(office, "import", path, "--as", "甲")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_a_damaged_office_file_is_refused(office: Office, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"要点{suffix}"
    path.write_bytes(b"PK\x03\x04 this is no package")
    check_refused(office, "import", path, "--as", "甲")


def test_a_plan_without_units_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "要点.txt"
    path.write_text("要点\n\n序号\t任务事项\t具体要求\t完成时限\n1\t建目录\t编制目录。\t3月底前\n", encoding="utf-8")
    assert "单位" in check_refused(office, "import", path, "--as", "甲")


def test_an_empty_roster_is_refused(office: Office, tmp_path: Path) -> None:
    plan = tmp_path / "要点.txt"
    plan.write_text(PLAN, encoding="utf-8")
    empty = roster_file(tmp_path / "空.xlsx", ())
    assert "还没有单位" in check_refused(office, "import", plan, "--as", "甲", "--roster", empty)


def test_an_unknown_setting_is_refused_by_every_command_that_reads_it(office: Office) -> None:
    office.adopt()
    path = office.home / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("reply_day", "replay_day"), encoding="utf-8")
    for command in (("show", "要点"), ("distribute", "要点", "--period", "2026-03"), ("status", "要点")):
        assert "replay_day 不是可用的设置名" in check_refused(office, *command)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "没有的"), "还没有计划“没有的”"),
        (("distribute", "没有的", "--period", "2026-03"), "还没有计划“没有的”"),
        (("distribute", "要点", "--period", "三月"), "的年月"),
        (("distribute", "要点"), "缺少选项 --period"),
        (("collect", "要点", "--period", "2026-03"), "还没有下发"),
        (("remind", "要点", "--period", "2026-03"), "还没有下发"),
        (("report", "要点", "--period", "2026-03"), "还没有下发"),
        (("report", "要点", "--period", "2026-03", "--as-of", "昨天"), "不是日期"),
        (("import", "要点.txt", "--as", "甲", "--issued", "1999-03-01"), "不在2000—2099年"),
        (("import", "要点.txt", "--as", "甲", "--issued", "2026-W10"), "不是日期"),
        (("import", "长" * 300, "--as", "甲"), "太长"),
        (("review", "要点", "--period", "2026-03", "--from", "长" * 300), "太长"),
        (("import", "要点.txt"), "缺少选项 --as"),
        (("fly",), "没有“fly”这个命令"),
        (("show", "要点", "--fast"), "没有“--fast”这个选项"),
        (("show", "要点", "--home", "家"), "“--home”要写在命令前面"),
        (("show", "要点", "--without-prefect"), "“--without-prefect”要写在命令前面"),
        (("approve", "要点", "--bulletin", "--year", "2026"), "--bulletin 只用于每月的通报"),
        (("show", "要点", "又一个"), "多了“又一个”"),
        (("import", "要点.txt", "--as", "a/b"), "不能用作文件夹名"),
        (("import", "要点.txt", "--as", "甲", "--year", "今年"), "--year 的写法不对"),
        (("import", "要点.txt", "--as", "甲", "--year", "99"), "--year 的写法不对"),
    ],
)
def test_wrong_use_is_one_sentence_with_what_to_do(office: Office, arguments: tuple[str, ...], said: str) -> None:
    office.adopt()
    told = check_refused(office, *(str(office.home / "要点.txt") if a == "要点.txt" else a for a in arguments))
    assert said in told


def test_a_plan_that_nobody_carries_is_not_sent_out(office: Office) -> None:
    office.adopt(units=(("外地单位", "", "企事业单位", "", "", "", ""),))
    assert "没有一个单位承担任务" in check_refused(office, "distribute", "要点", "--period", "2026-03")


def test_a_folder_that_is_not_there_is_told(office: Office) -> None:
    office.adopt()
    office.json("distribute", "要点", "--period", "2026-03")
    assert "找不到文件夹" in check_refused(office, "collect", "要点", "--period", "2026-03", "--from", "没有的")


def test_a_broken_letter_template_stops_before_anything_is_sent(office: Office) -> None:
    office.adopt()
    path = office.home / "templates" / "letters" / "下发.txt"
    path.write_text("主题：台账\n\n{{单为}}：请填报。\n", encoding="utf-8")
    answer = office.run("distribute", "要点", "--period", "2026-03")
    check_complaint(answer.code, answer.out, answer.err)
    assert "单为" in answer.err
    assert not list(office.home.rglob("*.eml"))


def test_a_fault_of_the_program_leaves_no_traceback_on_the_screen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.adopt()
    monkeypatch.setattr("flows.commands.views.plan_view", lambda _desk: 1 / 0)
    answer = office.run("show", "要点", "--json")
    check_complaint(answer.code, answer.out, answer.err)
    log = re.search(r"记在 (\S+\.txt)", answer.err)
    assert log
    assert "ZeroDivisionError" in Path(log[1]).read_text(encoding="utf-8")
    Path(log[1]).unlink()


def test_a_database_in_use_is_told_in_one_sentence(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy as sa

    def locked(_desk: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    office.adopt()
    monkeypatch.setattr("flows.commands.views.plan_view", locked)
    answer = office.run("show", "要点", "--json")
    check_complaint(answer.code, answer.out, answer.err)
    assert "另一个台账程序" in answer.err


def test_before_anything_was_issued_nobody_is_called_silent(office: Office) -> None:
    office.adopt()
    status = office.json("status", "要点", "--period", "2026-03")
    assert {unit["answer"] for unit in status["units"]} == {"未下发"}
    assert (status["totals"]["asked"], status["totals"]["missing"]) == (0, 0)
    assert "还没有下发台账" in office.run("status", "要点", "--period", "2026-03").out


def test_the_bare_command_shows_the_help() -> None:
    import io
    from contextlib import redirect_stdout

    out = io.StringIO()
    with redirect_stdout(out):
        assert execute([]) == 0
    assert "distribute" in out.getvalue()


def test_on_a_fresh_machine_the_engine_starts_and_says_nothing(tmp_path: Path) -> None:
    """An empty home folder: Prefect's own folder is not there yet, nor the one above it."""
    import os

    office = new_office(tmp_path)
    office.adopt()
    (tmp_path / "新用户").mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    env |= {"HOME": str(tmp_path / "新用户"), "USERPROFILE": str(tmp_path / "新用户"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "flows.cli",
            "--home",
            office.home,
            "distribute",
            "要点",
            "--period",
            "2026-03",
            "--json",
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env=env,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["workbooks"]) == 4


def test_the_office_decides_what_before_a_month_means(office: Office) -> None:
    source = office.home / "要点.txt"
    source.write_text(PLAN.replace("4月底前", "4月前"), encoding="utf-8")
    office.json("import", source, "--as", "甲")
    office.configure(plan={"inclusive_months": False})
    office.json("import", source, "--as", "乙")
    due = [next(i["due"] for i in office.json("show", slug)["items"] if i["no"] == "3") for slug in ("甲", "乙")]
    assert due == ["2026-04-30", "2026-03-31"]


def test_doubts_need_a_person_and_a_clear_plan_does_not(office: Office) -> None:
    office.adopt()
    clear = office.run("import", office.home / "要点.txt", "--as", "甲", "--json")
    assert (clear.code, clear.json["warnings"]) == (0, [])
    source = office.home / "存疑.txt"
    source.write_text(PLAN.replace("市数据局\t各县", "市气象局\t各县"), encoding="utf-8")
    doubtful = office.run("import", source, "--as", "乙", "--json")
    assert doubtful.code == 1
    assert [(w["no"], w["field"], w["text"]) for w in doubtful.json["warnings"]] == [("1", "lead", "市气象局")]


def test_a_plan_can_be_read_before_there_is_a_roster(office: Office) -> None:
    source = office.home / "要点.txt"
    source.write_text(PLAN, encoding="utf-8")
    answer = office.run("import", source, "--as", "甲", "--json")
    assert answer.code == 1
    assert [w["field"] for w in answer.json["warnings"]] == ["roster"]
    assert all(item["assigned"] == [] for item in office.json("show", "甲")["items"])


def test_two_plans_with_different_rosters_live_in_one_home(office: Office, tmp_path: Path) -> None:
    office.adopt(slug="甲")
    other = (*UNITS[:3], ("市审计局", "", "政府部门", "", "shenji@unit.example", "", ""))
    office.adopt(slug="乙", units=other)
    assert {u["unit"] for i in office.json("show", "甲")["items"] for u in i["assigned"]} == {u[0] for u in UNITS}
    assert {u["unit"] for i in office.json("show", "乙")["items"] for u in i["assigned"]} == {u[0] for u in other}


def test_every_command_prints_one_json_object_and_nothing_else(office: Office, tmp_path: Path) -> None:
    office.adopt()
    keys = {
        ("show", "要点"): {"source", "plan", "items", "warnings"},
        ("distribute", "要点", "--period", "2026-03"): {"workbooks"},
        ("collect", "要点", "--period", "2026-03"): {"accepted", "returned", "quarantined", "duplicates"},
        ("remind", "要点", "--period", "2026-03"): {"reminded"},
        ("report", "要点", "--period", "2026-03"): {"bulletin", "master", "notices"},
        ("review", "要点", "--period", "2026-03"): {"taken", "unchanged", "problems", "conflicts"},
        ("trace", "要点", "2", "市财政局"): {"now", "versions", "reviews", "issued", "letters"},
        ("status", "要点", "--period", "2026-03"): {"totals", "units", "items"},
    }
    for command, wanted in keys.items():
        assert wanted <= set(office.run(*command, "--json").json)


def test_the_help_is_chinese_and_names_every_command() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "flows.cli", "--help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\s+\S*[\u4e00-\u9fff]", page, re.MULTILINE), command
    assert not re.search(r"Usage|Options|Commands|Show this", page)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"taizhang {command}" in text, command


def test_the_version_has_one_source() -> None:
    assert execute(["--version"]) == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_looking_does_not_start_prefect(office: Office) -> None:
    """`import show status` answer without paying for the engine."""
    office.adopt()
    office.json("distribute", "要点", "--period", "2026-03")
    code = (
        "import sys; from flows.cli import execute; "
        f"execute(['--home', {str(office.home)!r}, 'show', '要点', '--json']); "
        f"execute(['--home', {str(office.home)!r}, 'status', '要点', '--json']); "
        "sys.stderr.write('prefect' if any(m == 'prefect' or m.startswith('prefect.') for m in sys.modules) else 'no')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == "no"
    decoder = json.JSONDecoder()
    assert decoder.raw_decode(done.stdout)[0]["plan"]["year"] == 2026


def test_a_workbook_in_place_of_the_roster_without_header_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "别的.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "收支表")
    plan = tmp_path / "要点.txt"
    plan.write_text(PLAN, encoding="utf-8")
    assert "单位名称" in check_refused(office, "import", plan, "--as", "甲", "--roster", path)


def test_json_before_the_command_is_told_where_it_belongs(office: Office) -> None:
    answer = subprocess.run([sys.executable, "-m", "flows.cli", "--json", "show"], cwd=ROOT, capture_output=True)
    check_complaint(answer.returncode, answer.stdout.decode(), answer.stderr.decode())
    assert "“--json”要写在命令后面" in answer.stderr.decode()


def test_a_window_without_width_and_a_closed_one_do_no_harm(office: Office) -> None:
    office.adopt()
    command = [sys.executable, "-m", "flows.cli", "--without-prefect", "--home", str(office.home), "show", "要点"]
    narrow = subprocess.run(command, cwd=ROOT, capture_output=True, env={**os.environ, "COLUMNS": "0"})
    assert "要点" in narrow.stdout.decode()
    if os.name == "posix":
        shut = ["sh", "-c", '"$@" >&-', "sh", *command, "--json"]
        closed = subprocess.run(shut, cwd=ROOT, capture_output=True)
        assert (closed.returncode, closed.stderr.decode()) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_in_the_midst_of_a_command_is_one_sentence(office: Office) -> None:
    office.adopt()
    arguments = ["--home", str(office.home), "show", "要点"]
    script = f"""
import os, signal, sys
from flows import cli, desk

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell hands its deafness on

def stop(*_, **__):
    os.kill(os.getpid(), signal.SIGINT)

desk.open_desk = stop
sys.exit(cli.execute({arguments!r}))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True)
    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (130, b"", "已中断。再运行一次会接着做。\n")


def test_who_mistypes_a_plan_is_told_which_there_are(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt()
    for command in (("status", "要电"), ("distribute", "要电", "--period", "2026-03")):
        told = office.run(*command)
        assert told.code == 2
        assert "还没有计划“要电”" in told.err
        assert "已有的计划：要点" in told.err
