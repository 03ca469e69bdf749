"""Filling Word templates: any text is safe, a broken template is explained, the same figures give the same file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from flows.config import Config
from flows.documents.blocks import Column, paragraph, plain_table, tag
from flows.documents.build_template import TEMPLATE, parts
from flows.documents.bulletin import write_bulletin
from flows.documents.notice import write_notice
from flows.documents.notice_templates import FOLDER
from flows.documents.notice_templates import styles as notice_styles
from flows.documents.render import render, to_pdf
from flows.documents.styles import STYLES
from flows.ledger.model import Report, Status
from flows.package import packed
from flows.problems import UserError
from flows.progress import Snapshot
from flows.roster import Unit
from flows.standing.escalation import Level
from tests.documents.months import CONFIG, UNITS, busy_month, cell, items, snapshot
from tests.documents.test_notices import content

NASTY = "A&B <市局> ]]> &amp; {{ 7*7 }} {% for x in y %} {# 注 #} \x00\x07\x0b\x0c\x1f\ud800\ufffe “引号”\n第二行\t末尾"


def text_of(path: Path) -> str:
    """All text of a document, tables included."""
    document = docx.Document(str(path))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


Draft = Callable[[str], Path]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A template with this body, otherwise ours."""

    def make(body: str) -> Path:
        pieces = parts()
        xml = pieces["word/document.xml"].decode("utf-8")
        section = re.search(r"<w:sectPr>.*</w:sectPr>", xml)
        assert section
        head = xml[: xml.index("<w:body>")]
        pieces["word/document.xml"] = f"{head}<w:body>{body}{section[0]}</w:body></w:document>".encode()
        path = tmp_path / "模板.docx"
        path.write_bytes(packed(pieces))
        return path

    return make


def test_the_template_in_the_repository_is_the_one_that_is_built() -> None:
    with zipfile.ZipFile(TEMPLATE) as package:
        assert {name: package.read(name) for name in package.namelist()} == parts()


def test_every_style_the_template_uses_is_defined_and_nothing_is_formatted_by_hand() -> None:
    pieces = {name: data.decode("utf-8") for name, data in parts().items()}
    used = set(re.findall(r'<w:(?:pStyle|tblStyle) w:val="(\w+)"', "".join(pieces.values())))
    defined = set(re.findall(r'w:styleId="(\w+)"', pieces["word/styles.xml"]))
    assert used <= defined
    for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml"):
        assert "<w:rPr>" not in pieces[name]
        assert "<w:jc w:val=" not in re.sub(r"<w:tblPr>.*?</w:tblPr>", "", pieces[name])


def test_chinese_faces_are_set_where_word_looks_for_them() -> None:
    styles = parts()["word/styles.xml"].decode("utf-8")
    faces = dict(re.findall(r'<w:name w:val="([^"]+)"/>.*?w:eastAsia="([^"]+)"', styles))
    expected = {
        "公文标题": "方正小标宋简体",
        "公文正文": "仿宋_GB2312",
        "一级标题": "黑体",
        "二级标题": "楷体_GB2312",
        "附件标识": "黑体",
        "页码（单页）": "宋体",
    }
    assert expected.items() <= faces.items()


def test_nothing_a_unit_writes_breaks_the_document(tmp_path: Path) -> None:
    item = replace(items(1)[0], requirement=NASTY + "长" * 5000, task=NASTY)
    reports = [
        Report(Status.BLOCKED, 10, NASTY + "写" * 5000, None, NASTY, NASTY, NASTY),
        Report(Status.BLOCKED, None, "", None, "", "", ""),
        Report(Status.MOVING, 0, "\n\n \t", None, "", "\x00", "。。"),
    ]
    cells = [cell(u, item, r, date(2026, 10, 31)) for u, r in zip(UNITS, reports, strict=False)]
    month = snapshot(cells, plan_title="A&B<方案>{{ 1 }}")
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx")
    text = text_of(tmp_path / "通报.docx")
    assert "A&B <市局> ]]> &amp; {{ 7*7 }} {% for x in y %} {#注#}" in text
    assert text.count("长") >= 5000
    assert "特此" in text or "联系单位" in text
    assert not re.search("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe]", text)
    with zipfile.ZipFile(tmp_path / "通报.docx") as package:
        assert package.testzip() is None


def test_every_unit_and_every_figure_of_the_month_is_in_the_document(tmp_path: Path) -> None:
    month = busy_month()
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx", number=5)
    document = docx.Document(str(tmp_path / "通报.docx"))
    districts, departments = document.tables[:2]
    for table, lines in ((districts, month.districts), (departments, month.departments)):
        rows = [[c.text for c in row.cells] for row in table.rows[1:]]
        assert [row[1] for row in rows] == [line.unit.name for line in lines]
        numbers = [[int(value) for value in row[2:8]] for row in rows]
        assert numbers == [[x.tasks, x.done, x.moving, x.idle, x.overdue, x.exempt] for x in lines]
    text = text_of(tmp_path / "通报.docx")
    assert "{{" not in text
    assert "{%" not in text
    assert [p.text for p in document.paragraphs if p.style.name == "附件标识"] == [f"附件{n}" for n in (1, 2, 3, 4)]


