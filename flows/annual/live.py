"""Checks that work inside the workbook while a unit types: each a formula, and the text that it shows at first.

Programs that do not calculate on opening show the stored text, so it has to be right. “√”: it fits; “差 +2”: the left
side (the 总计, or 第一项加第二项) is 2 too large; empty: not filled in yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flows.annual.layout import ALL_ZERO, Spot
from flows.annual.model import BLANK, Amount, plain
from flows.annual.sums import Balance
from flows.ledger.layout import cell_name, column_name

FITS: Final = "√"
GAP: Final = "差"

_QUOTED: Final = 60

Entry = Amount | str
"""What stands in a number cell: an amount, or a text that is none."""
Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and what it shows at first."""

    formula: str
    shown: str


def counted(entries: Entries, key: str) -> Decimal:
    """What N() makes of a cell: texts and blanks are 0."""
    entry = entries.get(key, BLANK)
    return (entry.number or Decimal(0)) if isinstance(entry, Amount) else Decimal(0)


def is_empty(entries: Entries, key: str) -> bool:
    """Nothing stands in the cell."""
    entry = entries.get(key, BLANK)
    return entry == "" or (isinstance(entry, Amount) and entry.is_blank)


def absolute(spot: Spot) -> str:
    """$D$3."""
    return f"${column_name(spot.column)}${spot.row + 1}"


def named(spot: Spot) -> str:
    """D3."""
    return cell_name(spot.row, spot.column)


def area(spots: Iterable[Spot]) -> str:
    """The spots of one row or column as a range, a single one as a cell."""
    listed = list(spots)
    first, last = named(listed[0]), named(listed[-1])
    return first if first == last else f"{first}:{last}"


def balance(
    check: Balance,
    awaited: Sequence[str],
    spots: Mapping[str, Spot],
    entries: Entries,
    declared: Spot,
    is_declared: bool,
) -> Live:
    """Left sum against right sum, shown once the cells of ``awaited`` are filled in or the blanks declared 0."""

    def sums(keys: Sequence[str]) -> str:
        # N(): a “/” among the summands counts nothing, where “+” would end in #VALUE!.
        if len(keys) < 3:
            return "+".join(f"N({named(spots[key])})" for key in keys)
        return f"SUM({area(spots[key] for key in keys)})"

    empty = ",".join(f'{named(spots[key])}=""' for key in awaited)
    gap = f"ROUND({sums(check.left)}-({sums(check.right)}),2)"
    sign = f'IF({gap}>0,"+","")&{gap}'
    formula = f'=IF(AND(OR({empty}),{absolute(declared)}<>"{ALL_ZERO}"),"",IF({gap}=0,"{FITS}","{GAP} "&{sign}))'
    if not is_declared and any(is_empty(entries, key) for key in awaited):
        return Live(formula, "")
    return Live(
        formula,
        told(sum(counted(entries, key) for key in check.left) - sum(counted(entries, key) for key in check.right)),
    )


def told(gap: Decimal | int) -> str:
    """The text for a difference."""
    number = Decimal(gap)
    return FITS if number == 0 else f"{GAP} {'+' if number > 0 else ''}{plain(number)}"


def summary(
    blank_areas: Sequence[str],
    keys: Sequence[str],
    checks: Sequence[tuple[str, Sequence[Live]]],
    entries: Entries,
    declared: Spot,
    is_declared: bool,
) -> Live:
    """One sentence for a sheet: how many cells are empty, how many checks do not fit."""
    blank = "+".join(f"COUNTBLANK({one})" for one in blank_areas)
    blank = f'IF({absolute(declared)}="{ALL_ZERO}",0,{blank})'
    bad = "+".join(f'COUNTIF({where},"{GAP}*")' for where, _ in checks)
    formula = (
        f'=IF({blank}+{bad}=0,"{FITS} 已填齐，都对上了",IF({blank}>0,"还有 "&{blank}&" 格没有填","")'
        f'&IF({bad}>0,IF({blank}>0,"；","")&({bad})&" 处对不上，看红色的“{GAP}”",""))'
    )
    empty = 0 if is_declared else sum(1 for key in keys if is_empty(entries, key))
    wrong = sum(1 for _, lives in checks for live in lives if live.shown.startswith(GAP))
    parts = [f"还有 {empty} 格没有填"] if empty else []
    parts += [f"{wrong} 处对不上，看红色的“{GAP}”"] if wrong else []
    return Live(formula, "；".join(parts) or f"{FITS} 已填齐，都对上了")


def unchanged(spot: Spot, entry: Entry) -> str:
    """A condition that holds as long as a cell holds what it holds now."""
    cell = absolute(spot)
    text = entry if isinstance(entry, str) else entry.shown
    if not text:
        return f'{cell}=""'
    if isinstance(entry, Amount) and entry.number is not None:
        return f"{cell}={text}"
    if len(text) > _QUOTED or "\n" in text:
        # A literal in a formula holds 255 characters. Excel counts UTF-16 units, LibreOffice characters.
        return f"OR(LEN({cell})={len(text)},LEN({cell})={len(text.encode('utf-16-le', 'replace')) // 2})"
    quoted = text.replace('"', '""')
    return f'EXACT({cell},"{quoted}")'
