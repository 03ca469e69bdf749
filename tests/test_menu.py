"""`taizhang menu`: a clerk who types only numbers carries a month through."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.commands import menu
from flows.commands.launcher import lay_launchers
from flows.commands.menu import MAIN, MORE, YEARLY, Menu, dragged, plans
from flows.periods import Period, today
from flows.workspace import Home, create_home
from tests.office import PLAN, Office, fill, moving, new_office, roster_file
from tests.servers import SmtpServer, start_smtp
from tests.terminal import Terminal, at_terminal

ASK = "请输入数字，按回车："
BACK = "按回车回到菜单。"
MONTH = "哪一期，写年-月"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    with start_smtp() as server:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", server.password)
        yield server


def number(label: str) -> str:
    return str(next(n for n, choice in enumerate(MAIN, 1) if label in choice.label))


class Clerk:
    """Types the given lines, one a question; remembers what was asked, shown and run."""

    def __init__(self, home: Path, *lines: str) -> None:
        self.lines, self.shown, self.asked = list(lines), list[str](), list[str]()
        self.commands: list[list[str]] = []
        self.opened: list[Path] = []
        Menu(Home(home), self._run, self.shown.append, self._answer, self._open).loop()

    def _run(self, arguments: object) -> int:
        self.commands.append(list(arguments))  # type: ignore[call-overload]
        return 0

    def _answer(self, question: str) -> str:
        self.asked.append(question)
        return f"{self.lines.pop(0)}\n" if self.lines else ""

    def _open(self, path: Path) -> bool:
        self.opened.append(path)
        return False


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def at_the_menu(office: Office) -> list[str | Path]:
    return [sys.executable, "-m", "flows.cli", "--without-prefect", "--home", office.home, "menu"]


def choose(screen: Terminal, label: str) -> None:
    screen.wait_for(ASK)
    screen.type(number(label))


def test_a_clerk_carries_a_month_through_by_numbers(office: Office, smtp: SmtpServer, tmp_path: Path) -> None:
    office.use_mail(smtp.mail)
    roster_file(office.home / "ledgers" / "单位名录.xlsx")
    source = tmp_path / "2026 工作要点.txt"
    source.write_text(PLAN, encoding="utf-8")
    month = str(Period.of(today()))
    with at_terminal(at_the_menu(office)) as screen:
        assert "还没有计划" in screen.wait_for(ASK)
        screen.type(number("读入计划"))
        screen.wait_for("直接回车返回）：")
        screen.type(f"'{source}'")
        screen.wait_for("直接回车：2026工作要点）：")
        screen.type("要点")
        screen.wait_for(BACK)
        screen.type("")
        choose(screen, "下发台账")
        screen.wait_for(f"直接回车：{month}）：")
        screen.type("")
        screen.wait_for("确认寄出？")
        screen.type("是")
        assert "做完了" in screen.wait_for(BACK)
        assert len(smtp.letters) == 4
        screen.type("")
        issued = office.home / "ledgers" / "要点" / month / "下发"
        for book in sorted(issued.glob("*.xlsx")):
            fill(book, tmp_path / "收" / book.name, moving())
        choose(screen, "收回填报")
        screen.wait_for(MONTH)
        screen.type("")
        screen.wait_for("从哪个文件夹收")
        screen.type(str(tmp_path / "收"))
        assert "并入 4 份" in screen.wait_for(BACK)
        screen.type("")
        choose(screen, "生成通报")
        screen.wait_for(MONTH)
        screen.type("")
        screen.wait_for(BACK)
        screen.type("")
        screen.wait_for(ASK)
        screen.type("0")
        assert screen.end() == 0
    assert (office.home / "ledgers" / "要点" / month / "通报.docx").is_file()
    assert "Traceback" not in screen.seen


def test_every_choice_is_a_command_that_the_program_knows(office: Office) -> None:
    office.adopt(slug="旧要点")
    office.adopt(slug="要点")
    clerk = Clerk(office.home)
    needs_file = (menu._import, menu._check_backup)
    for choice in (*MAIN, *YEARLY, *MORE):
        if choice.ask in (menu._open, menu._years, menu._more, menu._restore):
            continue
        answers = [str(office.home / "要点.txt"), ""] if choice.ask in needs_file else ["", "", "", ""]
        if choice.ask is menu._agree:
            answers = ["", "", "是"]
        talk = Menu(Home(office.home), clerk._run, clerk.shown.append, typing(*answers), clerk._open)
        arguments = choice.ask(talk)
        assert arguments is not None
        page = subprocess_help(arguments[:2] if arguments[0] in ("mail", "template") else arguments[:1])
        for option in (word.partition("=")[0] for word in arguments if word.startswith("--")):
            assert option in page, f"{choice.label}: {option}"


def typing(*lines: str) -> Callable[[str], str]:
    left = list(lines)
    return lambda _question: f"{left.pop(0)}\n" if left else ""


def subprocess_help(words: list[str]) -> str:
    import io
    from contextlib import redirect_stdout

    from flows.cli import execute

    out = io.StringIO()
    with redirect_stdout(out):
        assert execute([*words, "--help"]) == 0, words
    return out.getvalue()


def test_a_wrong_number_and_a_closed_window_do_no_harm(office: Office) -> None:
    clerk = Clerk(office.home, "99", "甲", "", "０")
    assert clerk.commands == []
    assert clerk.shown.count(f"请输入 0 到 {len(MAIN)} 的数字。") == 3


def test_without_a_plan_the_menu_says_what_comes_first(office: Office) -> None:
    clerk = Clerk(office.home, number("催报"), "0")
    assert "还没有计划，请先选 1 读入计划。" in clerk.shown
    assert clerk.commands == []


def test_a_month_that_is_none_is_told_and_nothing_is_run(office: Office) -> None:
    office.adopt()
    clerk = Clerk(office.home, number("催报"), "十月", "0")
    assert clerk.commands == []
    assert any("不是2000—2099年的年月" in line for line in clerk.shown)


def test_the_month_in_hand_is_offered_again(office: Office) -> None:
    office.adopt()
    clerk = Clerk(office.home, number("催报"), "２０２６－０３", "", number("生成通报"), "", "", "0")
    assert clerk.commands == [["remind", "要点", "--period", "2026-03"], ["report", "要点", "--period", "2026-03"]]


def test_with_two_plans_the_menu_asks_which(office: Office) -> None:
    office.adopt(slug="甲要点")
    office.adopt(slug="乙要点")
    first, second = plans(Home(office.home))
    clerk = Clerk(office.home, number("催报"), "2", "2026-03", "", number("催报"), "", "", "", "0")
    assert [command[1] for command in clerk.commands] == [second, second]
    assert first != second


def test_a_path_dragged_into_the_window_is_read_as_the_systems_write_it(tmp_path: Path) -> None:
    plain = tmp_path / "工作 要点.docx"
    plain.touch()
    for typed in (f'"{plain}"', f"'{plain}'", f"& '{plain}'", str(plain).replace(" ", "\\ ") + " ", f" {plain} "):
        assert dragged(typed) == str(plain), typed


def test_a_file_that_is_not_there_is_asked_for_again_in_the_menu(office: Office) -> None:
    clerk = Clerk(office.home, "1", "没有.docx", "1", "没" * 300, "0")
    assert sum("拖进这个窗口，再按回车" in line for line in clerk.shown) == 2
    assert clerk.commands == []


def test_a_plans_name_that_windows_cannot_keep_is_refused_before_anything_runs(office: Office, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(PLAN, encoding="utf-8")
    clerk = Clerk(office.home, "1", str(source), "CON", "0")
    assert clerk.commands == []
    assert any("不能用作文件夹名" in line for line in clerk.shown)


def test_where_no_window_can_be_opened_the_folder_is_named(office: Office) -> None:
    clerk = Clerk(office.home, number("打开工作目录"), "0")
    assert clerk.opened == [office.home]
    assert f"请打开文件夹：{office.home}" in clerk.shown


def further(label: str) -> list[str]:
    """The numbers that lead to a choice of the last page."""
    at = next(n for n, choice in enumerate(MORE, 1) if label in choice.label)
    return [number("查来历"), str(at)]


def test_a_backup_is_made_checked_and_restored_as_a_home_of_its_own_by_numbers(office: Office) -> None:
    office.adopt()
    beside = office.home.parent
    with at_terminal(at_the_menu(office)) as screen:
        screen.wait_for(ASK)
        screen.type(further("做备份")[0])
        screen.wait_for(ASK)
        screen.type(further("做备份")[1])
        screen.wait_for("拖进来按回车")
        screen.type("")
        assert "逐个核对无误" in screen.wait_for(BACK)
        (made,) = beside.glob("办公室备份*.zip")
        screen.type("")
        screen.wait_for(ASK)
        screen.type(further("核对")[1])
        screen.wait_for("直接回车返回）：")
        screen.type(f'"{made}"')
        assert "备份完好" in screen.wait_for(BACK)
        screen.type("")
        screen.wait_for(ASK)
        screen.type(further("从备份恢复")[1])
        screen.wait_for("直接回车返回）：")
        screen.type(str(made))
        screen.wait_for("恢复到哪个新文件夹")
        screen.type("")
        assert "已恢复到" in screen.wait_for(BACK)
        screen.type("")
        screen.wait_for(ASK)
        screen.type("0")
        screen.wait_for(ASK)
        screen.type("0")
        assert screen.end() == 0
    (restored,) = beside.glob("办公室恢复*")
    assert plans(Home(restored)) == ["要点"]
    assert (restored / "台账.bat").is_file(), "the other computer's clerk double-clicks"
    assert (restored / "网页.bat").is_file()


def test_a_second_backup_of_a_day_leaves_the_first(office: Office) -> None:
    day = f"{today():%Y%m%d}"
    (office.home.parent / f"办公室备份{day}.zip").touch()
    clerk = Clerk(office.home, *further("做备份"), "", "", "0", "0")
    assert clerk.commands == [["backup", str(office.home.parent / f"办公室备份{day}-2.zip")]]


def test_without_a_clear_yes_nobody_has_agreed(office: Office) -> None:
    office.adopt()
    clerk = Clerk(office.home, *further("同意按日程寄信"), "", "", "0", "0")
    assert clerk.commands == []
    assert "没有同意，什么都没有改。" in clerk.shown


def test_the_menu_opens_the_page_in_the_browser(office: Office) -> None:
    clerk = Clerk(office.home, number("打开网页"), "", "0")
    assert clerk.commands == [["serve", "--open"]]
    assert any("Ctrl-C 结束，回到菜单" in line for line in clerk.shown)


def test_ctrl_c_at_a_question_leads_back_and_on_the_first_page_out(office: Office) -> None:
    office.adopt()
    with at_terminal(at_the_menu(office)) as screen:
        choose(screen, "催报")
        screen.wait_for(MONTH)
        os.kill(screen.program.pid, signal.SIGINT)
        screen.wait_for(ASK)
        os.kill(screen.program.pid, signal.SIGINT)
        assert screen.end() == 0
    assert "Traceback" not in screen.seen


MENU = """
import sys
from flows.commands.menu_commands import run_to_its_end
print("code", run_to_its_end([sys.executable, "-c", sys.argv[1]]))
"""
TIDY = """
import time
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    print("tidied")
"""
DEAF = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("pressed", flush=True))
print("begun", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until:
    time.sleep(0.1)
"""


