"""Charts in Word documents: native, with their data inside, where the template wants them, and never other figures."""

from __future__ import annotations

import posixpath
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pymupdf
import pytest
from lxml import etree

from flows.documents.blocks import paragraph
from flows.documents.build_template import TEMPLATE, parts
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.documents.charts.content import bulletin_charts
from flows.documents.charts.drawing import chart_xml
from flows.documents.charts.marker import MARKER, NAMES
from flows.documents.charts.model import Chart
from flows.documents.render import render, to_pdf
from flows.ledger.model import Report, Status
from flows.package import packed
from flows.problems import UserError
from flows.progress import Snapshot, Totals
from flows.roster import Unit
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot
from tests.needs import soffice

OCTOBER = date(2026, 10, 31)
MM = 72 / 25.4
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

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


def month_before() -> Totals:
    before = busy_month().previous
    assert before is not None
    return before


MONTHS = (("2026-07", replace(month_before(), done=0)), ("2026-08", replace(month_before(), done=2)))


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy month, written with the packaged template."""
    out = tmp_path_factory.mktemp("通报") / "通报.docx"
    write_bulletin(busy_month(), CONFIG, TEMPLATE, out, number=5, signed_on=date(2026, 11, 2), months=MONTHS)
    return out


Draft = Callable[[str], Path]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A template with this body, otherwise ours."""

    def make(body: str) -> Path:
        pieces = parts()
        xml = pieces["word/document.xml"].decode("utf-8")
        section = xml[xml.rindex("<w:sectPr>") :]
        pieces["word/document.xml"] = f"{xml[: xml.index('<w:body>')]}<w:body>{body}{section}".encode()
        path = tmp_path / "通报.docx"
        path.write_bytes(packed(pieces))
        return path

    return make


def context(month: Snapshot) -> dict[str, object]:
    return bulletin_context(month, CONFIG, 5, OCTOBER, months=MONTHS)


def contents(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as package:
        assert package.testzip() is None
        assert len(package.namelist()) == len(set(package.namelist()))
        return {name: package.read(name) for name in package.namelist()}


def charts_of(path: Path) -> list[etree._Element]:
    """The chart parts of a document, in the order in which it shows them."""
    pieces = contents(path)
    targets = relations(pieces, "word/document.xml")
    shown = etree.fromstring(pieces["word/document.xml"]).iter(f"{C}chart")
    return [etree.fromstring(pieces[targets[chart.attrib[f"{R}id"]]]) for chart in shown]


def relations(pieces: dict[str, bytes], name: str) -> dict[str, str]:
    """Relationship id → part name, of one part."""
    folder, file = posixpath.split(name)
    rels = etree.fromstring(pieces.get(f"{folder}/_rels/{file}.rels", b"<none/>"))
    return {
        rel.attrib["Id"]: posixpath.normpath(posixpath.join(folder, rel.attrib["Target"])).lstrip("/")
        for rel in rels
        if rel.get("TargetMode") != "External"
    }


def values(chart: etree._Element) -> dict[str, float]:
    """Category → value of a chart, over all its series."""
    found = {}
    for series in chart.iter(f"{C}ser"):
        names = {p.attrib["idx"]: p[0].text or "" for p in series.iterfind(f"{C}cat//{C}pt")}
        found |= {names[p.attrib["idx"]]: float(p[0].text or "") for p in series.iterfind(f"{C}val//{C}pt")}
    return found


def words(path: Path) -> list[str]:
    return [p.text for p in docx.Document(str(path)).paragraphs]


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


SPELLINGS = (
    "{{图表:完成情况}}",
    "{{ 图表：完成情况 }}",
    "{{ 图表.完成情况 }}",
    "{{图表('完成情况')}}",
    "{{ 图表（“完成情况”） }}",
    "{{ 图表(‘完成情况’) }}",
    "{{ 图表(完成情况) }}",
)


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_marker_may_be_written_as_word_wps_and_people_write_it(draft: Draft, tmp_path: Path, written: str) -> None:
    assert [found[1] for found in MARKER.finditer(written)] == ["完成情况"]
    out = tmp_path / "成文.docx"
    render(draft(paragraph("BodyText", "前") + paragraph("BodyText", written)), context(busy_month()), out)
    assert words(out)[:3] == ["前", "", "图1　任务完成情况（截至2026年10月31日）"]
    assert len(charts_of(out)) == 1


def test_a_marker_that_word_has_split_into_pieces_still_works(draft: Draft, tmp_path: Path) -> None:
    pieces = ("{", "{图", "表", ":完成", "情况}", "}")
    runs = '<w:proofErr w:type="spellStart"/>'.join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in pieces)
    render(draft(f"<w:p>{runs}</w:p>"), context(busy_month()), tmp_path / "成文.docx")
    assert len(charts_of(tmp_path / "成文.docx")) == 1
    assert not re.search("[{}图]表", "".join(words(tmp_path / "成文.docx")))


