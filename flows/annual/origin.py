"""Whose 年报数据 a file is, and whether it belongs to this year's round: the reasons for quarantine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.annual import layout
from flows.annual.layout import is_annual
from flows.annual.model import Filing
from flows.annual.reader import RawAnnual, read_annual
from flows.ledger.identity import Claim
from flows.ledger.model import Identity
from flows.ledger.values import short, squeeze


@dataclass(frozen=True, slots=True)
class AnnualExpectation:
    """What the round of one year expects back."""

    plan: str
    year: int
    issued: frozenset[str]
    """Units that got a workbook."""
    units: frozenset[str] = frozenset()
    """All official names of the roster."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other name → official name, used when only the 填报单位 cell is left."""
    last: Mapping[str, Filing] = field(default_factory=dict)
    """Unit → its filing of the year before."""

    def official(self, name: str) -> str | None:
        """The official name for a name as written, None when nobody has it."""
        wanted = squeeze(name)
        for known in (*self.issued, *self.units):
            if squeeze(known) == wanted:
                return known
        return next((known for alias, known in self.aliases.items() if squeeze(alias) == wanted), None)


@dataclass(frozen=True, slots=True)
class AnnualOrigin:
    """The outcome. ``reason`` set: quarantine; ``identity`` then is what the file claims, as far as it can be read."""

    identity: Identity | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()


def annual_claim(data: bytes, secret: bytes) -> Identity | None:
    """The identity of a 年报数据 workbook, valid or not; None for any other file (a month's ledger among them)."""
    raw = read_annual(data, secret)
    claims = [claim for claim in (*raw.tokens, *raw.row_claims) if claim is not None]
    return next((claim.identity for claim in claims if is_annual(claim.identity)), None)


def looks_annual(data: bytes, secret: bytes) -> bool:
    """Whether a file is 年报数据: by its identity, or by holding at least two of the three official tables."""
    raw = read_annual(data, secret)
    claims = [claim for claim in (*raw.tokens, *raw.row_claims) if claim is not None]
    if claims:
        return any(is_annual(claim.identity) for claim in claims)
    return len(raw.sections) > 1


def find_annual_origin(raw: RawAnnual, expected: AnnualExpectation) -> AnnualOrigin:
    """Decide by the signed identities, or, when a unit has lost all of them, by the 填报单位 cell."""
    false = [claim for claim in raw.tokens if claim is None or not claim.valid]
    if not false and not raw.tokens and not raw.row_claims:
        false = list(raw.broken)
    if false:
        claimed = next((claim.identity for claim in false if claim), None)
        if claimed and claimed.plan != expected.plan:
            return AnnualOrigin(claimed, _other_plan(claimed))
        return AnnualOrigin(
            claimed, "文件里的标识被改动过，不能确认是哪个单位、哪一年的，请对方在下发的年报数据表上重新填报"
        )
    identities = {claim.identity for claim in raw.tokens if claim} or {claim.identity for claim in raw.row_claims}
    if len(identities) > 1:
        named = "、".join(sorted(f"{one.unit} {one.period}" for one in identities))
        return AnnualOrigin(None, f"文件里混有几份表的标识（{named}），请对方分开报送")
    if not identities:
        return _unsigned(raw, expected)
    identity = identities.pop()
    reason = _mismatch(identity, expected) or _foreign(identity, raw.row_claims) or _other_name(identity, raw, expected)
    if not reason and not raw.sections:
        reason = "文件里找不到年报的三张表（“本年新收政府信息公开申请数量”等），请对方在下发的年报数据表上填报"
    return AnnualOrigin(identity, reason)


def _other_plan(claimed: Identity) -> str:
    return f"这是另一项工作（{claimed.plan}）的表，不属于本次收集"


def _mismatch(identity: Identity, expected: AnnualExpectation) -> str:
    if identity.plan != expected.plan:
        return _other_plan(identity)
    if not is_annual(identity):
        return f"这是 {identity.period} 的月度台账，不是年报数据，请用该期的 collect 收取"
    if identity.period != str(expected.year):
        return f"这是{identity.period}年的年报数据，本次收的是{expected.year}年，请对方改报{expected.year}年的表"
    if identity.layout > layout.LAYOUT_VERSION:
        return "这份年报数据由更新版本的程序下发，请升级本程序后再收"
    return _unexpected(identity.unit, expected)


def _unexpected(unit: str, expected: AnnualExpectation) -> str:
    if unit in expected.issued:
        return ""
    return f"“{unit}”不用报送年报数据" if unit in expected.units else f"“{unit}”不在单位名录中"


def _foreign(identity: Identity, row_claims: tuple[Claim, ...]) -> str:
    """Rows of another unit or year are never taken: their numbers are that other one's."""
    others = {claim.identity for claim in row_claims} - {identity}
    if not others:
        return ""
    named = "、".join(sorted(f"{one.unit} {one.period}" for one in others))
    return f"{identity.unit}的表里混有别的表的行（{named}），请对方在下发的年报数据表上填报"


def _other_name(identity: Identity, raw: RawAnnual, expected: AnnualExpectation) -> str:
    label = raw.labels.get(layout.UNIT)
    written = expected.official(label.text) if label and label.text else None
    if written and written != identity.unit:
        return f"标识是“{identity.unit}”的，填报单位却写着“{written}”，请对方在本单位的表上填报"
    return ""


def _unsigned(raw: RawAnnual, expected: AnnualExpectation) -> AnnualOrigin:
    if not raw.sections:
        return AnnualOrigin(None, "文件里没有年报数据的标识，也找不到年报的三张表")
    label = raw.labels.get(layout.UNIT)
    written = label.text if label else ""
    if not written:
        return AnnualOrigin(None, "看不出是哪个单位报的（标识已丢失，填报单位也是空的）")
    unit = expected.official(written)
    if unit is None:
        return AnnualOrigin(None, f"标识已丢失，填报单位“{short(written)}”不在单位名录中")
    identity = Identity(expected.plan, unit, str(expected.year), layout.LAYOUT_VERSION)
    year = raw.labels.get(layout.YEAR)
    said = re.search(r"20\d\d", year.text) if year else None
    if said and int(said[0]) != expected.year:
        return AnnualOrigin(None, f"表上写的年度是 {said[0]}，本次收的是 {expected.year} 年")
    reason = _unexpected(unit, expected)
    return AnnualOrigin(identity, reason, (f"文件里的标识已丢失，按表上的填报单位“{short(written)}”计入，请留意核对",))
