"""What an office has in the end, without what differs from run to run: times, ids, Date lines, marks of moments.

Two ends are alike when their states are equal; ``differences`` names what is not.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.storage.database import make_engine
from flows.tables import META
from tests.servers import SentMail

State = dict[str, Counter[Any]]
"""Part (a table, ``files``, ``letters``) → what is in it, how often."""

_VOLATILE = {"id", "at", "changed", "received", "retry", "note"}
_REFERENCES = {"arrival", "letter", "report", "snapshot"}
_OF_TABLE = {
    # What these keep depends on ids and times; the figures stand in reports and in the documents.
    "snapshots": {"digest", "content"},
    "printings": {"sha256"},
    "mails": {"uid", "uidvalidity", "folder"},
    "finished": {"uid", "uidvalidity", "folder"},
}
_NOT_COMPARED = {"meta", "attempts", "approvals", "migrations"}
"""Keys and tries: a disturbed run has more tries, and its clerk is asked about what is still to leave."""
_ONCE_IS_ENOUGH = {"reports", "printings", "snapshots", "masters", "readings", "finished", "adjustments", "yearbooks"}
"""Appended by every run; the same row twice says what once says."""
_MOMENT = re.compile(r"_\d{8}-\d{6}(-\d+)?")
_TOKEN = re.compile(rb'"token": "[0-9a-f]{16}"')
"""Of a 任务分解表: which writing of it this is."""


def state_of(home: Path, letters: list[SentMail]) -> State:
    """The store's content, every file below ledgers, and the letters that the receiver has."""
    found: State = {"letters received": Counter((letter.to, mail_content(letter.data)) for letter in letters)}
    found |= _store(home / "ledgers" / "台账.db")
    files: Counter[Any] = Counter()
    for path in sorted((home / "ledgers").rglob("*")):
        if path.is_file() and not path.name.startswith(("台账.db", ".")):
            name = _MOMENT.sub("_moment", path.relative_to(home).as_posix())
            files[name, content(path.name, path.read_bytes())] = 1
    drafts = [path.name for path in (home / "ledgers").rglob(".*.tmp")]
    return found | {"files": files, "drafts left": Counter(drafts)}


def differences(wanted: State, found: State) -> list[str]:
    """A line for each thing that is too many or missing."""
    told = []
    for part in sorted(wanted.keys() | found.keys()):
        more, less = found.get(part, Counter()), wanted.get(part, Counter())
        told += [f"{part}: too many: {_short(each)}" for each in (more - less).elements()]
        told += [f"{part}: missing: {_short(each)}" for each in (less - more).elements()]
    return told


def content(name: str, data: bytes) -> str:
    """A digest of what a file says."""
    if name.endswith(".eml"):
        return mail_content(data)
    if data[:2] == b"PK":
        return hashlib.sha256(repr(_members(data)).encode()).hexdigest()[:16]
    return hashlib.sha256(_TOKEN.sub(b"", data)).hexdigest()[:16]


def mail_content(data: bytes) -> str:
    """A digest of a letter: its headers but the date, its text, what its attachments say."""
    mail = message_from_bytes(data, policy=policy.default)
    parts: list[Any] = [(key, str(value)) for key, value in mail.items() if key not in ("Date", "Content-Type")]
    for part in mail.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            name = part.get_filename() or ""
            parts.append((name, content(name, payload if isinstance(payload, bytes) else b"")))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _members(data: bytes) -> list[tuple[str, str]]:
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in sorted(package.namelist()):
            if name != "docProps/core.xml":
                found.append((name, content("", package.read(name))))
    return found


def _store(path: Path) -> State:
    engine = make_engine(f"sqlite:///{path.as_posix()}")
    found: State = {}
    try:
        with engine.connect() as db:
            assert db.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            there = set(sa.inspect(db).get_table_names())
            for table in META.sorted_tables:
                if table.name in _NOT_COMPARED or table.name not in there:
                    continue
                without = _VOLATILE | _REFERENCES | _OF_TABLE.get(table.name, set())
                columns = [column for column in table.c if column.name not in without]
                if not columns:
                    continue
                rows = Counter(tuple(map(_value, row)) for row in db.execute(sa.select(*columns)))
                found[table.name] = Counter(set(rows)) if table.name in _ONCE_IS_ENOUGH else rows
    finally:
        engine.dispose()
    return found


def _value(value: Any) -> Any:
    return _MOMENT.sub("_moment", value) if isinstance(value, str) else value


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 400 else f"{text[:400]}…"


def figures(status: Mapping[str, Any]) -> Any:
    """What `status` says, without times and without how often letters were tried."""
    if isinstance(status, Mapping):
        return {key: figures(value) for key, value in status.items() if key not in ("at", "received", "retry", "note")}
    if isinstance(status, list):
        return [figures(value) for value in status]
    return status
