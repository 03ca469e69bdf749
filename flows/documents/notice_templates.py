"""Build templates/提示单.docx, 督办单.docx and 约谈建议.docx as an office first finds them.

Run ``python -m flows.documents.notice_templates`` after a change here. Page, grid and styles are those of 通报.docx;
the head is that of a letter (信函格式, 10.1), so that a short notice fills one page. A 督办单 carries its colour in
masthead and line, and in words, so that a black-and-white copy says the same.
"""

from __future__ import annotations

from dataclasses import replace

from flows.documents import build_template
from flows.documents.blocks import Column, paragraph, plain_table, tag
from flows.documents.official import CHARACTER, FANGSONG, LINE, RED, XIAOBIAOSONG, Style
from flows.documents.pieces import each, when, with_styles, with_text
from flows.documents.styles import STYLES
from flows.files import write_file
from flows.package import packed

FOLDER = build_template.TEMPLATE.parent
_LINE = '<w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="4" w:color="{color}"/>'
"""The double line of a letter, thick above (10.1)."""
COLOURS = {"蓝": ("Blue", "1F4E9E"), "黄": ("Yellow", "B8860B"), "橙": ("Orange", "D9700F")}
"""Colour word → style id and a shade that can be read on white; red is the masthead's own."""

_NUMBER = Column("任务\n编号", 12, "{{ 行.编号 }}", "TableFigure")
_ROLE = Column("承担\n角色", 9.5, "{{ 行.承担 }}", "TableFigure")
_LIMIT = Column("完成时限", 34, "{{ 行.时限 }}", "TableFigure")
_LATE = Column("逾期\n天数", 9.5, "{{ 行.天数 }}", "TableFigure")
_LEFT = Column("剩余\n天数", 9.5, "{{ 行.天数 }}", "TableFigure")
_SAID = Column("单位填报情况", 37, "{{ 行.填报 }}")
_BEFORE = Column("已发督办单", 40, "{{ 行.督办 }}")
TABLES = {
    "提示单": (_NUMBER, Column("具体要求", 54, "{{ 行.要求 }}"), _ROLE, _LIMIT, _LEFT, _SAID),
    "督办单": (_NUMBER, Column("具体要求", 54, "{{ 行.要求 }}"), _ROLE, _LIMIT, _LATE, _SAID),
    "约谈建议": (
        _NUMBER,
        Column("具体要求", 30.5, "{{ 行.要求 }}"),
        _LIMIT,
        _LATE,
        replace(_SAID, width=30),
        _BEFORE,
    ),
}


def body(kind: str) -> str:
    """The text of one template, part by part in the order of GB/T 9704—2012; the list behind it when it is long."""
    table = plain_table(TABLES[kind], "清单")
    return (
        _head(kind == "督办单")
        + paragraph("NoticeNumber", "{{ 发文字号 }}")
        + paragraph("NoticeTitle", "{{ 标题 }}")
        + paragraph("Recipients", "{{ 主送机关 }}：")
        + each("正文")
        + when("not 附件说明", paragraph("NoticeGap", "") + table + paragraph("NoticeGap", ""))
        + each("要求")
        + paragraph("Closing", "{{ 结语 }}")
        + when("附件说明", paragraph("AttachmentList", "{{ 附件说明 }}"))
        + paragraph("NoticeSignature", "{{ 署名 }}")
        + paragraph("NoticeDate", "{{ 成文日期 }}")
        + when("附件说明", paragraph("AttachmentMark", "附件") + paragraph("AttachmentTitle", "{{ 清单标题 }}") + table)
    )


def _head(coloured: bool) -> str:
    """发文机关标志 over its double line, in the notice's colour."""
    plain = paragraph("NoticeMasthead", "{{ 发文机关标志 }}")
    if not coloured:
        return plain
    shades = "".join(
        tag(f"elif 颜色 == '{word}'") + paragraph(f"NoticeMasthead{suffix}", "{{ 发文机关标志 }}")
        for word, (suffix, _) in COLOURS.items()
    )
    return tag("if not 颜色 or 颜色 == '红'") + plain + shades + tag("endif")


def styles() -> tuple[Style, ...]:
    """The named styles beyond those of 通报.docx."""
    known = {style.id: style for style in STYLES}
    heads = [
        Style(
            f"NoticeMasthead{suffix}",
            f"督办发文机关标志{f'（{word}）' if word else ''}",
            XIAOBIAOSONG,
            30,
            "center",
            line=720,
            color=shade,
            border=_LINE.format(color=shade),
        )
        for word, (suffix, shade) in {"": ("", RED), **COLOURS}.items()
    ]
    return (
        *heads,
        Style("NoticeNumber", "督办发文字号", FANGSONG, 16, "right", before=LINE // 4, right=CHARACTER),
        Style("NoticeTitle", "督办标题", XIAOBIAOSONG, 22, "center", line=680, before=LINE // 2, keep_lines=True),
        Style("NoticeGap", "清单前后空行", FANGSONG, 5, line=LINE // 4),
        replace(known["Signature"], id="NoticeSignature", name="督办署名", before=LINE),
        # Nothing follows it on its page: kept with an attachment's page it would drag the signature away.
        replace(known["SignatureDate"], id="NoticeDate", name="督办成文日期", keep_next=False),
    )


def parts(kind: str) -> dict[str, bytes]:
    """Every part of one template's package by name: 通报.docx with another text, title and a few more styles."""
    whole = with_text(build_template.parts(), body(kind), kind)
    return with_styles(whole, "".join(style.xml for style in styles()))


def build() -> None:
    """Write all three templates."""
    for kind in TABLES:
        write_file(FOLDER / f"{kind}.docx", packed(parts(kind)))


if __name__ == "__main__":
    build()
