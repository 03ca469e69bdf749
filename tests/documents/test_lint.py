"""The template linter: what an office's Word or WPS makes of a template works, what does not is told all at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from flows.documents import build_template
from flows.documents.blocks import Column, cell, paragraph, plain_table, row, tag
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.documents.lint import as_rows, check_template, stops
from flows.documents.lint_words import BULLETIN, NOTICE, TEMPLATES
from flows.documents.render import render
from flows.package import packed
from flows.problems import Problem, UserError
from flows.soffice import find_soffice
from flows.standing.escalation import Level
from tests.documents.months import CONFIG, UNITS, busy_month, items, snapshot
from tests.documents.months import cell as month_cell
from tests.documents.test_notices import content
from tests.needs import soffice

FOLDER = build_template.TEMPLATE.parent
WORDS: Mapping[str, Any] = {"署名": "甲办", "标题": "乙", "表": [{"单位": "丙", "数": 1}], "附注": "丁"}
Draft = Callable[[str], Path]
Edit = Callable[[str], str]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A template in official shape with this body."""

    def make(body: str) -> Path:
        return written(tmp_path / "模板.docx", {"word/document.xml": lambda xml: _with_body(xml, body)})

    return make


def _with_body(xml: str, body: str) -> str:
    section = re.search(r"<w:sectPr>.*</w:sectPr>", xml)
    assert section
    return f"{xml[: xml.index('<w:body>')]}<w:body>{body}{section[0]}</w:body></w:document>"


def written(path: Path, edits: Mapping[str, Edit]) -> Path:
    """通报.docx with some parts edited, as an office would do it in Word."""
    parts = build_template.parts()
    for name, edit in edits.items():
        text = parts[name].decode("utf-8")
        changed = edit(text)
        assert changed != text, f"nothing to edit in {name}"
        parts[name] = changed.encode("utf-8")
    path.write_bytes(packed(parts))
    return path


def run(text: str, look: str = "") -> str:
    return f'<w:r w:rsidR="00AB12CD" w:rsidRPr="00EF34AB">{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def line(*runs: str) -> str:
    return f'<w:p w:rsidR="00112233"><w:pPr><w:pStyle w:val="BodyText"/></w:pPr>{"".join(runs)}</w:p>'


def told(problems: list[Problem]) -> str:
    return "\n".join(problem.sentence for problem in problems)


