"""The annual round over real servers: letters by SMTP, answers out of an IMAP mailbox, one faulty table sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.annual.aggregate import aggregate
from flows.annual.format import KEYS, key3
from flows.annual.layout import SPOTS
from flows.annual_round.filed import filed
from flows.desk import open_desk
from flows.post.attachments import mail_facts
from flows.workspace import find_home
from tests.annual.filers import ADDRESSES, FILING, UNITS, YEAR, fill_annual, numbers
from tests.killing import Killer
from tests.office import Office, fill, moving, new_office, reply_mail
from tests.servers import ADDRESS, ImapServer, SmtpServer, start_imap, start_smtp

NEW = key3(1, "自然人")
DECEMBER = ("要点", "--period", "2026-12")


@dataclass
class Round:
    """An office with its servers; the units read the workbook out of the letter that they got."""

    office: Office
    smtp: SmtpServer
    imap: ImapServer
    folder: Path

    def letters(self, unit: str) -> list[Any]:
        return [
            message_from_bytes(sent.data, policy=policy.default)
            for sent in self.smtp.letters
            if ADDRESSES[unit] in sent.to
        ]

    def workbook(self, unit: str) -> Path:
        """The workbook of the last letter that a unit got, saved as its mail program does."""
        (part,) = self.letters(unit)[-1].iter_attachments()
        path = self.folder / f"{len(self.smtp.letters)}_{part.get_filename()}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(part.get_content())
        return path

    def send(self, unit: str, file: Path, sender: str = "") -> None:
        answers = mail_facts(self.smtp.letters[0].data).message_id if sender else ""
        self.imap.deliver(
            reply_mail(sender or ADDRESSES[unit], file, to=ADDRESS, answers=answers, subject="报送年报数据")
        )

    def collect(self) -> dict[str, Any]:
        return self.office.json("collect", *YEAR)


@pytest.fixture
def mailed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Round]:
    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office = new_office(tmp_path)
        office.use_mail(smtp.mail, imap.mail)
        office.configure(mail={"receipts": True})
        office.adopt(units=UNITS)
        yield Round(office, smtp, imap, tmp_path / "单位")


def tables() -> dict[str, dict[str, int | str]]:
    """What each unit has to report: no two alike."""
    return {
        unit: numbers(new=5 + place * 2, left=place % 3, norms=(place, 1, 20 + place))
        for place, unit in enumerate(FILING)
    }


def test_six_units_file_one_faulty_goes_back_and_the_citys_table_is_the_sum(mailed: Round) -> None:
    office = mailed.office
    office.configure(mail={"done_folder": "Done"})
    assert len(office.json("distribute", *YEAR)["sent_now"]) == 6
    right = tables()
    wrong = right["市教育局"] | {NEW: 99}
    for unit in FILING:
        typed = wrong if unit == "市教育局" else right[unit]
        mailed.send(unit, fill_annual(mailed.workbook(unit), mailed.folder / f"{unit}.xlsx", typed))
    first = mailed.collect()
    assert (len(first["accepted"]), first["filed"]) == (5, 5), first
    (sheet,) = first["returned"]
    assert sheet["unit"] == "市教育局"
    assert "99" in sheet["problems"][0]["message"]
    back = mailed.letters("市教育局")[-1]
    assert back["Subject"].startswith("【请更正】2026年度")
    assert back["In-Reply-To"], "it answers the unit's own mail"
    assert all("【已收到】2026年度" in mailed.letters(unit)[-1]["Subject"] for unit in FILING if unit != "市教育局")

    marked = load_workbook(mailed.workbook("市教育局"))
    spot = SPOTS[NEW]
    marked[spot.sheet].cell(spot.row + 1, spot.column + 1).value = right["市教育局"][NEW]
    marked.save(mailed.folder / "市教育局更正.xlsx")
    mailed.send("市教育局", mailed.folder / "市教育局更正.xlsx")
    second = mailed.collect()
    assert [entry["unit"] for entry in second["accepted"]] == ["市教育局"]
    assert (second["missing"], second["filed"]) == ([], 6)
    assert len(mailed.imap.files(".Done")) == 7, "all mails are settled and moved"

    with open_desk(find_home(office.home), "要点") as desk:
        kept = filed(desk, 2026)
    city = aggregate(kept.filings.values(), kept.declared)
    for key in KEYS:
        said = [right[unit][key] for unit in FILING]
        counts = [value for value in said if isinstance(value, int)]
        assert city.tables[key].shown == (str(sum(counts)) if counts else "/"), key
    sent = len(mailed.smtp.letters)
    third = mailed.collect()
    assert not any(third[name] for name in ("accepted", "returned", "quarantined", "duplicates"))
    assert len(mailed.smtp.letters) == sent, "nothing is sent twice"


def test_one_mailbox_serves_the_month_and_the_year(mailed: Round) -> None:
    office = mailed.office
    ledgers = {book["unit"]: Path(book["file"]) for book in office.json("distribute", *DECEMBER)["workbooks"]}
    office.json("distribute", *YEAR)
    mailed.send("市财政局", fill_annual(mailed.workbook("市财政局"), mailed.folder / "年报.xlsx", numbers()))
    mailed.send("市数据局", fill(ledgers["市数据局"], mailed.folder / "台账.xlsx", moving()))
    monthly = office.json("collect", *DECEMBER)
    assert [entry["unit"] for entry in monthly["accepted"]] == ["市数据局"]
    assert "taizhang collect 要点 --year 2026" in monthly["quarantined"][0]["reason"]
    yearly = mailed.collect()
    assert [entry["unit"] for entry in yearly["accepted"]] == ["市财政局"]
    assert "taizhang collect 要点 --period 2026-12" in yearly["quarantined"][0]["reason"]


def test_a_stranger_with_a_table_of_ours_is_held_until_the_office_knows_him(mailed: Round) -> None:
    mailed.office.configure(mail={"unknown_sender": "hold"})
    mailed.office.json("distribute", *YEAR)
    file = fill_annual(mailed.workbook("市财政局"), mailed.folder / "市财政局.xlsx", numbers())
    mailed.send("市财政局", file, sender="someone@stranger.example")
    (held,) = mailed.collect()["quarantined"]
    assert "someone@stranger.example" in held["reason"]
    mailed.office.configure(mail={"senders": "domain", "domains": ["stranger.example"]})
    assert [entry["unit"] for entry in mailed.collect()["accepted"]] == ["市财政局"]


def test_letters_wait_for_a_person_and_scheduled_runs_for_a_record(mailed: Round) -> None:
    office = mailed.office
    office.answers = "否\n"
    answer = office.run("distribute", *YEAR)
    assert (answer.code, mailed.smtp.letters) == (1, [])
    assert "taizhang approve 要点 --year 2026" in answer.out
    assert office.json("distribute", *YEAR, "--yes")["awaiting_approval"] is True
    approved = office.json("approve", *YEAR)
    assert (approved["period"], approved["preview"]["letters"]) == ("2026", 6)
    assert len(office.json("distribute", *YEAR, "--yes")["sent_now"]) == 6


def test_killed_and_run_again_nothing_comes_twice(mailed: Round) -> None:
    office = mailed.office
    mailed.smtp.seconds_a_letter = 0.05
    with Killer(office.home) as killer:
        for moment in (0.5, 0.8, 1.1):
            killer.run("distribute", *YEAR, kill_after=moment)
        ended = killer.run("distribute", *YEAR)
        assert ended.code in (0, 1), killer.last_words
        for letter in office.json("distribute", *YEAR)["unsent"]:  # what nobody knows, the clerk looks up
            got = any(letter["message_id"].encode() in sent.data for sent in mailed.smtp.letters)
            office.run("mail", "settle", *YEAR, letter["message_id"], "sent" if got else "again")
        office.json("distribute", *YEAR)
        assert mailed.smtp.got == dict.fromkeys(list(ADDRESSES.values())[:6], 1)

        for unit, table in tables().items():
            mailed.send(unit, fill_annual(mailed.workbook(unit), mailed.folder / f"{unit}.xlsx", table))
        for moment in (0.5, 0.8, 1.1):
            killer.run("collect", *YEAR, kill_after=moment)
        assert killer.run("collect", *YEAR).code in (0, 1), killer.last_words
    office.json("collect", *YEAR)
    with open_desk(find_home(office.home), "要点") as desk:
        kept = filed(desk, 2026)
        assert len(kept.filings) == 6
        import sqlalchemy as sa

        from flows.store import arrivals, filings

        for table_ in (arrivals, filings):
            assert len(desk.store.rows(sa.select(table_.c.id))) == 6, table_.name
