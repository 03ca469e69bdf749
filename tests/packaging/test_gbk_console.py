"""A console of code page 936, where Python would write GBK: a month by the command line, with names GBK cannot hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.needs import ROOT
from tests.office import PLAN, UNITS, fill, moving, roster_file

RARE = "云川市\U0002cb4a鑫公司"
"""U+2CB4A stands in GB 18030, not in GBK."""
ROSTER = (*UNITS, (RARE, "", "政府部门", "云川市", "rare@unit.example", "", ""))


@dataclass
class Console:
    """A clerk's console: nothing tells Python of UTF-8."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "台账工作目录"

    def run(self, *words: str | Path, typed: bytes = b"", home: bool = True) -> tuple[int, str, str]:
        """One command; what it wrote is read as what a console is told to show."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
        env = clean | {
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "gbk",
            "PYTHONUTF8": "0",
            "LC_ALL": "C.UTF-8",  # names of files are Unicode there as well
            # A file that is opened without naming its encoding would be read as GBK there.
            "PYTHONWARNDEFAULTENCODING": "1",
            "PYTHONWARNINGS": "default::EncodingWarning",
        }
        before = ["--without-prefect", *(["--home", str(self.home)] if home else [])]
        command = [sys.executable, "-m", "flows.cli", *before, *map(str, words)]
        done = subprocess.run(command, input=typed, capture_output=True, env=env, cwd=self.folder, check=False)
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        guessed = [line for line in err.splitlines() if "EncodingWarning" in line and str(ROOT / "flows") in line]
        assert guessed == []
        assert "Traceback" not in err
        assert "UnicodeEncodeError" not in out + err
        assert "出了意外" not in err, err
        return done.returncode, out, err


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    """A home, a plan and a month that has gone out and come back, each by its command."""
    console = Console(tmp_path_factory.mktemp("控制台"))
    code, out, _ = console.run("init", console.home, home=False)
    assert (code, "工作目录已建好" in out) == (0, True)
    source = console.folder / "工作要点\U0002cb4a.txt"
    source.write_text(PLAN, encoding="utf-8")
    roster = roster_file(console.folder / "名录.xlsx", ROSTER)
    code, out, _ = console.run("import", source, "--as", "要点", "--roster", roster)
    assert (code in (0, 1), "任务分解表" in out) == (True, True)
    code, out, _ = console.run("distribute", "要点", "--period", "2026-03")
    assert code in (0, 1)
    assert RARE in "".join(path.name for path in console.home.rglob("*.xlsx"))
    for number, book in enumerate(sorted((console.home / "ledgers/要点/2026-03/下发").glob("*.xlsx"))):
        fill(book, console.folder / "来件" / f"{number}.xlsx", moving("已推进\U0001f600，\U0002cb4a"))
    assert console.run("collect", "要点", "--period", "2026-03", "--from", console.folder / "来件")[0] in (0, 1)
    return console


def test_status_names_the_unit(console: Console) -> None:
    code, out, _ = console.run("status", "要点", "--period", "2026-03")
    assert code in (0, 1)
    assert RARE in out


def test_the_bulletin_is_made(console: Console) -> None:
    config = console.home / "config.toml"
    config.write_text(config.read_text("utf-8").replace("pdf = true", "pdf = false"), encoding="utf-8")
    code, out, _ = console.run("report", "要点", "--period", "2026-03")
    assert code in (0, 1)
    assert "通报" in out
    assert (console.home / "ledgers/要点/2026-03/通报.docx").is_file()


def as_gbk(text: str) -> bytes:
    return text.encode("gb18030")


@pytest.mark.parametrize("typed", [as_gbk, str.encode], ids=["gbk", "utf-8"])
def test_the_menu_reads_what_is_typed_there_and_shows_the_rest(console: Console, typed: Callable[[str], bytes]) -> None:
    code, out, _ = console.run("menu", typed=typed("4\r\n２０２６－０３\r\n\r\n99\r\n0\r\n"))
    assert code == 0
    assert RARE in out
    assert "请输入 0 到" in out


def test_wrong_use_and_faults_of_a_person_are_told(console: Console) -> None:
    code, _, err = console.run("report", f"要点{RARE}", "--period", "2026-03")
    assert (code, err.startswith("错误：")) == (2, True)
    assert console.run("--help", home=False)[0] == 0
