"""What does no harm on Linux and fails on Windows: looked for in the source and in the files of a month."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from flows.files import is_legal_name, safe_name
from flows.ledger.writer import ledger_file_name
from flows.periods import Period
from tests.needs import ROOT
from tests.office import Office, Row, fill, new_office

SOURCES = sorted((ROOT / "flows").rglob("*.py"))
UNIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "posix"}
UNIX_CALLS = re.compile(
    r"^(os\.(fork|forkpty|killpg|setsid|getpgid|getuid|geteuid|getgid|setuid|mkfifo|getloadavg|uname|nice|sched_\w+)"
    r"|signal\.(SIGKILL|SIGHUP|SIGALRM|SIGUSR[12]|SIGCHLD|SIGQUIT|alarm|pause)|time\.tzset)$"
)
LOCALE_DATES = re.compile(r"%[aAbBcpxX]|%[-_]|[^\x00-\x7f]")
"""Names of days and months differ with the locale, %-d is glibc's, and Windows fails on Chinese in a format."""
LONGEST = 240
"""Windows' 260 without the letters that a temporary name adds."""
OFFICE_PATH = len(r"C:\Users\zhangsanfeng\Documents\台账工作目录") + 1


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return ""


def text_mode(call: ast.Call, place: int) -> bool:
    """Whether an open() means text: its mode is a constant without b, or none is given and it is the builtin."""
    mode = next((k.value for k in call.keywords if k.arg == "mode"), None)
    mode = mode or (call.args[place] if len(call.args) > place else None)
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        return re.fullmatch(r"[rwax+t]+", mode.value) is not None
    return mode is None and place == 1


def sins(tree: ast.AST, guarded: bool = False) -> Iterator[str]:
    """Each sin with its line. What stands under a question about sys.platform is looked at as meant for one system."""
    for node in ast.iter_child_nodes(tree):
        inside = guarded or (isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test))
        inside = inside or (isinstance(node, ast.IfExp) and "sys.platform" in ast.unparse(node.test))
        yield from (f"{getattr(node, 'lineno', 0)}: {sin}" for sin in own_sins(node, inside))
        yield from sins(node, inside)


def own_sins(node: ast.AST, guarded: bool) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom) and not guarded:
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        yield from (f"imports {name}" for name in names if name in UNIX_MODULES)
    if isinstance(node, ast.Attribute) and not guarded and UNIX_CALLS.match(dotted(node)):
        yield dotted(node)
    if not isinstance(node, ast.Call):
        return
    name, given = dotted(node.func), {word.arg for word in node.keywords}
    last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    if name in ("open", "io.open") and text_mode(node, 1) and "encoding" not in given:
        yield "open() without encoding"
    if isinstance(node.func, ast.Attribute) and last == "open" and text_mode(node, 0) and "encoding" not in given:
        yield ".open() without encoding"
    if isinstance(node.func, ast.Attribute) and last == "read_text" and not {"encoding"} & given and not node.args:
        yield ".read_text() without encoding"
    if isinstance(node.func, ast.Attribute) and last == "write_text" and "encoding" not in given and len(node.args) < 2:
        yield ".write_text() without encoding"
    if last in ("NamedTemporaryFile", "TemporaryFile") and text_mode(node, 0) and "encoding" not in given:
        yield f"{last} without encoding"
    for word in node.keywords:
        truth = isinstance(word.value, ast.Constant) and word.value.value is True
        if word.arg == "shell" and truth:
            yield "shell=True"
        if word.arg in ("text", "universal_newlines") and truth and "encoding" not in given:
            yield "text=True without encoding"
        if word.arg == "preexec_fn":
            yield "preexec_fn"
    if name in ("os.system", "os.popen"):
        yield name
    if last == "strftime":
        formats = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        yield from (f"strftime({text})" for text in formats if LOCALE_DATES.search(text))


