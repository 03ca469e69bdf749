"""Build templates/考核情况.docx as an office first finds it.

Run ``python -m flows.documents.assessment_template`` after a change here or to the styles of 通报.docx, whose page,
grid and styles it shares.
"""

from __future__ import annotations

from flows.documents import build_template
from flows.documents.blocks import Column, grouped_table, paragraph, plain_table
from flows.documents.pieces import attachment_head, chapters, either, loop, when, with_text
from flows.files import write_file
from flows.package import packed

TEMPLATE = build_template.TEMPLATE.with_name("考核情况.docx")

SCORES = (
    Column("位\n次", 8, "{{ 行.位次 }}", "TableFigure"),
    Column("单位", 34, "{{ 行.单位 }}"),
    Column("报送\n按时", 12.5, "{{ 行.报送按时 }}", "TableFigure"),
    Column("填报\n完整", 12.5, "{{ 行.填报完整 }}", "TableFigure"),
    Column("一次\n报准", 12.5, "{{ 行.一次报准 }}", "TableFigure"),
    Column("按期\n完成", 12.5, "{{ 行.按期完成 }}", "TableFigure"),
    Column("核定\n质量", 12.5, "{{ 行.核定质量 }}", "TableFigure"),
    Column("加分", 10, "{{ 行.加分 }}", "TableFigure"),
    Column("减分", 10.5, "{{ 行.减分 }}", "TableFigure"),
    Column("总分", 17, "{{ 行.总分 }}", "TableFigure"),
    Column("等次", 14, "{{ 行.等次 }}", "TableFigure"),
)
CHANGES = (
    Column("序号", 10, "{{ 行.序号 }}", "TableFigure"),
    Column("单位", 36, "{{ 行.单位 }}"),
    Column("分值", 16, "{{ 行.分值 }}", "TableFigure"),
    Column("理由", 50, "{{ 行.理由 }}"),
    Column("依据", 44, "{{ 行.依据 }}"),
)


def body() -> str:
    """The text, part by part in the order of GB/T 9704—2012."""
    head = (
        either(
            "发文机关标志长",
            paragraph("MastheadLong", "{{ 发文机关标志 }}"),
            paragraph("Masthead", "{{ 发文机关标志 }}"),
        )
        + paragraph("DocNumber", "{{ 发文字号 }}")
        + paragraph("DocTitle", "{{ 标题 }}")
        + paragraph("Recipients", "{{ 主送机关 }}：")
    )
    text = paragraph("BodyText", "{{ 引言 }}") + chapters() + paragraph("Closing", "{{ 结语 }}")
    end = (
        when("附件说明", paragraph("AttachmentList", "{{ 附件说明[0] }}"))
        + loop("行", "附件说明[1:]", paragraph("AttachmentListMore", "{{ 行 }}"))
        + paragraph("Signature", "{{ 署名 }}")
        + paragraph("SignatureDate", "{{ 成文日期 }}")
    )
    scores = grouped_table(SCORES, "得分表.组")
    changes = loop("组", "加减分表.组", plain_table(CHANGES, "组.行"))
    return head + text + end + _attachment("得分表", scores) + _attachment("加减分表", changes)


def _attachment(name: str, content: str) -> str:
    note = when(f"{name}.注", paragraph("TableNote", f"{{{{ {name}.注 }}}}"))
    return when(f"{name}.组", attachment_head(name) + content + note)


def parts() -> dict[str, bytes]:
    """Every part of the package by name: 通报.docx with another text and title."""
    return with_text(build_template.parts(), body(), "考核情况")


def build() -> None:
    """Write the template."""
    write_file(TEMPLATE, packed(parts()))


if __name__ == "__main__":
    build()
