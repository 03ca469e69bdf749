"""核定: what the office wrote into 总台账 is compared with what was prefilled and with what stands, and recorded."""

from __future__ import annotations

from pathlib import Path

from flows.desk import Desk
from flows.files import digest
from flows.ledger.forms.long_xlsx import Room, UnusualError
from flows.ledger.master_content import Content
from flows.ledger.review_reader import Master, MasterReading
from flows.periods import Period
from flows.problems import UserError
from flows.round.goal_review import take_goals
from flows.round.review_outcome import Outcome
from flows.round.review_rows import Comparison
from flows.storage.reviews import Renumbered, most_rows, record_reviews, written_rows


def take_review(desk: Desk, period: Period, path: Path) -> Outcome:
    """Take in what the office wrote into a 总台账; right rows are taken, of faulty rows nothing.

    UserError when the file is missing, is no 总台账, or one of another plan or period. Taken again, nothing changes.
    """
    if not path.is_file():
        hint = f"请先运行 taizhang report {desk.folder.slug} --period {period}，或用 --from 指明文件"
        raise UserError(f"找不到 {path.name}", hint)
    data = bytes_of(desk, period, path)
    if written := written_rows(desk.store, desk.folder.slug, period, digest(data)):
        return Outcome(unchanged=written)
    return take_in(desk, period, path, data)[0]


def bytes_of(desk: Desk, period: Period, path: Path) -> bytes:
    """A 总台账; UserError when it is far larger than what was written."""
    if path.stat().st_size > Room.of(rows_issued(desk, period)).file:
        hint = "里面可能粘贴了图片或别的表；请把核定内容填到生成的总台账里，再运行一次"
        raise UserError(f"“{path.name}”没有读：文件比生成的总台账大得多", hint)
    return path.read_bytes()


def rows_issued(desk: Desk, period: Period) -> int:
    """How many rows a 总台账 of the period may have at most, as far as is known."""
    assigned = sum(map(len, desk.assignment.by_unit.values()))
    return max(assigned, most_rows(desk.store, desk.folder.slug, period))


def take_in(desk: Desk, period: Period, path: Path, data: bytes, *, digested: bool = False) -> tuple[Outcome, str]:
    """As ``take_review``, whatever is known of the file; also the digest of its content when ``digested``, '' when
    there is none."""
    slug = desk.folder.slug
    master = Master(data, path.name, desk.store.secret(), slug, period, rows_issued(desk, period))
    content = Content() if digested else None
    try:
        reading, found = _compared(desk, MasterReading(master, content), path.name)
    except UnusualError:
        content = None
        reading, found = _compared(desk, MasterReading(master, whole=True), path.name)
    inside = path.resolve().is_relative_to(desk.folder.root.resolve())
    name, sha256 = desk.below_plan(path) if inside else path.name, digest(data)
    take_goals(desk, period, reading.goals, found, file=name, sha256=sha256)
    if found.decided:
        numbering = Renumbered(desk.store, slug).last
        record_reviews(desk.store, slug, period, found.decided, file=name, sha256=sha256, numbering=numbering)
    return found, content.digest if content else ""


def _compared(desk: Desk, reading: MasterReading, name: str) -> tuple[MasterReading, Outcome]:
    found = Comparison(desk, reading.period, name).outcome(reading.rows())
    found.unchanged += reading.idle
    return reading, found
