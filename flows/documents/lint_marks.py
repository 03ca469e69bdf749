"""All faults in the tags of a Word template at once: what `render` refuses and `template check` lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from docx.document import Document
from jinja2 import TemplateError, nodes

from flows.documents.charts.marker import WORD as CHART
from flows.documents.lint_blocks import MIDDLE, NOT_USABLE, SPECIAL, Blocks, misplaced, opens_block, shared_rows
from flows.documents.lint_names import Names, asked_for, parsed
from flows.documents.lint_text import BOX, CELL, ROW, Paragraph, Tag, paragraphs, revised, tags, without_tags
from flows.problems import Problem

MARK, NAME, HINT = "标记", "名称", "写法"
"""``field`` of a Problem."""
STOPS = frozenset({MARK, NAME})
"""``field`` of problems with which no document can be written; a hint does not stop it."""

_WIDE = re.compile(r"｛[｛%％#]|[｝%％#]｝|\{[｛％]|[｝％]\}|\{ +[{%]|[}%] +\}")
_LOOSE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_SINGLE = re.compile(r"\{\s*([^{}%#\s]+)\s*\}")
_STRINGS = re.compile(r"\"[^\"]*\"|'[^']*'")
_WIDE_MARKS = re.compile(r"[，。．（）【】［］：；！＝＜＞｜]")


def mark_problems(document: Document, words: Mapping[str, Any]) -> list[Problem]:
    """Every fault of the tags, in the order of the document. ``words``: what may be printed, by example."""
    found: list[Problem] = []
    for _, part in groupby(paragraphs(document), key=lambda paragraph: paragraph.part):
        found += _Part(list(part), words).problems()
    return found


class _Part:
    """Body, a header or a footer: docxtpl fills each on its own."""

    def __init__(self, every: list[Paragraph], words: Mapping[str, Any]) -> None:
        self.every = every
        self.words = words
        self.order = {id(paragraph): place for place, paragraph in enumerate(every)}
        self.found: list[tuple[int, Problem]] = []
        self.marks = [tags(paragraph) for paragraph in every]
        trees = [tree for each in self.marks for tag in each if (tree := _tree(tag, lambda *_: None)) is not None]
        self.names = Names(words, asked_for(trees))
        self.blocks = Blocks(self._mark, self._hint)

    def problems(self) -> list[Problem]:
        for paragraph, found in zip(self.every, self.marks, strict=True):
            self._letters(paragraph)
            for tag in found:
                misplaced(tag, found, paragraph, self._mark)
                self._tag(tag)
        self.blocks.finish()
        self._tables()
        return [problem for _, problem in sorted(self.found, key=lambda pair: pair[0])]

    def _say(self, paragraph: Paragraph, field: str, message: str, cure: str, shown: str) -> None:
        problem = Problem(message, cure, cell=paragraph.where, field=field, found=shown)
        self.found.append((self.order[id(paragraph)], problem))

    def _mark(self, tag: Tag, message: str, cure: str) -> None:
        self._say(tag.paragraph, MARK, message, cure, tag.shown)

    def _hint(self, tag: Tag, message: str, cure: str) -> None:
        self._say(tag.paragraph, HINT, message, cure, tag.shown)

    def _letters(self, paragraph: Paragraph) -> None:
        """What looks like a tag and is none: it would be printed as it stands, or swallow what follows."""
        rest = without_tags(paragraph.text)
        wide = _WIDE.search(rest)
        loose = None if wide else _LOOSE.search(rest)
        single = [name for name in _SINGLE.findall(_LOOSE.sub("", rest)) if name in self.words]
        if wide:
            self._say(
                paragraph, MARK, f"“{wide[0]}”不是标记的写法", "请改用半角的 {{ }} 或 {% %}，中间不留空格", wide[0]
            )
        elif loose:
            self._loose(paragraph, loose[0])
        elif single:
            self._say(
                paragraph, MARK, f"“{{{single[0]}}}”少一层括号", f"请写成 {{{{ {single[0]} }}}}", f"{{{single[0]}}}"
            )
        if "{" in paragraph.text and paragraph.element is not None and revised(paragraph.element):
            self._say(paragraph, HINT, "这一段有没接受的修订，标记可能读错", "请在 Word 中接受或拒绝全部修订", "")

    def _loose(self, paragraph: Paragraph, sign: str) -> None:
        closing = {"{{": "}}", "{%": "%}", "{#": "#}"}.get(sign)
        later = self.every[self.order[id(paragraph)] + 1 :]
        if closing is None:
            start = {"}}": "{{", "%}": "{%", "#}": "{#"}[sign]
            torn = any(start in without_tags(p.text) for p in self.every[: self.order[id(paragraph)]])
            if not torn:
                self._say(paragraph, MARK, f"“{sign}”前面没有“{start}”", "请把标记补完整，或删去它", sign)
        elif later and closing in without_tags(later[0].text):
            self._say(paragraph, MARK, "一个标记断在两段里", "请把它写在同一段、同一行里，中间不要回车", sign)
        else:
            self._say(paragraph, MARK, f"标记不完整，“{sign}”后面没有“{closing}”", "请把标记补完整，或删去它", sign)

    def _tag(self, tag: Tag) -> None:
        if tag.opening == "{#":
            return
        if tag.opening == "{%" and tag.word in ("p", "tr", "tc", "r"):
            cure = f"{{%{tag.word} 要连写，后面空一个半角空格"
            self._mark(tag, f"“{tag.shown}”的写法不对", cure)
            return
        if tag.opening == "{%" and tag.word.startswith("end"):
            for each in self.blocks.close(tag):
                if each.scoped:
                    self.names.scopes.pop()
            return
        tree = _tree(tag, self._mark)
        if tag.opening == "{%" and tag.word in MIDDLE:
            self.blocks.middle(tag)
        block = self.blocks.open(tag) if opens_block(tag) else None
        if tree is None:
            return
        if block and tag.word in ("for", "with", "macro", "call"):
            block.scoped = True
        if tag.opening == "{{" and re.match(rf"{CHART}\b", tag.code) and not _can_hold_chart(tag.paragraph):
            self._mark(tag, "页眉、页脚、脚注和文本框里放不下图表", "请把它移到正文中单独的一段")
        self._names(tree, tag, scoped=bool(block and block.scoped))

    def _names(self, tree: nodes.Template, tag: Tag, *, scoped: bool) -> None:
        def report(name: str, cure: str) -> None:
            self._say(tag.paragraph, NAME, f"模板用到的“{name}”不是可用的内容", cure, tag.shown)

        for node in tree.body:
            if isinstance(node, nodes.For):
                self.names.enter(node, report)
            elif isinstance(node, nodes.Assign):
                self.names.set(node.target, self.names.read(node.node, report))
            elif isinstance(node, nodes.AssignBlock):
                self.names.set(node.target)
            elif isinstance(node, nodes.With):
                shapes = [self.names.read(value, report) for value in node.values]
                self.names.scopes.append({})
                for target, shape in zip(node.targets, shapes, strict=True):
                    self.names.set(target, shape)
            elif isinstance(node, (nodes.Macro, nodes.CallBlock)):
                if isinstance(node, nodes.Macro):
                    self.names.set(nodes.Name(node.name, "store"))
                self.names.scopes.append({})
                for argument in node.args:
                    self.names.set(argument)
            else:
                self.names.read(node, report)
                if scoped:
                    self.names.scopes.append({})

    def _tables(self) -> None:
        """Rows as wholes, and cells that could be left without any paragraph (Word then calls the file broken)."""
        inside = [(p, m) for p, m in zip(self.every, self.marks, strict=True) if p.above(ROW) is not None]
        for _, row in groupby(inside, key=lambda pair: pair[0].above(ROW)):
            shared_rows(list(row), self._mark)
        for _, cell in groupby(inside, key=lambda pair: pair[0].above(CELL)):
            for tag in _emptied(list(cell)):
                self._mark(tag, "这一格的段落可能全部消失，Word 会打不开文件", "请在这一格末尾加一个空段")


def _emptied(cell: list[tuple[Paragraph, list[Tag]]]) -> Iterator[Tag]:
    """The first {%p of a cell in which no paragraph stands outside such blocks."""
    depth = 0
    first = None
    for _, found in cell:
        lifted = [tag for tag in found if tag.level == "p"]
        if not lifted and depth == 0:
            return
        for tag in lifted:
            first = first or tag
            depth += opens_block(tag) - tag.word.startswith("end")
    if first is not None:
        yield first


def _can_hold_chart(paragraph: Paragraph) -> bool:
    return paragraph.part == 0 and paragraph.element is not None and paragraph.above(BOX) is None


def _tree(tag: Tag, report: Callable[[Tag, str, str], None]) -> nodes.Template | None:
    """The tag as a syntax tree; None (and a report) when it cannot be read or used."""
    source = _source(tag)
    if source is None:
        return None
    if tag.opening == "{%" and tag.word in NOT_USABLE:
        report(tag, f"“{tag.word}”在模板里不可用", "请去掉它")
        return None
    try:
        return parsed(source)
    except TemplateError as error:
        report(tag, *_why(tag, error))
        return None


def _source(tag: Tag) -> str | None:
    """A tag that can be read on its own."""
    if tag.opening == "{{":
        return f"{{{{ {tag.code} }}}}"
    if tag.opening == "{#" or tag.word.startswith("end") or tag.word == "else":
        return None
    if tag.word in SPECIAL:
        rest = tag.code.removeprefix(tag.word).strip()
        return f"{{{{ {rest} }}}}" if rest else None
    if tag.word == "elif":
        return f"{{% {tag.code[2:]} %}}{{% endif %}}"
    if opens_block(tag):
        return f"{{% {tag.code} %}}{{% end{tag.word} %}}"
    return f"{{% {tag.code} %}}"


def _why(tag: Tag, error: TemplateError) -> tuple[str, str]:
    wide = _WIDE_MARKS.search(_STRINGS.sub("", tag.code))
    if wide:
        return f"标记里有全角的“{wide[0]}”", "标记里的标点要用半角，如 . , ( ) [ ]"
    text = error.message or ""
    unknown = re.search(r"unknown tag '([^']+)'", text)
    if unknown:
        return f"“{unknown[1]}”不是可用的标记", "常用的是 for、if、else、endfor、endif"
    near = re.search(r"got '([^']+)'", text) or re.search(r"'([^']+)'", text)
    if near and near[1] in tag.code:
        return f"标记“{tag.shown}”在“{near[1]}”附近不完整", "请对照原模板改正"
    return f"标记“{tag.shown}”不完整", "请对照原模板改正"
