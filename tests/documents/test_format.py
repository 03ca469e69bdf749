"""Every kind of document on paper, held against GB/T 9704—2012: both mastheads, notices, short months and long ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pymupdf
import pytest
from docx import Document

from flows.config import Config
from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.documents.notice import write_notice
from flows.documents.notice_templates import FOLDER
from flows.documents.official import FANGSONG, HEITI, KAITI, SONGTI, XIAOBIAOSONG
from flows.documents.pdf import print_all
from flows.documents.render import render
from flows.package import packed
from flows.soffice import converted_all, find_soffice
from flows.standing.escalation import Level
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot
from tests.documents.test_layout import MM, PLAIN, body_of, ink, lines_of, rules_of
from tests.documents.test_notices import content
from tests.needs import soffice

SIGNED = date(2026, 11, 2)
DAY = "2026年11月2日"
OFFICE = "云陵市政务公开办公室"
TITLES = {
    1: "关于10月份落实情况的通报",
    2: "关于云陵市2026年政务公开工作要点\n10月份落实情况的通报",
    3: "关于云陵市2026年基层政务公开标准化\n规范化工作要点重点任务\n10月份落实情况的通报",
    4: "关于云陵市2026年基层政务公开\n标准化规范化和政府信息公开\n工作要点重点任务\n10月份落实情况的通报",
}
ENDINGS = range(1, 12, 2)
"""Paragraphs of text before the end: it comes to stand anywhere on the page."""
LINES_IN = {
    HEITI: ("一、总体情况", "附件"),
    KAITI: ("（一）任务进展", "（一）区县、管委会"),
    FANGSONG: ("云政公开办〔2026〕5号", f"{PLAIN[:20]}…", OFFICE, DAY, "抄送：市委办公室…"),
    XIAOBIAOSONG: ("云陵市政务公开办公室文件", "关于云陵市2026年政务公开工作要点", "各单位任务完成情况统计表"),
}
Papers = Mapping[str, pymupdf.Document]


def with_bulletin(config: Config = CONFIG, **values: object) -> Config:
    return config.model_copy(update={"bulletin": config.bulletin.model_copy(update=values)})


def with_office(**values: object) -> Config:
    return CONFIG.model_copy(update={"office": CONFIG.office.model_copy(update=values)})


OWN = with_bulletin(style="督查通报", masthead="云陵市政务督查")
BARE = with_bulletin(publicity="")
OWN_BARE = with_bulletin(OWN, publicity="")


def small(config: Config, paragraphs: int = 1, **words: Any) -> dict[str, Any]:
    """The words of a bulletin with so much text and one page of attachments."""
    context = bulletin_context(busy_month(), config, 5, SIGNED)
    context["章节"] = [{"标题": "一、总体情况", "段落": [PLAIN] * paragraphs, "小节": []}]
    context["逾期表"]["组"] = context["进展表"]["组"] = context["图示"]["组"] = []
    context["统计表"]["标识"] = "附件"
    context["附件说明"] = ["附件：各单位任务完成情况统计表"]
    return context | words


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papers]:
    """All documents of this file, printed in one run."""
    soffice()
    folder = tmp_path_factory.mktemp("公文")
    for name, config in (("文件", CONFIG), ("督查通报", OWN)):
        write_bulletin(busy_month(), config, TEMPLATE, folder / f"{name}.docx", number=5, signed_on=SIGNED)
    calm = snapshot([cell(UNITS[0], items(1)[0], None, date(2026, 10, 31))])
    for name, config in (("短文件", BARE), ("短督查通报", OWN_BARE)):
        write_bulletin(calm, config, TEMPLATE, folder / f"{name}.docx", number=1, signed_on=SIGNED)
    for count, title in TITLES.items():
        render(TEMPLATE, small(CONFIG, 6, 标题=title), folder / f"题{count}.docx")
    render(TEMPLATE, small(OWN, 6, 标题=TITLES[4]), folder / "督题4.docx")
    ends = {"尾": BARE, "尾附注": CONFIG, "督尾": OWN_BARE}
    for name, config in ends.items():
        for count in ENDINGS:
            render(TEMPLATE, small(config, count), folder / f"{name}{count}.docx")
    words = small(CONFIG)
    words["章节"][0]["小节"] = [{"标题": "（一）任务进展", "段落": [PLAIN]}]
    render(TEMPLATE, words, folder / "字体.docx")
    for face in LINES_IN:
        swapped(folder / "字体.docx", folder / f"字体{face}.docx", face)
    many = "、".join(unit.name for unit in UNITS) + "，各人民团体，各高等院校"
    write_bulletin(calm, with_office(recipients=many), TEMPLATE, folder / "主送多.docx", number=1, signed_on=SIGNED)
    for level, count in ((Level.HINT, 1), (Level.FIRST, 5), (Level.SECOND, 9), (Level.THIRD, 3), (Level.TALK, 2)):
        write_notice(FOLDER / f"{level.kind}.docx", content(level, count), folder / f"单{level.name}.docx", SIGNED)
    words = content(Level.FIRST) | {"正文": [PLAIN * 30]}
    write_notice(FOLDER / "督办单.docx", words, folder / "满.docx", SIGNED)
    printed = print_all(sorted(folder.glob("*.docx")))
    assert printed.failed == ()
    found = {docx.stem: pymupdf.open(pdf) for docx, pdf in printed.pdfs.items()}
    yield found
    for document in found.values():
        document.close()


def texts(page: pymupdf.Page) -> list[str]:
    return [line[4] for line in body_of(page)]


def test_every_page_is_a4_with_its_text_inside_the_type_area(papers: Papers) -> None:
    for name, document in papers.items():
        for page in document:
            assert (page.rect.width / MM, page.rect.height / MM) == pytest.approx((210, 297), abs=0.3), name
            for left, top, right, bottom, text in body_of(page):
                assert left >= 26.4, (name, text)
                assert right <= 184.6 or text[-1] in "、，。；：）", (name, text)  # LibreOffice hangs marks
                assert top >= 35.5, (name, text)
                assert bottom <= 263.5, (name, text)


def test_every_page_has_its_number_7_mm_below_the_text_odd_right_even_left(papers: Papers) -> None:
    for name, document in papers.items():
        for number, page in enumerate(document, 1):
            ((left, top, right, bottom, text),) = [line for line in lines_of(page) if line[1] > 263]
            assert text == f"—{number}—", name
            assert (top + bottom) / 2 == pytest.approx(269, abs=1), name
            if number % 2:
                assert right == pytest.approx(184 - 4.9, abs=1.5), name
            else:
                assert left == pytest.approx(28 + 4.9, abs=1.5), name


def test_the_first_page_shows_text_below_titles_of_one_to_four_lines(papers: Papers) -> None:
    for name, document in papers.items():
        first = "".join(texts(document[0]))
        assert re.search("按照|现将|截至|应报送|由你单位承担|由临江区承担|各责任单位要对照", first), (name, first)
    for name in ("题1", "题2", "题3", "题4", "督题4"):
        title = TITLES[int(name[-1])].split("\n")
        lines = body_of(papers[name][0])
        said = [line[4] for line in lines]
        start = said.index(title[0])
        assert said[start : start + len(title)] == title
        centres = [(line[0] + line[2]) / 2 for line in lines[start : start + len(title)]]
        assert centres == pytest.approx([106] * len(title), abs=1)


def test_an_own_masthead_has_name_number_office_and_date_above_its_line(papers: Papers) -> None:
    for name in ("督查通报", "短督查通报"):
        page = papers[name][0]
        said = texts(page)
        assert said[0] == "云陵市政务督查"
        assert said[1] == ("第5期" if name == "督查通报" else "第1期")
        assert said[2] == f"{OFFICE}{DAY}"
        assert said[3].startswith("关于云陵市2026年")
        spans = [span for block in page.get_text("dict")["blocks"] for line in block["lines"] for span in line["spans"]]
        assert spans[0]["color"] == 0xFF0000
        ((left, height, right), *_) = rules_of(page)
        assert right - left == pytest.approx(156, abs=0.5)
        issue = body_of(page)[2]
        _, foot = ink(page, issue[1], height - 1)
        assert height - foot == pytest.approx(4.6, abs=0.8)
        assert issue[0] == pytest.approx(28 + 5.6, abs=1)
        assert issue[2] == pytest.approx(184 - 5.6, abs=1)
        assert sum(DAY in text for page in papers[name] for text in texts(page)) == 2, "head and 版记, no signature"


def test_the_imprint_lies_on_the_foot_of_the_last_page_of_every_bulletin(papers: Papers) -> None:
    for name, document in papers.items():
        if name.startswith(("单", "满")):
            continue
        rules = rules_of(document[-1])
        assert rules[-1][1] == pytest.approx(262, abs=1.5), name
        assert rules[-1][2] - rules[-1][0] == pytest.approx(156, abs=0.6), name
        assert texts(document[-1])[-1] == f"{OFFICE}{DAY}印发", name
        assert sum(text.endswith("印发") for page in document for text in texts(page)) == 1, name


def test_too_many_recipients_stand_in_the_imprint_and_the_first_page_has_text(papers: Papers) -> None:
    document = papers["主送多"]
    assert not any(text.startswith("临江区") for text in texts(document[0]))
    lines = body_of(document[0])
    start = next(place for place, line in enumerate(lines) if line[4] == "10月份落实情况的通报")
    assert lines[start + 1][1] - lines[start][3] > 8, "a line stays empty below the title"
    foot = "".join(texts(document[-1])[-12:])
    assert "主送：临江区、云岭区、青石县" in foot
    assert foot.index("主送：") < foot.index("抄送：")


def test_attachments_begin_pages_and_are_called_as_announced(papers: Papers) -> None:
    for name in ("文件", "督查通报"):
        document = papers[name]
        opened = [texts(page)[:2] for page in document if re.fullmatch(r"附件\d", texts(page)[0])]
        assert [mark for mark, _ in opened] == ["附件1", "附件2", "附件3", "附件4"]
        said = "".join(text for page in document for text in texts(page))
        announced = "".join(f"{place}.{title}" for place, (_, title) in enumerate(opened, 1))
        assert f"附件：{announced}" in said
    for name in ("短文件", "短督查通报"):
        said = [text for page in papers[name] for text in texts(page)]
        assert any(text.startswith("附件：") for text in said)


@pytest.mark.parametrize("kind", ["尾", "尾附注", "督尾"])
def test_wherever_the_text_ends_text_stands_on_the_page_of_the_signature(papers: Papers, kind: str) -> None:
    pages = set()
    for count in ENDINGS:
        document = papers[f"{kind}{count}"]
        last = "附件：各单位任务完成情况统计表" if kind == "督尾" else DAY
        (page,) = [page for page in document if last in texts(page)]
        said = texts(page)
        end = said.index("附件：各单位任务完成情况统计表")
        assert end > 0, (count, said)
        assert "话：0000-0000000。" in "".join(said[:end]), (count, said)
        rest = {"尾": [OFFICE, DAY], "尾附注": [OFFICE, DAY, "（此件公开发布）"], "督尾": []}[kind]
        assert said[end + 1 :] == rest, (count, said)
        before = body_of(document[page.number - 1]) if page.number else []
        assert not page.number or len(before) >= 10, "the end is not drawn to a new page without need"
        pages.add(page.number)
    assert len(pages) > 1


def test_the_end_is_not_moved_when_it_fits(papers: Papers) -> None:
    second = [papers[f"尾{count}"][1] for count in ENDINGS]
    lowest = max(max(line[3] for line in body_of(page)) for page in second if DAY in texts(page))
    assert lowest > 235, "the date comes as near to the foot of the page as the text brings it"


def test_a_full_page_of_a_notice_has_22_lines_of_28_characters(papers: Papers) -> None:
    whole = [line for line in body_of(papers["满"][1])[:22] if set(line[4]) <= set(PLAIN)]
    assert len(whole) >= 15
    assert {len(line[4]) for line in whole[:-1]} == {28}
    middles = [(line[1] + line[3]) / 2 for line in whole]
    steps = [below - above for above, below in pairwise(middles)]
    assert steps == pytest.approx([225 / 22] * len(steps), abs=0.25)


def swapped(source: Path, out: Path, face: str) -> None:
    """A copy in which one face alone is a sans serif, so that a PDF tells what is set in it."""
    with ZipFile(source) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    styles = parts["word/styles.xml"].decode("utf-8")
    for each in (*LINES_IN, SONGTI):
        styles = styles.replace(f'"{each}"', '"Noto Sans CJK SC"' if each == face else '"Noto Serif CJK SC"')
    out.write_bytes(packed(parts | {"word/styles.xml": styles.encode("utf-8")}))


@pytest.mark.parametrize("face", LINES_IN)
def test_each_level_has_its_face(papers: Papers, face: str) -> None:
    sans = _lines_in(papers[f"字体{face}"], "Sans")
    for other, lines in LINES_IN.items():
        for words in lines:
            found = any(line == words or (words[-1] == "…" and line.startswith(words[:-1])) for line in sans)
            assert found == (other == face), (face, words)


def _lines_in(document: pymupdf.Document, face: str) -> list[str]:
    """Lines that are printed in this face throughout."""
    lines = [line for page in document for block in page.get_text("dict")["blocks"] for line in block.get("lines", [])]
    return [
        "".join(span["text"] for span in line["spans"]).replace(" ", "")
        for line in lines
        if all(face in span["font"] for span in line["spans"] if span["text"].strip())
    ]


def test_a_template_of_before_own_mastheads_prints_the_number_in_the_old_head(tmp_path: Path) -> None:
    names = ("图示",)
    context = bulletin_context(busy_month(), OWN, 5, SIGNED, template_names=names)
    assert context["刊头"] == ""
    assert context["发文字号"] == "第5期"
    assert context["署名"] == OFFICE
    assert context["主送机关"]
    full = bulletin_context(replace(busy_month()), OWN, 5, SIGNED)
    assert full["刊头"] == "督查通报"
    assert full["署名"] == ""


def test_libreoffice_saves_every_kind_again_with_words_page_numbers_and_charts(tmp_path: Path) -> None:
    soffice()
    sources = []
    for name, config in (("文件", CONFIG), ("督查通报", OWN)):
        sources.append(tmp_path / f"{name}.docx")
        write_bulletin(busy_month(), config, TEMPLATE, sources[-1], number=5, signed_on=SIGNED)
    for level in (Level.HINT, Level.SECOND, Level.TALK):
        sources.append(tmp_path / f"{level.name}.docx")
        write_notice(FOLDER / f"{level.kind}.docx", content(level, 7), sources[-1], SIGNED)
    program = find_soffice()
    assert program
    with converted_all(program, sources, "docx", ending="docx", seconds=180) as made:
        assert set(made) == set(sources)
        for source, again in made.items():
            assert _words(again) == _words(source), source.name
            with ZipFile(again) as package:
                names = package.namelist()
                feet = [package.read(name).decode() for name in names if re.match(r"word/footer\d", name)]
                assert b"evenAndOddHeaders" in package.read("word/settings.xml")
            assert sum("PAGE" in foot for foot in feet) == 2, source.name
            charts = [name for name in names if re.match(r"word/charts/chart\d", name)]
            assert len(charts) == (4 if source.stem in ("文件", "督查通报") else 0)


def _words(path: Path) -> list[str]:
    document = Document(str(path))
    cells = [each.text for table in document.tables for row in table.rows for each in row.cells]
    return [each.text for each in document.paragraphs if each.text] + cells
