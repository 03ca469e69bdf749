"""并入: a returned 年报数据 is archived, checked against the rules and the year before, and kept number by number.

The steps are those of a month's round; what differs is what a file is checked with and what is written beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from flows.annual.checker import AnnualExpectation, check_annual
from flows.annual.model import AnnualReturned
from flows.annual_round.declaring import declared
from flows.annual_round.differing import differing
from flows.annual_round.kept import Kept, filed_before, row_of, versions
from flows.desk import Desk
from flows.ledger.identity import read_claim
from flows.ledger.model import Entry, Identity, Returned
from flows.ledger.reader import read_returned
from flows.periods import Period
from flows.problems import UserError
from flows.round.checking import Checker, Mail
from flows.round.comparing import Comparison
from flows.round.differences import Change
from flows.round.intake import Parcel
from flows.round.merge import Merger
from flows.store import filings
from flows.years import Year, is_year

_TOLD: Final = 8
"""So many differences stand in one sentence."""


def expectation(desk: Desk, year: Year) -> AnnualExpectation:
    """What the round expects back; UserError when nothing was issued."""
    issued = desk.history.dispatched(year)
    if not issued:
        raise UserError(
            f"{year.label}的年报数据表还没有下发", f"请先运行 taizhang distribute {desk.folder.slug} --year {year}"
        )
    before = filed_before(desk.store, desk.folder.slug, year, desk.roster)
    files = {who.unit.name for who in declared(desk, year.year)}
    return AnnualExpectation(
        plan=desk.folder.slug,
        year=year.year,
        issued=frozenset(issued) & files,
        units=frozenset(unit.name for unit in desk.roster),
        aliases={alias: unit.name for unit in desk.roster for alias in unit.aliases},
        last={unit: kept.filing for unit, kept in before.items()},
    )


class AnnualMerger(Merger):
    """Takes the parcels of one plan and year. See :class:`Merger`: killed at any point, the next run makes it good."""

    period: Year

    def __init__(self, desk: Desk, year: Year, *, dry: bool = False) -> None:
        super().__init__(desk, year, dry=dry)

    def _equip(self) -> None:
        self.checker = AnnualChecker(expectation(self.desk, self.period), self.secret)
        self._checker = self.checker
        self._comparison = AnnualComparison(self.desk, self.period, self.checker)

    def flush(self, *more: tuple[sa.Table, dict[str, object]]) -> None:
        """Record what was taken, the numbers with the file that they came in."""
        rows: list[tuple[sa.Table, dict[str, object]]] = []
        for finding in self._waiting:
            read = self.checker.read.get(finding.sha256)
            if read is not None and read.filing is not None and finding.result.verdict != "quarantined":
                right = finding.result.verdict == "accepted"
                kept = Kept(finding.unit, read.filing, finding.sha256, finding.name, finding.received, right)
                rows.append((filings, row_of(self.desk.folder.slug, kept)))
        super().flush(*rows, *more)


class AnnualChecker(Checker):
    """The verdicts on returned 年报数据, and what was read, by sha256."""

    def __init__(self, expected: AnnualExpectation, secret: bytes) -> None:
        self.expected = expected
        self.secret = secret
        self.read: dict[str, AnnualReturned] = {}

    def verdict(self, parcel: Parcel) -> Returned:
        """The verdict on a parcel's bytes, in the form of a month's."""
        found = check_annual(parcel.data, parcel.name, self.expected, self.secret)
        if found.reason and (month := monthly(parcel, self.secret)):
            return Returned(identity=month, reason=_other_round(month, self.expected.plan), elsewhere=True)
        self.read[parcel.sha256] = found
        filing = found.filing
        return Returned(
            identity=found.identity,
            problems=found.problems,
            warnings=found.warnings,
            filler=filing.filler if filing else "",
            phone=filing.phone if filing else "",
            reason=found.reason,
        )

    def ahead(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        """The mails as they come: some hundred units file, not thousands."""
        yield from mails

    def close(self) -> None:
        """Nothing was started."""


class AnnualComparison(Comparison):
    """What counts for a year, kept up to date while filings come in."""

    def __init__(self, desk: Desk, year: Year, checker: AnnualChecker) -> None:
        self.period: Period = year
        self._checker = checker
        self._counts: dict[str, Kept] = {}  # type: ignore[assignment]  # by unit, not by task
        self._bounced: dict[str, Kept] = {}
        for unit, kept in versions(desk.store, desk.folder.slug, year).items():
            for each in kept:
                (self._counts if each.accepted else self._bounced)[unit] = each

    def compare(
        self,
        parcel: Parcel,
        unit: str,
        said: Sequence[Entry],  # noqa: ARG002  # a filing has no rows
        warnings: list[str],
        notes: list[str],
        *,
        cells: bool = False,
    ) -> tuple[Change, ...]:
        """Set a filing against the one that counts so far, or against the one that went back. The later one counts."""
        read = self._checker.read.get(parcel.sha256)
        if read is None or read.filing is None:
            return ()
        old, sent_back = self._counts.get(unit), self._bounced.get(unit)
        made = []
        for key, name, was, says in differing(old.filing if old else None, read.filing):
            place = read.places.get(key)
            cell = f"{place.sheet}!{place.cell}" if place else None
            made.append(Change(unit, key, name, was, says, parcel.shown, cell))
        if old and old.received > parcel.received:
            if made:
                warnings.append(f"与较晚收到的“{old.name}”不同，以后收到的为准（{_words(made)}）")
            return ()
        if old and made:
            warnings.append(f"与先前报的“{old.name}”不同，以这份为准：{_words(made)}")
        elif sent_back and not old:
            mended = [
                Change(unit, key, name, was, says, parcel.shown, None)
                for key, name, was, says in differing(sent_back.filing, read.filing)
            ]
            if mended:
                notes.append(f"比退回的“{sent_back.name}”改了 {len(mended)} 处：{_words(mended)}")
        self._counts[unit] = Kept(unit, read.filing, parcel.sha256, parcel.name, parcel.received, True)
        return tuple(made) if old or cells else ()


def monthly(parcel: Parcel, secret: bytes) -> Identity | None:
    """Whose month's ledger a file is, where this office signed it as one; None for anything else."""
    raw = read_returned(parcel.data, parcel.name)
    keys = (key for table in raw.tables for row in table.rows for key in row.keys)
    claims = (read_claim(token, secret) for token in (*raw.tokens, *keys))
    signed = (claim.identity for claim in claims if claim and claim.valid)
    return next((identity for identity in signed if not is_year(identity.period)), None)


def _other_round(month: Identity, plan: str) -> str:
    if month.plan != plan:
        return f"这是另一项工作（{month.plan}）的台账，不属于本次收集"
    label = Period.parse(month.period).label
    return f"这是{month.unit}{label}的工作台账，不是年报数据，请运行 taizhang collect {plan} --period {month.period} 收"


def _words(changes: list[Change]) -> str:
    told = "；".join(change.words for change in changes[:_TOLD])
    return f"{told}；等 {len(changes)} 处" if len(changes) > _TOLD else told
