"""Build templates/通报.docx as an office first finds it.

Run ``python -m flows.documents.build_template`` after a change here. The package is written part by part, so that
it holds our styles and nothing else, and comes out the same every time.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.documents.blocks import Column, footer, grouped_table, imprint, paragraph, plain_table, section
from flows.documents.official import font_table
from flows.documents.pieces import attachment_head, chapters, either, loop, when
from flows.documents.styles import styles_xml
from flows.files import write_file
from flows.package import packed

TEMPLATE = Path(__file__).parents[2] / "templates" / "通报.docx"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = f'xmlns:w="{_WORD}" xmlns:r="{_OFFICE}/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DATED = date(2026, 1, 1).isoformat() + "T00:00:00Z"

RANKING = (
    Column("位\n次", 9, "{{ 行.位次 }}", "TableFigure"),
    Column("单位", 40, "{{ 行.单位 }}"),
    Column("任务\n总数", 11.5, "{{ 行.任务数 }}", "TableFigure"),
    Column("已经\n完成", 11.5, "{{ 行.已完成 }}", "TableFigure"),
    Column("正在\n推进", 11.5, "{{ 行.推进中 }}", "TableFigure"),
    Column("尚未\n启动", 11.5, "{{ 行.未启动 }}", "TableFigure"),
    Column("逾期\n未完", 11.5, "{{ 行.逾期 }}", "TableFigure"),
    Column("不\n涉及", 11.5, "{{ 行.不涉及 }}", "TableFigure"),
    Column("完成率", 14, "{{ 行.完成率 }}", "TableFigure"),
    Column("报送\n情况", 14, "{{ 行.报送情况 }}", "TableFigure"),
    Column("较上\n期", 10, "{{ 行.较上期 }}", "TableFigure"),
)
OVERDUE = (
    Column("序号", 10, "{{ 行.序号 }}", "TableFigure"),
    Column("责任单位", 29, "{{ 行.单位 }}"),
    Column("承担\n角色", 10, "{{ 行.承担 }}", "TableFigure"),
    Column("填报\n状态", 14, "{{ 行.状态 }}", "TableFigure"),
    Column("进展情况", 38, "{{ 行.进展 }}"),
    Column("存在问题", 27, "{{ 行.原因 }}"),
    Column("下步措施", 28, "{{ 行.下步 }}"),
)
PROGRESS = (
    Column("编号", 11, "{{ 行.编号 }}", "TableFigure"),
    Column("具体要求", 48, "{{ 行.要求 }}"),
    Column("完成数/\n单位数", 15, "{{ 行.完成 }}", "TableFigure"),
    Column("状态", 14, "{{ 行.状态 }}", "TableFigure"),
    Column("灯", 11, "{{ 行.灯 }}", "TableFigure", fill="行.灯色"),
    Column("主要进展", 57, "{{ 行.进展 }}"),
)
CHARTS = ("完成情况", "各单位完成率", "逐月完成率")
"""Charts of the last attachment, in this order."""


def body() -> str:
    """The text of the template, part by part in the order of GB/T 9704—2012."""
    text = (
        paragraph("BodyText", "{{ 引言 }}")
        + chapters()
        + either("署名 or 附件说明", paragraph("Closing", "{{ 结语 }}"), paragraph("BodyText", "{{ 结语 }}"))
    )
    ranking = loop("组", "统计表.组", paragraph("TableCaption", "{{ 组.标题 }}") + plain_table(RANKING, "组.行"))
    attachments = (
        _attachment("统计表", ranking)
        + _attachment("逾期表", grouped_table(OVERDUE, "逾期表.组"))
        + _attachment("进展表", _note("进展表.图例") + grouped_table(PROGRESS, "进展表.组"))
        + _attachment("图示", "".join(paragraph("Chart", f"{{{{ 图表.{name} }}}}") for name in CHARTS))
    )
    foot = imprint(
        (
            ("版记主送", "ImprintCopies", "主送：{{ 版记主送 }}。"),
            ("抄送", "ImprintCopies", "抄送：{{ 抄送 }}。"),
            ("", "Imprint", "{{ 印发机关 }}\t{{ 印发日期 }}印发"),
        )
    )
    return _head() + text + _end() + attachments + foot


def _head() -> str:
    """版头 of either masthead: 文件 with 发文字号, or an own name with 期号, office and date; title and 主送."""
    own = (
        either("发文机关标志长", _masthead("OwnMastheadLong"), _masthead("OwnMasthead"))
        + paragraph("IssueNumber", "{{ 期号 }}")
        + paragraph("IssueLine", "{{ 印发机关 }}\t{{ 印发日期 }}")
    )
    official = either("发文机关标志长", _masthead("MastheadLong"), _masthead("Masthead")) + paragraph(
        "DocNumber", "{{ 发文字号 }}"
    )
    return (
        either("刊头", own, official)
        + paragraph("DocTitle", "{{ 标题 }}")
        + either("主送机关", paragraph("Recipients", "{{ 主送机关 }}："), paragraph("BodyText", ""))
    )


def _masthead(style: str) -> str:
    return paragraph(style, "{{ 发文机关标志 }}")


def _end() -> str:
    """附件说明, 署名, 成文日期, 附注; below an own masthead, which has office and date, no signature."""
    signed = paragraph("Signature", "{{ 署名 }}") + either("附注", _date("SignatureDateKept"), _date("SignatureDate"))
    return _attachment_list() + when("署名", signed) + when("附注", paragraph("Remark", "{{ 附注 }}"))


def _date(style: str) -> str:
    return paragraph(style, "{{ 成文日期 }}")


def _attachment_list() -> str:
    """Kept with what follows, and the text with it; its last line is free when nothing follows on the page."""
    first, more = ("AttachmentList", "{{ 附件说明[0] }}"), ("AttachmentListMore", "{{ 行 }}")
    return when("附件说明", _kept_or_free("附件说明[1:]", *first)) + loop(
        "行", "附件说明[1:]", _kept_or_free("not loop.last", *more)
    )


def _kept_or_free(goes_on: str, style: str, text: str) -> str:
    return either(f"署名 or 附注 or {goes_on}", paragraph(style, text), paragraph(f"{style}Free", text))


def _attachment(name: str, content: str) -> str:
    return when(f"{name}.组", attachment_head(name) + _note(f"{name}.注") + content)


def _note(words: str) -> str:
    """Above a table: below it a note would now and then stand alone on a page."""
    return when(words, paragraph("TableNoteAbove", f"{{{{ {words} }}}}"))


def parts() -> dict[str, bytes]:
    """Every part of the package by name."""
    document = f"<w:document {_NAMES}><w:body>{body()}{section('rId4', 'rId5')}</w:body></w:document>"
    settings = (
        f'<w:settings {_NAMES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="640"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )
    core = (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dc:title>通报</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">{_DATED}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_DATED}</dcterms:modified></cp:coreProperties>'
    )
    texts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": core,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _relations(
            *((f"{_OFFICE}/relationships/{kind}", f"{file}.xml") for kind, file in _RELATED)
        ),
        "word/styles.xml": styles_xml(_NAMES).removeprefix(_HEAD),
        "word/settings.xml": settings,
        "word/fontTable.xml": f"<w:fonts {_NAMES}>{font_table()}</w:fonts>",
        "word/footer1.xml": f"<w:ftr {_NAMES}>{footer('PageOdd')}</w:ftr>",
        "word/footer2.xml": f"<w:ftr {_NAMES}>{footer('PageEven')}</w:ftr>",
    }
    return {name: (_HEAD + text).encode("utf-8") for name, text in texts.items()}


_RELATED = (
    ("styles", "styles"),
    ("settings", "settings"),
    ("fontTable", "fontTable"),
    ("footer", "footer1"),
    ("footer", "footer2"),
)


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types() -> str:
    kinds = {
        "word/document": f"{_MIME}.document.main",
        "word/styles": f"{_MIME}.styles",
        "word/settings": f"{_MIME}.settings",
        "word/fontTable": f"{_MIME}.fontTable",
        "word/footer1": f"{_MIME}.footer",
        "word/footer2": f"{_MIME}.footer",
        "docProps/core": "application/vnd.openxmlformats-package.core-properties",
    }
    lines = "".join(f'<Override PartName="/{name}.xml" ContentType="{kind}+xml"/>' for name, kind in kinds.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{lines}</Types>"
    )


def build(out: Path = TEMPLATE) -> None:
    """Write the template."""
    write_file(out, packed(parts()))


if __name__ == "__main__":
    build()