OCTOBER = date(2026, 10, 31)
DONE = Report(Status.DONE, 100, "已公开。", OCTOBER)
EXEMPT = Report(Status.EXEMPT)


@pytest.mark.parametrize(
    "month",
    [
        pytest.param(snapshot([]), id="no items"),
        pytest.param(snapshot([cell(UNITS[0], items(1)[0], DONE, OCTOBER)]), id="one unit"),
        pytest.param(snapshot([cell(u, i, None, OCTOBER) for i in items(3) for u in UNITS]), id="no reports"),
        pytest.param(snapshot([cell(u, i, DONE, OCTOBER) for i in items(3) for u in UNITS]), id="all done"),
        pytest.param(snapshot([cell(u, i, EXEMPT, OCTOBER) for i in items(2) for u in UNITS[7:9]]), id="all exempt"),
        pytest.param(snapshot([cell(UNITS[9], i, DONE, OCTOBER) for i in items(2)], period="2026-12"), id="December"),
    ],
)
def test_an_unusual_month_makes_a_whole_document(month: Snapshot, tmp_path: Path) -> None:
    write_bulletin(month, Config(), TEMPLATE, tmp_path / "通报.docx")
    text = text_of(tmp_path / "通报.docx")
    assert "情况的通报" in text
    assert not re.search(r"None|\{\{|\{%|\[\]|nan|（）|：。|、。|，。|。。", text)


def test_a_bulletin_for_a_hundred_units_takes_no_time(tmp_path: Path) -> None:
    units = [Unit(f"第{n}单位", "区县" if n % 2 else "政府部门") for n in range(100)]
    cells = [cell(unit, item, Report(Status.MOVING, 10, "进展" * 60), OCTOBER) for item in items(50) for unit in units]
    month = snapshot(cells)
    started = time.perf_counter()
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx")
    assert time.perf_counter() - started < 3


def test_without_libreoffice_there_is_just_no_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bulletin(snapshot([]), CONFIG, TEMPLATE, tmp_path / "通报.docx")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert to_pdf(tmp_path / "通报.docx") is None
    assert [p.name for p in tmp_path.iterdir()] == ["通报.docx"]


def test_the_same_month_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("一.docx", "二.docx"):
        write_bulletin(busy_month(), CONFIG, TEMPLATE, tmp_path / name, number=5)
    assert (tmp_path / "一.docx").read_bytes() == (tmp_path / "二.docx").read_bytes()
    core = docx.Document(str(tmp_path / "一.docx")).core_properties
    assert core.created is not None
    assert core.created.date() == date(2026, 10, 31)


WRITE_ALL = """
import sys
from datetime import date
from pathlib import Path
from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.documents.notice import write_notice
from flows.documents.notice_templates import FOLDER
from flows.standing.escalation import Level
from tests.documents.months import CONFIG, busy_month
from tests.documents.test_notices import content
out = Path(sys.argv[1])
own = CONFIG.model_copy(update={"bulletin": CONFIG.bulletin.model_copy(update={"style": "督查通报"})})
for name, config in (("通报", CONFIG), ("督查通报", own)):
    write_bulletin(busy_month(), config, TEMPLATE, out / f"{name}.docx", number=5)
for level in Level:
    write_notice(FOLDER / f"{level.kind}.docx", content(level, 7), out / f"{level.name}.docx", date(2026, 11, 2))
"""
"""For a process of its own: every kind of document."""


