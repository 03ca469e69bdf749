"""Answers are fetched from a real mailbox, each once, and the mailbox stays as the clerk left it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from flows.config import Mail
from flows.post.attachments import attachments
from flows.post.inbox import Inbox
from flows.problems import UserError
from tests.certificates import Certificate, make_certificate
from tests.servers import PASSWORD, ImapServer, free_port, start_imap

MUSEUM = sorted((Path(__file__).parent / "museum").glob("*.eml"))


def mail(number: int, body: str = "x") -> bytes:
    head = f"From: unit{number}@unit.example\r\nSubject: {number}\r\nMessage-ID: <{number}@unit.example>\r\n"
    return f"{head}\r\n{body}\r\n".encode()


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_every_mail_comes_as_the_bytes_it_is(imap_server: ImapServer) -> None:
    originals = [crlf(path.read_bytes()) for path in MUSEUM]
    for raw in originals:
        imap_server.deliver(raw)
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        received = list(inbox.new())
    assert sorted(one.raw for one in received) == sorted(originals)
    assert inbox.unfetched == []
    assert sum(len(attachments(one.raw)) for one in received) > 15
    now = datetime.now(UTC)
    assert all(one.received and abs(now - one.received) < timedelta(minutes=5) for one in received)


def test_only_what_is_new_is_fetched_and_nothing_is_marked(imap_server: ImapServer) -> None:
    for number in range(3):
        imap_server.deliver(mail(number))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        first = list(inbox.new())
    assert [one.facts.subject for one in first] == ["0", "1", "2"]
    imap_server.deliver(mail(3))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        assert [one.facts.message_id for one in inbox.new({one.key for one in first})] == ["<3@unit.example>"]
        assert len(list(inbox.new())) == 4
    assert imap_server.seen == []
    assert len(imap_server.files()) == 4


def test_a_rebuilt_mailbox_with_other_uidvalidity_is_read_anew(imap_server: ImapServer) -> None:
    imap_server.deliver(mail(1))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        (one,) = inbox.new()
        assert [again.uid for again in inbox.new({(one.uidvalidity + 1, one.uid)})] == [one.uid]


def test_mails_before_a_day_can_be_left_out(imap_server: ImapServer) -> None:
    imap_server.deliver(mail(1))
    today = datetime.now().astimezone().date()
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        assert len(list(inbox.new(since=today - timedelta(days=1)))) == 1
        assert list(inbox.new(since=today + timedelta(days=2))) == []


def test_a_folder_named_in_chinese_is_opened(imap_server: ImapServer) -> None:
    settings = imap_server.mail.model_copy(update={"imap_folder": "台账回收"})
    with pytest.raises(UserError, match="没有可以打开的文件夹“台账回收”"):
        Inbox(settings, PASSWORD).__enter__()
    imap_server.deliver(mail(1), ".&U,CNJlbeZTY-")  # 台账回收 in modified UTF-7
    with Inbox(settings, PASSWORD) as inbox:
        assert len(list(inbox.new())) == 1


def test_a_wrong_password_is_one_sentence_with_the_cure(imap_server: ImapServer) -> None:
    with pytest.raises(UserError) as caught:
        Inbox(imap_server.mail, "wrong").__enter__()
    assert "不让登录" in caught.value.message
    assert "授权码" in caught.value.hint
    assert "wrong" not in caught.value.sentence


def test_a_password_with_chinese_signs_does_not_end_in_a_traceback(imap_server: ImapServer) -> None:
    with pytest.raises(UserError, match="不让登录"):
        Inbox(imap_server.mail, "授权码").__enter__()


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_an_encrypted_mailbox(security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate: Certificate = make_certificate(tmp_path)
    with start_imap(certificate) as server:
        server.deliver(mail(1))
        port = server.ssl_port if security == "ssl" else server.port
        settings = server.mail.model_copy(update={"imap_security": security, "imap_port": port})
        with pytest.raises(UserError, match="证书没有通过验证"):
            Inbox(settings, PASSWORD).__enter__()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        with Inbox(settings, PASSWORD) as inbox:
            assert len(list(inbox.new())) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"imap_host": ""}, "没有写 imap_host"),
        ({"imap_host": "mail.office.example", "imap_security": "none"}, "明文"),
        ({"imap_host": "no-such-host.invalid", "imap_security": "ssl"}, "找不到收信服务器"),
        ({"imap_security": "starttls", "imap_port": 993}, "与加密方式不配"),
    ],
)
def test_wrong_settings_are_one_sentence(settings: dict[str, object], message: str) -> None:
    base: dict[str, object] = {"address": "a@office.example", "imap_host": "127.0.0.1", "imap_port": free_port()}
    with pytest.raises(UserError) as caught:
        Inbox(Mail.model_validate(base | settings), PASSWORD).__enter__()
    assert message in caught.value.sentence


def test_a_closed_port_is_one_sentence() -> None:
    settings = Mail(address="a@office.example", imap_host="127.0.0.1", imap_port=free_port(), imap_security="none")
    with pytest.raises(UserError, match="拒绝连接"):
        Inbox(settings, PASSWORD).__enter__()


def test_without_a_password_nothing_is_tried(imap_server: ImapServer) -> None:
    with pytest.raises(UserError, match="授权码"):
        Inbox(imap_server.mail, None)


class Line:
    """A wire between client and server that a test can cut."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        self.connections = 0
        self.said = b""
        """What the client has sent."""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.connections += 1
            self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, source is near), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, near: bool) -> None:
        try:
            while data := source.recv(65536):
                self.said += data if near else b""
                sink.sendall(data)
        except OSError:
            pass

    def cut(self, for_good: bool = False) -> None:
        if for_good:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.clear()


