"""Every check on a filing: R2.1–R2.3, R3.1–R3.6 and R4.1, blanks, and the texts that must be there.

Rules across years are no proof of a fault (机构合并, 到期失效): with a reason they pass as explained.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from flows.annual.breaches import Breach, Severity
from flows.annual.format import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    COUNTS,
    ENDED,
    FEE,
    FEE_ASKED,
    FEE_NOTICES,
    FEE_PAID,
    FEES,
    KEYS,
    MADE,
    NAMES,
    NORMS,
    PARTS,
    PROBLEMS,
    RULES,
    TABLES,
    TOTAL,
    VALID,
    key2,
    key3,
)
from flows.annual.model import AnnualTables, Filing, Narrative, plain
from flows.annual.narrative import check_text
from flows.annual.sums import Cause, broken_balances, causes

SLOT_RULES: Final = "原因.规章"
SLOT_NORMS: Final = "原因.行政规范性文件"
SLOT_FEE: Final = "原因.收费金额"
SLOT_CARRIED: Final = "原因.上年结转"
SLOTS: Final = {
    SLOT_RULES: "规章有效件数与上年接不上的原因",
    SLOT_NORMS: "行政规范性文件有效件数与上年接不上的原因",
    SLOT_FEE: "收费金额与上年相差很大的原因",
    SLOT_CARRIED: "上年结转数与上年年报不一致的原因",
}
"""Slot → its label in the workbook."""
BLANK_RULE: Final = "空格"
TEXT_RULE: Final = "文字"

_NUMBERS: Final = "请填 0 或正整数；没有这项职责的填 /"
_OLD_FEE_UNIT: Final = 10_000
_JUMP: Final = 100
_HUGE: Final = Decimal(100_000)
"""万元 (one thousand million yuan) above which a fee is doubted even when nothing is known of the year before."""
_ALIKE: Final = 4
"""So many numbers above 0 must agree before a table counts as last year's once more."""
_SHORTEST_REASON: Final = 4


def check_filing(filing: Filing, last: Filing | None = None) -> tuple[Breach, ...]:
    """All breaches of one filing, root causes first; ``last`` is the unit's filing of the year before."""
    tables = filing.tables
    return (
        *check_tables(tables, last.tables if last else None, filing.reasons),
        *_fees(filing.narrative),
        *_texts(filing),
    )


def check_tables(
    tables: AnnualTables, last: AnnualTables | None = None, reasons: Mapping[str, str] | None = None
) -> tuple[Breach, ...]:
    """Breaches of the three tables alone: blanks, numbers that cannot be, balances, then the year before."""
    found = [*_blanks(tables), *_impossible(tables)]
    found += [_told(cause, tables) for cause in causes(broken_balances(tables), tables)]
    found += _made_and_valid(tables)
    if last is not None:
        found += [*_valid_since(tables, last), *_carried(tables, last), *_same_again(tables, last)]
    found += _fee_unit(tables, last)
    return tuple(_explained(breach, reasons or {}) for breach in found)


def is_reason(text: str) -> bool:
    """Whether a text says anything: at least four characters, not 无 or a line."""
    letters = [char for char in text if unicodedata.category(char)[0] in "LN"]
    return len(letters) >= _SHORTEST_REASON


def _explained(breach: Breach, reasons: Mapping[str, str]) -> Breach:
    reason = reasons.get(breach.slot, "").strip() if breach.slot else ""
    if breach.severity is not Severity.REASON or not is_reason(reason):
        return breach
    return Breach(
        breach.rule,
        breach.checks,
        breach.cells,
        breach.words,
        breach.found,
        "",
        Severity.EXPLAINED,
        breach.slot,
        reason,
        breach.expected,
    )


def _blanks(tables: AnnualTables) -> Iterator[Breach]:
    for table in TABLES:
        cells = tuple(key for key in table.keys if tables[key].is_blank)
        if cells:
            words = f"“{table.title}”表里还有 {len(cells)} 格没有填，空格不能当作 0"
            cure = f"{_NUMBERS}；其余各格都是 0 的，可在表上方“没有填的格子”处选“都是0”"
            yield Breach(BLANK_RULE, tuple(f"空格.{key}" for key in cells), cells, words, "", cure)


