"""What Python offers everywhere and Windows answers otherwise: signals, renames, the machine's own clock and places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.needs import ROOT
from tests.packaging.test_windows import SOURCES, dotted, text_mode

ONLY_UNIX = re.compile(
    r"^(os\.(kill|link|symlink|chown|lchown|fchmod|fchown|chroot|fork|wait|wait3|wait4|waitid|statvfs|fstatvfs|sendfile"
    r"|sync|fdatasync|set_blocking|pread|pwrite|posix_\w+|mkfifo|mknod|getlogin|ttyname|openpty|register_at_fork"
    r"|WIFEXITED|WEXITSTATUS|O_(DIRECTORY|NOFOLLOW|SYNC|DSYNC|CLOEXEC|NONBLOCK|PATH|TMPFILE|NOATIME))"
    r"|signal\.(SIG(KILL|HUP|ALRM|USR1|USR2|CHLD|QUIT|PIPE|STOP|CONT|TSTP|WINCH)|pthread_\w+|set\w*itimer|siginterrupt)"
    r"|socket\.(AF_UNIX|socketpair|SO_REUSEPORT)|select\.(poll|epoll|kqueue)|shutil\.chown|time\.(pthread_\w+|tzset))$"
)
"""Missing there, or with another meaning: os.kill(pid, 0) asks here and presses Ctrl-C there."""
ONLY_UNIX_METHODS = {
    "add_signal_handler": "asyncio on Windows has none",
    "add_reader": "asyncio on Windows has none",
    "symlink_to": "needs an administrator",
    "hardlink_to": "not on a shared drive",
    "rename": "fails when the new name is taken; replace() does not",
    "owner": "Windows has none",
    "group": "Windows has none",
    "st_ctime": "there it is the day of creation",
}
PLACES = re.compile(r"^/(tmp|dev|usr|etc|proc|var|bin|sbin|opt|home|root|run|sys|mnt)(/|$)")
TOOLS = {"sh", "bash", "cp", "mv", "rm", "cat", "ls", "which", "tar", "unzip", "grep", "sed", "touch", "kill", "ps"}
ZONES = {"ZoneInfo", "zoneinfo.ZoneInfo", "tzlocal", "pytz.timezone"}
"""Windows has no table of time zones of its own; the country's official time is an offset (flows.periods.CHINA)."""
KNOWN = {
    "documents/pdf.py: rename(): fails when the new name is taken; replace() does not": "the name was looked for first",
    "plan/heading.py: date.today(): by the machine's time zone": "a guess for the clerk, by the clerk's own calendar",
}
"""Why a finding does no harm."""


def sins(body: ast.AST, guarded: bool = False) -> Iterator[str]:
    """Every sin. What stands under a question about sys.platform, or after one that left, is meant for one system."""
    for field in ast.iter_fields(body):
        children = field[1] if isinstance(field[1], list) else [field[1]]
        left = guarded
        for node in children:
            if not isinstance(node, ast.AST):
                continue
            asks = isinstance(node, ast.If | ast.IfExp) and "sys.platform" in ast.unparse(node.test)
            yield from own_sins(node, left or asks)
            yield from sins(node, left or asks)
            if asks and isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return | ast.Raise | ast.Continue):
                left = True


def own_sins(node: ast.AST, guarded: bool) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and not guarded:
        if ONLY_UNIX.match(dotted(node)):
            yield dotted(node)
        elif node.attr == "st_ctime":
            yield f"st_ctime: {ONLY_UNIX_METHODS['st_ctime']}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and not guarded and PLACES.match(node.value):
        yield f"the place {node.value}"
    if isinstance(node, ast.Call):
        yield from of_call(node, guarded)


