"""并入: a parcel is archived, checked and recorded; it ends as accepted, returned, quarantined or duplicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import sqlalchemy as sa

from flows.desk import Desk
from flows.ledger.model import Returned
from flows.periods import Period
from flows.post.attachments import MailFacts, mail_facts
from flows.post.senders import Checks, Standing, standing
from flows.round.checking import Checker, Workers
from flows.round.comparing import Comparison
from flows.round.differences import Change
from flows.round.expectation import expectation
from flows.round.intake import BIG, Parcel, Seal, archive, from_folder, opened
from flows.round.misplaced import told_where
from flows.round.naming import Names
from flows.round.recording import Finding, Paper, keep_pictures, record
from flows.round.vetting import Vetted, vet
from flows.storage.history import Arrival
from flows.store import letters

Track = Callable[[Iterable[list[Parcel]]], Iterable[list[Parcel]]]

BATCH = 50
"""Parcels recorded in one transaction: each transaction waits for the disk."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one parcel. The bytes themselves lie in the archive."""

    shown: str
    """As the clerk finds it."""
    sha256: str
    verdict: str
    """accepted | returned | quarantined | duplicate."""
    unit: str
    entries: int = 0
    """Rows that were right: merged, or held because of others."""
    returned: Returned | None = None
    """What it says but for the entries: those of a big round are too many to be kept at hand."""
    same_as: str = ""
    """For a duplicate: the file that came before."""
    waiting: str = ""
    """For a duplicate of a file that still lies in quarantine: why."""
    warnings: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    """What an accepted sheet changes in what counts."""
    papers: tuple[str, ...] = ()
    """Pictures and papers that came with it, below the plan's folder."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A file that this round knows already."""

    name: str
    waiting: str = ""


