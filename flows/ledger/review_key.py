"""The hidden key of a row of 总台账: whose work it is, which report the office looked at, what stood in its columns."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Final

from flows.ledger.identity import RowSigner, looks_like_claim, read_claim
from flows.ledger.model import Identity, Report
from flows.periods import Period
from flows.progress import Cell

MASTER_LAYOUT: Final = 1001
"""Takes the place of a ledger's layout in the key, so that neither kind of sheet is ever taken for the other."""

_MONTHS_BACK: Final = 36
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class RowKey:
    """What the key of a row says."""

    plan: str
    period: str
    unit: str
    no: str
    """As the plan numbered the item on that day."""
    mark: str
    """The report that stood in the row, '' for none; see ``mark_of``."""
    base: int = 0
    """The review (row of the store) that was prefilled; 0 for none."""
    lapsed: bool = False
    """Of that review, 核定状态 and 核定意见 no longer stood."""
    numbering: int = 0
    """The last renumbering of the plan that the sheet knew."""


_Said = tuple[str | int | None, ...]
"""A report and its period, as its mark is made of them."""


def mark_of(period: str, report: Report | None) -> str:
    """A short digest of a report and its period: the same words sent twice in a month are the same report."""
    return "" if report is None else _mark(_said(period, report))


def _said(period: str, report: Report) -> _Said:
    return (
        period,
        report.status.value,
        report.percent,
        report.progress,
        report.done_on.isoformat() if report.done_on else "",
        report.evidence,
        report.problem,
        report.next_step,
    )


def _mark(said: _Said) -> str:
    return hashlib.sha256(_PLAIN.encode(said).encode()).hexdigest()[:16]


def repeats(mark: str, period: Period, report: Report) -> bool:
    """Whether a report says word for word what the marked one said, which came in ``period`` or before."""
    if not mark:
        return False
    for _ in range(_MONTHS_BACK):
        if mark_of(str(period), report) == mark:
            return True
        period = period.previous
    return False


KeyParts = tuple[str, str, _Said | None, str]
"""What the key of a row is made of: unit, item number, what the unit itself has said, base."""


def key_parts(cell: Cell) -> KeyParts:
    """The parts of a row's key, in plain values that travel to another process."""
    said: _Said | None = None
    if cell.source is not None and cell.report is not None:
        report = replace(cell.report, status=cell.reported) if cell.reported else cell.report
        said = _said(cell.source.period, report)
    review = cell.review
    base = f"{review.id}{'x' if review.lapsed else ''}" if review else "0"
    return cell.unit.name, cell.item.no, said, base


class MasterKeys:
    """The signed texts of all keys of a 总台账, whose rows go by task, so that each is another unit's."""

    def __init__(self, plan: str, period: str, numbering: int, secret: bytes) -> None:
        """``numbering``: the last renumbering of the plan."""
        self._plan, self._period, self._numbering, self._secret = plan, period, numbering, secret
        self._units: dict[str, RowSigner] = {}

    def text(self, parts: KeyParts) -> str:
        """What stands in the hidden column of a row."""
        unit, no, said, base = parts
        signer = self._units.get(unit)
        if signer is None:
            identity = Identity(self._plan, unit, self._period, MASTER_LAYOUT)
            signer = self._units[unit] = RowSigner(identity, self._secret)
        return signer.of(f"{no}|{_mark(said) if said else ''}|{base}|{self._numbering}")


def read_master_key(text: str, secret: bytes) -> RowKey | None:
    """The key that a cell holds; None for any other text, for another kind of key and for one that was altered."""
    if not looks_like_claim(text):
        return None
    claim = read_claim(text, secret)
    if claim is None or not claim.valid or claim.no is None or claim.identity.layout != MASTER_LAYOUT:
        return None
    no, mark, base, numbering = claim.no.rsplit("|", 3)
    who = claim.identity
    return RowKey(who.plan, who.period, who.unit, no, mark, int(base.rstrip("x")), base.endswith("x"), int(numbering))