def of_call(call: ast.Call, guarded: bool) -> Iterator[str]:
    name = dotted(call.func)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else name
    given = {word.arg: word.value for word in call.keywords}
    if isinstance(call.func, ast.Attribute) and last in ONLY_UNIX_METHODS and not guarded:
        yield f"{last}(): {ONLY_UNIX_METHODS[last]}"
    if name == "os.rename":
        yield f"os.rename(): {ONLY_UNIX_METHODS['rename']}"
    if name in ZONES or last == "ZoneInfo":
        yield f"{last}: needs tzdata"
    if name in ("datetime.now", "datetime.today", "date.today", "datetime.fromtimestamp", "time.localtime"):
        arguments = len(call.args) + len(call.keywords)
        if arguments < (2 if last == "fromtimestamp" else 1):
            yield f"{name}(): by the machine's time zone"
    if last in ("get_context", "set_start_method") and [ast.unparse(arg) for arg in call.args] != ["'spawn'"]:
        yield f"{last}: only spawn is everywhere"
    kept = isinstance(found := given.get("delete"), ast.Constant) and found.value is False
    if last == "NamedTemporaryFile" and not kept:
        yield "NamedTemporaryFile: nobody else can open it there"
    if last in ("run", "Popen", "check_call", "check_output", "call") and call.args and not guarded:
        first = call.args[0]
        if isinstance(first, ast.List) and first.elts and isinstance(first.elts[0], ast.Constant):
            program = first.elts[0].value
            if program in TOOLS:
                yield f"the program {program}"
    if last in ("getenv", "get") and call.args and ast.unparse(call.args[0]) == "'HOME'":
        yield "HOME: Path.home() knows it everywhere"
    writes = last == "open" and any(text_mode(call, place) and "'w" in ast.unparse(call) for place in (0, 1))
    if writes and "csv" in ast.unparse(call) and "newline" not in given:
        yield "open() for csv without newline=''"


def test_no_source_file_relies_on_what_windows_answers_otherwise() -> None:
    found = [
        f"{path.relative_to(ROOT / 'flows').as_posix()}: {sin}"
        for path in SOURCES
        for sin in sins(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [each for each in found if each not in KNOWN] == []
    assert set(KNOWN) <= set(found), "what is mended is taken off the list"


@pytest.mark.parametrize(
    "sin",
    [
        "os.kill(pid, 0)",
        "os.symlink(a, b)",
        "signal.signal(signal.SIGHUP, handler)",
        "os.open(place, os.O_DIRECTORY)",
        "socket.socket(socket.AF_UNIX)",
        "loop.add_signal_handler(2, stop)",
        "draft.rename(target)",
        "os.rename(draft, target)",
        "path.stat().st_ctime",
        "Path('/tmp/x')",
        "ZoneInfo('Asia/Shanghai')",
        "datetime.now()",
        "date.today()",
        "datetime.fromtimestamp(stamp)",
        "get_context('fork')",
        "get_context()",
        "tempfile.NamedTemporaryFile()",
        "subprocess.run(['cp', 'a', 'b'])",
        "os.environ.get('HOME')",
        "open('a.csv', 'w', encoding='utf-8')",
        "if sys.platform == 'linux':\n    x = 1\nos.kill(pid, 0)",
    ],
)
def test_the_search_finds_each_sin(sin: str) -> None:
    assert list(sins(ast.parse(sin)))


@pytest.mark.parametrize(
    "right",
    [
        "draft.replace(target)",
        "text.replace('a', 'b')",
        "datetime.now(CHINA)",
        "datetime.fromtimestamp(stamp, CHINA)",
        "get_context('spawn')",
        "tempfile.NamedTemporaryFile('w', delete=False)",
        "subprocess.run([program, 'a'])",
        "open('a.csv', 'w', encoding='utf-8', newline='')",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "f'/api/{name}'",
        "if sys.platform != 'win32':\n    os.kill(pid, 9)",
        "def lives(pid):\n    if sys.platform == 'win32':\n        return asked(pid)\n    os.kill(pid, 0)",
    ],
)
def test_the_search_leaves_alone_what_is_right_everywhere(right: str) -> None:
    assert list(sins(ast.parse(right))) == []