def test_where_there_is_nothing_to_show_the_paragraph_vanishes(draft: Draft, tmp_path: Path) -> None:
    template = draft(
        "".join(paragraph("BodyText", f"{{{{图表:{name}}}}}") for name in NAMES) + paragraph("BodyText", "后")
    )
    render(template, bulletin_context(snapshot([]), CONFIG, 5, OCTOBER), tmp_path / "成文.docx")
    assert words(tmp_path / "成文.docx") == ["后"]
    assert not any("chart" in name or "embed" in name for name in contents(tmp_path / "成文.docx"))


def test_a_month_without_tasks_announces_no_attachment_of_charts(tmp_path: Path) -> None:
    write_bulletin(snapshot([]), CONFIG, TEMPLATE, tmp_path / "通报.docx")
    assert not [text for text in words(tmp_path / "通报.docx") if "完成情况图" in text]


def test_a_template_from_before_charts_is_filled_as_ever(draft: Draft, tmp_path: Path) -> None:
    body = paragraph("AttachmentList", "{% for 行 in 附件说明 %}{{ 行 }}/{% endfor %}")
    write_bulletin(busy_month(), CONFIG, draft(body), tmp_path / "成文.docx")
    (announced,) = words(tmp_path / "成文.docx")
    assert "全部任务进展情况" in announced
    assert "图" not in announced
    assert charts_of(tmp_path / "成文.docx") == []


def test_other_words_of_the_paragraph_stay_before_the_chart(draft: Draft, tmp_path: Path) -> None:
    body = paragraph("BodyText", "进展见下图。{{图表:完成情况}}") + paragraph("BodyText", "后")
    render(draft(body), context(busy_month()), tmp_path / "成文.docx")
    assert words(tmp_path / "成文.docx")[::3] == ["进展见下图。", "后"]
    assert len(charts_of(tmp_path / "成文.docx")) == 1


def test_a_chart_in_a_table_is_no_wider_than_its_cell(draft: Draft, tmp_path: Path) -> None:
    def in_cell(text: str) -> str:
        return f'<w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr>{paragraph("TableText", text)}</w:tc>'

    row = in_cell("{{图表:完成情况}}") + in_cell("{{图表:逐月完成率}}")
    grid = '<w:tblGrid><w:gridCol w:w="4000"/><w:gridCol w:w="4000"/></w:tblGrid>'
    body = f"<w:tbl><w:tblPr/>{grid}<w:tr>{row}</w:tr></w:tbl>{paragraph('BodyText', '后')}"
    month = replace(busy_month(), previous=None)
    render(draft(body), bulletin_context(month, CONFIG, 5, OCTOBER), tmp_path / "成文.docx")
    tree = etree.fromstring(contents(tmp_path / "成文.docx")["word/document.xml"])
    (size,) = tree.iter(f"{WP}extent")
    assert int(size.attrib["cx"]) <= 4000 * 635
    assert all(cell[-1].tag == f"{W}p" for cell in tree.iter(f"{W}tc")), "Word wants a paragraph in every cell"


def test_a_template_without_our_styles_gets_the_same_look(tmp_path: Path) -> None:
    plain = docx.Document()
    plain.add_paragraph("{{图表:完成情况}}")
    plain.save(str(tmp_path / "通报.docx"))
    render(tmp_path / "通报.docx", context(busy_month()), tmp_path / "成文.docx")
    chart, caption = docx.Document(str(tmp_path / "成文.docx")).paragraphs
    assert chart.paragraph_format.line_spacing == 1
    assert chart.paragraph_format.keep_with_next
    assert caption._p.find(f".//{W}rFonts").get(f"{W}eastAsia") == "黑体"


def test_an_offices_own_chart_stays_beside_ours(draft: Draft, tmp_path: Path) -> None:
    first = tmp_path / "有图.docx"
    render(draft(paragraph("BodyText", "{{图表:完成情况}}")), context(busy_month()), first)
    document = docx.Document(str(first))
    document.add_paragraph("{{图表:逐月完成率}}")
    document.save(str(tmp_path / "通报.docx"))
    render(tmp_path / "通报.docx", context(busy_month()), tmp_path / "成文.docx")
    assert [len(values(chart)) for chart in charts_of(tmp_path / "成文.docx")] == [3, 4]
    found = list(etree.fromstring(contents(tmp_path / "成文.docx")["word/document.xml"]).iter(f"{WP}docPr"))
    assert len({node.attrib["id"] for node in found}) == 2


def test_a_misspelt_chart_is_named(draft: Draft, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="完成请况"):
        render(draft(paragraph("BodyText", "{{图表:完成请况}}")), context(busy_month()), tmp_path / "成文.docx")


def test_a_marker_in_a_footer_is_refused(tmp_path: Path) -> None:
    pieces = parts()
    pieces["word/footer1.xml"] = pieces["word/footer1.xml"].replace(b"</w:ftr>", b"", 1) + (
        paragraph("PageOdd", "{{图表:完成情况}}") + "</w:ftr>"
    ).encode("utf-8")
    (tmp_path / "通报.docx").write_bytes(packed(pieces))
    with pytest.raises(UserError, match="页眉、页脚"):
        render(tmp_path / "通报.docx", context(busy_month()), tmp_path / "成文.docx")
    assert not (tmp_path / "成文.docx").exists()