class Merger:
    """Takes the parcels of one plan and period, one after the other.

    Each is archived at once and recorded with the others of its batch: a run that dies leaves files that are archived
    and not recorded, and the next run takes them again. A ``dry`` merger judges and compares and keeps nothing.
    """

    def __init__(self, desk: Desk, period: Period, *, dry: bool = False, workers: Workers | None = None) -> None:
        """``workers``: begun before because many files wait."""
        self.desk = desk
        self._workers = workers
        self.period = period
        self.dry = dry
        history = desk.history
        self.secret = desk.store.secret()
        self._equip()
        self._quarantined: list[Arrival] = []
        self._known: dict[str, _Earlier] = {}
        for arrival in history.arrivals(period):
            waits = arrival.verdict == "quarantined"
            self._known[arrival.sha256] = _Earlier(arrival.name, arrival.reason if waits else "")
            if waits:
                self._quarantined.append(arrival)
        self._held = history.held_for_sender(period)
        self._names = Names(desk.roster)
        self._by_address: dict[str, str] = {}
        self._shared: set[str] = set()
        for unit in desk.roster:
            for mail in unit.emails:
                if self._by_address.setdefault(mail.lower(), unit.name) != unit.name:
                    self._shared.add(mail.lower())
        query = sa.select(letters.c.message_id, letters.c.unit).where(letters.c.plan == desk.folder.slug)
        self._by_letter: dict[str, str] = {row.message_id: row.unit for row in desk.store.rows(query)}
        self._waiting: list[Finding] = []
        self.left: list[str] = []
        """A sentence for each file that another program holds: next time."""
        self._coming: Iterator[list[Parcel]] | None = None

    def _equip(self) -> None:
        """What this kind of round checks with and compares with; the annual round has its own."""
        history = self.desk.history
        issued, before = history.dispatched(self.period), history.current(self.period.previous)
        self.expectation = expectation(self.desk, self.period, issued, before)
        self._comparison = Comparison(self.desk, self.period, issued, before | history.entries(self.period))
        self._checker = Checker(self.expectation, self.secret, self._workers)

    def take(self, parcel: Parcel) -> Merged:
        """Archive and check one parcel. Bytes that came before are a duplicate and change nothing.

        It is recorded with its batch: call ``flush`` after the last one.
        """
        sha = parcel.sha256
        earlier = self._known.get(sha)
        # Held for its sender, and now somebody of the office has put it into the folder.
        given = bool(earlier and earlier.waiting) and parcel.seal is None and sha in self._held
        if given and self.check(parcel).verdict != "quarantined":
            return self._judge(parcel, sha)
        if earlier:
            return Merged(parcel.shown, sha, "duplicate", "", same_as=earlier.name, waiting=earlier.waiting)
        return self._judge(parcel, sha)

    def look_ahead(self, folder: Path) -> None:
        """Let workers check the first files of a folder from now on, before anything is taken."""
        self._coming = self._checker.begin(from_folder(folder, self.left))

    def take_folder(self, folder: Path, track: Track = iter) -> Iterator[Merged]:
        """All that a folder holds, recorded to the last one when the iterator is exhausted.

        ``track`` wraps them for a progress bar.
        """
        coming, self._coming = self._coming, None
        for parcels in track(coming or self._checker.ahead(from_folder(folder, self.left))):
            yield from self.take_mail(parcels)
            if len(self._waiting) >= BATCH:
                self.flush()
        self.flush()

    def take_mail(self, parcels: list[Parcel]) -> list[Merged]:
        """All that came together, in one mail or as one file.

        Pictures and other papers beside a workbook are kept in the archive, as what it rests on.
        """
        sheets = [parcel for parcel in parcels if parcel.is_sheet]
        if not sheets:
            return [self.take(parcel) for parcel in parcels]
        beside = [parcel for parcel in parcels if not parcel.is_sheet]
        taken = [self.take(parcel) for parcel in sheets]
        for parcel in beside:
            paper = self._paper(parcel)
            at = _workbook_of(parcel, sheets, taken)
            if at is None:
                continue
            mine = taken[at]
            told = () if self.dry else (f"同来的还有{parcel.name}，已存入回收文件夹",)
            taken[at] = replace(mine, warnings=(*mine.warnings, *told), papers=(*mine.papers, paper.file))
            for finding in self._waiting:
                if finding.sha256 == mine.sha256 and finding.result.verdict != "quarantined":
                    finding.papers.append(paper)
        return taken

    def flush(self, *more: tuple[sa.Table, dict[str, object]]) -> None:
        """Record what was taken, in one transaction; ``more`` are rows of other tables that belong to it."""
        if not self.dry and (self._waiting or more):
            record(self.desk, self.period, self._waiting, more)
        self._waiting = []

    def reconsider(self) -> list[Merged]:
        """Check anew what lies in quarantine: the office may have added an alias or lifted what stood in the way."""
        found: list[Parcel] = []
        taken = {sha for sha, earlier in self._known.items() if not earlier.waiting}
        for arrival in self._quarantined:
            kept = self.desk.folder.root / arrival.archived
            if kept.is_file() and kept.stat().st_size <= BIG:
                data = kept.read_bytes()
                seal = Seal(self.standing(arrival.sender), Checks()) if arrival.sha256 in self._held else None
                parcel = Parcel(
                    arrival.name, arrival.name, data, arrival.received, "archive", arrival.sender, arrival.message_id
                )
                parcel = replace(parcel, seal=seal)
                # What could not be opened then may open now: a program for .rar has been installed.
                inside = opened(parcel) if not parcel.name.lower().endswith(".eml") else [parcel]
                found += [
                    each
                    for each in inside
                    if each.is_sheet and each.sha256 not in taken and self.check(each).verdict != "quarantined"
                ]
        merged = [self._judge(parcel, parcel.sha256) for parcel in found]
        self.flush()
        return merged

    def check(self, parcel: Parcel) -> Returned:
        """The verdict on a parcel, by its bytes and its sender."""
        return self._vetted(parcel).result

    def _vetted(self, parcel: Parcel) -> Vetted:
        if parcel.reason:
            return Vetted(Returned(reason=parcel.reason))
        if parcel.name.lower().endswith(".eml"):
            return Vetted(Returned(reason="来信里没有附件，请打开看看，必要时请单位补发台账"))
        result = told_where(parcel, self._checker.verdict(parcel), self.desk.folder.slug, self.period)
        return vet(parcel, result, self.secret, hold=self.desk.config.mail.unknown_sender == "hold")

    def guess_unit(self, parcel: Parcel) -> str:
        """Who sent something that cannot be read: by address, by the letter it answers, by a name in the file's name.

        Only so that the unit is not named as silent; nothing is credited on a guess.
        """
        if found := self._by_address.get(parcel.sender.lower()):
            return found
        if parcel.name.lower().endswith(".eml") and (
            answered := self._by_letter.get(mail_facts(parcel.data).in_reply_to)
        ):
            return answered
        return self._names.longest_in(parcel.name)

    def standing(self, sender: str) -> Standing:
        """Whether the office expects mail from this address."""
        mail = self.desk.config.mail
        return standing(sender, mail.senders, self._by_address.keys(), mail.domains)

    def only_unit(self, sender: str) -> str:
        """The unit whose address this is; '' when it is nobody's, or that of several."""
        address = sender.lower()
        return "" if address in self._shared else self._by_address.get(address, "")

    def answered(self, facts: MailFacts) -> str:
        """The unit to which the letter went that a mail answers; '' when it answers none of ours."""
        asked = (facts.in_reply_to, *reversed(facts.references))
        return next((self._by_letter[each] for each in asked if each in self._by_letter), "")

    def is_ours(self, sender: str, in_reply_to: str) -> bool:
        """Whether a mail without workbook still concerns the round: from a unit, or an answer to one of our letters."""
        return sender.lower() in self._by_address or in_reply_to in self._by_letter

    def _judge(self, parcel: Parcel, sha: str) -> Merged:
        folder = self.desk.folder.period(self.period)
        kept = None if self.dry else archive(replace(parcel, hashed=sha), folder.archive)
        vetted = self._vetted(parcel)
        result = vetted.result
        unit = result.identity.unit if result.identity else ""
        owner = unit if unit and result.verdict != "quarantined" else self.guess_unit(parcel) or unit
        if result.elsewhere:
            owner = ""  # it belongs to another round: here its unit has sent nothing
        warnings = [*parcel.remarks, *vetted.notes, *result.warnings]
        writer = self._by_address.get(parcel.sender.lower(), "")
        if unit and writer and writer != unit:
            warnings.append(f"发件邮箱登记在{writer}名下，台账是{unit}的")
        named = unit if unit in parcel.name else self._names.longest_in(parcel.name)
        if named and named != unit and result.verdict != "quarantined":
            warnings.append(f"文件名写的是{named}，表里是{unit}的台账，已算作{unit}的，请核对是不是拿错了")
        changes: tuple[Change, ...] = ()
        notes: list[str] = []
        if result.verdict == "accepted":
            changes = self._comparison.compare(parcel, unit, result.entries, warnings, notes, cells=self.dry)
        warnings += _told(result)
        # Pictures go to the disk; those of a thousand workbooks must not pile up here.
        light = replace(result, pictures=())
        papers: list[Paper] = []
        if kept is not None:
            if result.verdict != "quarantined":
                papers = keep_pictures(result.pictures, owner, sha, folder.archive / "佐证", self.desk.folder.root)
            finding = Finding(
                name=parcel.name,
                origin=parcel.origin,
                sender=parcel.sender,
                message_id=parcel.message_id,
                received=parcel.received,
                sha256=sha,
                archived=self._below(kept),
                result=light,
                unit=owner,
                warnings=tuple(warnings),
                papers=papers,
                seal=parcel.seal,
                held=vetted.held,
            )
            self._waiting.append(finding)
        self._known[sha] = _Earlier(parcel.name, result.reason if vetted.held else "")
        return Merged(
            parcel.shown,
            sha,
            result.verdict,
            owner,
            len(result.entries),
            replace(light, entries=()),
            warnings=(*warnings, *notes),
            changes=changes,
            papers=tuple(paper.file for paper in papers),
        )

    def _paper(self, parcel: Parcel) -> Paper:
        if self.dry:
            return Paper(parcel.name, "", parcel.sha256)
        path = archive(parcel, self.desk.folder.period(self.period).archive)
        return Paper(parcel.name, self._below(path), parcel.sha256)

    def _below(self, path: Path) -> str:
        return self.desk.below_plan(path)


def _workbook_of(paper: Parcel, sheets: list[Parcel], taken: list[Merged]) -> int | None:
    """Which of the workbooks that came together a paper belongs to: the one whose folder it shares, else the first."""
    places = [place for place, merged in enumerate(taken) if merged.verdict != "duplicate"]

    def shared(place: int) -> int:
        pairs = zip(paper.shown.split("/")[:-1], sheets[place].shown.split("/")[:-1], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return max(places, key=lambda place: (shared(place), -place), default=None)


def _told(result: Returned) -> list[str]:
    """What a clerk should know that came with a sheet besides its entries."""
    found = []
    if result.pictures:
        found.append(f"表里有图片 {len(result.pictures)} 张，作为佐证材料单独存放")
    return found
