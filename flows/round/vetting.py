"""Who sent a sheet: known senders pass, unknown ones by the signature in the sheet, with a note or after the office."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.ledger.identity import read_claim
from flows.ledger.model import Returned
from flows.ledger.reader import read_returned
from flows.post.senders import Standing
from flows.round.intake import Parcel

_RELEASE = "核实后把这个邮箱写进单位名录再收一次，或把回收文件夹里的这份文件放进一个文件夹，用 collect --from 收"


@dataclass(frozen=True, slots=True)
class Vetted:
    """A verdict with the sender taken into account. ``held``: in quarantine only because of the sender."""

    result: Returned
    notes: tuple[str, ...] = ()
    held: bool = False


def vet(parcel: Parcel, result: Returned, secret: bytes, *, hold: bool) -> Vetted:
    """Hold a sheet of an unknown sender when nothing in it, and no letter it answers, shows that it is genuine.

    ``hold``: hold it even then. What came without a mailbox, by the office's own hand, passes.
    """
    seal = parcel.seal
    if seal is None or result.verdict == "quarantined":
        return Vetted(result)
    notes = [seal.checks.suspicion] if seal.checks.suspicion else []
    if seal.standing is not Standing.UNKNOWN:
        return Vetted(result, tuple(notes))
    who = f"发件邮箱 {parcel.sender}" if parcel.sender else "来信没有发件邮箱，"
    unit = result.identity.unit if result.identity else ""
    signed = is_signed(parcel.data, parcel.name, secret)
    if signed and not hold:
        return Vetted(result, (*notes, f"{who}不在单位名录里，凭台账里的标识收下，请留意核对"))
    if seal.answers == unit != "" and not hold:
        return Vetted(result, (*notes, f"{who}不在单位名录里，因为是回复发给{unit}的信而收下，请留意核对"))
    why = "" if signed else "，台账里也没有可核对的标识"
    reason = "；".join([*notes, f"{who}不在单位名录里{why}，先不收。{_RELEASE}"])
    return Vetted(replace(result, reason=reason, pictures=()), held=True)


def is_signed(data: bytes, name: str, secret: bytes) -> bool:
    """Whether a sheet carries an identity or a row key that this office signed."""
    raw = read_returned(data, name)
    tokens = [*raw.tokens, *(key for table in raw.tables for row in table.rows for key in row.keys)]
    return any(claim is not None and claim.valid for token in tokens if (claim := read_claim(token, secret)))
