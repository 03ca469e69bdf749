"""What an office has in the end, without what differs from run to run: times, ids, Date lines, marks of moments.

Two ends are alike when their states are equal; ``differences`` names what is not. Ids are replaced by what they mean.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table

from flows.tables import META
from tests.servers import SentMail

State = dict[str, Counter[Any]]
"""Part (a table, ``files``, ``letters``) → what is in it, how often."""

_VOLATILE = {"id", "at", "changed", "retry"}
_OF_TABLE = {
    "letters": {"note"},  # tells of tries; a letter that a person had to settle says so
    # What these keep depends on ids and times; the figures stand in reports and in the documents.
    "snapshots": {"digest", "content"},
    "printings": {"sha256", "snapshot"},
    "master_files": {"sha256", "content"},
    "complaints": {"printing"},
    "mails": {"uid", "uidvalidity", "folder"},
    "finished": {"uid", "uidvalidity", "folder"},
    "migrations": {"program"},
    "clearances": {"person"},
}
_APART = {"meta", "attempts", "approvals", "scheduled"}
"""Compared by what they come to, not by their rows: a disturbed run has more tries, and its clerk is asked again."""
_ONCE_IS_ENOUGH = {
    *("reports", "printings", "complaints", "snapshots", "masters", "readings", "finished", "adjustments", "yearbooks"),
    "clearances",
}
"""Appended by every run; the same row twice says what once says. The last row of each place is compared besides."""
_PLACES = {
    "reports": ("plan", "period"),
    "masters": ("plan", "period"),
    "readings": ("plan",),
    "adjustments": ("plan", "year", "unit", "points", "reason", "basis", "period"),
    "yearbooks": ("plan", "year"),
    "clearances": ("plan", "period", "kind"),
    "decisions": ("kind", "word"),
}
_MOMENT = re.compile(r"_\d{8}-\d{6}(-\d+)?")
_THE_DAY = "当天"
_NUMBERED = re.compile(r"发件箱/\d+_")
_TOKEN = re.compile(rb'"token": "[0-9a-f]{16}"')
"""Of a 任务分解表: which writing of it this is."""
_HEADERS = ("Date", "Content-Type")
_FROM_THE_DAY = ("Message-ID", "In-Reply-To", "References")
_WRITTEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*<")


@dataclass(frozen=True)
class Look:
    """How closely one looks. ``days``: dates that are taken for the same day, where the clock was wrong for a while.

    Letters and documents of that time bear its date, and Message-IDs are made from it.
    """

    days: frozenset[date] = frozenset()

    def text(self, text: str) -> str:
        """A text without marks of moments."""
        if self.days:  # a reminder of the wrong day that never left takes a number of the outbox with it
            text = _NUMBERED.sub("发件箱/_", text)
        return self._written.sub(_THE_DAY, _MOMENT.sub("_moment", text))

    def data(self, data: bytes) -> bytes:
        """The same of a file's bytes."""
        if not self.days:
            return data
        try:
            return self._written.sub(_THE_DAY, data.decode()).encode()
        except UnicodeDecodeError:
            return data

    @cached_property
    def _written(self) -> re.Pattern[str]:
        told = [f"{day.year}年{day.month}月{day.day}日|{day.isoformat()}|{day:%Y%m%d}" for day in self.days]
        return re.compile("|".join((*told, r"(?<=逾期 )\d+ 天", r"(?<=还有 )\d+ 天")) if told else "(?!)")

    @property
    def headers(self) -> tuple[str, ...]:
        """Of a letter, those that are left out."""
        return _HEADERS + (_FROM_THE_DAY if self.days else ())


def state_of(
    home: Path, letters: list[SentMail], engine: Engine, mailbox: Mapping[str, list[Path]], look: Look
) -> State:
    """The store's content, every file of the home, the letters that the receiver has, and the mails that are left."""
    found: State = {"letters received": Counter((letter.to, mail_content(letter.data, look)) for letter in letters)}
    found["mails"] = Counter(
        (box, _short_digest(file.read_bytes())) for box, files in mailbox.items() for file in files
    )
    found |= _store(engine, look)
    found["records without their file"] = unfounded(home, engine)
    files: Counter[Any] = Counter()
    drafts: Counter[Any] = Counter()
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.name.endswith(".tmp"):
            drafts[name] += 1
        elif path.is_file() and not path.name.startswith("台账.db") and not path.name.endswith((".lock", ".claim")):
            files[look.text(name), content(path.name, path.read_bytes(), look)] += 1
    return found | {"files": files, "drafts left": drafts}


