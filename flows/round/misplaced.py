"""A file of another round that has lost its identity: what it is and which command takes it, by what stands in it."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.annual.layout import UNIT, YEAR
from flows.annual.reader import read_annual
from flows.ledger.model import Returned
from flows.periods import Period
from flows.round.intake import Parcel
from flows.years import is_year

_TABLES = 2
"""So many of the three official tables make a file 年报数据."""


def told_where(parcel: Parcel, result: Returned, plan: str, period: Period) -> Returned:
    """The verdict; of 年报数据 without identity in a month's round the reason says so, and that it goes elsewhere."""
    if result.verdict != "quarantined" or result.identity or is_year(str(period)) or parcel.reason:
        return result
    raw = read_annual(parcel.data, b"")
    if len(raw.sections) < _TABLES:
        return result
    unit, said = (raw.labels[word].text.strip() if word in raw.labels else "" for word in (UNIT, YEAR))
    found = re.search(r"20\d\d", said)
    year = found[0] if found else ""
    whose = f"{unit}{year}年度的" if year else unit and f"{unit}的"
    command = f"taizhang collect {plan} --year {year or period.year}"
    which = "" if year else "（年度请核对）"
    reason = f"这是{whose}年报数据，不是月度台账（标识已丢失），请运行 {command} 收{which}"
    return replace(result, reason=reason, elsewhere=True)
