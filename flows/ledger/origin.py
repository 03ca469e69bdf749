"""Whose file this is, and whether it belongs to this round: the reasons for quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.ledger import layout
from flows.ledger.dates import read_date
from flows.ledger.identity import Claim, read_claim
from flows.ledger.matching import Issued
from flows.ledger.model import Identity, Ledger, Report, Role
from flows.ledger.reader import RawWorkbook, Value
from flows.ledger.values import short, shown, squeeze
from flows.periods import Period, spoken
from flows.problems import UserError
from flows.years import is_year


@dataclass(frozen=True, slots=True)
class Expectation:
    """What this round expects back.

    ``issued``: unit → 任务编号 → (requirement, role) as sent out. ``units``: all official names of the roster, also
    those without a task. ``aliases``: other names → official name, used when only the 填报单位 cell is left.
    """

    plan: str
    period: str
    issued: Mapping[str, Mapping[str, tuple[str, Role]]]
    units: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, Mapping[str, Report]] = field(default_factory=dict)
    """Unit → 任务编号 → what it reported last period."""
    due: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Unit → numbers of tasks that must show new progress now: unfinished ones whose day has come, and finished ones
    that have come due again."""
    reply_by: date | None = None
    """报送截止 as sent out; None: not compared."""
    locked: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Unit → 任务编号 → header → text as sent out, for locked columns other than 具体要求 and 承担角色."""

    @classmethod
    def of(
        cls, plan: str, period: str, ledgers: tuple[Ledger, ...], units: frozenset[str] = frozenset()
    ) -> Expectation:
        """The expectation that corresponds to these ledgers."""
        issued = {
            ledger.identity.unit: {row.no: Issued(row.requirement, row.role) for row in ledger.rows}
            for ledger in ledgers
        }
        return cls(
            plan,
            period,
            issued,
            units | frozenset(issued),
            previous={
                ledger.identity.unit: {row.no: row.previous for row in ledger.rows if row.previous}
                for ledger in ledgers
            },
            due={
                ledger.identity.unit: frozenset(row.no for row in ledger.rows if row.wants_news) for ledger in ledgers
            },
            reply_by=ledgers[0].reply_by if ledgers else None,
            locked={
                ledger.identity.unit: {
                    row.no: {
                        layout.CATEGORY: row.category or "",
                        layout.TASK: row.task or "",
                        layout.DEADLINE: row.deadline,
                    }
                    for row in ledger.rows
                }
                for ledger in ledgers
            },
        )

    def official(self, name: str) -> str | None:
        """The official name for a name as written, None when nobody has it."""
        if name in self.units or name in self.issued:
            return name
        wanted = squeeze(name)
        for known in (*self.units, *self.issued):
            if squeeze(known) == wanted:
                return known
        for alias, known in self.aliases.items():
            if squeeze(alias) == wanted:
                return known
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """The outcome. ``reason`` set: quarantine; ``identity`` then is what the file claims, as far as it can be read."""

    identity: Identity | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    keys: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    """(sheet, row) → 任务编号 of its row keys, where these are signed for this very identity."""
    pasted: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """(sheet, row) → 2026年9月, where the row key is the same unit's of another month."""
    elsewhere: bool = False
    """It is a year's table of this plan: another command takes it."""


def find_origin(raw: RawWorkbook, expected: Expectation, secret: bytes) -> Origin:
    """Decide by the signed identities, or, when a unit has lost all of them, by the 填报单位 cell."""
    claims = [read_claim(token, secret) for token in raw.tokens]
    keys: dict[tuple[str, int], tuple[Claim, ...]] = {}
    broken: list[Claim | None] = []
    for table in raw.tables:
        for row in table.rows:
            found = [read_claim(key, secret) for key in row.keys]
            keys[table.sheet, row.row] = tuple(claim for claim in found if claim and claim.valid)
            broken += [claim for claim in found if claim is None or not claim.valid]
    row_claims = [claim for found in keys.values() for claim in found]
    false = [claim for claim in claims if claim is None or not claim.valid]
    if not false and not claims and not row_claims:
        false = broken  # damaged row keys matter only when nothing else says whose file it is
    if false:
        claimed = next((claim.identity for claim in false if claim), None)
        if claimed and claimed.plan != expected.plan:
            return Origin(claimed, _other_plan(claimed))
        return Origin(claimed, "文件里的标识被改动过，不能确认是哪个单位、哪一期的，请对方在原台账上重新填报")
    identities = {claim.identity for claim in claims if claim} or {claim.identity for claim in row_claims}
    if len(identities) > 1:
        named = "、".join(sorted(f"{one.unit} {one.period}" for one in identities))
        return Origin(None, f"文件里混有几份台账的标识（{named}），请对方分开报送")
    if not identities:
        return _unsigned(raw, expected)
    identity = identities.pop()
    reason = (
        _mismatch(identity, expected) or _foreign_rows(identity, row_claims) or _other_name(identity, raw, expected)
    )
    if not reason and not raw.tables:
        reason = "文件里找不到台账表（没有“任务编号、完成状态”等表头），请对方在原台账上填报"
    ours = {
        place: tuple(claim.no for claim in found if claim.no and claim.identity == identity)
        for place, found in keys.items()
    }
    pasted = {place: _month(found[0].identity.period) for place, found in keys.items() if found and not ours[place]}
    warnings = () if reason else _changed_labels(identity, raw, expected)
    return Origin(identity, reason, warnings, ours, pasted, identity.plan == expected.plan and is_year(identity.period))


