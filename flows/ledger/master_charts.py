"""Native charts of the master workbook, fed from its own cells: they stay editable and never show other figures."""

from __future__ import annotations

from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

_FONT: Final = {"name": "宋体", "size": 10}
_TITLE: Final = {"name": "黑体", "size": 13, "bold": False}
_SERIES: Final = ((4, "#5B9BD5"), (5, "#BFBFBF"), (6, "#FF7C80"), (7, "#A9D18E"), (8, "#FFE066"))
"""0-based columns of 单位 that add up to 任务数, and their colours."""
_NO_FRAME: Final = {"border": {"none": True}}
"""A frame that begins at a page break is printed on both pages."""
_BELOW_BREAK: Final = 4
"""Pixels between a page break and a chart."""
_MOST: Final = 40
"""Bars that one chart can carry and still be read."""


def add_item_chart(
    workbook: Workbook, sheet: Worksheet, name: str, *, first: int, last: int, at: tuple[int, int]
) -> None:
    """How many items stand where: a column chart over rows ``first`` to ``last`` (words in A, counts in B)."""
    chart = workbook.add_chart({"type": "column"})
    fills = [{"fill": {"color": colour}} for colour in ("#5B9BD5", "#A9D18E", "#FFE066", "#FF7C80")]
    chart.add_series(
        {
            "name": "项数",
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 1, last, 1],
            "points": fills,
            "data_labels": {"value": True, "font": _FONT},
            "gap": 80,
        }
    )
    chart.set_title({"name": "任务完成情况（项）", "name_font": _TITLE})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis({"num_font": _FONT, "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}, "min": 0})
    chart.set_size({"width": 620, "height": 340})
    chart.set_chartarea(_NO_FRAME)
    sheet.insert_chart(*at, chart)


def add_unit_chart(
    workbook: Workbook, sheet: Worksheet, source: str, title: str, first: int, last: int, *, at: tuple[int, int]
) -> int:
    """Each unit's tasks by state, as stacked bars in ranking order; returns the row below the chart."""
    shown = min(last, first + _MOST - 1)
    cut = f"，前 {_MOST} 名" if shown < last else ""
    chart = workbook.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in _SERIES:
        chart.add_series(
            {
                "name": [source, first - 1, column],
                "categories": [source, first, 1, shown, 1],
                "values": [source, first, column, shown, column],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": f"各单位任务情况：{title}{cut}（项）", "name_font": _TITLE})
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_y_axis({"reverse": True, "num_font": _FONT})
    chart.set_x_axis({"num_font": _FONT, "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})
    height = 130 + 24 * (shown - first + 1)
    chart.set_size({"width": 620, "height": height})
    chart.set_chartarea(_NO_FRAME)
    sheet.insert_chart(*at, chart, {"y_offset": _BELOW_BREAK})
    return at[0] + height // 20 + 2