def test_another_computer_at_another_time_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for seed, zone in (("1", "Asia/Shanghai"), ("77", "America/New_York")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", WRITE_ALL, str(folder)]
        subprocess.run(command, check=True, env=environment, cwd=TEMPLATE.parents[1], timeout=120)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 7


def test_what_is_rendered_is_formatted_by_named_styles_only(tmp_path: Path) -> None:
    own = CONFIG.model_copy(update={"bulletin": CONFIG.bulletin.model_copy(update={"style": "督查通报"})})
    documents = [tmp_path / "通报.docx", tmp_path / "督查通报.docx"]
    for out, config in zip(documents, (CONFIG, own), strict=True):
        write_bulletin(busy_month(), config, TEMPLATE, out, number=5)
    for level in Level:
        documents.append(tmp_path / f"{level.name}.docx")
        write_notice(FOLDER / f"{level.kind}.docx", content(level, 7), documents[-1], OCTOBER)
    ours = {style.name for style in (*STYLES, *notice_styles())}
    for path in documents:
        document = docx.Document(str(path))
        body = document.element.body
        for properties in body.iter(qn("w:pPr")):
            assert [child.tag for child in properties] == [qn("w:pStyle")]
        for properties in body.iter(qn("w:rPr")):
            assert {child.tag for child in properties} <= {qn("w:noProof")}
        for properties in body.iter(qn("w:tcPr")):
            names = [child.tag.partition("}")[2] for child in properties]
            assert names == [each for each in ("tcW", "gridSpan", "vMerge", "shd", "vAlign") if each in names]
        assert {paragraph.style.name for paragraph in document.paragraphs} <= ours


def test_a_very_long_table_is_cut_between_its_groups_below_the_same_head(tmp_path: Path) -> None:
    units = [Unit(f"第{n}单位", "政府部门") for n in range(140)]
    said = Report(Status.MOVING, 10, "进展")
    month = snapshot([cell(unit, item, said, OCTOBER) for item in items(5, date(2026, 10, 1)) for unit in units])
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx", number=5)
    document = docx.Document(str(tmp_path / "通报.docx"))
    overdue = [table for table in document.tables if table.rows[0].cells[0].text == "序号"]
    assert [len(table.rows) for table in overdue] == [1 + 282, 1 + 282, 1 + 141]
    assert all("第1." in table.rows[1].cells[0].text for table in overdue)
    numbers = [row.cells[0].text for table in overdue for row in table.rows[1:]]
    assert [number for number in numbers if number.isdigit()] == [str(n) for n in range(1, 701)]
    between = overdue[0]._tbl.getnext()
    assert between.pPr.pStyle.val == "TableContinued"
    assert between.getnext() is overdue[1]._tbl


def test_a_misspelt_name_in_the_template_is_named(draft: Draft, tmp_path: Path) -> None:
    out = tmp_path / "通报.docx"
    out.write_bytes(b"last month")
    with pytest.raises(UserError, match="“署铭”不是可用的内容"):
        render(draft(paragraph("BodyText", "{{ 署铭 }}")), {"署名": "甲"}, out)
    assert out.read_bytes() == b"last month"
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".tmp"] == []


def test_a_misspelt_name_behind_a_dot_is_named(draft: Draft, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="“标提”不是可用的内容"):
        render(draft(paragraph("BodyText", "{{ 表.标提 }}")), {"表": {"标题": "甲"}}, tmp_path / "通报.docx")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (tag("for 行 in 表") + paragraph("BodyText", "{{ 行 }}"), "没有对应的 {% endfor %}"),
        (tag("if 表") + paragraph("BodyText", "甲"), "没有对应的 {% endif %}"),
        (paragraph("BodyText", "甲") + tag("endfor"), "“endfor”多余"),
        (paragraph("BodyText", "{{ 表 "), "标记"),
        (paragraph("BodyText", "{{ 表 + 1 }}"), "标记"),
        (paragraph("BodyText", "{% if 表 %}甲") + paragraph("BodyText", "{% endif %}乙{% if not 表 %}"), "标记"),
    ],
)
def test_an_unbalanced_template_is_explained(draft: Draft, tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        render(draft(body), {"表": ["甲"]}, tmp_path / "通报.docx")
    assert message in caught.value.sentence
    assert "模板.docx" in caught.value.sentence
    assert caught.value.hint
    assert not (tmp_path / "通报.docx").exists()


def test_a_tag_that_tears_a_table_is_an_error_and_drops_no_text(draft: Draft, tmp_path: Path) -> None:
    table = plain_table((Column("头", 20, "{% endif %}"),), "表")
    body = paragraph("BodyText", "{% if 否 %}甲") + table + paragraph("BodyText", "丙")
    with pytest.raises(UserError, match=r"模板\.docx"):
        render(draft(body), {"否": False, "表": []}, tmp_path / "通报.docx")


def test_a_file_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "模板.docx"
    wrong.write_bytes(b"\xd0\xcf\x11\xe0 old word file")
    with pytest.raises(UserError, match="不是 Word 文档"):
        render(wrong, {}, tmp_path / "通报.docx")
    with pytest.raises(UserError, match="找不到模板"):
        render(tmp_path / "没有.docx", {}, tmp_path / "通报.docx")


def test_a_template_saved_by_word_with_split_tags_still_works(draft: Draft, tmp_path: Path) -> None:
    split = '<w:p><w:r><w:t>{{ 署</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>名 }}</w:t></w:r></w:p>'
    render(draft(split), {"署名": "云陵市政务公开办公室"}, tmp_path / "通报.docx")
    assert "云陵市政务公开办公室" in text_of(tmp_path / "通报.docx")