def _other_plan(identity: Identity) -> str:
    return f"这是另一项工作（{identity.plan}）的台账，不属于本次收集"


def _mismatch(identity: Identity, expected: Expectation) -> str:
    if identity.plan != expected.plan:
        return _other_plan(identity)
    if is_year(identity.period):
        return (
            f"这是{identity.unit}{identity.period}年度的年报数据，不是台账，"
            f"请运行 taizhang collect {identity.plan} --year {identity.period} 收"
        )
    if identity.period != expected.period:
        return f"这是 {_month(identity.period)} 的台账，本次收的是 {_month(expected.period)}，请对方改报本期台账"
    if identity.layout > layout.LAYOUT_VERSION:
        return "这份台账由更新版本的程序下发，请升级本程序后再收"
    return _unexpected(identity.unit, expected)


def _unexpected(unit: str, expected: Expectation) -> str:
    if unit in expected.issued:
        return ""
    return f"“{unit}”本期没有任务" if unit in expected.units else f"“{unit}”不在单位名录中"


def _foreign_rows(identity: Identity, row_claims: list[Claim]) -> str:
    """Rows of another unit are never taken; of another month only when some rows are this month's.

    A unit that copies whole rows out of last month's workbook copies the hidden keys too: that is its own text, and
    the visible number says where it belongs.
    """
    others = {claim.identity for claim in row_claims} - {identity}
    if not others:
        return ""
    ours = any(claim.identity == identity for claim in row_claims)
    if ours and all((one.plan, one.unit) == (identity.plan, identity.unit) for one in others):
        return ""
    named = "、".join(sorted(f"{one.unit} {one.period}" for one in others))
    return f"{identity.unit}的台账里混有别的台账的行（{named}），请对方在本期原台账上填报"


def _other_name(identity: Identity, raw: RawWorkbook, expected: Expectation) -> str:
    label = raw.labels.get(layout.UNIT)
    written = expected.official(shown(label.value)) if label and label.value != "" else None
    if written and written != identity.unit:
        return f"标识是“{identity.unit}”的，填报单位却写着“{written}”，请对方在本单位的台账上填报"
    return ""


def _changed_labels(identity: Identity, raw: RawWorkbook, expected: Expectation) -> tuple[str, ...]:
    """What a unit wrote over the locked cells above the table: told, never followed."""
    found = []
    unit, period, reply_by = (_label(raw, word) for word in (layout.UNIT, layout.PERIOD, layout.REPLY_BY))
    told = squeeze(shown(unit))
    if told not in {"", squeeze(identity.unit)} and ":" not in told and not expected.official(told):
        found.append(f"填报单位被改成了“{short(shown(unit))}”，仍计入{identity.unit}")
    # What cannot be read as a month or a day is rather a neighbour of the label after columns were moved.
    if _period(period) not in {"", identity.period}:
        found.append(f"期次被改成了“{short(shown(period))}”，仍按{_month(identity.period)}计入")
    month = Period.parse(identity.period)
    if reply_by != "" and expected.reply_by:
        meant = read_date(reply_by, month, date.max).value
        if meant not in {None, expected.reply_by}:
            found.append(f"报送截止被改成了“{short(shown(reply_by))}”，仍以{spoken(expected.reply_by)}为准")
    return tuple(found)


def _label(raw: RawWorkbook, word: str) -> Value:
    label = raw.labels.get(word)
    return label.value if label else ""


def _period(value: Value) -> str:
    """2026-10 for whatever way a month is written, '' when it is none."""
    try:
        return str(Period.of(value) if isinstance(value, date) else Period.parse(shown(value)))
    except UserError:
        return ""


def _unsigned(raw: RawWorkbook, expected: Expectation) -> Origin:
    if not any(table.rows for table in raw.tables):
        return Origin(None, "文件里没有台账标识，也找不到台账表（没有“任务编号、完成状态”等表头）")
    label = raw.labels.get(layout.UNIT)
    written = shown(label.value).strip() if label else ""
    if not written:
        return Origin(None, "看不出是哪个单位报的（标识已丢失，填报单位也是空的）")
    unit = expected.official(written)
    if unit is None:
        return Origin(None, f"标识已丢失，填报单位“{written}”不在单位名录中")
    identity = Identity(expected.plan, unit, expected.period, layout.LAYOUT_VERSION)
    month = _label(raw, layout.PERIOD)
    period = _period(month) or expected.period
    if period != expected.period:
        return Origin(None, f"表上写的期次是 {_month(period)}，本次收的是 {_month(expected.period)}")
    reason = _unexpected(unit, expected)
    return Origin(identity, reason, (f"文件里的标识已丢失，按表上的填报单位“{written}”计入，请留意核对",))


def _month(period: str) -> str:
    try:
        return Period.parse(period).label
    except UserError:
        return period
