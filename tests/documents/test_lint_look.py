"""The look of a template: what is not as GB/T 9704 has it is told, with the place, and hinders nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.documents import build_template
from flows.documents.bulletin import write_bulletin
from flows.documents.lint import check_template, stops
from flows.package import packed
from tests.documents.months import CONFIG, busy_month
from tests.documents.test_lint import Edit, told, written

SECTION, STYLES, SETTINGS = "word/document.xml", "word/styles.xml", "word/settings.xml"


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        (SECTION, 'w:w="11906" w:h="16838"', 'w:w="12240" w:h="15840"', "纸张不是A4（现为216×279毫米）"),
        (SECTION, 'w:top="2098"', 'w:top="1440"', "页边距上25（应为37），单位毫米"),
        (SECTION, 'w:footer="1417"', 'w:footer="992"', "页脚距边界应为25毫米（现为17毫米）"),
        (SECTION, 'w:type="lines"', 'w:type="linesAndChars"', "文档网格指定了每行字数"),
        (SECTION, 'w:linePitch="579"', 'w:linePitch="600"', "行网格排不成每页22行（现为30磅）"),
        (SECTION, '<w:docGrid w:type="lines" w:linePitch="579"/>', "", "没有设文档网格"),
        (SETTINGS, "<w:evenAndOddHeaders/>", "", "页码没有分单页、双页"),
        (STYLES, 'w:eastAsia="楷体_GB2312"', 'w:eastAsia="微软雅黑"', "中文字体是“微软雅黑”，共"),
        (STYLES, 'w:styleId="BodyText"', 'w:styleId="a3"', "用到的样式“BodyText”在模板里没有"),
        (SECTION, '<w:pPr><w:pStyle w:val="BodyText"/></w:pPr>', "", "没有用样式，是正文默认格式"),
        (SECTION, '<w:pStyle w:val="BodyText"/></w:pPr><w:r>',
         '<w:pStyle w:val="BodyText"/></w:pPr><w:r><w:rPr><w:rFonts w:eastAsia="华文行楷"/></w:rPr>',
         "中文字体是“华文行楷”"),
    ],
)  # fmt: skip
def test_another_look_is_told_and_no_obstacle(tmp_path: Path, part: str, old: str, new: str, message: str) -> None:
    path = written(tmp_path / "通报.docx", {part: lambda xml: xml.replace(old, new)})
    found = check_template(path)
    assert message in told(found)
    assert stops(found) == []
    write_bulletin(busy_month(), CONFIG, path, tmp_path / "out.docx")


def test_small_differences_of_an_office_are_its_own_affair(tmp_path: Path) -> None:
    """28 pt lines, 仿宋 for 仿宋_GB2312, a millimetre here or there: nothing is said."""

    def page(xml: str) -> str:
        return xml.replace('w:linePitch="579"', 'w:linePitch="560"').replace('w:left="1588"', 'w:left="1570"')

    edits: dict[str, Edit] = {SECTION: page, STYLES: lambda xml: xml.replace("仿宋_GB2312", "仿宋")}
    assert told(check_template(written(tmp_path / "通报.docx", edits))) == ""


def test_a_face_that_the_theme_chooses_is_found(tmp_path: Path) -> None:
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office"><a:themeElements>'
        '<a:fontScheme name="Office"><a:majorFont><a:latin typeface="x"/><a:ea typeface=""/></a:majorFont><a:minorFont>'
        '<a:latin typeface="x"/><a:ea typeface=""/><a:font script="Hans" typeface="等线"/></a:minorFont></a:fontScheme>'
        "</a:themeElements></a:theme>"
    )
    parts = {name: data.decode("utf-8") for name, data in build_template.parts().items()}
    parts["word/theme/theme1.xml"] = theme
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"'
        ' Target="theme/theme1.xml"/></Relationships>',
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'theme+xml"/></Types>',
    )
    parts[STYLES] = re.sub(r'w:eastAsia="楷体_GB2312"', 'w:eastAsiaTheme="minorEastAsia"', parts[STYLES])
    path = tmp_path / "通报.docx"
    path.write_bytes(packed({name: text.encode("utf-8") for name, text in parts.items()}))
    assert "中文字体是“等线”" in told(check_template(path))