def _impossible(tables: AnnualTables) -> Iterator[Breach]:
    for key in KEYS:
        number = tables[key].number
        if number is None:
            continue
        rule = "R2.3" if key.startswith("2.") else "R3.5"
        if number < 0:
            cure = "请填 0 或正数；没有这项职责的填 /" if key == FEE else _NUMBERS
            yield Breach(rule, (f"{rule}.{key}",), (key,), f"{NAMES[key]}不能是负数", f"现在是 {plain(number)}", cure)
        elif key in COUNTS and number % 1:
            yield Breach(
                rule, (f"{rule}.{key}",), (key,), f"{NAMES[key]}是件数，要填整数", f"现在是 {plain(number)}", _NUMBERS
            )


def _told(cause: Cause, tables: AnnualTables) -> Breach:
    first = cause.broken[0]
    if not cause.cell:
        gap = abs(first.excess)
        looked = (*first.balance.left, *(first.balance.right if len(first.balance.right) < 5 else ()))
        return Breach(
            first.balance.rule,
            (first.balance.id,),
            looked,
            first.balance.words,
            f"现在{first.sums}，差 {plain(gap)}",
            "请核对这两个和，改正填错的数",
            expected=plain(first.right) if len(first.balance.left) == 1 else "",
        )
    key = cause.cell
    now, fit = tables[key].number or Decimal(0), (tables[key].number or Decimal(0)) + cause.step
    words = "；".join(f"{one.balance.words}（现在{one.sums}）" for one in cause.broken)
    return Breach(
        first.balance.rule,
        tuple(one.balance.id for one in cause.broken),
        (key,),
        words,
        f"都差 {plain(abs(cause.step))}，问题多半出在同一格",
        f"{NAMES[key]}现填 {plain(now)}，改成 {plain(fit)} 就都平了；{plain(now)} 没有错的，请改有关的总计",
        expected=plain(fit),
    )


def _first_block(name: str) -> tuple[str, str, str]:
    return key2(1, name, MADE), key2(1, name, ENDED), key2(1, name, VALID)


def _made_and_valid(tables: AnnualTables) -> Iterator[Breach]:
    """R2.2; new ones that lapsed without being 废止 are the rare exception, so that a reason is enough."""
    for name, slot in ((RULES, SLOT_RULES), (NORMS, SLOT_NORMS)):
        made, ended, valid = (tables[key].counted for key in _first_block(name))
        if made is None or ended is None or valid is None or made <= valid + ended:
            continue
        yield Breach(
            "R2.2",
            (f"R2.2.{name}",),
            _first_block(name),
            f"{name}本年制发件数不应多于现行有效件数加本年废止件数",
            f"现在制发 {plain(made)}，有效加废止 {plain(valid)}＋{plain(ended)}＝{plain(valid + ended)}",
            f"请核对这三个数；确实如此的，请在“{SLOTS[slot]}”里写一句说明",
            Severity.REASON,
            slot,
        )


def _valid_since(tables: AnnualTables, last: AnnualTables) -> Iterator[Breach]:
    for name, slot in ((RULES, SLOT_RULES), (NORMS, SLOT_NORMS)):
        keys = _first_block(name)
        made, ended, valid = (tables[key].counted for key in keys)
        before = last[keys[2]].counted
        if made is None or ended is None or valid is None or before is None or valid == before + made - ended:
            continue
        due = before + made - ended
        yield Breach(
            "R2.1",
            (f"R2.1.{name}",),
            keys,
            f"{name}现行有效件数，应等于上年现行有效加本年制发减本年废止",
            f"现填 {plain(valid)}，按上年算 {plain(before)}＋{plain(made)}－{plain(ended)}＝{plain(due)}",
            f"请核对；有到期失效、机构改革划转等情况的，请在“{SLOTS[slot]}”里写一句说明",
            Severity.REASON,
            slot,
            expected=plain(due),
        )


def _carried(tables: AnnualTables, last: AnnualTables) -> Iterator[Breach]:
    for applicant in APPLICANTS:
        now, before = tables[key3(CARRIED_IN, applicant)].counted, last[key3(CARRIED_OUT, applicant)].counted
        if now is None or before is None or now == before:
            continue
        yield Breach(
            "R3.4",
            (f"R3.4.{applicant}",),
            (key3(CARRIED_IN, applicant),),
            f"“{applicant}”一列的上年结转，应等于上年年报的“结转下年度继续办理”",
            f"现填 {plain(now)}，上年年报是 {plain(before)}",
            f"请核对；因机构合并、职责划转等不一致的，请在“{SLOTS[SLOT_CARRIED]}”里写一句说明",
            Severity.REASON,
            SLOT_CARRIED,
            expected=plain(before),
        )
    out = key3(CARRIED_OUT, TOTAL)
    now, before = tables[out].counted, last[out].counted
    if now and before and now > 0 and before > 0:
        words = "连续两年都有结转下年度继续办理的申请，请留意是否有超过法定期限（20＋20个工作日）未答复的"
        found = f"上年 {plain(before)} 件，本年 {plain(now)} 件"
        yield Breach("R3.5", ("R3.5.连续结转",), (out,), words, found, "", Severity.WARNING)