def text_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [c.text for table in document.tables for r in table.rows for c in r.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def printed_text(path: Path) -> str:
    """What a reader sees of the body, revisions and content controls included."""
    return "".join(t.text or "" for t in docx.Document(str(path)).element.body.iter(qn("w:t")))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.docx")), ids=lambda path: path.stem)
def test_our_own_templates_are_without_fault(path: Path) -> None:
    assert told(check_template(path)) == ""


def test_the_linter_knows_exactly_the_words_that_a_bulletin_prints() -> None:
    calm = snapshot([month_cell(UNITS[0], items(1)[0], None, date(2026, 10, 31))])
    contexts = [bulletin_context(month, CONFIG, 5, date(2026, 11, 2)) for month in (busy_month(), calm)]
    assert _paths(BULLETIN) == _paths(contexts[0]) | _paths(contexts[1])


def test_the_linter_knows_exactly_the_words_that_a_notice_prints() -> None:
    assert _paths(NOTICE) == _paths(content(Level.SECOND, 2))


FIRST_VERSION = {
    "": "主送机关 印发日期 印发机关 发文字号 发文机关标志 发文机关标志长 引言 成文日期 截至日期 抄送 期次 标题 署名",
    " ": "结语 计划名称 附件说明 附注",
    "数": "任务 已完成 推进 未启动 逾期 项次 应报 实报 按时 迟报 待更正 核对中 未报",
    "章节": "标题 段落 小节.标题 小节.段落",
    "统计表": "标识 标题 注 组.标题",
    "统计表.组.行": "位次 单位 任务数 已完成 推进中 未启动 逾期 不涉及 完成率 报送情况 较上期",
    "逾期表": "标识 标题 注 组.标题",
    "逾期表.组.行": "序号 单位 承担 状态 进展 原因 下步",
    "进展表": "标识 标题 注 组.标题",
    "进展表.组.行": "编号 要求 完成 状态 进展",
}
"""What templates of the first version may use. Offices' templates stand on it: nothing may ever be taken away."""


def test_a_template_of_the_first_version_finds_all_its_words_after_an_upgrade() -> None:
    words = {f"{above.strip()}.{name}".strip(".") for above, names in FIRST_VERSION.items() for name in names.split()}
    assert words <= _paths(BULLETIN)


def _paths(words: Any, above: str = "") -> set[str]:
    """章节.小节.标题: every name with those above it; of lists, all that any element has."""
    if isinstance(words, Mapping):
        return {path for name, inner in words.items() for path in _paths(inner, f"{above}{name}.")}
    if isinstance(words, (list, tuple)):
        return {path for inner in words for path in _paths(inner, above)}
    return {above.rstrip(".")}


def test_all_faults_are_told_at_once_with_their_paragraphs(draft: Draft, tmp_path: Path) -> None:
    body = (
        line(run("各单位：{{ 署铭 }}"))
        + tag("for 行 in 表")
        + line(run("{{ 行.单味 }}报了{{ 行.数 }}项"))
        + plain_table((Column("头", 20, "{{ 行.数字 }}"),), "表")
        + line(run("｛｛ 标题 ｝｝"))
        + line(run("{{ 附注"))
    )
    found = check_template(draft(body), WORDS)
    assert [(p.cell, p.field) for p in stops(found)] == [
        ("第1段“各单位：{{ 署铭 }}”", "名称"),
        ("第2段“{%p for 行 in 表…”", "标记"),
        ("第3段“{{ 行.单味 }}报了{{…”", "名称"),
        ("第1个表格第3行“{{ 行.数字 }}”", "名称"),
        ("第4段“｛｛ 标题 ｝｝”", "标记"),
        ("第5段“{{ 附注”", "标记"),
    ]
    assert "模板用到的“署铭”不是可用的内容，应该是“署名”吗" in told(found)
    assert "“单味”不是可用的内容，应该是“单位”吗" in told(found)
    with pytest.raises(UserError) as caught:
        render(draft(body), WORDS, tmp_path / "通报.docx")
    assert "有6处错误" in caught.value.sentence
    assert all(p.cell in caught.value.sentence for p in stops(found) if p.cell)
    assert not (tmp_path / "通报.docx").exists()


TWO_CELLS = "<w:tbl><w:tblPr/><w:tblGrid/>{}</w:tbl>" + paragraph("BodyText", "尾")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (line(run("{署名}")), "少一层括号，请写成 {{ 署名 }}"),
        (line(run("{ {署名} }")), "不是标记的写法"),
        (line(run("{％ if 表 ％}")), "不是标记的写法"),
        (line(run("{{ 署名 }")), "没有“}}”"),
        (line(run("署名 }}")), "前面没有“{{”"),
        (line(run("{{ 署")) + line(run("名 }}")), "一个标记断在两段里"),
        (line(run("{{ 表[0]．数 }}")), "标记里有全角的“．”"),
        (line(run("{{ 署名，标题 }}")), "标记里有全角的“，”"),
        (line(run("{{ 署名 标题 }}")), "附近不完整"),
        (line(run("{% p for 行 in 表 %}")), "{%p 要连写，后面空一个半角空格"),
        (line(run("{%p　for 行 in 表 %}")), "{%p 要连写，后面空一个半角空格"),
        (tag("loop 行 in 表"), "“loop”不是可用的标记"),
        (tag("include '别的.docx'"), "“include”在模板里不可用"),
        (line(run("{{ 署名|大写 }}")), "“大写”不是可用的内容"),
        (line(run("{%tr for 行 in 表 %}")) + line(run("{%tr endfor %}")), "{%tr 只能写在表格里"),
        (line(run("前言{%p if 署名 %}")) + tag("endif"), "同一段里的其他内容印不出来"),
        (line(run("{%p if 署名 %}{%p endif %}")), "同一段里的其他内容印不出来"),
        (tag("if 署名") + line(run("甲{% endif %}")), "却不是同一种写法"),
        (line(run("{% else %}")), "“else”前面缺少与它成对的"),
        (tag("for 行 in 表") + tag("if 行.数") + tag("endfor"), "{% if %} 没有对应的 {% endif %}"),
        (
            TWO_CELLS.format(row(cell(900, "TableText", "{% if 署名 %}甲") + cell(900, "TableText", "{% endif %}"))),
            "成对",
        ),
        (TWO_CELLS.format(row(cell(900, "TableText", "{%tr if 署名 %}") + cell(900, "TableText", "合计"))), "同一行里"),
        (
            TWO_CELLS.format(row(cell(900, "TableText", "{%tr if 署名 %}")))
            + TWO_CELLS.format(row(cell(900, "TableText", "{%tr endif %}"))),
            "却不在同一个表格里",
        ),
        (
            TWO_CELLS.format(row(f"<w:tc>{tag('if 署名')}{paragraph('TableText', '甲')}{tag('endif')}</w:tc>")),
            "请在这一格末尾加一个空段",
        ),
        (line(run("{{ 署名.姓 }}")), "“姓”不是可用的内容"),
        (line(run("{% for 行 in 表 %}{{ 行.数 }}{% endfor %}{{ 行.数 }}")), "“行”不是可用的内容"),
    ],
)
def test_a_fault_is_told_in_the_words_of_a_clerk(draft: Draft, tmp_path: Path, body: str, message: str) -> None:
    path = draft(body)
    assert message in told(stops(check_template(path, WORDS)))
    with pytest.raises(UserError):
        render(path, WORDS, tmp_path / "通报.docx")


