"""A chart as values: what is drawn, before anything of Word is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

BLUE, GREEN, YELLOW, RED = "5B9BD5", "A9D18E", "FFE066", "FF7C80"
"""The lights as they are printed, the same as in 总台账.xlsx: dark figures on them can be read."""


class Shape(StrEnum):
    """How a chart is drawn."""

    RING = "环形图"
    """One series; each category has a colour of its own and says its count in the legend."""
    BARS = "条形图"
    """Lying bars, the first category on top. Series share a bar's place: each category has a value in one of them."""
    LINE = "折线图"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, one for each category; None is a gap."""

    name: str
    values: tuple[float | None, ...]
    color: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``title`` is the caption without 图1; ``summary`` is read out where nobody sees the chart."""

    shape: Shape
    title: str
    summary: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    """What stands behind every value: 项 or %."""
    height: float
    """In mm."""
    decimals: int = 0
    top: float | None = None
    """Upper end of the value axis; None: the program that shows the chart chooses."""
    colors: tuple[str, ...] = ()
    """Of the categories, in a ring."""

    @property
    def number_format(self) -> str:
        """Excel's format of the values: ``0"项"``, ``0.0"%"``."""
        return f'0{"." if self.decimals else ""}{"0" * self.decimals}"{self.unit}"'

    def with_texts(self, change: Callable[[str], str]) -> Chart:
        """The same chart with every text that comes from outside changed."""
        return replace(
            self,
            title=change(self.title),
            summary=change(self.summary),
            categories=tuple(map(change, self.categories)),
            series=tuple(replace(series, name=change(series.name)) for series in self.series),
        )