def differences(wanted: State, found: State) -> list[str]:
    """A line for each thing that is too many or missing."""
    told = []
    for part in sorted(wanted.keys() | found.keys()):
        more, less = found.get(part, Counter()), wanted.get(part, Counter())
        told += [f"{part}: too many: {_short(each)}" for each in (more - less).elements()]
        told += [f"{part}: missing: {_short(each)}" for each in (less - more).elements()]
    return told


def content(name: str, data: bytes, look: Look) -> str:
    """A digest of what a file says."""
    if name.endswith(".eml"):
        return mail_content(data, look)
    if data[:2] == b"PK":
        return _short_digest(repr(_members(data, look)).encode())
    return _short_digest(look.data(_WRITTEN.sub(b"", _TOKEN.sub(b"", data))))


def mail_content(data: bytes, look: Look) -> str:
    """A digest of a letter: its headers but the date, its text, what its attachments say."""
    mail = message_from_bytes(data, policy=policy.default)
    parts: list[Any] = [(key, look.text(str(value))) for key, value in mail.items() if key not in look.headers]
    for part in mail.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            name = part.get_filename() or ""
            parts.append((name, content(name, payload if isinstance(payload, bytes) else b"", look)))
    return _short_digest(repr(parts).encode())


def figures(status: Mapping[str, Any]) -> Any:
    """What `status` says, without times and without how often letters were tried."""
    if isinstance(status, Mapping):
        return {key: figures(value) for key, value in status.items() if key not in ("at", "received", "retry", "note")}
    if isinstance(status, list):
        return [figures(value) for value in status]
    return status


def _short_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _members(data: bytes, look: Look) -> list[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(name, content("", package.read(name), look)) for name in package.namelist()]


def _store(engine: Engine, look: Look) -> State:
    found: State = {}
    with engine.connect() as db:
        if engine.dialect.name == "sqlite":
            assert db.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            assert db.execute(sa.text("PRAGMA foreign_key_check")).first() is None
        there = set(sa.inspect(db).get_table_names())
        known = [table for table in META.sorted_tables if table.name in there]
        meanings = _Meanings(db, known)
        for table in known:
            if table.name in _APART:
                continue
            without = _VOLATILE | _OF_TABLE.get(table.name, set())
            if look.days and table.name == "letters":
                without = without | {"message_id"}
            names = [column.name for column in table.c if column.name not in without]
            rows = db.execute(sa.select(table).order_by(*table.primary_key)).mappings().all()
            if look.days:
                rows = [row for row in rows if row.get("state") != "cancelled"]
            told = [tuple(meanings.of(table, name, row, look) for name in names) for row in rows]
            found[table.name] = Counter(set(told) if table.name in _ONCE_IS_ENOUGH else told)
            if place := _PLACES.get(table.name):
                last = {tuple(row[name] for name in place): row for row in rows}
                found[f"{table.name}, what counts"] = Counter(
                    tuple(meanings.of(table, name, row, look) for name in names) for row in last.values()
                )
        found["what tries came to"] = _tries(db, look)
        found["who agreed"] = _agreed(db)
        found["what ran by schedule"] = _scheduled(db)
        kept = sa.select(META.tables["meta"]).where(META.tables["meta"].c.key.in_(("signing", "schema")))
        found["keys"] = Counter(tuple(row) for row in db.execute(kept))
    return found