def test_nobodys_words_are_taken_for_a_marker_nor_break_a_chart(tmp_path: Path) -> None:
    nasty = Unit('A&B<局>"\x07\ud800{{ 图表:完成情况 }}', "政府部门")
    said = Report(Status.MOVING, 10, "\ufdd0完成情况\ufdd1 {{图表:完成情况}} {{ 图表.完成情况 }}")
    done = Report(Status.DONE, 100, "已公开。", OCTOBER)
    reports = {nasty: said, UNITS[7]: done, UNITS[8]: said}
    month = snapshot([cell(unit, items(1)[0], report, OCTOBER) for unit, report in reports.items()])
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx")
    ring, bars = charts_of(tmp_path / "通报.docx")
    assert values(ring) == {"正在推进1项": 1}
    assert set(values(bars)) == {'A&B<局>"{{ 图表:完成情况 }}', "市发展改革委", "市政府办公室"}


def many(count: int) -> Snapshot:
    """``count`` departments, the n-th with n of ``count`` tasks done."""
    report = {True: Report(Status.DONE, 100, "已公开。", OCTOBER), False: Report(Status.MOVING, 20, "进行中。")}
    units = [Unit(f"市直第{n}局", "政府部门") for n in range(count)]
    return snapshot(
        [cell(u, i, report[k < n], OCTOBER) for k, i in enumerate(items(count)) for n, u in enumerate(units)]
    )


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


def test_libreoffice_draws_the_charts_and_the_imprint_stays_on_the_foot(bulletin: Path) -> None:
    soffice()
    pdf = to_pdf(bulletin)
    assert pdf is not None
    with pymupdf.open(pdf) as document:
        pages = [page for page in document if re.search("^图[1-4]", page.get_text(), re.MULTILINE)]
        text = "".join(page.get_text() for page in pages).replace(" ", "")
        assert all(word in text for word in ("已完成6项", "白水县", "78.6%", "有逾期任务的单位", "13.3%", "图4"))
        assert [page.number for page in pages] == [len(document) - 2, len(document) - 1]
        assert pages[0].get_text().startswith("附件")
        blue = [d["rect"] for d in pages[1].get_drawings() if d.get("fill") and _is(d["fill"], "5B9BD5")]
        assert len(blue) > 5
        assert all(rect.x0 >= 28 * MM and rect.x1 <= 184.5 * MM for rect in blue)
        rules = [d["rect"] for d in document[-1].get_drawings() if d["rect"].width > 150 * MM]
        assert max(rect.y1 for rect in rules) / MM == pytest.approx(262, abs=1.5)


def _is(fill: tuple[float, ...], color: str) -> bool:
    return all(abs(part - int(color[i : i + 2], 16) / 255) < 0.01 for part, i in zip(fill, (0, 2, 4), strict=True))


@pytest.mark.parametrize(("units", "months"), [(3, True), (8, True), (14, True), (16, False), (20, True)])
def test_charts_of_any_height_leave_room_for_the_imprint(tmp_path: Path, units: int, months: bool) -> None:
    soffice()
    month = many(units)
    if months:
        month = replace(month, previous=month_before(), previous_period="2026-09")
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx")
    pdf = to_pdf(tmp_path / "通报.docx")
    assert pdf is not None
    with pymupdf.open(pdf) as document:
        last = document[-1]
        rules = sorted(d["rect"].y1 / MM for d in last.get_drawings() if d["rect"].width > 150 * MM)
        captions = [page.number for page in document for word in re.findall(r"(?m)^图\d", page.get_text())]
        assert len(captions) == 2 + months
        lowest = [block[3] / MM for block in last.get_text("blocks") if re.match(r"图\d", block[4])]
        assert rules[-1] == pytest.approx(262, abs=1.5)
        assert lowest, "版记 stands on a page with a chart, not alone"
        assert all(foot <= rules[-3] + 0.5 for foot in lowest)


def test_libreoffice_saves_the_document_again_with_its_charts(bulletin: Path, tmp_path: Path) -> None:
    profile = (tmp_path / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx:MS Word 2007 XML"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(bulletin)], check=True, capture_output=True, timeout=180)
    again = tmp_path / bulletin.name
    before, after = charts_of(bulletin), charts_of(again)
    assert [values(chart) for chart in after] == [values(chart) for chart in before]
    kinds = [[node.tag for node in chart.iter(f"{C}doughnutChart", f"{C}barChart", f"{C}lineChart")] for chart in after]
    assert kinds == [[f"{C}{kind}"] for kind in ("doughnutChart", "barChart", "barChart", "lineChart")]
    pieces = contents(again)
    for number in (1, 2, 3, 4):
        (book,) = relations(pieces, f"word/charts/chart{number}.xml").values()
        assert openpyxl.load_workbook(BytesIO(pieces[book])).sheetnames == ["数据"], "still to be edited in Word"
    assert "PAGE" in contents(again)["word/footer1.xml"].decode() + contents(again)["word/footer2.xml"].decode()
