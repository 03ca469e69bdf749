"""The same files as attachments of mails in a real mailbox, collected by the real command.

Every file ends in exactly one list with the verdict of ``corpus/expected``, and the store holds exactly those entries.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from flows.config import Mail
from flows.desk import open_store
from flows.ledger.model import Report, Status
from flows.periods import today
from flows.store import arrivals, entries
from flows.workspace import find_home
from tests.ledger.corpus.acts.hostile import NAMES
from tests.ledger.corpus.making import CASES, Corpus, the_corpus
from tests.ledger.corpus.outcomes import Outcome, compared_entries, matched
from tests.ledger.corpus.round import PERIOD, PLAN
from tests.servers import ADDRESS, start_imap

LISTS = ("accepted", "returned", "quarantined", "duplicates")


@dataclass(frozen=True)
class Collected:
    """What ``collect`` said, and what the store holds after it."""

    corpus: Corpus
    answer: dict[str, Any]
    again: dict[str, Any]
    seen: list[str]
    rows: dict[str, list[Any]]
    """Message-ID and name → its arrivals with their entries."""


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    patch = pytest.MonkeyPatch()
    with start_imap() as imap:
        patch.setenv("TAIZHANG_MAIL_PASSWORD", imap.password)
        corpus = the_corpus()
        office = corpus.round.office
        office.use_mail(
            Mail.model_validate({"transport": "smtp", "smtp_host": "127.0.0.1", "address": ADDRESS}), imap.mail
        )
        for name in CASES:
            imap.deliver(letter(corpus, name))
            time.sleep(0.001)  # delivered one after the other
        answer = office.json("collect", PLAN, "--period", PERIOD, "--no-send")
        again = office.json("collect", PLAN, "--period", PERIOD, "--no-send")
        yield Collected(corpus, answer, again, imap.seen, stored(corpus))
    patch.undo()


def letter(corpus: Corpus, name: str) -> bytes:
    """A unit's mail with the files of a case; its subject is the case's name."""
    made = corpus.files[name]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"ju{made.units[0][2:5]}@unit.example", ADDRESS, f"报送 {name}"
    mail["Message-ID"] = f"<{name}@unit.example>"
    mail.set_content("台账见附件，请查收。")
    for attached, data in ((made.sent.name, made.sent.data), *made.sent.beside):
        given = NAMES.get(name, attached)
        safe = given.replace("\r", "").replace("\n", "")
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=safe)
    return mail.as_bytes()


def stored(corpus: Corpus) -> dict[str, list[Any]]:
    """Message-ID → (arrival, its entries by number) in order of arrival."""
    home = find_home(corpus.round.office.home)
    store = open_store(home, home.config())
    try:
        found: dict[str, list[Any]] = {}
        said: dict[int, dict[str, Any]] = {}
        for row in store.rows(sa.select(entries)):
            assert row.no not in said.setdefault(row.arrival, {})
            said[row.arrival][row.no] = row
        for arrival in store.rows(sa.select(arrivals).where(arrivals.c.period == PERIOD).order_by(arrivals.c.id)):
            found.setdefault(arrival.message_id, []).append((arrival, said.get(arrival.id, {})))
        return found
    finally:
        store.close()


def report_of(row: Any) -> Report:
    day = datetime.fromisoformat(row.done_on).date() if row.done_on else None
    texts = (row.progress, day, row.evidence, row.problem, row.next_step)
    return Report(Status(row.status), row.percent, *texts)


def test_every_file_ends_in_exactly_one_list(collected: Collected) -> None:
    listed = [one["file"] for word in LISTS for one in collected.answer[word]]
    wanted = sum(len(case.expected.files) for case in CASES.values())
    assert len(listed) == wanted
    assert len(set(listed)) == wanted


@pytest.mark.parametrize("name", CASES)
def test_a_mailed_file_ends_as_it_must(name: str, collected: Collected) -> None:
    units = collected.corpus.files[name].units
    of_case = {
        word: [one for one in collected.answer[word] if one["file"].startswith(f"报送 {name}/")] for word in LISTS
    }
    told: list[str] = []
    for outcome in CASES[name].expected.files:
        word = {"duplicate": "duplicates"}.get(outcome.verdict, outcome.verdict)
        hits = [one for one in of_case[word] if one["file"].endswith(outcome.name)]
        if len(hits) != 1:
            told.append(f"{outcome.name} is not once in {word}: {of_case}")
        elif outcome.verdict != "duplicate":
            told += _compared(outcome, hits[0], units[outcome.unit])
            told += _recorded(outcome, hits[0]["file"], units[outcome.unit], collected.rows[f"<{name}@unit.example>"])
    assert told == []


def _compared(outcome: Outcome, said: dict[str, Any], unit: str) -> list[str]:
    """Differences between what ``collect --json`` says of a file and what it must say."""
    if outcome.verdict == "quarantined":
        return [f"{said['reason']!r} lacks {part!r}" for part in outcome.reason if part not in said["reason"]]
    told = [] if said["unit"] == unit else [f"credited to {said['unit']}"]
    if outcome.verdict == "accepted":
        told += [] if said["entries"] == len(outcome.entries) else [f"{said['entries']} entries"]
        wanted = [*outcome.warnings, *outcome.told]
        return told + matched("warning", wanted, said["warnings"], lambda part, text: part in text, exactly=False)
    assert Path(said["annotated"]).is_file()
    problems = [(one["cell"] or "", one["message"]) for one in said["problems"]]
    return told + matched(
        "problem",
        outcome.problems,
        problems,
        lambda want, have: want[0] in ("*", have[0]) and all(part in have[1] for part in want[1:]),
    )


def _recorded(outcome: Outcome, file: str, unit: str, rows: list[Any]) -> list[str]:
    """Differences between the store and what must be in it for a file."""
    fitting = [(arrival, said) for arrival, said in rows if file.endswith(arrival.name)]
    if len(fitting) != 1:
        return [f"{file} is recorded {len(fitting)} times"]
    arrival, said = fitting[0]
    told = [] if arrival.verdict == outcome.verdict else [f"recorded as {arrival.verdict}"]
    told += compared_entries(outcome.entries, {no: report_of(row) for no, row in said.items()})
    merged = outcome.verdict == "accepted"
    told += [
        f"{no} of {row.unit}, merged {row.merged}"
        for no, row in said.items()
        if (row.unit, bool(row.merged)) != (unit, merged)
    ]
    return told


def test_a_second_run_takes_nothing_twice_and_the_mailbox_stays_unread(collected: Collected) -> None:
    assert [word for word in ("accepted", "returned", "duplicates") if collected.again[word]] == []
    assert collected.seen == []


def test_nothing_of_a_unit_becomes_a_formula_in_what_the_office_opens(collected: Collected) -> None:
    office = collected.corpus.round.office
    master = Path(office.json("report", PLAN, "--period", PERIOD, "--signed", f"{today()}")["master"])
    corrections = [Path(one["annotated"]) for one in collected.answer["returned"]]
    ours = ("=IF(", "=COUNT", "=SUM", '=HYPERLINK("#')
    texts = {cell.value for cells in load_workbook(master)["总台账"].iter_rows() for cell in cells}
    assert "=cmd|' /C calc'!A0" in texts, "it is there, as text"
    for path in (master, *corrections):
        book = load_workbook(io.BytesIO(path.read_bytes()))
        for sheet in book.worksheets:
            for cells in sheet.iter_rows():
                for cell in cells:
                    if cell.data_type == "f":
                        assert str(cell.value).startswith(ours), (path.name, sheet.title, cell.coordinate, cell.value)
                    assert cell.hyperlink is None or not (cell.hyperlink.target or "").startswith("http")
