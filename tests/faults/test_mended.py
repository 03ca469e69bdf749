"""What the rounds with faults have found, each by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.periods import Period
from flows.round.outbox import Outbox
from flows.round.posted import State
from flows.workspace import find_home
from tests.faults.machine import Fault, Machine
from tests.office import PLAN, UNITS, Office, new_office
from tests.servers import start_smtp

MARCH = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def test_what_a_new_document_changed_is_still_told_when_the_import_died_unheard(office: Office) -> None:
    office.adopt()
    revised = PLAN.replace("一次公开业务培训", "两次公开业务培训")
    first = office.adopt(revised)
    table = office.home / "ledgers/要点/任务分解表.xlsx"
    told = [[cell.value for cell in row] for row in load_workbook(table)["变动"].iter_rows()]
    office.adopt(revised)  # the same again: as after a run that was killed with its table written
    assert [[cell.value for cell in row] for row in load_workbook(table)["变动"].iter_rows()] == told
    assert first["items"] == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_yearbook_whose_run_was_killed_is_not_taken_for_a_persons_work(office: Office, tmp_path: Path) -> None:
    office.adopt()
    office.json("distribute", *MARCH)
    annual = ["annual", "要点", "--year", "2026"]
    with Machine(tmp_path / "machine") as machine:
        events = machine.run(office.home, annual).events
        for at in range(4, events, max(events // 3, 1)):
            assert machine.run(office.home, annual, Fault("kill", at)).code is None
        assert machine.run(office.home, annual).code in (0, 1)
    assert [path.name for path in (office.home / "ledgers").rglob("*_改*")] == []


@pytest.mark.parametrize("left", [None, b""], ids=["removed", "empty"])
def test_a_letter_whose_file_is_not_whole_never_leaves_and_is_written_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, left: bytes | None
) -> None:
    from flows.round.delivering import deliver

    with start_smtp() as smtp:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office.use_mail(smtp.mail)
        office.adopt()
        office.json("distribute", *MARCH, "--no-send")
        with open_desk(find_home(office.home), "要点") as desk:
            box = Outbox(desk, Period.parse("2026-03"))
            waiting = box.in_state(State.QUEUED)
            file = desk.folder.root / waiting[0].file
            file.unlink()
            if left is not None:
                file.write_bytes(left)
            deliver(desk, Period.parse("2026-03"), {posted.id for posted in waiting})
            assert [posted.id for posted in box.in_state(State.QUEUED)] == [waiting[0].id]
            assert "再运行一次" in box.in_state(State.QUEUED)[0].note
        assert len(smtp.letters) == len(UNITS) - 1
        office.json("distribute", *MARCH)
        assert smtp.got == {unit[4]: 1 for unit in UNITS}
        assert all(b"xlsx" in letter.data for letter in smtp.letters)
