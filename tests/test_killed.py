"""Killed at any moment and run again: nobody gets two letters, nobody is forgotten, nothing is counted twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from flows.periods import CHINA
from tests.killing import YES
from tests.needs import ROOT
from tests.office import UNITS, Office, fill, moving, new_office
from tests.servers import SmtpServer, start_smtp

MANY = (*UNITS, *((f"市第{n}局", "", "政府部门", "云川市", f"ju{n}@unit.example", "", "") for n in range(40)))


def start(office: Office, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """A command in a process of its own, so that it can be killed; asked whether letters may leave, it hears yes."""
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "--without-prefect", "--home", str(office.home), *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TAIZHANG_MAIL_PASSWORD": SmtpServer.password, "PYTHONUTF8": "1"},
    )
    assert run.stdin is not None
    run.stdin.write(YES.encode())
    run.stdin.close()
    return run


def test_distribute_killed_again_and_again_sends_each_letter_once(tmp_path: Path) -> None:
    chance = random.Random(7)
    with start_smtp() as smtp:
        office = new_office(tmp_path)
        office.use_mail(smtp.mail)
        office.adopt(units=MANY)
        for _ in range(8):
            run = start(office, "distribute", "要点", "--period", "2026-03")
            time.sleep(chance.uniform(0.8, 3.0))
            run.kill()
            run.wait()
        last = start(office, "distribute", "要点", "--period", "2026-03")
        last.wait(120)
        os.environ["TAIZHANG_MAIL_PASSWORD"] = smtp.password
        try:
            result = office.json("distribute", "要点", "--period", "2026-03")
        finally:
            del os.environ["TAIZHANG_MAIL_PASSWORD"]
        got = Counter(address for letter in smtp.letters for address in letter.to)
        assert [address for address, count in got.items() if count > 1] == []
        asked = {entry["unit"] for entry in result["unsent"]}
        missing = {unit[0] for unit in MANY if unit[4] not in got}
        assert missing <= asked, "a unit was forgotten"
        assert len(list((office.home / "ledgers/要点/2026-03/发件箱").glob("*.eml"))) == len(MANY)


def test_collect_killed_again_and_again_merges_each_sheet_once(tmp_path: Path) -> None:
    chance = random.Random(11)
    office = new_office(tmp_path)
    office.adopt(units=MANY)
    issued = office.json("distribute", "要点", "--period", "2026-03")
    for number, book in enumerate(issued["workbooks"]):
        answer = moving(f"{book['unit']}已经部署。")
        when = datetime(2026, 3, 20, 9, number, tzinfo=CHINA)
        fill(Path(book["file"]), tmp_path / "收" / f"{number}.xlsx", answer, received=when)
    for _ in range(6):
        run = start(office, "collect", "要点", "--period", "2026-03", "--from", tmp_path / "收")
        time.sleep(chance.uniform(0.6, 1.6))
        run.kill()
        run.wait()
    office.json("collect", "要点", "--period", "2026-03", "--from", tmp_path / "收")
    status = office.json("status", "要点", "--period", "2026-03")
    assert status["totals"]["answered"] == len(MANY)
    for item in status["items"]:
        for cell in item["units"]:
            assert cell["progress"] == f"{cell['unit']}已经部署。"
    kept = [p for p in (office.home / "ledgers/要点/2026-03/回收").iterdir() if not p.name.startswith(".")]
    assert len(kept) == len(MANY)