@pytest.mark.parametrize(
    ("runs", "printed"),
    [
        ((run("{"), run("{ 署"), run("名 }"), run("}")), "甲办"),
        ((run("{{ 署"), '<w:proofErr w:type="spellStart"/>', run("名", "<w:rPr><w:b/></w:rPr>"), run(" }}")), "甲办"),
        ((run("{{ 署"), '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>', run("名}}")), "甲办"),
        ((run("{{ 署"), "<w:r><w:br/></w:r>", run("名 }}")), "甲办"),
        ((run("{{　署名　}}\u00a0"),), "甲办"),
        ((run("{{署名}}"),), "甲办"),
        ((run("{% if 署名 == “甲办” %}是{% else %}否{% endif %}"),), "是"),
        ((run("{% if 署名 == ‘甲办’ %}是{% endif %}"),), "是"),
        ((run("{%"), run(" if 署名"), run(" %"), run("}是{% "), run("endif %}")), "是"),
        ((run("{{ 新词|default(“无”) }}"),), "无"),
        ((run("{% if 新词 is defined %}{{ 新词 }}{% else %}无{% endif %}"),), "无"),
        ((run("{% set 合计 = 表|length %}共{{ 合计 }}家"),), "共1家"),
        ((run("{% for 行 in 表|sort(attribute='数') %}{{ loop.index }}.{{ 行.单位 }}{% endfor %}"),), "1.丙"),
        ((run("{{ 表[0].单位 }}{{ 表[0]['数'] }}{{ (表|first).单位 }}"),), "丙1丙"),
        ((run("{# 给同事的话：｛｛ #}好"),), "好"),
        (('<w:ins w:id="1" w:author="甲">', run("{{ 署名 }}"), "</w:ins>"), "甲办"),
        (
            (run("{{ 署"), '<w:del w:id="2" w:author="甲"><w:r><w:delText>铭</w:delText></w:r></w:del>', run("名 }}")),
            "甲办",
        ),
        (("<w:sdt><w:sdtContent>", run("{{ 署名 }}"), "</w:sdtContent></w:sdt>"), "甲办"),
    ],
)
def test_what_word_and_wps_make_of_a_tag_still_works(
    draft: Draft, tmp_path: Path, runs: tuple[str, ...], printed: str
) -> None:
    path = draft(line(*runs))
    assert told(stops(check_template(path, WORDS))) == ""
    render(path, WORDS, tmp_path / "通报.docx")
    assert printed_text(tmp_path / "通报.docx").strip("\u3000\u00a0") == printed


def test_a_bulletin_template_chopped_up_by_an_editor_prints_the_same_bulletin(tmp_path: Path) -> None:
    """Every character of every tag in a run of its own, with Word's spelling marks and revision ids between."""

    def chop(xml: str) -> str:
        def one(found: re.Match[str]) -> str:
            noise = '<w:proofErr w:type="gramStart"/>'
            return noise.join(run(character, "<w:rPr><w:lang/></w:rPr>") for character in found[1])

        pattern = r'<w:r><w:t xml:space="preserve">([^<]*\{[{%][^<]*)</w:t></w:r>'
        return re.sub(pattern, one, xml)

    path = written(tmp_path / "通报.docx", {"word/document.xml": chop})
    assert told(check_template(path)) == ""
    for template, out in ((build_template.TEMPLATE, "原.docx"), (path, "改.docx")):
        write_bulletin(busy_month(), CONFIG, template, tmp_path / out, number=5)
    assert text_of(tmp_path / "改.docx") == text_of(tmp_path / "原.docx")


