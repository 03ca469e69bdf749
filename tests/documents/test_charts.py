"""Charts in Word documents: native, with their data inside, where the template wants them, and never other figures."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import etree

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.documents.charts.content import bulletin_charts
from flows.documents.charts.drawing import chart_xml
from flows.documents.charts.model import Chart
from flows.progress import Totals
from tests.documents.charting import (
    MONTHS,
    OCTOBER,
    WP,
    A,
    C,
    R,
    charts_of,
    contents,
    many,
    month_before,
    relations,
    values,
    words,
    write_busy,
)
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot

ORDER = {
    "chartSpace": "date1904 lang roundedCorners style clrMapOvr protection chart spPr txPr externalData printSettings",
    "chart": "title autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "plotArea": "layout barChart lineChart doughnutChart catAx valAx dTable spPr",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId",
    "lineChart": "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId",
    "doughnutChart": "varyColors ser dLbls firstSliceAng holeSize",
    "ser": "idx order tx spPr invertIfNegative pictureOptions marker explosion dPt dLbls trendline errBars"
    " cat val smooth",
    "dPt": "idx invertIfNegative marker bubble3D explosion spPr",
    "dLbls": "dLbl numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize"
    " separator showLeaderLines",
    "marker": "symbol size spPr",
    "catAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr"
    " crossAx crosses auto lblAlgn lblOffset noMultiLvlLbl",
    "valAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr"
    " crossAx crosses crossBetween majorUnit minorUnit",
    "scaling": "logBase orientation max min",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "strCache": "ptCount pt",
    "numCache": "formatCode ptCount pt",
}
"""Order of children by ECMA-376 part 1, 21.2: Word refuses a document in which it is another."""


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_busy(tmp_path_factory.mktemp("通报"))


def test_every_part_of_a_chart_is_there_known_and_reached(bulletin: Path) -> None:
    pieces = contents(bulletin)
    types = etree.fromstring(pieces["[Content_Types].xml"])
    overrides = {node.attrib["PartName"]: node.attrib["ContentType"] for node in types if "PartName" in node.attrib}
    defaults = {node.attrib["Extension"]: node.attrib["ContentType"] for node in types if "Extension" in node.attrib}
    targets = relations(pieces, "word/document.xml")
    named = [chart.attrib[f"{R}id"] for chart in etree.fromstring(pieces["word/document.xml"]).iter(f"{C}chart")]
    assert [targets[name] for name in named] == [f"word/charts/chart{n}.xml" for n in (1, 2, 3, 4)]
    books = []
    for name in (targets[name] for name in named):
        assert overrides[f"/{name}"] == "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        (data,) = etree.fromstring(pieces[name]).iter(f"{C}externalData")
        books.append(relations(pieces, name)[data.attrib[f"{R}id"]])
        rels = pieces[f"word/charts/_rels/{Path(name).name}.rels"].decode()
        assert re.findall(r'Type="([^"]+)"', rels) == [f"{R[1:-1]}/package"]
    assert len(set(books)) == 4
    for book in books:
        kind = overrides.get(f"/{book}", defaults.get("xlsx"))
        assert kind == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert re.fullmatch(r"word/embeddings/[A-Za-z_]+\d\.xlsx", book)
    for name in pieces:
        if not name.startswith("_rels/") and not name.endswith(".rels"):
            assert set(relations(pieces, name).values()) <= set(pieces), name


def test_drawings_have_numbers_of_their_own_and_words_for_who_cannot_see_them(bulletin: Path) -> None:
    found = list(etree.fromstring(contents(bulletin)["word/document.xml"]).iter(f"{WP}docPr"))
    assert len({node.attrib["id"] for node in found}) == len(found) == 4
    assert len({node.attrib["name"] for node in found}) == 4
    assert found[0].attrib["descr"].endswith("任务共30项：已完成6项、正在推进21项、逾期未完成3项。")


def test_the_elements_of_a_chart_stand_in_the_order_that_word_demands(bulletin: Path) -> None:
    for chart in charts_of(bulletin):
        for parent in chart.iter():
            name = etree.QName(parent).localname
            inside = [etree.QName(child).localname for child in parent]
            if parent.tag.startswith(C) and name in ORDER and inside:
                if name == "marker" and "val" in parent.attrib:
                    continue
                order = ORDER[name].split()
                places = [order.index(child) for child in inside]
                assert places == sorted(places), name
        ids = [node.attrib["val"] for node in chart.iter(f"{C}axId")]
        assert sorted(ids) == sorted(set(ids) and 2 * sorted(set(ids)))


def test_the_workbook_inside_holds_just_what_the_chart_shows(bulletin: Path) -> None:
    pieces = contents(bulletin)
    compared = 0
    for name in sorted(n for n in pieces if n.startswith("word/charts/chart")):
        chart = etree.fromstring(pieces[name])
        book = openpyxl.load_workbook(BytesIO(pieces[relations(pieces, name)["rId1"]]), data_only=True)
        for reference in chart.iter(f"{C}strRef", f"{C}numRef"):
            sheet, cells = (reference.findtext(f"{C}f") or "").split("!")
            area = book[sheet][cells.replace("$", "")]
            column = [row[0].value for row in area] if isinstance(area, tuple) else [area.value]
            shown = {int(p.attrib["idx"]): p[0].text for p in reference.iter(f"{C}pt")}
            assert [None if v is None else str(v) for v in column] == [
                shown.get(place) and _as_cell(shown[place], reference) for place in range(len(column))
            ]
            compared += len(column)
    assert compared > 60


def _as_cell(text: str | None, reference: etree._Element) -> str:
    if reference.tag == f"{C}strRef":
        return text or ""
    number = float(text or "")
    return str(int(number)) if number.is_integer() else str(number)


def test_a_ring_says_its_counts_in_the_legend_and_follows_them_when_they_are_edited(bulletin: Path) -> None:
    pieces = contents(bulletin)
    assert values(etree.fromstring(pieces["word/charts/chart1.xml"])) == {
        "已完成6项": 6,
        "正在推进21项": 21,
        "逾期未完成3项": 3,
    }
    inside = pieces[relations(pieces, "word/charts/chart1.xml")["rId1"]]
    formulas = openpyxl.load_workbook(BytesIO(inside))["数据"]
    assert formulas["A2"].value == '="已完成"&TEXT(B2,"0")&"项"'


def test_charts_and_tables_print_the_same_figures(bulletin: Path) -> None:
    document = docx.Document(str(bulletin))
    _, districts, departments, months = charts_of(bulletin)
    for table, chart in zip(document.tables[:2], (districts, departments), strict=True):
        rows = [[c.text for c in row.cells] for row in table.rows[1:]]
        assert values(chart) == {row[1]: float(row[8].rstrip("%")) for row in rows}
        late = {row[1] for row in rows if row[6] != "0"}
        for series in chart.iter(f"{C}ser"):
            name = series.findtext(f"{C}tx//{C}v")
            names = [p[0].text for p in series.iterfind(f"{C}cat//{C}pt")]
            told = {names[int(p.attrib["idx"])] for p in series.iterfind(f"{C}val//{C}pt")}
            assert told == (late if name == "有逾期任务的单位" else {row[1] for row in rows} - late)
    assert values(months) == {"7月": 0.0, "8月": 6.7, "9月": 13.3, "10月": 20.0}


def test_the_best_unit_stands_on_top_as_in_the_ranking(bulletin: Path) -> None:
    chart = charts_of(bulletin)[1]
    first = chart.find(f".//{C}catAx/{C}scaling/{C}orientation")
    assert first is not None
    assert first.attrib["val"] == "maxMin"
    names = [p[0].text for p in next(chart.iter(f"{C}ser")).iterfind(f"{C}cat//{C}pt")]
    assert names == [line.unit.name for line in busy_month().districts]


def test_chinese_faces_are_named_where_word_looks_for_them(bulletin: Path) -> None:
    for chart in charts_of(bulletin):
        faces = {(etree.QName(node).localname, node.attrib["typeface"]) for node in chart.iter(f"{A}latin", f"{A}ea")}
        assert faces == {("latin", "仿宋_GB2312"), ("ea", "仿宋_GB2312")}


def test_colours_are_those_of_the_lights(bulletin: Path) -> None:
    points = [node.find(f".//{A}srgbClr") for node in charts_of(bulletin)[0].iter(f"{C}dPt")]
    assert [node.attrib["val"] for node in points if node is not None] == ["5B9BD5", "A9D18E", "FF7C80"]


def test_captions_are_numbered_and_no_wider_chart_than_the_text(bulletin: Path) -> None:
    assert [text for text in words(bulletin) if re.match(r"图\d", text)] == [
        "图1　任务完成情况（截至2026年10月31日）",
        "图2　各单位任务完成率（区县、管委会）",
        "图3　各单位任务完成率（政府部门、企事业单位、党委部门）",
        "图4　逐月任务完成率（2026年7月至10月）",
    ]
    sizes = etree.fromstring(contents(bulletin)["word/document.xml"]).iter(f"{WP}extent")
    assert all(int(node.attrib["cx"]) <= 156 * 36000 and int(node.attrib["cy"]) <= 205 * 36000 for node in sizes)


def test_the_attachment_of_charts_is_announced_under_its_name(bulletin: Path) -> None:
    document = docx.Document(str(bulletin))
    titles = [p.text for p in document.paragraphs if p.style.name == "附件标题"]
    announced = [p.text for p in document.paragraphs if p.style.name.startswith("附件说明")]
    assert titles[-1] == "任务完成情况图"
    assert [line.split("\t")[1] for line in announced] == titles


def test_the_same_month_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("一.docx", "二.docx"):
        write_bulletin(busy_month(), CONFIG, TEMPLATE, tmp_path / name, number=5, months=MONTHS)
    assert (tmp_path / "一.docx").read_bytes() == (tmp_path / "二.docx").read_bytes()


def test_of_a_long_ranking_both_ends_are_shown_and_said() -> None:
    month = many(35)
    (chart,) = bulletin_charts(month)["部门完成率"]
    names = [line.unit.name for line in month.departments]
    assert chart.categories == (*names[:10], *names[-10:])
    assert chart.title == "各单位任务完成率（政府部门；35个单位中排在最前和最后的各10个）"
    (whole,) = bulletin_charts(many(20))["部门完成率"]
    assert len(whole.categories) == 20
    assert whole.title == "各单位任务完成率（政府部门）"


def test_a_month_in_which_nobody_has_finished_anything_has_no_chart_of_noughts() -> None:
    nobody = snapshot([cell(unit, item, None, OCTOBER) for unit in UNITS for item in items(2)])
    charts = bulletin_charts(nobody)
    assert charts["完成情况"]
    assert not charts["各单位完成率"]
    assert not charts["区县完成率"]


def test_one_unit_alone_is_not_compared() -> None:
    charts = bulletin_charts(snapshot([cell(UNITS[0], items(1)[0], None, OCTOBER)]))
    assert charts["各单位完成率"] == ()
    assert len(charts["完成情况"]) == 1


def trend(period: str, months: tuple[tuple[str, Totals], ...], **changed: object) -> tuple[Chart, ...]:
    month = replace(busy_month(), period=period, previous=None, previous_period=None, **changed)  # type: ignore[arg-type]
    return bulletin_charts(month, months)["逐月完成率"]


def test_months_are_told_in_order_and_a_year_at_most() -> None:
    totals = month_before()
    year = tuple((f"2025-{n:02d}", totals) for n in range(12, 0, -1))
    (chart,) = trend("2026-02", year)
    assert chart.categories == (*(f"{n}月" for n in range(3, 13)), "2026年1月", "2月")
    assert chart.series[0].values[-3:] == (13.3, None, 20.0), "no bulletin in January"
    (chart,) = trend("2026-02", (*year, ("2026-01", totals), ("2026-03", totals)))
    assert chart.categories[-3:] == ("12月", "2026年1月", "2月")
    assert len(chart.categories) == 12
    assert chart.title == "逐月任务完成率（2025年3月至2026年2月）"


def test_a_first_month_has_no_course_and_the_second_has() -> None:
    assert trend("2026-10", ()) == ()
    (chart,) = bulletin_charts(busy_month())["逐月完成率"]
    assert chart.series[0].values == (13.3, 20.0)


def test_a_reprint_of_an_earlier_month_does_not_know_the_future() -> None:
    (chart,) = trend("2026-08", (("2026-07", month_before()), ("2026-09", month_before())))
    assert chart.categories == ("7月", "8月")


def test_small_slices_have_their_count_in_the_legend_only() -> None:
    totals = replace(busy_month().totals, items=100, done=96, moving=3, idle=1, overdue=0)
    (ring,) = bulletin_charts(replace(busy_month(), totals=totals))["完成情况"]
    root = etree.fromstring(chart_xml(ring, "rId1"))
    left_out = [node.find(f"{C}idx") for node in root.iter(f"{C}dLbl")]
    assert [node.attrib["val"] for node in left_out if node is not None] == ["1", "2"]
