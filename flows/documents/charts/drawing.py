"""The chart part: DrawingML as Word writes it, every element in the order of the schema, nothing left to defaults.

Programs differ in what they take for granted (LibreOffice shows every label and smooths every line that does not say
otherwise), so every switch is written. Faces are set once for the whole chart, with the East Asian one.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from flows.documents.charts.model import Chart, Series, Shape
from flows.documents.charts.workbook import SHEET, told_categories
from flows.documents.official import FANGSONG

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CATEGORY_AXIS, _VALUE_AXIS = 111111111, 222222222
_POINTS = 10.5
"""五号, as in the tables."""
_SMALL_SLICE = 0.05
"""Slices below this share have their count in the legend only: it does not fit into the ring."""
_WHOLE = 100
_GREY = "BFBFBF"


def chart_xml(chart: Chart, workbook: str) -> bytes:
    """The whole c:chartSpace; ``workbook`` is the id of the relationship to the embedded workbook."""
    legend = _legend("r" if chart.shape is Shape.RING else "b") if _has_legend(chart) else ""
    plot = {Shape.RING: _ring, Shape.BARS: _bars, Shape.LINE: _line}[chart.shape](chart)
    text = (
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}" xmlns:r="{_R}"><c:date1904 val="0"/><c:lang val="zh-CN"/>'
        f'<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}'
        f'<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>{legend}<c:plotVisOnly val="1"/>'
        '<c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
        f"<a:ln><a:noFill/></a:ln></c:spPr>{_faces()}"
        f'<c:externalData r:id={quoteattr(workbook)}><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text).encode("utf-8")


def _has_legend(chart: Chart) -> bool:
    return chart.shape is Shape.RING or len(chart.series) > 1 or chart.shape is Shape.BARS


def _ring(chart: Chart) -> str:
    (series,) = chart.series
    points = "".join(
        f'<c:dPt><c:idx val="{place}"/><c:bubble3D val="0"/><c:spPr>{_fill(color)}<a:ln w="12700">{_fill("FFFFFF")}'
        f"</a:ln></c:spPr></c:dPt>"
        for place, color in enumerate(chart.colors)
    )
    whole = sum(value or 0 for value in series.values)
    small = [place for place, value in enumerate(series.values) if (value or 0) < _SMALL_SLICE * whole]
    return (
        '<c:doughnutChart><c:varyColors val="1"/>'
        + _series(chart, 0, series, points + _labels(chart, small))
        + '<c:firstSliceAng val="0"/><c:holeSize val="52"/></c:doughnutChart>'
    )


def _bars(chart: Chart) -> str:
    series = "".join(
        _series(
            chart,
            place,
            each,
            f'<c:spPr>{_fill(each.color)}</c:spPr><c:invertIfNegative val="0"/>{_labels(chart, place="outEnd")}',
        )
        for place, each in enumerate(chart.series)
    )
    return (
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="55"/><c:overlap val="100"/>{_axis_ids()}</c:barChart>'
        + _category_axis("l", "maxMin")
        + _value_axis(chart, "b", shown=False)
    )


def _line(chart: Chart) -> str:
    series = "".join(
        _series(
            chart,
            place,
            each,
            f'<c:spPr><a:ln w="28575" cap="rnd">{_fill(each.color)}<a:round/></a:ln></c:spPr>'
            f'<c:marker><c:symbol val="circle"/><c:size val="7"/><c:spPr>{_fill(each.color)}'
            f"<a:ln><a:noFill/></a:ln></c:spPr></c:marker>{_labels(chart, place='t')}",
            '<c:smooth val="0"/>',
        )
        for place, each in enumerate(chart.series)
    )
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{_axis_ids()}'
        "</c:lineChart>" + _category_axis("b", "minMax") + _value_axis(chart, "l", shown=True)
    )


def _series(chart: Chart, place: int, series: Series, look: str, after: str = "") -> str:
    """One c:ser: its name, look, categories and values, each with the cells of the workbook it comes from."""
    column = chr(ord("B") + place)
    last = len(chart.categories) + 1
    values = "".join(_point(i, f"{value:.15g}") for i, value in enumerate(series.values) if value is not None)
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f"<c:tx>{_texts(f'${column}$1', (series.name,))}</c:tx>{look}"
        f"<c:cat>{_texts(f'$A$2:$A${last}', told_categories(chart))}</c:cat>"
        f"<c:val><c:numRef><c:f>{SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{escape(chart.number_format)}</c:formatCode>"
        f'<c:ptCount val="{len(series.values)}"/>{values}</c:numCache></c:numRef></c:val>{after}</c:ser>'
    )


def _texts(cells: str, words: Sequence[str]) -> str:
    points = "".join(_point(i, word) for i, word in enumerate(words))
    return (
        f'<c:strRef><c:f>{SHEET}!{cells}</c:f><c:strCache><c:ptCount val="{len(words)}"/>{points}'
        "</c:strCache></c:strRef>"
    )


def _point(place: int, value: str) -> str:
    return f'<c:pt idx="{place}"><c:v>{escape(value)}</c:v></c:pt>'


def _labels(chart: Chart, left_out: Sequence[int] = (), *, place: str = "") -> str:
    """The value at every point, but for those left out."""
    without = "".join(f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>' for i in left_out)
    position = f'<c:dLblPos val="{place}"/>' if place else ""
    leaders = "" if place else '<c:showLeaderLines val="0"/>'
    return (
        f'<c:dLbls>{without}<c:numFmt formatCode={quoteattr(chart.number_format)} sourceLinked="0"/>'
        '<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr>'
        f'<a:defRPr/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>{position}'
        '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        f'<c:showPercent val="0"/><c:showBubbleSize val="0"/>{leaders}</c:dLbls>'
    )


def _axis_ids() -> str:
    return f'<c:axId val="{_CATEGORY_AXIS}"/><c:axId val="{_VALUE_AXIS}"/>'


def _category_axis(side: str, orientation: str) -> str:
    return (
        f'<c:catAx><c:axId val="{_CATEGORY_AXIS}"/><c:scaling><c:orientation val="{orientation}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{side}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln w="9525">{_fill(_GREY)}</a:ln></c:spPr><c:crossAx val="{_VALUE_AXIS}"/>'
        '<c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
        '<c:noMultiLvlLbl val="0"/></c:catAx>'
    )


def _value_axis(chart: Chart, side: str, *, shown: bool) -> str:
    """From 0 to the chart's top; where bars carry their figures the axis itself is left out."""
    top = "" if chart.top is None else f'<c:max val="{chart.top:g}"/>'
    grid = f'<c:majorGridlines><c:spPr><a:ln w="6350">{_fill("E0E0E0")}</a:ln></c:spPr></c:majorGridlines>'
    step = '<c:majorUnit val="20"/>' if shown and chart.top == _WHOLE else ""
    figures = quoteattr(f'0"{chart.unit}"')
    return (
        f'<c:valAx><c:axId val="{_VALUE_AXIS}"/><c:scaling><c:orientation val="minMax"/>{top}<c:min val="0"/>'
        f'</c:scaling><c:delete val="{int(not shown)}"/><c:axPos val="{side}"/>{grid if shown else ""}'
        f'<c:numFmt formatCode={figures} sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:crossAx val="{_CATEGORY_AXIS}"/><c:crosses val="autoZero"/>'
        f'<c:crossBetween val="between"/>{step}</c:valAx>'
    )


def _legend(side: str) -> str:
    return f'<c:legend><c:legendPos val="{side}"/><c:overlay val="0"/></c:legend>'


def _faces() -> str:
    face = quoteattr(FANGSONG)
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(_POINTS * 100)}" b="0">{_fill("000000")}'
        f"<a:latin typeface={face}/><a:ea typeface={face}/><a:cs typeface={face}/></a:defRPr></a:pPr>"
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _fill(color: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'