@pytest.fixture
def line(imap_server: ImapServer) -> Iterator[Line]:
    made = Line(imap_server.port)
    yield made
    made.cut()
    made.listener.close()


def test_a_line_that_is_cut_is_picked_up_again(imap_server: ImapServer, line: Line) -> None:
    for number in range(6):
        imap_server.deliver(mail(number))
    found = []
    with Inbox(imap_server.mail.model_copy(update={"imap_port": line.port}), PASSWORD) as inbox:
        for one in inbox.new():
            found.append(one.facts.subject)
            if len(found) in (2, 4):
                line.cut()
    assert found == [str(number) for number in range(6)]
    assert line.connections == 3


def test_a_line_that_stays_cut_says_how_far_it_came(imap_server: ImapServer, line: Line) -> None:
    for number in range(4):
        imap_server.deliver(mail(number))
    found = []

    def fetch() -> None:
        with Inbox(imap_server.mail.model_copy(update={"imap_port": line.port}), PASSWORD) as inbox:
            for one in inbox.new():
                found.append(one)
                if len(found) == 2:
                    line.cut(for_good=True)

    with pytest.raises(UserError, match="已取回 2 封"):
        fetch()
    assert len(found) == 2


def test_the_server_learns_who_asks_before_the_folder_is_opened(imap_server: ImapServer, line: Line) -> None:
    """NetEase answers “Unsafe Login” otherwise."""
    imap_server.deliver(mail(1))
    with Inbox(imap_server.mail.model_copy(update={"imap_port": line.port}), PASSWORD) as inbox:
        assert len(list(inbox.new())) == 1
    order = [line.said.index(word) for word in (b" LOGIN ", b' ID ("name" "taizhang"', b" EXAMINE ", b"BODY.PEEK[]")]
    assert order == sorted(order)
    assert b" SELECT " not in line.said
    assert b" STORE " not in line.said


def test_a_mail_the_server_does_not_hand_over_is_noted_and_stops_no_other(imap_server: ImapServer) -> None:
    for number in range(3):
        imap_server.deliver(mail(number, "y" * 50))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        stream = inbox.new()
        found = [next(stream)]
        imap_server.files()[1].chmod(0)
        found += stream
        assert [one.facts.subject for one in found] == ["0", "2"]
        assert [(one.uid, one.uidvalidity) for one in inbox.unfetched] == [(2, inbox.uidvalidity)]
        assert "断开" in inbox.unfetched[0].reason


def test_a_mail_deleted_meanwhile_is_passed_over(imap_server: ImapServer) -> None:
    for number in range(3):
        imap_server.deliver(mail(number))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        stream = inbox.new()
        found = [next(stream)]
        imap_server.files()[1].unlink()
        found += stream
    assert [one.facts.subject for one in found] == ["0", "2"]


def test_two_hundred_mails_are_fetched_within_seconds(imap_server: ImapServer) -> None:
    for number in range(200):
        imap_server.deliver(mail(number, "z" * 2000))
    start = time.perf_counter()
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        assert len(list(inbox.new())) == 200
        spent = time.perf_counter() - start
        assert list(inbox.new({(inbox.uidvalidity, uid) for uid in range(1, 201)})) == []
    assert spent < 15


def picture_mail(html: str, subject: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "stranger@elsewhere.example", subject
    made.set_content(html, subtype="html")
    made.add_attachment(bytes(200_000), maintype="image", subtype="png", filename="a.png")
    return made.as_bytes()


def test_of_strangers_only_what_may_be_an_answer_is_fetched(imap_server: ImapServer) -> None:
    table = (
        "<table><tr><td>任务编号</td><td>具体要求</td><td>完成状态</td><td>完成进度</td><td>进展情况</td></tr></table>"
    )
    sheet = EmailMessage()
    sheet["From"], sheet["Subject"] = "stranger@elsewhere.example", "sheet"
    sheet.add_attachment(bytes(9_000), maintype="application", subtype="octet-stream", filename="台账.xlsx")
    imap_server.deliver(picture_mail("<p>新品目录</p>", "shop"))
    imap_server.deliver(picture_mail(f"<p>报送</p>{table}", "pasted"))
    imap_server.deliver(sheet.as_bytes())
    imap_server.deliver(picture_mail("<p>来电</p>", "ours"))
    with Inbox(imap_server.mail, PASSWORD) as inbox:
        found = list(inbox.new(concerns=lambda facts: facts.subject == "ours"))
        assert [one.facts.subject for one in found] == ["pasted", "sheet", "ours"]
        assert inbox.passed == [(inbox.uidvalidity, 1)]
    assert imap_server.seen == []
