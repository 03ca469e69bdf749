"""A number cell as units write it: 0, blank and 不适用 are three things, and a doubtful text is none of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flows.annual.model import BLANK, NA, ZERO, Amount
from flows.ledger.forms.grid import Value
from flows.ledger.values import short, shown, squeeze

_INAPPLICABLE: Final = frozenset(
    {"/", "\\", "-", "--", "—", "——", "–", "―", "一", "ー", "不适用", "N/A", "NA", "n/a", "／"}
)
"""Ways to write 不适用; a lone 一 in a number cell is a dash that an input method made."""
_NONE: Final = frozenset({"无", "没有", "零", "〇", "○", "O", "o", "0.", "暂无"})
_NUMBER: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)(万元|元|件|份|宗|起|个|项)?")
_LARGEST: Final = Decimal(10) ** 10
_EXACT: Final = Decimal("0.000001")
"""One hundredth of a yuan in 万元: what lies below is a spreadsheet's rounding."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """An amount; or a fault with its cure, then the amount is blank. ``remark`` tells what was taken for what."""

    amount: Amount = BLANK
    fault: str = ""
    cure: str = ""
    remark: str = ""


def read_number(value: Value, unit: str = "件") -> ReadNumber:
    """``unit``: 件 for a count, 万元 or 元 for an amount of money."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _unclear(value, unit)
    if not isinstance(value, str):
        return _amount(Decimal(str(value)), value)
    text = squeeze(value)
    if not text:
        return ReadNumber()
    if text in _INAPPLICABLE:
        return ReadNumber(NA)
    if text in _NONE:
        return ReadNumber(ZERO, remark=f"“{text}”按 0 计")
    found = _NUMBER.fullmatch(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    if not found:
        return _unclear(value, unit)
    said = found[2]
    if said in {"万元", "元"} and said != unit:
        return ReadNumber(fault=f"“{short(text)}”的单位不对", cure=f"这里的单位是{unit}，请只填数")
    return _amount(Decimal(found[1]), value)


def _amount(number: Decimal, value: Value) -> ReadNumber:
    if not number.is_finite() or abs(number) > _LARGEST:
        return ReadNumber(fault=f"“{short(shown(value))}”不像一个件数或金额", cure="请核对后重填")
    number = number.quantize(_EXACT)
    whole = number.to_integral_value()
    return ReadNumber(Amount(whole if number == whole else number.normalize()))


def _unclear(value: Value, unit: str) -> ReadNumber:
    cure = "请填 0 或正整数；没有这项职责的填 /" if unit == "件" else f"请只填数（单位{unit}）；没有的填 0"
    return ReadNumber(fault=f"“{short(shown(value))}”看不出是多少", cure=cure)
