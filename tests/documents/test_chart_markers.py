"""{{图表:…}} in a template: however it is written, wherever it stands; what it may not do is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from lxml import etree

from flows.documents.blocks import paragraph
from flows.documents.build_template import TEMPLATE, parts
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.documents.charts.marker import MARKER, NAMES
from flows.documents.render import render
from flows.ledger.model import Report, Status
from flows.package import packed
from flows.problems import UserError
from flows.roster import Unit
from tests.documents.charting import (
    OCTOBER,
    WP,
    W,
    charts_of,
    contents,
    context,
    values,
    words,
)
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot

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