def press_ctrl_c(screen: Terminal) -> None:
    """What the terminal does: it reaches the menu and the program that it runs."""
    os.killpg(os.getpgid(screen.program.pid), signal.SIGINT)


def test_ctrl_c_lets_a_program_end_what_it_has_in_hand() -> None:
    with at_terminal([sys.executable, "-c", MENU, TIDY]) as screen:
        screen.wait_for("begun")
        press_ctrl_c(screen)
        screen.wait_for("tidied")
        screen.wait_for("code 0")
        assert screen.end() == 0


def test_a_program_that_does_not_hear_is_ended_at_last() -> None:
    with at_terminal([sys.executable, "-c", MENU, DEAF]) as screen:
        screen.wait_for("begun")
        for _ in range(4):
            press_ctrl_c(screen)
            screen.wait_for("pressed")
            time.sleep(0.5)
        press_ctrl_c(screen)
        screen.wait_for("code -9")
        assert screen.end() == 0


def test_the_double_click_file_of_a_new_home_opens_its_menu(tmp_path: Path) -> None:
    home = create_home(tmp_path / "办公 室").root
    with at_terminal([home / "台账.sh"], cwd=tmp_path) as screen:
        assert str(home) in screen.wait_for(ASK)
        screen.type("0")
        assert screen.end() == 0


def test_a_home_of_before_gets_the_double_click_file(office: Office) -> None:
    laid = lay_launchers(office.home)
    for path in laid:
        path.unlink()
    assert office.run("menu", "--launcher").code == 0
    assert all(path.is_file() for path in laid)


def test_programs_read_what_the_menu_would_offer(office: Office) -> None:
    office.adopt()
    answer = office.run("menu", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["plans"] == [{"plan": "要点", "newest": None}]


def test_a_program_without_a_keyboard_leaves_the_menu_at_once(office: Office) -> None:
    command = [*map(str, at_the_menu(office))]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0
    assert run.stderr == b""
