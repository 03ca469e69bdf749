"""Text templates with a subject line: Chinese placeholders in jinja2 tags, faults told in Chinese."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flows.problems import UserError

# The office edits these files; the sandbox keeps a pasted expression from reaching into the program.
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A checked template."""

    name: str
    subject: Template
    body: Template
    used: frozenset[str]

    def render(self, values: Mapping[str, str | int]) -> tuple[str, str]:
        """(subject on one line, body ending in one newline); UserError when ``values`` lack a placeholder it uses."""
        missing = sorted(self.used - values.keys())
        if missing:
            raise UserError(f"{self.name} 中的{_quoted(missing)}在这种信里没有内容可填", "请从模板中删去")
        try:
            subject = re.sub(r"\s+", " ", self.subject.render(values)).strip()
            body = self.body.render(values).strip("\n") + "\n"
        except UndefinedError as error:
            raise UserError(f"{self.name} 中有填不上的占位符（{error.message}）", "请对照原来的模板改正") from None
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise UserError(f"{self.name} 中有算不出的式子（{error}）", "请对照原来的模板改正") from None
        if not subject:
            raise UserError(f"{self.name} 的主题是空的", "请在第一行“主题：”后写上主题")
        return subject, body


def read_template(path: Path, known: Collection[str]) -> TextTemplate:
    """Read and check ``path``: first line 主题：…, then the body. ``known`` are the placeholders that exist anywhere.

    UserError in Chinese, with file and line or placeholder, for a missing file, a missing subject, a broken tag,
    full-width or single braces, and an unknown placeholder.
    """
    text = _read(path)
    name = f"{path.parent.name}/{path.name}"
    first, _, rest = text.lstrip("\n").partition("\n")
    opening = re.match(r"\s*主题\s*[：:]\s*(.*)", first)
    if not opening or not opening[1].strip():
        raise UserError(f"{name} 的第一行不是主题", "请把第一行写成“主题：……”，空一行再写正文")
    if not rest.strip():
        raise UserError(f"{name} 没有正文", "请在主题下空一行写上正文")
    _refuse_broken_tags(name, text)
    used: set[str] = set()
    parts = []
    for source, first_line in ((opening[1], 1), (rest, 2)):
        try:
            used |= meta.find_undeclared_variables(_ENVIRONMENT.parse(source))
            parts.append(_ENVIRONMENT.from_string(source))
        except TemplateSyntaxError as error:
            line = error.lineno + first_line - 1
            raise UserError(f"{name} 第 {line} 行的标记写法有误", "请对照原来的模板改正") from None
    _refuse_unknown(name, used, known)
    return TextTemplate(name, parts[0], parts[1], frozenset(used))


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            f"缺少信件模板 {path.name}", f"请把它放回 {path.parent.name} 文件夹，或用 taizhang init 另建目录后拷来"
        ) from None
    except OSError as error:
        raise UserError(f"信件模板 {path.name} 读不出来", "请关闭正在打开它的程序后再试") from error
    for encoding in ("utf-8-sig", "gb18030"):  # the editor of older Windows saves Chinese text as GBK
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise UserError(f"信件模板 {path.name} 的文字编码认不出", "请用记事本另存为 UTF-8 后再试")


def _refuse_broken_tags(name: str, text: str) -> None:
    """A brace outside a tag is a tag gone wrong, and would reach the units as it stands."""
    blanked = _TAG.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    stray = re.search(r"[{}｛｝]", blanked)
    if stray:
        line = blanked.count("\n", 0, stray.start()) + 1
        raise UserError(f"{name} 第 {line} 行的占位符写法有误", "占位符要用两对半角花括号，如 {{单位}}")


def _refuse_unknown(name: str, used: set[str], known: Collection[str]) -> None:
    unknown = sorted(used - set(known))
    if not unknown:
        return
    close = difflib.get_close_matches(unknown[0], list(known), n=1, cutoff=0.4)
    hint = f"是不是想写 {{{{{close[0]}}}}}" if close else f"可用的有：{'、'.join(sorted(known))}"
    raise UserError(f"{name} 中有不认识的占位符{_quoted(unknown)}", hint)


def _quoted(names: Collection[str]) -> str:
    return "".join(f"“{name}”" for name in names)
