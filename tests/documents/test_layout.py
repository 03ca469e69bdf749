"""The printed page, measured: a bulletin is rendered by LibreOffice and its PDF held against GB/T 9704—2012."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pymupdf
import pytest

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.documents.render import render, to_pdf
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot
from tests.needs import soffice

MM = 72 / 25.4
PLAIN = "各责任单位要对照任务分解表逐条梳理本期工作推进情况并将佐证材料一并归档备查"


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pymupdf.Document]:
    """The busy month on paper."""
    soffice()
    out = tmp_path_factory.mktemp("通报") / "通报.docx"
    write_bulletin(busy_month(), CONFIG, TEMPLATE, out, number=5, signed_on=date(2026, 11, 2))
    with _printed(out) as document:
        yield document


def _printed(out: Path) -> pymupdf.Document:
    pdf = to_pdf(out)
    assert pdf is not None
    return pymupdf.open(pdf)


def lines_of(page: pymupdf.Page) -> list[tuple[float, float, float, float, str]]:
    """Printed lines from top to bottom, in mm: left, top, right, bottom, text without blanks."""
    spans = [
        (*(round(v / MM, 2) for v in line["bbox"]), "".join(s["text"] for s in line["spans"]))
        for block in page.get_text("dict")["blocks"]
        for line in block.get("lines", [])
    ]
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for span in sorted((s for s in spans if s[4].strip()), key=lambda s: (s[1] + s[3]) / 2):
        middle = (span[1] + span[3]) / 2
        if rows and abs(middle - sum((s[1] + s[3]) / 2 for s in rows[-1]) / len(rows[-1])) < 2:
            rows[-1].append(span)
        else:
            rows.append([span])
    return [
        (
            min(s[0] for s in row),
            min(s[1] for s in row),
            max(s[2] for s in row),
            max(s[3] for s in row),
            "".join(s[4] for s in sorted(row)).replace(" ", ""),
        )
        for row in rows
    ]


def rules_of(page: pymupdf.Page) -> list[tuple[float, float, float]]:
    """Drawn lines as wide as the text area: left, height, right in mm."""
    found = [[v / MM for v in drawing["rect"]] for drawing in page.get_drawings()]
    return [(left, (top + bottom) / 2, right) for left, top, right, bottom in found if right - left > 150]


def body_of(page: pymupdf.Page) -> list[tuple[float, float, float, float, str]]:
    return [line for line in lines_of(page) if line[1] < 262]


def ink(page: pymupdf.Page, top: float, bottom: float) -> tuple[float, float]:
    """First and last inked height in mm between two heights."""
    pixels = page.get_pixmap(dpi=254, clip=pymupdf.Rect(0, top * MM, page.rect.width, bottom * MM), colorspace="gray")
    rows = [y for y in range(pixels.height) if min(pixels.samples[y * pixels.stride : (y + 1) * pixels.stride]) < 160]
    return top + rows[0] / 10, top + (rows[-1] + 1) / 10


def test_the_paper_is_a4_and_the_text_begins_28_mm_from_the_edge(bulletin: pymupdf.Document) -> None:
    for page in bulletin:
        assert page.rect.width / MM == pytest.approx(210, abs=0.3)
        assert page.rect.height / MM == pytest.approx(297, abs=0.3)
        left = min(line[0] for line in body_of(page))
        if any(re.match(r"图\d", line[4]) for line in body_of(page)) or body_of(page)[0][0] > 30:
            assert 26.5 <= left <= 184  # charts, 版记 and centred cells are set in; nothing else need stand there
        else:
            assert left == pytest.approx(28, abs=1.5)
        # LibreOffice hangs a mark at the end of a line even where the template forbids it (see styles.py)
        assert all(line[2] <= 184.5 or line[4][-1] in "、，。；" for line in body_of(page))


def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    soffice()
    context = bulletin_context(busy_month(), CONFIG, 5, date(2026, 11, 2))
    context["章节"] = [{"标题": "一、总体情况", "段落": [PLAIN * 40], "小节": []}]
    out = tmp_path / "满页.docx"
    render(TEMPLATE, context, out)
    with _printed(out) as document:
        page = body_of(document[1])
    assert len(page) == 22
    assert [len(line[4]) for line in page] == [28] * 22
    assert page[0][0] == pytest.approx(28, abs=0.5)
    assert page[0][2] == pytest.approx(184, abs=1.5)
    assert (page[0][1] + page[0][3]) / 2 == pytest.approx(37 + 5, abs=1.5)
    assert page[-1][3] <= 263


def test_the_masthead_stands_35_mm_below_the_text_edge_in_red(bulletin: pymupdf.Document) -> None:
    first = bulletin[0]
    top, bottom = ink(first, 40, 95)
    assert top == pytest.approx(72, abs=1)
    span = first.get_text("dict")["blocks"][0]["lines"][0]["spans"][0]
    assert span["text"].replace(" ", "") == "云陵市政务公开办公室文件"
    assert span["color"] == 0xFF0000
    assert bottom < 90


def test_a_red_line_of_156_mm_runs_4_mm_below_the_number(bulletin: pymupdf.Document) -> None:
    ((left, height, right), *_) = rules_of(bulletin[0])
    assert right - left == pytest.approx(156, abs=0.5)
    number = next(line for line in lines_of(bulletin[0]) if line[4] == "云政公开办〔2026〕5号")
    _, foot = ink(bulletin[0], number[1], height - 1)
    assert height - foot == pytest.approx(4.6, abs=0.8)  # to the middle of a line 0.8 mm thick
    red = [d["color"] for d in bulletin[0].get_drawings() if d["rect"].width > 150 * MM]
    assert red
    assert set(red) == {(1.0, 0.0, 0.0)}


def test_the_first_page_has_title_recipients_and_body_text(bulletin: pymupdf.Document) -> None:
    texts = [line[4] for line in lines_of(bulletin[0])]
    title = texts.index("关于云陵市2026年政务公开工作要点")
    assert texts[title + 1 : title + 3] == [
        "10月份落实情况的通报",
        "各县（市、区）人民政府，高新区管委会，市直各有关单位：",
    ]
    assert len(texts) > title + 5
    centres = [(line[0] + line[2]) / 2 for line in lines_of(bulletin[0])[title : title + 2]]
    assert centres == pytest.approx([106, 106], abs=1)


def test_page_numbers_stand_7_mm_below_the_text_outside(bulletin: pymupdf.Document) -> None:
    for number, page in enumerate(bulletin, 1):
        foot = [line for line in lines_of(page) if line[1] > 262]
        assert [line[4] for line in foot] == [f"—{number}—"]
        left, top, right, bottom, _ = foot[0]
        assert (top + bottom) / 2 == pytest.approx(269, abs=1)
        if number % 2:
            assert right == pytest.approx(184 - 4.9, abs=1.5)
        else:
            assert left == pytest.approx(28 + 4.9, abs=1.5)


def test_each_attachment_begins_a_page_with_its_title_on_line_three(bulletin: pymupdf.Document) -> None:
    opened = [(page.number, body_of(page)) for page in bulletin if body_of(page)[0][4].startswith("附件")]
    assert [lines[0][4] for _, lines in opened] == ["附件1", "附件2", "附件3", "附件4"]
    titles = [lines[1][4] for _, lines in opened]
    assert titles == ["各单位任务完成情况统计表", "逾期任务清单", "全部任务进展情况", "任务完成情况图"]
    announced = "".join(line[4] for page in bulletin for line in lines_of(page)).split("附件：1.")[1]
    assert announced.startswith(f"{titles[0]}2.{titles[1]}3.{titles[2]}4.{titles[3]}")
    for _, lines in opened:
        mark, title = lines[:2]
        assert mark[0] == pytest.approx(28, abs=1)
        assert (mark[1] + mark[3]) / 2 == pytest.approx(42, abs=1.5)
        assert (title[1] + title[3]) / 2 == pytest.approx(42 + 2 * 10.2, abs=3)
        assert (title[0] + title[2]) / 2 == pytest.approx(106, abs=1)


def test_the_signature_is_never_alone_on_its_page(bulletin: pymupdf.Document) -> None:
    (page,) = [p for p in bulletin if any(line[4] == "2026年11月2日" for line in lines_of(p))]
    texts = [line[4] for line in body_of(page)]
    day = texts.index("2026年11月2日")
    assert texts[day - 1] == "云陵市政务公开办公室"
    assert texts[day + 1] == "（此件公开发布）"
    assert any(text.startswith("联系单位") for text in texts[:day])
    signature, date_line = body_of(page)[day - 1 : day + 1]
    assert (signature[0] + signature[2]) / 2 == pytest.approx((date_line[0] + date_line[2]) / 2, abs=1)
    assert date_line[2] == pytest.approx(184 - 4 * 5.64, abs=5)


@pytest.mark.parametrize("rows", [17, 19, 22, 24, 26, 28])
def test_the_imprint_lies_on_the_foot_of_the_last_page_whatever_is_above(tmp_path: Path, rows: int) -> None:
    soffice()
    context = bulletin_context(busy_month(), CONFIG, 5, date(2026, 11, 2))
    context["章节"] = []
    context["统计表"]["组"] = context["逾期表"]["组"] = context["图示"]["组"] = []
    row = {"编号": "1.1", "要求": "甲", "完成": "1/1", "状态": "已完成", "灯": "绿", "灯色": "A9D18E", "进展": "乙"}
    context["进展表"]["组"] = [{"标题": "", "行": [row] * rows}]
    out = tmp_path / "版记.docx"
    render(TEMPLATE, context, out)
    with _printed(out) as document:
        last = document[-1]
        rules, lines = rules_of(last), body_of(last)
        assert all("印发" not in line[4] for page in document.pages(0, len(document) - 1) for line in lines_of(page))
        printed = sum(line[4].startswith("1.1甲") for page in document for line in lines_of(page))
    assert printed == rows
    imprint = rules[-3:]
    assert imprint[-1][1] == pytest.approx(262, abs=1.5)
    assert all(right - left == pytest.approx(156, abs=0.6) for left, _, right in imprint)
    above = [line for line in lines if line[3] < imprint[0][1] + 1.5]
    inside = [line for line in lines if line not in above]
    assert "".join(line[4] for line in inside).startswith("抄送：市委办公室，")
    assert inside[-1][4] == "云陵市政务公开办公室2026年11月2日印发"


def test_an_imprint_without_copies_has_two_thick_lines(tmp_path: Path) -> None:
    soffice()
    config = CONFIG.model_copy(update={"office": CONFIG.office.model_copy(update={"copies": ()})})
    month = snapshot([cell(UNITS[0], items(1)[0], None, date(2026, 10, 31))])
    write_bulletin(month, config, TEMPLATE, tmp_path / "通报.docx")
    with _printed(tmp_path / "通报.docx") as document:
        (foot,) = [line for line in body_of(document[-1]) if line[4].endswith("印发")]
        wide = [d for d in document[-1].get_drawings() if d["rect"].width > 150 * MM][-2:]
    assert [round(d["width"], 1) for d in wide] == [1.0, 1.0]
    assert wide[0]["rect"].y0 / MM < foot[1] < foot[3] < wide[1]["rect"].y0 / MM + 1
    assert wide[1]["rect"].y0 / MM == pytest.approx(262, abs=1.5)


def test_the_bulletin_of_the_busy_month_ends_with_its_imprint(bulletin: pymupdf.Document) -> None:
    assert rules_of(bulletin[-1])[-1][1] == pytest.approx(262, abs=1.5)
    assert body_of(bulletin[-1])[-1][4].endswith("2026年11月2日印发")
