"""What leaves the office opens everywhere: right names, right text, right threads."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from flows.post.attachments import attachments, mail_facts
from flows.post.folder import LetterFolder, file_part
from flows.post.letters import Letter, LetterKind
from flows.post.message import build_message, new_message_id
from flows.problems import UserError

SENDER = "gongkai@office.example"
NOW = datetime(2026, 10, 8, 1, 30, tzinfo=UTC)
SUBJECT = "【2026年10月】请填报《2026年云州市政务公开工作要点》工作台账（云溪县教育体育局𠮷）"


def letter(*files: Path, **changes: object) -> Letter:
    facts: dict[str, object] = {
        "kind": LetterKind.ISSUE,
        "unit": "云溪县教育体育局",
        "to": ("jtj@unit.example", "jtj2@unit.example"),
        "subject": SUBJECT,
        "body": "云溪县教育体育局：\n\n　　请于10月25日前填好 <台账> & 回复。\n.\n..点开头的一行\nFrom 开头的一行\n",
        "attachments": files,
        "message_id": "<1@office.example>",
    }
    return Letter(**(facts | changes))  # type: ignore[arg-type]


def build(*files: Path, **changes: object) -> bytes:
    return build_message(letter(*files, **changes), SENDER, "云州市政务公开办公室", NOW)


def read_by_python(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert [part.defects for part in mail.walk() if part.defects] == []
    return mail


def test_text_and_html_say_the_same() -> None:
    raw = build()
    mail = read_by_python(raw)
    plain, web = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert web is not None
    text = plain.get_content().replace("\r\n", "\n")
    assert text == letter().body
    shown = re.sub(r"<[^>]+>", "", web.get_content().split('">', 1)[1])
    words = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert words.split() == text.split()


def test_headers_say_who_writes_when_and_about_what() -> None:
    raw = build(in_reply_to="<answer@unit.example>")
    mail = read_by_python(raw)
    assert mail["Subject"] == SUBJECT
    assert mail["From"] == f"云州市政务公开办公室 <{SENDER}>"
    assert mail["To"] == "jtj@unit.example, jtj2@unit.example"
    assert mail["Date"].datetime == NOW
    assert mail["Date"].endswith("+0800")
    assert mail["Message-ID"] == "<1@office.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<answer@unit.example>"
    facts = mail_facts(raw)
    assert (facts.sender, facts.sender_name, facts.subject) == (SENDER, "云州市政务公开办公室", SUBJECT)


def test_the_answer_comes_to_the_offices_address() -> None:
    assert read_by_python(build())["Reply-To"] == SENDER


def test_a_later_letter_stands_below_the_first_one() -> None:
    chain = tuple(f"<{number}{'x' * 40}@office.example>" for number in range(15))
    raw = build(in_reply_to=chain[-1], references=chain[:-1])
    mail = read_by_python(raw)
    named = str(mail["References"]).split()
    assert (named[0], named[-1], len(named)) == (chain[0], chain[-1], 10)
    assert max(len(line) for line in raw.split(b"\r\n") if b"office.example>" in line) < 100


def test_every_line_is_short_ascii_and_ends_in_crlf(tmp_path: Path) -> None:
    file = tmp_path / ("很长的文件名" * 12 + "（2026年10月）.xlsx")
    file.write_bytes(b"x" * 5000)
    raw = build(file)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    assert [line for line in raw.split(b"\r\n") if b"=?" in line and len(line) > 76] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("教体局台账（2026年10月）.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("教体局 台账.xls", "application/vnd.ms-excel"),
        ("台账𠮷;'\"=%.et", "application/vnd.ms-excel"),
        ("通报.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("明细.CSV", "text/csv"),
        ("plain-name.pdf", "application/pdf"),
        ("公文.ofd", "application/octet-stream"),
        ("没有后缀", "application/octet-stream"),
    ],
)
def test_an_attachment_keeps_name_type_and_bytes(tmp_path: Path, name: str, kind: str) -> None:
    data = bytes(range(256)) * 9 + b"\r\n.\r\n"
    (tmp_path / name).write_bytes(data)
    raw = build(tmp_path / name)
    (theirs,) = read_by_python(raw).iter_attachments()
    assert theirs.get_filename() == name
    assert theirs.get_content_type() == kind
    assert theirs.get_content_disposition() == "attachment"
    assert theirs.get_payload(decode=True) == data
    (ours,) = attachments(raw)
    assert (ours.name, ours.data) == (name, data)


def test_old_clients_find_the_name_in_the_content_type(tmp_path: Path) -> None:
    name = "云州市发展和改革委员会（市粮食和物资储备局）2026年10月工作台账.xlsx"
    (tmp_path / name).write_bytes(b"1")
    raw = build(tmp_path / name)
    # A client that knows RFC 2047 only, as many did: no filename* at all.
    old = re.sub(rb"Content-Disposition: attachment;\r\n filename\*=.*\r\n", b"", raw)
    assert old != raw
    assert [file.name for file in attachments(old)] == [name]
    assert b"filename*0" not in raw


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"1")
    assert build(tmp_path / "a.xlsx") == build(tmp_path / "a.xlsx")


def test_no_two_letters_share_an_id() -> None:
    ids = {new_message_id(SENDER) for _ in range(500)}
    assert len(ids) == 500
    assert all(one.endswith("@office.example>") for one in ids)
    assert new_message_id("").endswith("@taizhang.example>")


def test_a_letter_to_nobody_is_refused() -> None:
    with pytest.raises(UserError, match="没有收件邮箱"):
        build(to=())


def test_an_address_cannot_smuggle_in_a_header() -> None:
    with pytest.raises(UserError, match="写法不对"):
        build(to=("jtj@unit.example\r\nBcc: all@unit.example",))
    assert mail_facts(build(subject="台账\r\nBcc: all@unit.example")).subject == "台账 Bcc: all@unit.example"


def test_a_lost_attachment_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"附件 没了\.xlsx 读不出来"):
        build(tmp_path / "没了.xlsx")


def test_letters_in_a_folder_are_numbered_and_never_overwritten(tmp_path: Path) -> None:
    box = tmp_path / "发件箱"
    first, _ = LetterFolder(box).write(letter(), build())
    second, _ = LetterFolder(box).write(letter(message_id="<2@office.example>"), build(message_id="<2@office.example>"))
    other, _ = LetterFolder(box).write(
        letter(unit="财政局", message_id="<3@office.example>"),
        build(unit="财政局", message_id="<3@office.example>"),
    )
    assert [path.name for path in (first, second, other)] == [
        "01_云溪县教育体育局_下发.eml",
        "02_云溪县教育体育局_下发.eml",
        "03_财政局_下发.eml",
    ]
    assert first.read_bytes() == build()
    assert sorted(path.name for path in box.iterdir()) == [first.name, second.name, other.name]


def test_writing_a_letter_again_changes_nothing(tmp_path: Path) -> None:
    first, was_there = LetterFolder(tmp_path).write(letter(), build())
    again, is_there = LetterFolder(tmp_path).write(letter(), build())
    assert (first, False, True) == (again, was_there, is_there)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("unit", "part"),
    [
        ("市委组织部/市委老干部局", "市委组织部市委老干部局"),
        (' 某局*?"<>|. ', "某局"),
        ("", "未命名"),
        ("长" * 90, "长" * 40),
    ],
)
def test_a_units_name_becomes_a_legal_file_name(unit: str, part: str) -> None:
    assert file_part(unit) == part


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "发件箱").write_bytes(b"a file stands where the folder should be")
    with pytest.raises(UserError, match="写不进文件夹"):
        LetterFolder(tmp_path / "发件箱").write(letter(), build())


def test_a_letter_that_a_person_sends_opens_as_a_draft_and_any_other_does_not() -> None:
    """X-Unsent is Outlook's: without it the file opens as a letter that came in, which cannot be sent."""
    by_hand = build_message(letter(), SENDER, "云州市政务公开办公室", NOW, by_hand=True)
    assert read_by_python(by_hand)["X-Unsent"] == "1"
    assert by_hand.replace(b"X-Unsent: 1\r\n", b"") == build()
    assert read_by_python(build())["X-Unsent"] is None
