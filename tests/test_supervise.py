"""督办单 leave by letter: once each, only while something on them is open."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.office import Office, new_office

PERIOD = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office at the end of March, with overdue tasks that nobody has answered for."""
    made = new_office(tmp_path)
    made.adopt()
    made.run("distribute", *PERIOD)
    return made


def letters(office: Office) -> list[Path]:
    return sorted((office.home / "ledgers/要点/2026-03/发件箱").glob("*督办*.eml"))


def test_each_notice_goes_to_its_unit_once_with_the_word_document(office: Office) -> None:
    made = office.json("report", *PERIOD, "--as-of", "2026-03-31", "--signed", "2026-04-02")
    notices = [each for each in made["notices"] if each["kind"] == "督办单"]
    assert notices
    first = office.json("supervise", *PERIOD)
    assert sorted(each["number"] for each in first["supervised"]) == sorted(each["number"] for each in notices)
    assert all(each["sent"] for each in first["supervised"])
    written = letters(office)
    assert len(written) == len(notices)
    mail = message_from_bytes(written[0].read_bytes(), policy=policy.default)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert any(str(name).endswith(".docx") for name in names)
    office.json("supervise", *PERIOD)
    assert letters(office) == written


def test_letters_that_are_only_written_are_not_told_as_sent(office: Office) -> None:
    """Without a mail server the clerk sends the .eml files by hand, and has to know where they lie."""
    office.json("report", *PERIOD, "--as-of", "2026-03-31", "--signed", "2026-04-02")
    for command in ("remind", "supervise"):
        out = office.run(command, *PERIOD).out.replace("\n", "")
        assert "信是 .eml 文件" in out, command
        assert "发件箱，请用邮件程序打开寄出" in out, command
        assert "已寄" not in out, command


def test_without_any_notice_the_clerk_is_told_what_to_run(office: Office) -> None:
    found = office.run("supervise", *PERIOD)
    assert found.code == 2
    assert "请先运行 taizhang report" in found.err
