"""Control tags of a template: do they open and close in pairs, in places where docxtpl can keep the document whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.documents.lint_text import CELL, ROW, TABLE, Paragraph, Tag, without_tags

PAIRED = frozenset({"for", "if", "macro", "call", "filter", "with", "raw", "autoescape"})
MIDDLE = frozenset({"else", "elif"})
NOT_USABLE = frozenset({"include", "import", "from", "extends", "block"})
SPECIAL = frozenset({"vm", "hm", "colspan", "cellbg"})
"""docxtpl's own, for cells."""
Report = Callable[[Tag, str, str], None]
"""Takes the tag, what is wrong with it and what to do."""

_AROUND = {"tr": ROW, "tc": CELL}
_INSIDE = {"tr": TABLE, "tc": ROW}


@dataclass
class Open:
    """A block that is still open. ``scoped``: it brings names of its own."""

    tag: Tag
    scoped: bool = False


def opens_block(tag: Tag) -> bool:
    """Whether the tag needs an end."""
    if tag.opening != "{%":
        return False
    return tag.word in PAIRED or (tag.word == "set" and "=" not in tag.code)


class Blocks:
    """The open blocks of one part, innermost last."""

    def __init__(self, report: Report, hint: Report) -> None:
        """``report`` takes what breaks the document, ``hint`` what may."""
        self.stack: list[Open] = []
        self.report = report
        self.hint = hint

    def open(self, tag: Tag) -> Open:
        """A tag like for or if."""
        self.stack.append(Open(tag))
        return self.stack[-1]

    def middle(self, tag: Tag) -> None:
        """else or elif."""
        inner = self.stack[-1].tag if self.stack else None
        if inner is None or inner.word not in ("if", "for") or (tag.word == "elif" and inner.word != "if"):
            self.report(tag, f"“{tag.word}”前面缺少与它成对的 {{% if %}}", "请补上，或删去这个标记")
            return
        self._together(inner, tag)

    def close(self, tag: Tag) -> list[Open]:
        """endfor, endif …: the blocks that end here."""
        word = tag.word.removeprefix("end")
        if word not in (each.tag.word for each in self.stack):
            self.report(tag, f"“{tag.word}”多余，或前面缺少与它成对的标记", "请补上，或删去这个标记")
            return []
        closed = []
        while self.stack:
            closed.append(self.stack.pop())
            if closed[-1].tag.word == word:
                break
            self._unclosed(closed[-1].tag)
        self._together(closed[-1].tag, tag)
        return closed

    def finish(self) -> None:
        """The end of the part: what is open stays open."""
        for each in self.stack:
            self._unclosed(each.tag)

    def _unclosed(self, tag: Tag) -> None:
        self.report(tag, f"标记 {{% {tag.word} %}} 没有对应的 {{% end{tag.word} %}}", "请在它管到的内容后面补上")

    def _together(self, first: Tag, last: Tag) -> None:
        """Both ends of a block must cut the document at the same level."""
        if first.level != last.level:
            way = f"{{%{first.level} …%}}" if first.level else "{% … %}"
            self.report(last, f"与“{first.shown}”成对，却不是同一种写法", f"请也写成 {way}")
            return
        one, other = first.paragraph, last.paragraph
        if first.level in _INSIDE:
            if one.above(_INSIDE[first.level]) is not other.above(_INSIDE[first.level]):
                where = "同一个表格" if first.level == "tr" else "同一行"
                self.report(last, f"与“{first.shown}”成对，却不在{where}里", f"请放在{where}里")
            return
        same = one.element is other.element
        if same or one.element is None or other.element is None:
            return
        if one.element.getparent() is not other.element.getparent():
            self.report(last, f"与“{first.shown}”成对，却一个在单元格或文本框里、一个在外面", "请放在同一处")
        elif not first.level:
            self.hint(last, f"与“{first.shown}”成对，却不在同一段", "请各占一段，写成 {%p … %}")


def misplaced(tag: Tag, siblings: list[Tag], paragraph: Paragraph, report: Report) -> None:
    """{%p, {%tr and {%tc take their whole paragraph, row or cell away: nothing else may stand there."""
    if not tag.level or tag.level == "r" or tag.opening == "{#":
        return
    name = f"{tag.opening}{tag.level}"
    around = _AROUND.get(tag.level)
    if around is not None and paragraph.above(around) is None:
        report(tag, f"{name} 只能写在表格里", "这里请写成 {%p" if tag.level == "tr" else "请移到表格的单元格里")
        return
    if around is None and (without_tags(paragraph.text).strip() or len(siblings) > 1):
        report(tag, f"{name} 会去掉整段，同一段里的其他内容印不出来", "请让它单独占一段")


def shared_rows(row: list[tuple[Paragraph, list[Tag]]], report: Report) -> None:
    """The same for the paragraphs of one table row."""
    every = [tag for _, found in row for tag in found]
    for level, what in (("tr", "整行"), ("tc", "整格")):
        marks = [tag for tag in every if tag.level == level and tag.opening != "{#"]
        if not marks:
            continue
        mates = [
            (paragraph, found)
            for paragraph, found in row
            if level == "tr" or paragraph.above(CELL) is marks[0].paragraph.above(CELL)
        ]
        text = any(without_tags(paragraph.text).strip() for paragraph, _ in mates)
        if text or sum(len(found) for _, found in mates) > 1:
            alone = "行" if level == "tr" else "格"
            report(marks[0], f"{{%{level} 会去掉{what}，同一{alone}里的其他内容印不出来", f"请让它单独占一{alone}")
