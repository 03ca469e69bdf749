"""The files that a clerk double-clicks on Windows: what cmd.exe needs of them."""

from __future__ import annotations

import re

import pytest

from flows.commands.launcher import INSTALL_BATCH, INSTALL_FOLDER, MENU_BATCH, WEB_BATCH, install_batch, menu_batch
from tests.needs import ROOT

PROGRAM = "C:\\程序 100%\\.venv\\Scripts\\python.exe"
BATCHES = {
    MENU_BATCH: menu_batch(PROGRAM),
    WEB_BATCH: menu_batch(PROGRAM, "serve --open"),
    "without a known program": menu_batch(""),
    INSTALL_BATCH: install_batch(),
    "for one Python": install_batch(("3.12",)),
}


@pytest.mark.parametrize("text", BATCHES.values(), ids=BATCHES)
def test_a_batch_file_is_one_that_windows_reads(text: str) -> None:
    assert re.search(r"[^\r]\n", text) is None, "cmd.exe loses labels in a file with bare line feeds"
    lines = text.splitlines()
    assert lines[1] == "chcp 65001 >nul"
    first_chinese = next(number for number, line in enumerate(lines) if not line.isascii())
    assert first_chinese > 1, "before chcp the code page is GBK"
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert set(re.findall(r"goto (\w+)", text)) <= labels
    assert len(labels) == sum(line.startswith(":") for line in lines)
    for line in lines:
        assert line.count('"') % 2 == 0, line
        if line.startswith("echo "):
            assert not re.search(r"[&|<>^%()]", line), line
    assert text.count("(\r\n") == len([line for line in lines if line == ")" or line.startswith(") else")])


def test_the_menu_file_finds_the_program_where_it_was_installed_or_near_by() -> None:
    lines = BATCHES[MENU_BATCH].splitlines()
    (search,) = [line for line in lines if line.startswith("for ")]
    assert search.index("C:\\程序 100%%\\") < search.index('".venv\\') < search.index('"..\\.venv\\')
    assert lines[3] == 'pushd "%~dp0"', "cd does not reach a shared folder"
    assert "if errorlevel 1 pause" in lines, "a window that closes at once shows nobody what was wrong"


def test_the_installer_in_the_source_is_what_the_program_would_write() -> None:
    # A checkout on Linux may hold it with the repository's own line ends.
    there = (ROOT / "templates" / INSTALL_FOLDER / INSTALL_BATCH).read_text(encoding="utf-8").splitlines()
    assert there == install_batch().splitlines()
    assert "*.bat text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_every_end_of_the_installer_waits_for_the_clerk() -> None:
    lines = install_batch().splitlines()
    ends = [number for number, line in enumerate(lines) if line.startswith("exit ")]
    assert ends
    assert all(lines[number - 1] == "pause" for number in ends)


def test_the_page_file_opens_the_page_however_the_program_is_found() -> None:
    lines = BATCHES[WEB_BATCH].splitlines()
    calls = [line for line in lines if "--home . " in line]
    assert len(calls) == 2
    assert all(line.endswith("--home . serve --open") for line in calls)
