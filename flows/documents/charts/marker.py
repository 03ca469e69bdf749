"""Markers of charts in a template: how an office writes them, and what stands in their place until charts come.

A paragraph with ``{{图表:完成情况}}`` is where a chart goes. All that Word, WPS and a hurried clerk make of it means
the same: a full-width colon, ``图表.完成情况``, ``图表('完成情况')`` with straight, curly or no quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.documents.charts.model import Chart

WORD = "图表"
"""The name before the colon, and of the markers in a template's context."""
NAMES = ("完成情况", "各单位完成率", "区县完成率", "部门完成率", "逐月完成率")
"""What a marker can name."""
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Noncharacters: `render` takes them out of every text, so nobody's words can be mistaken for a marker."""
TOKEN = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")

_QUOTE = "(?:[\"'“”‘’＂＇]|&quot;|&apos;)?"
MARKER = re.compile(
    rf"\{{\{{\s*{WORD}\s*[:：.．(（]\s*{_QUOTE}\s*([^\s{{}}<>()（）.:：|&\"'“”‘’＂＇]+)\s*{_QUOTE}\s*[)）]?\s*\}}\}}"
)
"""A marker in any spelling; group 1 is the chart's name."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What a marker's name stands for in a template's context; true when there is a chart to show."""

    name: str
    charts: tuple[Chart, ...]

    def __bool__(self) -> bool:
        return bool(self.charts)

    def __str__(self) -> str:
        return f"{_OPEN}{self.name}{_CLOSE}"


def markers(charts: Mapping[str, tuple[Chart, ...]]) -> dict[str, Marker]:
    """The value of 图表 in a context: ``{{ 图表.完成情况 }}``."""
    return {name: Marker(name, found) for name, found in charts.items()}


def charts_in(context: Mapping[str, Any]) -> dict[str, tuple[Chart, ...]]:
    """The charts that a context offers by name; empty when it offers none."""
    offered = context.get(WORD)
    if not isinstance(offered, Mapping):
        return {}
    return {marker.name: marker.charts for marker in offered.values() if isinstance(marker, Marker)}


def plain_markers(xml: str) -> str:
    """A template's XML, its tags already mended, with every marker written as Jinja reads it."""
    return MARKER.sub(rf"{{{{ {WORD}.\1 }}}}", xml)