class _Meanings:
    """What an id stands for: rows get others when some were tried in vain or another plan was at work between."""

    def __init__(self, db: Connection, tables: list[Table]) -> None:
        self._rows: dict[str, dict[int, Any]] = {}
        for name in ("arrivals", "letters", "reports", "dispatches", "numberings"):
            table = META.tables[name]
            rows = (
                db.execute(sa.select(table).order_by(table.c.id)).mappings()
                if any(table is each for each in tables)
                else ()
            )
            self._rows[name] = {row["id"]: row for row in rows}
        self._known: dict[str, Callable[[Any], Any]] = {
            "arrivals": lambda row: (row["plan"], row["period"], row["sha256"], row["verdict"]),
            "letters": lambda row: row["message_id"],
            "reports": lambda row: (row["plan"], row["period"], row["number"]),
        }

    def of(self, table: Table, name: str, row: Mapping[Any, Any], look: Look) -> Any:
        """A value of a row, as another run would have it too."""
        value = row[name]
        for key in table.c[name].foreign_keys:
            other = key.column.table.name
            if other in self._known and value in self._rows[other]:
                return self._known[other](self._rows[other][value])
        if table.name == "yearbooks" and name == "content":  # the documents themselves are compared as files
            told = json.loads(value)
            return look.text(json.dumps(told | {"files": sorted(told.get("files", ()))}, ensure_ascii=False))
        if name == "numbering" or (table.name == "numberings" and name in ("dispatch", "arrival")):
            counted = {"numbering": "numberings", "dispatch": "dispatches", "arrival": "arrivals"}[name]
            of_plan = [key for key, each in self._rows[counted].items() if each["plan"] == row.get("plan")]
            return sum(key <= value for key in of_plan)
        return look.text(value) if isinstance(value, str) else value


def _tries(db: Connection, look: Look) -> Counter[Any]:
    """Unit, kind and occasion of a letter → the addresses that took a letter, or that a person says got it.

    Where the clock was wrong, a letter of the wrong day that was tried, put off and taken back came to nothing.
    """
    letters, attempts = META.tables["letters"], META.tables["attempts"]
    got: dict[tuple[str, ...], set[str]] = {}
    query = sa.select(letters, attempts.c.outcome, attempts.c.taken).join(attempts, attempts.c.letter == letters.c.id)
    for row in db.execute(query):
        addresses = got.setdefault(
            (row.plan, row.period, row.unit, row.kind, look.text(row.occasion), row.state), set()
        )
        addresses |= set(json.loads(row.taken or "{}").get("taken", ()))
        if row.outcome.startswith("settled") and row.outcome != "settled-again":
            addresses |= set(json.loads(row.recipients))
    nothing = "cancelled" if look.days else ""
    return Counter((*key, *sorted(value)) for key, value in got.items() if value or key[-1] != nothing)


def _agreed(db: Connection) -> Counter[Any]:
    """(plan, period, address) to which somebody has let letters go."""
    approvals = META.tables["approvals"]
    rows = db.execute(sa.select(approvals)).all()
    return Counter({(row.plan, row.period, each) for row in rows for each in json.loads(row.recipients)})


def _scheduled(db: Connection) -> Counter[Any]:
    """The last outcome of each occasion. Letters that one had to leave are compared as letters, however they ended."""
    scheduled = META.tables["scheduled"]
    rows = db.execute(sa.select(scheduled).order_by(scheduled.c.id)).all()
    last = {(row.plan, row.period, row.step, row.slot): row.outcome for row in rows}
    return Counter((*key, "done" if outcome == "again" else outcome) for key, outcome in last.items())


def unfounded(home: Path, engine: Engine) -> Counter[Any]:
    """Records of files that are not there byte for byte as they were recorded."""
    wrong: Counter[Any] = Counter()
    with engine.connect() as db:
        for name, column in (
            ("arrivals", "archived"),
            ("dispatches", "file"),
            ("evidence", "file"),
            ("letters", "file"),
        ):
            table = META.tables[name]
            for row in db.execute(sa.select(table)).mappings():
                if row.get("state") == "cancelled" or not row[column]:
                    continue
                path = home / "ledgers" / row["plan"] / row[column]
                if not path.is_file():
                    wrong[name, row[column], "gone"] += 1
                elif (
                    name in ("arrivals", "evidence") and hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]
                ):
                    wrong[name, row[column], "other bytes"] += 1
    return wrong


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 400 else f"{text[:400]}…"