def test_no_source_file_does_what_only_unix_can() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): told
        for path in SOURCES
        if (told := list(sins(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "sin",
    [
        "import fcntl",
        "os.killpg(1, 9)",
        "os.kill(1, signal.SIGKILL)",
        "open('a')",
        "Path('a').open('w')",
        "Path('a').read_text()",
        "Path('a').write_text('x')",
        "subprocess.run('dir', shell=True)",
        "subprocess.run(['a'], text=True)",
        "day.strftime('%Y年%m月')",
        "day.strftime('%B')",
        "tempfile.NamedTemporaryFile('w')",
    ],
)
def test_the_search_finds_each_sin(sin: str) -> None:
    assert list(sins(ast.parse(sin)))
    assert not list(sins(ast.parse("Path('a').open('rb')\nx.open(info)\nzip.open('b')\nday.strftime('%Y-%m')")))


@pytest.mark.parametrize("name", ["CON", "con.xlsx", "Aux .txt", "NUL", "COM1.docx", "lpt9", "COM¹.txt", "conin$"])
def test_names_that_windows_keeps_for_devices_are_changed(name: str) -> None:
    assert not is_legal_name(name)
    assert safe_name(name) == f"_{name}"
    assert is_legal_name(safe_name(name))


def test_a_shortened_name_does_not_end_with_what_windows_drops() -> None:
    assert safe_name("市局 第二分局", 3) == "市局"
    assert safe_name("市    局.xlsx", 8) == "市.xlsx"
    assert safe_name("市 局 .xlsx") == "市 局 .xlsx"
    assert is_legal_name(safe_name("局" * 79 + ". x"))


def test_units_that_differ_only_in_case_or_at_the_end_get_files_of_their_own() -> None:
    long = "云川市" + "公共资源交易监督管理和政务服务数据协调" * 3
    units = ["云川市ABC公司", "云川市abc公司", f"{long}一分局", f"{long}二分局", "CON", "市局：一/二"]
    names = [ledger_file_name(unit, number, Period(2026, 10)) for number, unit in enumerate(units, 1)]
    assert len({name.casefold() for name in names}) == len(units)
    assert all(is_legal_name(name) for name in names)


def test_a_second_plan_that_differs_only_in_case_is_refused(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt(slug="Plan2026")
    refused = office.run("import", office.home / "要点.txt", "--as", "plan2026")
    assert refused.code == 2
    assert "已有计划“Plan2026”" in refused.err
    assert office.run("import", office.home / "要点.txt", "--as", "Plan2026").code in (0, 1)


LONG = "云川市公共资源交易监督管理和政务服务数据协调发展领导小组办公室综合协调与督查考核第一工作专班"
NASTY = (
    ("东山县人民政府", "东山县", "区县", "云川市", "dongshan@unit.example", "", ""),
    ("CON", "", "政府部门", "云川市", "con@unit.example", "", ""),
    ("云川ABC公司", "", "政府部门", "云川市", "abc@unit.example", "", ""),
    ("云川Abc公司", "", "政府部门", "云川市", "abcd@unit.example", "", ""),
    (LONG, "", "政府部门", "云川市", "long@unit.example", "", ""),
    (f"{LONG}筹备处", "", "政府部门", "云川市", "longer@unit.example", "", ""),
)
DUE = """云川市2026年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t更新公开目录\t编制并公布本单位公开事项目录。\t东山县\t市政府各部门\t3月20日前
"""


def faulty(_row: Row) -> dict[str, Any]:
    return {"完成状态": "差不多了", "进展情况": "快了。"}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A month of units with hard names in a plan with a long one: issued, sent back, reported, supervised."""
    office = new_office(tmp_path_factory.mktemp("windows"))
    plan = "云川市2026年政务公开工作要点任务分解表（修订）"
    office.adopt(DUE, slug=plan, units=NASTY)
    place = (plan, "--period", "2026-03")
    books = office.json("distribute", *place)["workbooks"]
    assert {book["unit"] for book in books} == {row[0] for row in NASTY}
    for number, book in enumerate(books):
        fill(Path(book["file"]), office.home.parent / "收" / f"{number}.xlsx", faulty)
    returned = office.json("collect", *place, "--from", office.home.parent / "收")["returned"]
    assert len(returned) == len(NASTY)
    office.json("remind", *place)
    assert office.json("report", *place, "--as-of", "2026-04-30")["notices"]
    return office


def made(office: Office) -> list[PureWindowsPath]:
    return [PureWindowsPath(path.relative_to(office.home)) for path in office.home.rglob("*")]


def test_windows_takes_every_name_of_a_month(month: Office) -> None:
    assert [path for path in made(month) if not is_legal_name(path.name.lstrip("."))] == []


def test_no_two_files_of_a_month_are_one_on_windows(month: Office) -> None:
    counted = Counter(str(path).casefold() for path in made(month))
    assert [path for path, times in counted.items() if times > 1] == []


def test_every_path_of_a_month_is_short_enough_for_windows(month: Office) -> None:
    assert [str(path) for path in made(month) if OFFICE_PATH + len(str(path)) > LONGEST] == []


def test_messages_of_the_program_name_no_shell_of_one_system() -> None:
    # A clerk on Windows cannot run these.
    messages = {path.name: path.read_text("utf-8") for path in SOURCES if path.parent.name == "messages"}
    assert len(messages) > 5
    assert [name for name, text in messages.items() if re.search(r"\b(sudo|chmod|export |/tmp/)", text)] == []
