"""The 42 balances inside a year's tables (39 of the third, 3 of the fourth), as data.

R3.1 is printed in the format itself; R3.2, R3.3 and R4.1 follow from what 总计 means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flows.annual.format import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    CASES,
    DONE,
    ENDINGS,
    LINES,
    NEW,
    OUTCOMES,
    TOTAL,
    key3,
    key4,
)
from flows.annual.model import AnnualTables, plain


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance: the sum of ``left`` must be the sum of ``right``. ``id`` is the rule and what it is applied to."""

    id: str
    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    words: str
    """The rule as a sentence."""
    left_name: str
    right_name: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that the balance touches."""
        return (*self.left, *self.right)


def _down(rule: str, applicant: str) -> Balance:
    if rule == "R3.1":
        return Balance(
            f"R3.1.{applicant}",
            rule,
            (key3(NEW, applicant), key3(CARRIED_IN, applicant)),
            (key3(DONE, applicant), key3(CARRIED_OUT, applicant)),
            f"“{applicant}”一列，第一项加第二项应等于第三项总计加第四项",
            "本年新收加上年结转",
            "办理结果总计加结转下年度",
        )
    return Balance(
        f"R3.2.{applicant}",
        rule,
        (key3(DONE, applicant),),
        tuple(key3(row, applicant) for row in OUTCOMES),
        f"“{applicant}”一列，“（七）总计”应等于（一）至（六）各行之和",
        "（七）总计",
        "各行之和",
    )


def _across(row: int, label: str) -> Balance:
    return Balance(
        f"R3.3.r{row:02d}",
        "R3.3",
        (key3(row, TOTAL),),
        tuple(key3(row, applicant) for applicant in APPLICANTS[:-1]),
        f"“{label}”一行，“总计”应等于自然人与法人或其他组织各列之和",
        "总计",
        "各列之和",
    )


def _case(group: str, head: str) -> Balance:
    return Balance(
        f"R4.1.{group}",
        "R4.1",
        (key4(group, TOTAL),),
        tuple(key4(group, ending) for ending, _ in ENDINGS[:-1]),
        f"{head}的“总计”应等于结果维持、结果纠正、其他结果、尚未审结之和",
        "总计",
        "四项之和",
    )


BALANCES: Final = (
    *(_down("R3.1", applicant) for applicant in APPLICANTS),
    *(_down("R3.2", applicant) for applicant in APPLICANTS),
    *(_across(line.number, line.quoted) for line in LINES),
    *(_case(group, head) for group, head in CASES),
)

BY_ID: Final = {balance.id: balance for balance in BALANCES}


def _touching() -> dict[str, tuple[Balance, ...]]:
    found: dict[str, list[Balance]] = {}
    for balance in BALANCES:
        for key in balance.cells:
            found.setdefault(key, []).append(balance)
    return {key: tuple(balances) for key, balances in found.items()}


TOUCHING: Final = _touching()
"""Cell → the balances it stands in."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A balance that does not hold, with both sums."""

    balance: Balance
    left: Decimal
    right: Decimal

    @property
    def excess(self) -> Decimal:
        """How much the left side is too large; negative when it is too small."""
        return self.left - self.right

    def step(self, key: str) -> Decimal:
        """By how much this one cell would have to change for the balance to hold."""
        return -self.excess if key in self.balance.left else self.excess

    @property
    def sums(self) -> str:
        """Both sums in words."""
        return f"{self.balance.left_name}是 {plain(self.left)}，{self.balance.right_name}是 {plain(self.right)}"


def broken_balances(tables: AnnualTables) -> tuple[Broken, ...]:
    """Balances that do not hold.

    A balance with blank cells is passed over when a number in one of them could still make it hold: the blank is the
    cause then, and is asked for.
    """
    found = []
    for balance in BALANCES:
        left, left_blank = total(tables, balance.left)
        right, right_blank = total(tables, balance.right)
        if left == right or (left < right and left_blank) or (left > right and right_blank):
            continue
        found.append(Broken(balance, left, right))
    return tuple(found)


def total(tables: AnnualTables, keys: Iterable[str]) -> tuple[Decimal, bool]:
    """The sum of some cells, 不适用 counting nothing, and whether one of them is blank."""
    counted = [tables[key].counted for key in keys]
    return sum((number for number in counted if number is not None), Decimal(0)), None in counted


@dataclass(frozen=True, slots=True)
class Cause:
    """Balances that break together. ``cell``: the one cell whose change by ``step`` mends all of them."""

    broken: tuple[Broken, ...]
    cell: str = ""
    step: Decimal = Decimal(0)


def causes(broken: Iterable[Broken], tables: AnnualTables) -> tuple[Cause, ...]:
    """Root causes first: where one cell alone explains all the balances it stands in, they are told as one.

    A cell is named only when no other cell could explain any of the same balances.
    """
    listed = tuple(broken)
    by_id = {one.balance.id: one for one in listed}
    explaining: dict[str, tuple[str, Decimal]] = {}
    rivals: dict[str, int] = {}
    for key, balances in TOUCHING.items():
        step = _common_step(key, balances, by_id)
        if step is None or (tables[key].number or 0) + step < 0:
            continue
        explaining[key] = key, step
        for balance in balances:
            rivals[balance.id] = rivals.get(balance.id, 0) + 1
    found: list[Cause] = []
    told: set[str] = set()
    for key, step in explaining.values():
        balances = TOUCHING[key]
        if all(rivals[balance.id] == 1 for balance in balances):
            found.append(Cause(tuple(by_id[balance.id] for balance in balances), key, step))
            told |= {balance.id for balance in balances}
    found += [Cause((one,)) for one in listed if one.balance.id not in told]
    return tuple(found)


def _common_step(key: str, balances: tuple[Balance, ...], broken: Mapping[str, Broken]) -> Decimal | None:
    if len(balances) < 2 or any(balance.id not in broken for balance in balances):
        return None
    steps = {broken[balance.id].step(key) for balance in balances}
    return steps.pop() if len(steps) == 1 else None
