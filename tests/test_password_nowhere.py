"""The 授权码 stands in no file of the home, no record of Prefect, no output, no report of a crash."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import Answer, Office, new_office
from tests.servers import SmtpServer, start_smtp

MARCH = ("要点", "--period", "2026-03")
CODE = "shouquanma-Zq7Kx9-2026"


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with start_smtp() as server:
        server.password = CODE
        yield server


@pytest.fixture
def office(tmp_path: Path, smtp: SmtpServer) -> Office:
    made = new_office(tmp_path, engine=True)
    made.use_mail(smtp.mail)
    made.adopt()
    return made


def found_in(folder: Path) -> list[Path]:
    marks = [CODE.encode(), CODE.encode("utf-16-le"), CODE[:-2].encode()]
    return [p for p in folder.rglob("*") if p.is_file() and any(mark in p.read_bytes() for mark in marks)]


def check_nowhere(office: Office, *answers: Answer) -> None:
    assert found_in(office.home) == []
    assert found_in(Path(os.environ["PREFECT_HOME"])) == []
    for answer in answers:
        assert CODE not in answer.out + answer.err


def test_after_a_month_that_went_well(office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", CODE)
    commands = (("distribute", *MARCH), ("remind", *MARCH), ("mail", "check", "--no-letter"))
    answers = [office.run(*command) for command in commands]
    assert len(smtp.letters) == 8
    check_nowhere(office, *answers)


def test_after_logins_that_were_refused(office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", CODE)
    smtp.password = "another"
    answers = [office.run("distribute", *MARCH), office.run("mail", "check", "--no-letter")]
    assert [answer.code for answer in answers] == [2, 1]
    check_nowhere(office, *answers)


@pytest.mark.parametrize("engine", [True, False])
def test_after_a_crash_in_the_middle_of_a_login(
    office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, engine: bool
) -> None:
    """A fault of the program with the password on the stack: the report that is written for it has none."""
    import smtplib

    def broken(self: smtplib.SMTP, user: str, password: str, **_more: object) -> None:
        raise RuntimeError(f"a fault while {user} logs in")

    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", CODE)
    monkeypatch.setattr(smtplib.SMTP, "login", broken)
    office.engine = engine
    answer = office.run("distribute", *MARCH)
    assert answer.code == 2
    report = re.search(r"经过已记在 (\S+)。数据", answer.err)
    assert report, answer.err
    assert "RuntimeError" in Path(report[1]).read_text(encoding="utf-8")
    assert CODE not in Path(report[1]).read_text(encoding="utf-8")
    check_nowhere(office, answer)


def test_a_secret_block_of_prefect_is_used_and_nothing_else_of_prefects_knows_it(
    office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.blocks.system import Secret

    import flows.engine  # noqa: F401  # Prefect's settings come before Prefect

    monkeypatch.delenv("TAIZHANG_MAIL_PASSWORD", raising=False)
    Secret(value=CODE).save("taizhang-mail", overwrite=True)
    office.configure(mail={"password_secret": "taizhang-mail"})
    answer = office.run("distribute", *MARCH)
    assert answer.code == 0, answer.err
    assert len(smtp.letters) == 4
    check_nowhere(office, answer)
