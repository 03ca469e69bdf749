"""Word templates into documents (docxtpl): strict about templates, safe against any text, reproducible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from flows.documents.charts.marker import Marker, charts_in, plain_markers
from flows.documents.charts.placing import place_charts
from flows.documents.lint_marks import STOPS, mark_problems
from flows.documents.lint_names import combined
from flows.documents.lint_words import words_of
from flows.documents.long_tables import cut_long_tables
from flows.documents.pdf import to_pdf
from flows.files import write_file
from flows.package import settled
from flows.problems import Problem, UserError

__all__ = ["names_used", "opened", "render", "rendered", "to_pdf"]

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Not allowed in XML, or invisible, or with a meaning of its own for docxtpl (\\a, \\f) or for charts (\\ufdd0)."""


_BEFORE_FILL = {qn(f"w:{name}") for name in ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")}
_SPELT_TAG = re.compile(r"[{%}]_[{%}]")


class _Missing(StrictUndefined):
    """A variable that the program does not supply: says so in Chinese, whatever is tried with it."""

    @property
    def _undefined_message(self) -> str:
        return f"模板用到的“{self._undefined_name}”不是可用的内容"


def _as_data(value: Any) -> Any:
    """docxtpl turns a printed ``{_{`` into ``{{``, its way to write a tag as text; here everything is text already."""
    if isinstance(value, str) and _SPELT_TAG.search(value):
        return Markup(str(escape(value)).replace("_", "&#95;"))
    return value


class _Strict(DocxTemplate):  # type: ignore[misc]
    """docxtpl repairs broken XML by dropping the rest of the text; here broken XML is an error.

    Markers of charts may be written in several ways.
    """

    def patch_xml(self, src_xml: str) -> str:
        return plain_markers(super().patch_xml(src_xml))

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml)
        return super().fix_tables(xml)


def render(template: Path, context: Mapping[str, Any], out: Path, *, stamp: date = date(2000, 1, 1)) -> None:
    """Fill the template and write ``out`` in one step; see `rendered`."""
    write_file(out, rendered(template, context, stamp=stamp))


def rendered(template: Path, context: Mapping[str, Any], *, stamp: date = date(2000, 1, 1)) -> bytes:
    """The filled template; ``stamp`` is the document's created and modified day.

    The same template, context and stamp give the same bytes. Texts are data: XML and Jinja signs in them are
    printed as they are, control characters are dropped. Charts that the context offers as 图表 go where the template
    has their markers. UserError names everything that is wrong with the template, see `lint`.
    """
    document = opened(template)
    words = _clean(context)
    faults = mark_problems(document.docx, combined(words_of(template) or {}, words))
    _refuse(template, [problem for problem in faults if problem.field in STOPS])
    try:
        document.render(words, SandboxedEnvironment(undefined=_Missing, finalize=_as_data), autoescape=True)
    except (TemplateError, etree.XMLSyntaxError) as error:
        raise UserError(f"模板 {template.name} 的标记放置有误：{_chinese(error)}", _CURE) from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        raise UserError(f"模板 {template.name} 的标记无法计算：{_chinese(error)}", _CURE) from None
    place_charts(document.docx, charts_in(words), stamp)
    cut_long_tables(document.docx)
    _order_fills(document.docx.element.body)
    buffer = BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), stamp)


def _order_fills(body: Any) -> None:
    """The colour of a cell to its place in the schema's order: docxtpl writes it first, and Word may refuse that."""
    for fill in list(body.iterfind(f".//{qn('w:tcPr')}/{qn('w:shd')}")):
        before = [each for each in fill.getparent() if each.tag in _BEFORE_FILL]
        if before:
            before[-1].addnext(fill)


def names_used(template: Path) -> frozenset[str]:
    """The names that a template takes from its context; empty when it cannot be read, which `render` explains."""
    try:
        return frozenset(opened(template).get_undeclared_template_variables(SandboxedEnvironment()))
    except (UserError, TemplateError, etree.XMLSyntaxError):
        return frozenset()


_CURE = "请在 Word 中改正，或用 taizhang init 生成的原模板替换"


def _refuse(template: Path, faults: list[Problem]) -> None:
    """All faults of a template at once."""
    if faults:
        many = f"有{len(faults)}处错误" if len(faults) > 1 else "有误"
        told = "；".join(f"{fault.cell}：{fault.message}，{fault.cure}" for fault in faults)
        raise UserError(f"模板 {template.name} {many}：{told}", _CURE)


def opened(template: Path) -> _Strict:
    """A template to be filled; UserError when it is not there or no Word document."""
    if not template.is_file():
        raise UserError(f"找不到模板 {template}", "请从 taizhang init 生成的 templates 文件夹复制一份")
    try:
        document = _Strict(BytesIO(template.read_bytes()))
        document.init_docx()
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError):
        hint = "请用 Word 或 WPS 另存为 .docx 格式；打不开的，从新建的工作目录（taizhang init）复制一份"
        raise UserError(f"模板 {template.name} 不是 Word 文档（.docx）", hint) from None
    except OSError:
        raise UserError(f"模板 {template.name} 打不开", "请关闭正在使用它的程序后再试") from None
    return document


def _clean(value: Any) -> Any:
    """The same structure with every text made fit for a Word document."""
    if isinstance(value, str):
        return _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))
    if isinstance(value, Marker):
        return replace(value, charts=tuple(chart.with_texts(_clean) for chart in value.charts))
    if isinstance(value, Mapping):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part) for part in value]
    return value


def _chinese(error: Exception) -> str:
    """The part of an error a clerk can use: a Chinese message as it is, else the name that it quotes."""
    text = str(error)
    if re.search(r"[\u4e00-\u9fff]{4}", text) and not re.search(r"[A-Za-z]{4}", text):
        return text
    near = re.search(r"'([^']+)'|“([^”]+)”", text)
    return f"“{near[1] or near[2]}”处" if near else "段落或表格行没有完整地放在标记之间"
