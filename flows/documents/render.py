"""Word templates into documents (docxtpl): strict about templates, safe against any text, reproducible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from flows.documents.pdf import to_pdf
from flows.files import write_file
from flows.package import settled
from flows.problems import UserError

__all__ = ["render", "to_pdf"]

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Not allowed in XML, or invisible, or with a meaning of its own for docxtpl (\\a, \\f)."""


class _Missing(StrictUndefined):
    """A variable that the program does not supply: says so in Chinese, whatever is tried with it."""

    @property
    def _undefined_message(self) -> str:
        return f"模板用到的“{self._undefined_name}”不是可用的内容"


class _Strict(DocxTemplate):  # type: ignore[misc]
    """docxtpl repairs broken XML by dropping the rest of the text; here broken XML is an error."""

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml)
        return super().fix_tables(xml)


def render(template: Path, context: Mapping[str, Any], out: Path, *, stamp: date = date(2000, 1, 1)) -> None:
    """Fill the template and write ``out`` in one step; ``stamp`` is the document's created and modified day.

    The same template, context and stamp give the same bytes. Texts are data: XML and Jinja signs in them are
    printed as they are, control characters are dropped. UserError names what is wrong with the template.
    """
    document = _open(template)
    environment = SandboxedEnvironment(undefined=_Missing)
    try:
        document.render(_clean(context), environment, autoescape=True)
    except UndefinedError as error:
        raise UserError(f"模板 {template.name} 有误：{_chinese(error)}", _CHECK_NAMES) from None
    except TemplateSyntaxError as error:
        raise UserError(f"模板 {template.name} 的标记写法有误：{_syntax(error)}", _CHECK_TAGS) from None
    except (TemplateError, etree.XMLSyntaxError) as error:
        raise UserError(f"模板 {template.name} 的标记放置有误：{_chinese(error)}", _CHECK_TAGS) from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        raise UserError(f"模板 {template.name} 的标记无法计算：{_chinese(error)}", _CHECK_TAGS) from None
    buffer = BytesIO()
    document.save(buffer)
    write_file(out, settled(buffer.getvalue(), stamp))


_CHECK_NAMES = "请在 Word 中改正这个名称，或用 taizhang init 生成的原模板替换"
_CHECK_TAGS = "请在 Word 中检查 {% %} 和 {{ }} 是否成对、完整，或用 taizhang init 生成的原模板替换"


def _open(template: Path) -> _Strict:
    if not template.is_file():
        raise UserError(f"找不到模板 {template}", "请从 taizhang init 生成的 templates 文件夹复制一份")
    try:
        document = _Strict(BytesIO(template.read_bytes()))
        document.init_docx()
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError):
        raise UserError(f"模板 {template.name} 不是 Word 文档（.docx）", "请用 Word 或 WPS 另存为 .docx 格式") from None
    except OSError:
        raise UserError(f"模板 {template.name} 打不开", "请关闭正在使用它的程序后再试") from None
    return document


def _clean(value: Any) -> Any:
    """The same structure with every text made fit for a Word document."""
    if isinstance(value, str):
        return _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))
    if isinstance(value, Mapping):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part) for part in value]
    return value


def _syntax(error: TemplateSyntaxError) -> str:
    text = error.message or ""
    tag = re.search(r"Encountered unknown tag '(\w+)'", text)
    missing = re.search(r"innermost block that needs to be closed is '(\w+)'", text)
    if missing:
        return f"{{% {missing[1]} %}} 没有对应的 {{% end{missing[1]} %}}"
    if tag:
        return f"“{tag[1]}”多余，或前面缺少与它成对的标记"
    near = re.search(r"'([^']+)'", text)
    return f"“{near[1]}”附近不完整" if near else "有一处标记不完整"


def _chinese(error: Exception) -> str:
    """The part of an error a clerk can use: a Chinese message as it is, else the name that it quotes."""
    text = str(error)
    if re.search(r"[\u4e00-\u9fff]{4}", text) and not re.search(r"[A-Za-z]{4}", text):
        return text
    near = re.search(r"'([^']+)'|“([^”]+)”", text)
    return f"“{near[1] or near[2]}”处" if near else "段落或表格行没有完整地放在标记之间"