def test_a_template_saved_by_another_office_program_prints_the_same_bulletin(tmp_path: Path) -> None:
    soffice()
    program = find_soffice()
    assert program
    saved = tmp_path / "存"
    profile = (tmp_path / "配置").as_uri()
    command = [str(program), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx"]
    shutil.copy(build_template.TEMPLATE, tmp_path / "通报.docx")
    subprocess.run([*command, "--outdir", str(saved), str(tmp_path / "通报.docx")], check=True, capture_output=True)
    assert told(stops(check_template(saved / "通报.docx"))) == ""
    for template, out in ((build_template.TEMPLATE, "原.docx"), (saved / "通报.docx", "改.docx")):
        write_bulletin(busy_month(), CONFIG, template, tmp_path / out, number=5)
    assert text_of(tmp_path / "改.docx").split() == text_of(tmp_path / "原.docx").split()


def test_footers_and_headers_are_looked_at_too(tmp_path: Path) -> None:
    path = written(
        tmp_path / "通报.docx", {"word/footer1.xml": lambda xml: xml.replace("— ", "{{ 期刺 }} {% if 期次 %}— ")}
    )
    found = told(stops(check_template(path)))
    assert "页脚“{{ 期刺 }} {% if…”：模板用到的“期刺”不是可用的内容，应该是“期次”吗。" in found
    assert "标记 {% if %} 没有对应的 {% endif %}" in found


def test_a_chart_that_there_is_not_or_in_a_place_that_holds_none_is_told(tmp_path: Path) -> None:
    for marker in ("{{图表:完成请况}}", "{{ 图表：完成请况 }}", "{{ 图表(‘完成请况’) }}"):
        path = written(
            tmp_path / "通报.docx",
            {"word/document.xml": lambda xml, marker=marker: xml.replace("<w:body>", f"<w:body>{line(run(marker))}")},
        )
        assert "“完成请况”不是可用的内容，应该是“完成情况”吗" in told(stops(check_template(path)))
    path = written(tmp_path / "通报.docx", {"word/footer1.xml": lambda xml: xml.replace("— ", "{{图表:完成情况}}— ")})
    assert "页眉、页脚、脚注和文本框里放不下图表" in told(stops(check_template(path)))


def test_unaccepted_revisions_and_ifs_across_paragraphs_are_a_hint_and_no_obstacle(
    draft: Draft, tmp_path: Path
) -> None:
    inserted = line('<w:ins w:id="1" w:author="甲">', run("{{ 署名 }}"), "</w:ins>")
    path = draft(inserted + line(run("{% if 附注 %}注：")) + line(run("{{ 附注 }}{% endif %}")))
    found = check_template(path, WORDS)
    assert "请在 Word 中接受或拒绝全部修订" in told(found)
    assert "却不在同一段，请各占一段，写成 {%p … %}" in told(found)
    assert stops(found) == []
    render(path, WORDS, tmp_path / "通报.docx")
    assert "注：\n丁" in text_of(tmp_path / "通报.docx")


def test_what_breaks_only_when_it_is_filled_is_found_by_filling(tmp_path: Path) -> None:
    def edit(code: str) -> Edit:
        return lambda xml: xml.replace("<w:body>", f"<w:body>{line(run(code))}")

    path = written(tmp_path / "通报.docx", {"word/document.xml": edit("{{ 附件说明 + 1 }}")})
    assert "标记无法计算" in told(stops(check_template(path)))
    path = written(tmp_path / "通报.docx", {"word/document.xml": edit("{{ 附件说明[0] }}")})
    found = check_template(path)
    assert "没有内容可写的月份会出错" in told(found)
    assert stops(found) == []


def test_a_template_of_an_unknown_name_is_checked_for_all_but_its_names(draft: Draft) -> None:
    path = draft(line(run("{{ 自己的词 }}{% if 甲 %}")))
    assert [p.field for p in stops(check_template(path))] == ["标记"]


def test_a_file_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "通报.docx").write_bytes(b"\xd0\xcf\x11\xe0 WPS")
    with pytest.raises(UserError, match="不是 Word 文档"):
        check_template(tmp_path / "通报.docx")
    with pytest.raises(UserError, match="找不到模板"):
        check_template(tmp_path / "没有.docx")


def test_the_rows_of_json_say_place_kind_and_whether_it_stops(draft: Draft) -> None:
    rows = as_rows(check_template(draft(line(run("{{ 署铭 }}"))), WORDS))
    assert rows == [
        {
            "place": "第1段“{{ 署铭 }}”",
            "kind": "名称",
            "message": "模板用到的“署铭”不是可用的内容",
            "cure": "应该是“署名”吗",
            "stops": True,
        }
    ] + [r for r in rows if not r["stops"]]


def test_every_template_that_is_shipped_is_known_to_the_linter() -> None:
    assert {path.stem for path in FOLDER.glob("*.docx")} <= set(TEMPLATES)
    with zipfile.ZipFile(build_template.TEMPLATE) as package:
        assert package.testzip() is None
