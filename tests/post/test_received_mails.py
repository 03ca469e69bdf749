"""A clerk sees every unit's file under its right name, whatever program the unit writes mail with."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger.forms.opening import read_book
from flows.post.attachments import attachments, mail_facts
from flows.post.bodies import cloud_links, pasted_ledger
from flows.post.bounces import read_bounce
from flows.post.headers import decode_bytes, decode_words
from flows.post.nature import Nature
from flows.post.senders import checks

MUSEUM = Path(__file__).parent / "museum"
EXHIBITS = sorted(path.stem for path in MUSEUM.glob("*.eml"))


def expected(name: str) -> dict[str, Any]:
    reading: dict[str, Any] = json.loads((MUSEUM / f"{name}.json").read_text(encoding="utf-8"))
    return reading


def data_of(entry: dict[str, str]) -> bytes:
    return entry["text"].encode() if "text" in entry else base64.b64decode(entry["base64"])


def line_endings(name: str) -> list[bytes]:
    """The mail as a maildir keeps it and as IMAP hands it over."""
    raw = (MUSEUM / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n")
    return [raw, raw.replace(b"\n", b"\r\n")]


def test_the_museum_is_there() -> None:
    assert len(EXHIBITS) >= 50
    assert sorted(path.stem for path in MUSEUM.glob("*.json")) == EXHIBITS


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_mail_of_the_museum_is_read_as_written_beside_it(name: str) -> None:
    want = expected(name)
    for raw in line_endings(name):
        facts = mail_facts(raw)
        assert facts.sender == want["sender"]
        assert facts.sender_name == want["sender_name"]
        assert facts.subject == want["subject"]
        assert facts.in_reply_to == want["in_reply_to"]
        assert facts.automatic == want["automatic"]
        found = attachments(raw)
        assert [file.name for file in found] == [entry["name"] for entry in want["attachments"]]
        assert [file.data for file in found] == [data_of(entry) for entry in want["attachments"]]


@pytest.mark.parametrize("name", EXHIBITS)
def test_what_kind_of_mail_it_is_stands_beside_it_too(name: str) -> None:
    want = expected(name)
    for raw in line_endings(name):
        nature = mail_facts(raw).nature
        assert nature.automatic == want["automatic"]
        if "nature" in want:
            assert nature == want["nature"]
        bounce = read_bounce(raw, ("gongkai@office.example",))
        assert (bounce is not None) == (nature is Nature.BOUNCE)
        if "bounce" in want:
            assert bounce is not None
            assert bounce.letter == want["bounce"]["letter"]
            told = [
                {"address": f.address, "code": f.code, "reason": f.reason, "permanent": f.permanent}
                for f in bounce.failures
            ]
            assert told == want["bounce"]["failures"]


@pytest.mark.parametrize("name", EXHIBITS)
def test_links_and_tables_in_the_text_are_found_and_nothing_else_is_taken_for_one(name: str) -> None:
    want = expected(name)
    for raw in line_endings(name):
        found = [{"service": link.service, "name": link.name} for link in cloud_links(raw)]
        assert found == want.get("links", [])
        page = pasted_ledger(raw)
        rows = (
            [[str(cell) for cell in row if cell != ""] for row in next(iter(read_book(page).grids)).rows]
            if page
            else []
        )
        assert rows == [[cell for cell in row if cell] for row in want.get("pasted", [])]


@pytest.mark.parametrize("name", [name for name in EXHIBITS if "checks" in expected(name)])
def test_only_the_receiving_server_is_believed_about_the_sender(name: str) -> None:
    want = expected(name)
    for raw in line_endings(name):
        found = checks(raw)
        assert asdict(found) == want["checks"]
        assert bool(found.suspicion) == want["suspicious"]


def test_every_mail_of_the_museum_has_its_own_id_and_most_a_date() -> None:
    facts = [mail_facts(line_endings(name)[0]) for name in EXHIBITS]
    assert len({fact.message_id for fact in facts}) == len(EXHIBITS)
    assert "" not in {fact.message_id for fact in facts}
    assert sum(fact.date is not None for fact in facts) >= len(EXHIBITS) - 2


@pytest.mark.parametrize(
    ("header", "iso"),
    [
        ("Sun, 25 Oct 2026 16:20:31 +0800 (CST)", "2026-10-25T16:20:31+08:00"),
        ("25 Oct 2026 08:20:31 -0000", "2026-10-25T08:20:31+00:00"),
        ("2026-10-25 16:20:31", "2026-10-25T16:20:31+08:00"),
        ("Sun, 25 Oct 2026 16:20:31", "2026-10-25T16:20:31+08:00"),
    ],
)
def test_dates_are_read_in_all_the_ways_clients_write_them(header: str, iso: str) -> None:
    found = mail_facts(f"Date: {header}\n\n".encode()).date
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize("header", ["", "昨天", "32 Foo 9999 99:99", "Sun, 25 Oct 99999999999999 16:20:31 +0800"])
def test_a_date_nobody_can_read_is_no_date(header: str) -> None:
    assert mail_facts(f"Date: {header}\n\n".encode()).date is None


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    assert isinstance(mail_facts(data).sender, str)
    assert isinstance(checks(data).server, str)
    assert read_bounce(data) is None or mail_facts(data).automatic
    assert isinstance(pasted_ledger(data), bytes)
    assert isinstance(cloud_links(data), tuple)
    assert all(file.name for file in attachments(data))


@given(st.sampled_from(EXHIBITS), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_mail_never_makes_reading_fail(name: str, place: int, damage: bytes) -> None:
    raw = line_endings(name)[0]
    at = place % len(raw)
    broken = raw[:at] + damage + raw[at + len(damage) :]
    mail_facts(broken)
    read_bounce(broken)
    cloud_links(broken)
    pasted_ledger(broken)
    checks(broken)
    for file in attachments(broken):
        assert file.name
        assert "/" not in file.name
        assert "\\" not in file.name


@given(st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=40))
def test_chinese_text_survives_any_chinese_label(text: str) -> None:
    assert decode_bytes(text.encode("gb18030"), "gb2312") == text


def test_python_itself_loses_what_we_keep() -> None:
    """The reason for a decoder of our own."""
    from email.header import decode_header, make_header

    word = "=?gb2312?B?" + base64.b64encode("陶喆镇".encode("gbk")).decode() + "?="
    assert decode_words(word) == "陶喆镇"
    with pytest.raises(UnicodeDecodeError):
        make_header(decode_header(word))
