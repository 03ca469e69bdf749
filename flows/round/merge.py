"""并入: a parcel is archived, checked and recorded; it ends as accepted, returned, quarantined or duplicate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from flows.desk import Desk
from flows.history import Arrival
from flows.ledger.checker import Expectation, check_returned
from flows.ledger.model import Entry, Returned, Role
from flows.periods import Period
from flows.post.attachments import mail_facts
from flows.problems import UserError
from flows.round.intake import Parcel, archive
from flows.store import append, arrivals, as_json, entries, letters


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one parcel."""

    parcel: Parcel
    verdict: str
    """accepted | returned | quarantined | duplicate."""
    unit: str
    returned: Returned | None = None
    same_as: str = ""
    """For a duplicate: the file that came before."""
    waiting: str = ""
    """For a duplicate of a file that still lies in quarantine: why."""
    warnings: tuple[str, ...] = ()


class Merger:
    """Takes the parcels of one plan and period, one after the other; each in a transaction of its own."""

    def __init__(self, desk: Desk, period: Period) -> None:
        self.desk = desk
        self.period = period
        self.secret = desk.store.secret()
        issued = desk.history.dispatched(period)
        if not issued:
            raise UserError(
                f"{period.label}的台账还没有下发", f"请先运行 taizhang distribute {desk.folder.slug} --period {period}"
            )
        self.expectation = Expectation(
            plan=desk.folder.slug,
            period=str(period),
            issued={
                unit: {no: (row["requirement"], Role(row["role"])) for no, row in dispatch.rows.items()}
                for unit, dispatch in issued.items()
            },
            units=frozenset(unit.name for unit in desk.roster),
            aliases={alias: unit.name for unit in desk.roster for alias in unit.aliases},
        )
        self.known: dict[str, Arrival | Parcel] = {arrival.sha256: arrival for arrival in desk.history.arrivals(period)}
        self._by_address = {mail.lower(): unit.name for unit in desk.roster for mail in unit.emails}
        query = sa.select(letters.c.message_id, letters.c.unit).where(letters.c.plan == desk.folder.slug)
        self._by_letter: dict[str, str] = {row.message_id: row.unit for row in desk.store.rows(query)}

    def take(self, parcel: Parcel) -> Merged:
        """Archive, check and record one parcel. Bytes that came before are a duplicate and change nothing."""
        if earlier := self.known.get(parcel.sha256):
            waiting = earlier.reason if isinstance(earlier, Arrival) and earlier.verdict == "quarantined" else ""
            return Merged(parcel, "duplicate", "", same_as=earlier.name, waiting=waiting)
        return self._judge(parcel)

    def take_mail(self, parcels: list[Parcel]) -> list[Merged]:
        """All that came together, in one mail or as one file.

        Pictures and other papers beside a workbook are kept in the archive, as what it rests on.
        """
        sheets = [parcel for parcel in parcels if parcel.is_sheet]
        if not sheets:
            return [self.take(parcel) for parcel in parcels]
        beside = [parcel for parcel in parcels if not parcel.is_sheet]
        for parcel in beside:
            archive(parcel, self.desk.folder.period(self.period).archive)
        taken = [self.take(parcel) for parcel in sheets]
        if beside and taken[0].verdict != "duplicate":
            named = "、".join(parcel.name for parcel in beside)
            taken[0] = replace(taken[0], warnings=(*taken[0].warnings, f"随信还有{named}，已存入回收文件夹"))
        return taken

    def reconsider(self) -> list[Merged]:
        """Check anew what lies in quarantine: the office may have added an alias or lifted what stood in the way."""
        found = []
        for arrival in self.known.values():
            if not isinstance(arrival, Arrival) or arrival.verdict != "quarantined":
                continue
            kept = self.desk.folder.root / arrival.archived
            if kept.is_file():
                data = kept.read_bytes()
                parcel = Parcel(
                    arrival.name, arrival.name, data, arrival.received, "archive", arrival.sender, arrival.message_id
                )
                if self.check(parcel).verdict != "quarantined":
                    found.append(parcel)
        return [self._judge(parcel) for parcel in found]

    def _judge(self, parcel: Parcel) -> Merged:
        kept = archive(parcel, self.desk.folder.period(self.period).archive)
        result = self.check(parcel)
        unit = result.identity.unit if result.identity else ""
        owner = unit if unit and result.verdict != "quarantined" else self.guess_unit(parcel) or unit
        warnings = list(result.warnings)
        writer = self._by_address.get(parcel.sender.lower(), "")
        if unit and writer and writer != unit:
            warnings.append(f"发件邮箱登记在{writer}名下，台账是{unit}的")
        self._record(parcel, kept, result, owner, warnings)
        self.known[parcel.sha256] = parcel
        return Merged(parcel, result.verdict, owner, result, warnings=tuple(warnings))

    def check(self, parcel: Parcel) -> Returned:
        """The verdict on a parcel's bytes."""
        if parcel.name.lower().endswith(".eml"):
            return Returned(reason="来信里没有附件，请打开看看，必要时请单位补发台账")
        return check_returned(parcel.data, parcel.name, self.expectation, self.secret, parcel.received.date())

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
        names = [
            (len(name), unit.name)
            for unit in self.desk.roster
            for name in (unit.name, *unit.aliases)
            if name in parcel.name
        ]
        return max(names)[1] if names else ""

    def is_ours(self, sender: str, in_reply_to: str) -> bool:
        """Whether a mail without workbook still concerns the round: from a unit, or an answer to one of our letters."""
        return sender.lower() in self._by_address or in_reply_to in self._by_letter

    def _record(self, parcel: Parcel, kept: Path, result: Returned, unit: str, warnings: list[str]) -> None:
        desk = self.desk
        with desk.store.begin() as db:
            arrival = append(
                db,
                arrivals,
                plan=desk.folder.slug,
                period=str(self.period),
                unit=unit,
                sha256=parcel.sha256,
                name=parcel.name,
                archived=desk.below_plan(kept),
                origin=parcel.origin,
                sender=parcel.sender,
                message_id=parcel.message_id,
                received=parcel.received.isoformat(timespec="seconds"),
                verdict=result.verdict,
                reason=result.reason,
                problems=as_json([asdict(problem) for problem in result.problems]),
                warnings=as_json(warnings),
                filler=result.filler,
                phone=result.phone,
            )
            if result.verdict == "quarantined":
                return
            for entry in result.entries:
                append(
                    db,
                    entries,
                    arrival=arrival,
                    plan=desk.folder.slug,
                    period=str(self.period),
                    unit=unit,
                    merged=result.verdict == "accepted",
                    **_columns(entry),
                )


def _columns(entry: Entry) -> dict[str, object]:
    report = entry.report
    return {
        "no": entry.no,
        "status": report.status.value,
        "percent": report.percent,
        "progress": report.progress,
        "done_on": report.done_on.isoformat() if report.done_on else None,
        "evidence": report.evidence,
        "problem": report.problem,
        "next_step": report.next_step,
        "sheet": entry.sheet,
        "row": entry.row,
    }
