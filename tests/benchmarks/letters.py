"""1,000 letters with their workbooks through the outbox, beside yagmail's plain send loop: same server, no pause.

The plain loop is ``yag.send(to, subject, contents, attachments)`` for every unit: it keeps no record, so a run that
breaks off cannot be taken up again. Server and ways run in processes of their own; prints seconds, ratio and peak of
memory. ``write`` is the step of ``distribute`` that composes and records our letters, ``send`` the step that sends
them; the workbooks are written before, for both sides.

python -m tests.benchmarks.letters [letters] [none|starttls]
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.config import Mail
from tests.benchmarks.returned import plan_of
from tests.certificates import Certificate, make_certificate
from tests.office import Office, new_office
from tests.servers import PASSWORD, start_smtp

PLACE = ("要点", "--period", "2026-03")
TASKS = 30


def prepare(home: Path, count: int, port: int, security: str) -> Office:
    """An office with a plan, so many units and the server as its own."""
    office = new_office(home)
    roster = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(count)]
    office.adopt(plan_of(TASKS), units=roster)
    server = Mail(transport="smtp", address="gongkai@office.example", smtp_host="127.0.0.1", smtp_port=port)
    office.use_mail(server.model_copy(update={"smtp_security": security}))
    return office


def timed(step: str, *arguments: str, home: Path) -> tuple[dict[str, Any], float]:
    """``distribute`` as a clerk runs it, its question answered with yes, and the seconds one step of it took."""
    import flows.distribute as command

    spent = 0.0
    work: Callable[..., Any] = getattr(command, step)

    def watched(*given: Any, **named: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            spent += time.perf_counter() - started

    setattr(command, step, watched)
    return Office(home).json("distribute", *PLACE, *arguments), spent


def write(home: Path) -> dict[str, float]:
    """Workbooks and letters, nothing sent."""
    found, seconds = timed("write_letters", "--no-send", home=home)
    (home / "台账.json").write_text(json.dumps([one["file"] for one in found["workbooks"]]), encoding="utf-8")
    return {"seconds": seconds, "letters": len(found["workbooks"])}


def send(home: Path) -> dict[str, float]:
    """The same command again, which sends what waits."""
    found, seconds = timed("send_letters", home=home)
    return {"seconds": seconds, "letters": len(found["sent_now"])}


def plain(home: Path) -> dict[str, float]:
    """What a script of the office does with the same workbooks."""
    import yagmail

    from flows.config import read_config

    mail = read_config(home / "config.toml").mail
    books = [Path(name) for name in json.loads((home / "台账.json").read_text(encoding="utf-8"))]
    started = time.perf_counter()
    client = yagmail.SMTP(
        mail.address,
        PASSWORD,
        host=mail.smtp_host,
        port=mail.smtp_port,
        smtp_ssl=False,
        smtp_starttls=mail.smtp_security == "starttls",
    )
    for number, book in enumerate(books):
        client.send(
            to=f"ju{number}@unit.example",
            subject=f"关于报送2026年3月工作台账的通知（{book.stem}）",
            contents="请按要求填写附件中的工作台账，于3月25日前回复本邮件报送。",
            attachments=str(book),
        )
    return {"seconds": time.perf_counter() - started, "letters": len(books)}


WAYS = {"write": write, "send": send, "plain": plain}


def child(way: str, home: Path) -> None:
    """One way, run here and now; prints what it took as JSON."""
    found = WAYS[way](home)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps(found | {"cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}))


def serve(security: str, folder: Path) -> None:
    """The receiving side: says its port, and for every line on stdin how many letters and connections there were."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    certificate = None if security == "none" else Certificate(folder / "certificate.pem", folder / "key.pem")
    with start_smtp(security, certificate) as server:
        print(server.port, flush=True)
        for _ in sys.stdin:
            size = sum(len(letter.data) for letter in server.letters)
            print(json.dumps({"got": len(server.got), "doubles": len(server.letters) - len(server.got), "bytes": size}))
            print(server.connections, flush=True)
            server.letters.clear()
            server.connections = 0


@contextmanager
def server_process(security: str, folder: Path) -> Iterator[tuple[int, Callable[[], tuple[dict[str, int], int]]]]:
    """The server's port, and a function that asks it what it got since the last time."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.letters", "--server", security, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asked, told = process.stdin, process.stdout

    def got() -> tuple[dict[str, int], int]:
        asked.write("\n")
        asked.flush()
        return json.loads(told.readline()), int(told.readline())

    try:
        yield int(told.readline()), got
    finally:
        asked.close()
        process.wait(30)


def main(count: int, security: str) -> None:
    """Prepare once, run each way, print the comparison."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        make_certificate(root)
        os.environ |= {"TAIZHANG_MAIL_PASSWORD": PASSWORD, "SSL_CERT_FILE": str(root / "certificate.pem")}
        with server_process(security, root) as (port, got):
            home = prepare(root, count, port, security).home
            found: dict[str, dict[str, float]] = {}
            for way in WAYS:
                command = [sys.executable, "-m", "tests.benchmarks.letters", "--child", way, str(home)]
                out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
                found[way] = one = json.loads(out.splitlines()[-1])
                received, connections = got()
                assert one["letters"] == count, (way, one)
                assert received["got"] == (0 if way == "write" else count), (way, received)
                assert received["doubles"] == 0
                print(
                    f"{way:6} {one['seconds']:7.2f} s   {one['cpu']:6.1f} s of CPU   peak {one['peak']:5.0f} MB   "
                    f"{received['got']:5} letters got, {received['bytes'] / 1e6:.1f} MB, {connections} connections"
                )
        plain_loop, ours = found["plain"]["seconds"], found["send"]["seconds"]
        both = ours + found["write"]["seconds"]
        print(f"plain loop ÷ send {plain_loop / ours:.2f}   plain loop ÷ (write + send) {plain_loop / both:.2f}")


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], Path(sys.argv[3]))
    elif "--server" in sys.argv:
        serve(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, sys.argv[2] if len(sys.argv) > 2 else "none")