def _same_again(tables: AnnualTables, last: AnnualTables) -> Iterator[Breach]:
    same = [
        table
        for table in TABLES
        if all(tables[key].counted == last[key].counted for key in table.keys)
        and sum(1 for key in table.keys if tables[key].counted) >= _ALIKE
    ]
    if same:
        titles = "、".join(f"“{table.title}”" for table in same)
        cells = tuple(table.keys[0] for table in same)
        checks = tuple(f"与上年相同.{table.section}" for table in same)
        words = f"{titles}的数与上年年报完全相同，请核对是否错填了上年的表"
        yield Breach("R2.3" if same[0].section == 2 else "R3.5", checks, cells, words, "", "", Severity.WARNING)


def _fee_unit(tables: AnnualTables, last: AnnualTables | None) -> Iterator[Breach]:
    """R2.3: an amount in yuan under a head that says 万元."""
    fee = tables[FEE].number
    before = last[FEE].number if last else None
    if fee is None or fee <= 0:
        return
    words = "行政事业性收费的单位是万元，现填的数疑似以元为单位"
    if before and (fee == before * _OLD_FEE_UNIT or (fee > before * _JUMP and fee >= 1)):
        cure = f"是元的请换算成万元（{plain(fee / _OLD_FEE_UNIT)}）；确实是万元的，请在“{SLOTS[SLOT_FEE]}”里写一句说明"
        found = f"现填 {plain(fee)}，上年是 {plain(before)}"
        fit = plain(fee / _OLD_FEE_UNIT)
        yield Breach("R2.3", ("R2.3.单位",), (FEE,), words, found, cure, Severity.REASON, SLOT_FEE, expected=fit)
    elif not before and fee >= _HUGE:
        yield Breach("R2.3", ("R2.3.单位",), (FEE,), words, f"现填 {plain(fee)}", "", Severity.WARNING)


def _fees(narrative: Narrative) -> Iterator[Breach]:
    blank = tuple(key for key, _ in FEES if narrative.fee(key).is_blank)
    if blank:
        words = f"信息处理费还有 {len(blank)} 格没有填"
        cure = "请填数；没有收过的填 0"
        yield Breach(BLANK_RULE, tuple(f"空格.{key}" for key in blank), blank, words, "", cure)
    for key, name in FEES:
        number = narrative.fee(key).number
        if number is not None and (number < 0 or (key == FEE_NOTICES and number % 1)):
            words = f"信息处理费“{name}”要填 0 或正数"
            yield Breach("R2.3", (f"R2.3.{key}",), (key,), words, f"现在是 {plain(number)}", "请改正这个数")
    asked, paid = narrative.fee(FEE_ASKED).number, narrative.fee(FEE_PAID).number
    if asked is not None and paid is not None and paid > asked:
        words = "信息处理费实际收取的总金额多于收费通知的总金额，请留意核对"
        found = f"实收 {plain(paid)} 元，通知 {plain(asked)} 元"
        yield Breach("R2.3", ("R2.3.信息处理费",), (FEE_PAID,), words, found, "", Severity.WARNING)


def _texts(filing: Filing) -> Iterator[Breach]:
    missing = [part for part in PARTS if part.needed and not filing.narrative.text(part.key).strip()]
    if missing:
        names = "、".join(f"“{part.head}”" for part in missing)
        cells = tuple(part.key for part in missing)
        checks = tuple(f"文字.{part.key}" for part in missing)
        yield Breach(TEXT_RULE, checks, cells, f"文字材料还没有写：{names}", "", "请各写一段，写本单位的实际情况")
    problems = filing.narrative.text(PROBLEMS).strip()
    if problems and not is_reason(problems):
        words = "“存在的主要问题”不能写“无”或只写几个字"
        cure = "请写明本单位工作中的实际问题"
        yield Breach(TEXT_RULE, (f"文字.{PROBLEMS}",), (PROBLEMS,), words, f"现在是“{problems}”", cure)
    for part in PARTS:
        yield from check_text(filing.narrative.text(part.key), filing.tables, filing.year, part.key)
