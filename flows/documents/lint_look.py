"""The look of a template against GB/T 9704—2012: page, margins, grid, page numbers, faces, styles.

An office may want another look, so nothing here stops a document; it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from flows.documents.lint_text import PARAGRAPH, TEXT, paragraphs, tags
from flows.documents.official import (
    FALLBACKS,
    FOOTER_DISTANCE,
    LINE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TWIPS_PER_MM,
)
from flows.problems import Problem

PAGE, FACE, STYLE = "版面", "字体", "样式"
"""``field`` of a Problem."""
FACES = frozenset(
    {*FALLBACKS, *(name.strip() for others in FALLBACKS.values() for name in others.split(","))}
    | {"方正仿宋_GBK", "方正黑体_GBK", "方正楷体_GBK", "方正仿宋简体", "方正黑体简体", "方正楷体简体", "SimSun-ExtB"}
)
"""What official documents are set in, and what stands in for it on computers without these faces."""
_TIGHTEST = 560
"""28 pt: many offices set lines this close; more than `LINE` gives fewer than 22 a page."""
_CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]|\{[{%]")
_MARGINS = (
    ("top", "上", MARGIN_TOP, False),
    ("bottom", "下", MARGIN_BOTTOM, False),
    ("left", "左", MARGIN_LEFT, True),
    ("right", "右", MARGIN_RIGHT, True),
)


def look_problems(document: Document) -> list[Problem]:
    """Every deviation, page first."""
    return [*_pages(document), *_numbers(document), *_styles(document), *_faces(document)]


def _pages(document: Document) -> Iterator[Problem]:
    sections = document.element.body.findall(f".//{qn('w:sectPr')}")
    for number, section in enumerate(sections, 1):
        place = f"第{number}节" if len(sections) > 1 else "页面"
        size = section.find(qn("w:pgSz"))
        width, height = _number(size, "w"), _number(size, "h")
        if width is None or height is None or not _is_a4(width, height):
            yield _page(place, f"纸张不是A4{_size(width, height)}", "请在“页面设置”里把纸张改为A4")
            continue
        yield from _margins(place, section, landscape=width > height)
        yield from _grid(place, section)


def _is_a4(width: int, height: int) -> bool:
    short, long = sorted((width, height))
    return abs(short - PAGE_WIDTH) <= 40 and abs(long - PAGE_HEIGHT) <= 40


def _size(width: int | None, height: int | None) -> str:
    return "" if width is None or height is None else f"（现为{_mm(width)}×{_mm(height)}毫米）"


def _margins(place: str, section: Any, *, landscape: bool) -> Iterator[Problem]:
    margins = section.find(qn("w:pgMar"))
    wrong = []
    for side, word, wanted, _ in _MARGINS:
        found = _number(margins, side)
        # A turned page may keep its margins or turn them with it.
        near = [wanted] if not landscape else [each[2] for each in _MARGINS]
        if found is None or min(abs(abs(found) - each) for each in near) > 1.1 * TWIPS_PER_MM:
            wrong.append(f"{word}{'无' if found is None else _mm(abs(found))}（应为{_mm(wanted)}）")
    if wrong:
        yield _page(place, f"页边距{'、'.join(wrong)}，单位毫米", "请在“页面设置”里改正")
    foot = _number(margins, "footer")
    has_footer = section.find(qn("w:footerReference")) is not None
    if has_footer and not landscape and (foot is None or abs(foot - FOOTER_DISTANCE) > 1.1 * TWIPS_PER_MM):
        now = "" if foot is None else f"（现为{_mm(foot)}毫米）"
        yield _page(place, f"页脚距边界应为{_mm(FOOTER_DISTANCE)}毫米{now}", "请在“页面设置—布局”里改正")


def _grid(place: str, section: Any) -> Iterator[Problem]:
    grid = section.find(qn("w:docGrid"))
    kind = None if grid is None else grid.get(qn("w:type"))
    pitch = _number(grid, "linePitch")
    if kind in ("linesAndChars", "snapToChars"):
        yield _page(place, "文档网格指定了每行字数，换一种软件打开会散版", "请在“页面设置—文档网格”里选“只指定行网格”")
    elif kind != "lines":
        yield _page(place, "没有设文档网格", "请在“页面设置—文档网格”里选“只指定行网格”，每页22行")
    elif pitch is None or not _TIGHTEST <= pitch <= LINE:
        now = "" if pitch is None else f"（现为{pitch / 20:g}磅）"
        yield _page(place, f"行网格排不成每页22行{now}", f"请把跨度改为28至{LINE / 20:g}磅")


def _numbers(document: Document) -> Iterator[Problem]:
    footers = [rel for rel in document.part.rels.values() if rel.reltype.endswith("/footer")]
    numbered = [rel for rel in footers if b"PAGE" in rel.target_part.blob]
    if not numbered:
        yield _page("页脚", "没有页码", "请插入页码，格式如 — 1 —")
    elif document.settings.element.find(qn("w:evenAndOddHeaders")) is None:
        yield _page("页脚", "页码没有分单页、双页", "请在页脚设计里勾选“奇偶页不同”，单页居右、双页居左")


def _styles(document: Document) -> Iterator[Problem]:
    """References to styles that are not there, and tags in paragraphs without a style of their own."""
    defined = {style.get(qn("w:styleId")): style for style in document.styles.element.findall(qn("w:style"))}
    plain = {key for key, style in defined.items() if style.get(qn("w:default")) in ("1", "true")}
    for paragraph in paragraphs(document):
        if paragraph.element is None:
            continue
        found = paragraph.element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        name = None if found is None else found.get(qn("w:val"))
        if name is not None and name not in defined:
            message = f"用到的样式“{name}”在模板里没有"
            yield Problem(message, "请给这一段选一个样式", cell=paragraph.where, field=STYLE, found=name)
        elif (name is None or name in plain) and any(tag.opening == "{{" for tag in tags(paragraph)):
            cure = "请选用公文正文、一级标题等样式，以后改样式就能改全文"
            yield Problem("没有用样式，是正文默认格式", cure, cell=paragraph.where, field=STYLE)


def _faces(document: Document) -> Iterator[Problem]:
    """Faces that official documents are not set in: once a face, with the first paragraph."""
    faces = _Faces(document)
    seen: dict[str, list[str]] = {}
    for paragraph in paragraphs(document):
        if paragraph.element is None or not _CJK.search(paragraph.text):
            continue
        for face in dict.fromkeys(faces.of(paragraph.element)):
            if face not in FACES:
                seen.setdefault(face, []).append(paragraph.where)
    for face, places in seen.items():
        more = f"，共{len(places)}段" if len(places) > 1 else ""
        cure = "请改用方正小标宋简体、仿宋_GB2312、楷体_GB2312、黑体或宋体"
        message = f"中文字体是“{face}”{more}" if face else f"没有设中文字体{more}"
        yield Problem(message, cure, cell=places[0], field=FACE, found=face)


class _Faces:
    """Which Chinese face a run is printed in: its own, its style's, the defaults', the theme's."""

    def __init__(self, document: Document) -> None:
        element = document.styles.element
        self.styles = {style.get(qn("w:styleId")): style for style in element.findall(qn("w:style"))}
        self.plain = next(
            (
                key
                for key, style in self.styles.items()
                if style.get(qn("w:default")) in ("1", "true") and style.get(qn("w:type")) == "paragraph"
            ),
            None,
        )
        self.theme = _theme(document)
        defaults = element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self.default = self._own(defaults) or ""
        self.known: dict[str | None, str] = {}

    def of(self, paragraph: Any) -> Iterator[str]:
        """The faces of a paragraph's runs that hold Chinese characters or tags."""
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        base = self._style(style.get(qn("w:val")) if style is not None else self.plain)
        for run in paragraph.iter(qn("w:r")):
            if next(run.iterancestors(PARAGRAPH)) is not paragraph:
                continue
            if not any(_CJK.search(text.text or "") for text in run.findall(TEXT)):
                continue
            properties = run.find(qn("w:rPr"))
            chosen = None if properties is None else properties.find(qn("w:rStyle"))
            of_character = self._chain(chosen.get(qn("w:val"))) if chosen is not None else None
            yield self._own(properties) or of_character or base

    def _style(self, key: str | None) -> str:
        if key not in self.known:
            self.known[key] = self._chain(key) or self.default
        return self.known[key]

    def _chain(self, key: str | None) -> str | None:
        seen = set()
        while key in self.styles and key not in seen:
            seen.add(key)
            style = self.styles[key]
            face = self._own(style.find(qn("w:rPr")))
            if face:
                return face
            above = style.find(qn("w:basedOn"))
            key = None if above is None else above.get(qn("w:val"))
        return None

    def _own(self, properties: Any) -> str | None:
        fonts = None if properties is None else properties.find(qn("w:rFonts"))
        if fonts is None:
            return None
        theme = fonts.get(qn("w:eastAsiaTheme"))
        if theme:
            return self.theme.get("major" if theme.startswith("major") else "minor", "主题字体")
        face = fonts.get(qn("w:eastAsia"))
        return str(face) if face else None


def _theme(document: Document) -> dict[str, str]:
    """major and minor → the Chinese face of the theme."""
    part = next((rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/theme")), None)
    if part is None:
        return {}
    found = {}
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    for font in parse_xml(part.blob).iter(f"{drawing}majorFont", f"{drawing}minorFont"):
        own = font.find(f"{drawing}ea")
        face = own.get("typeface") if own is not None else ""
        if not face:
            hans = (each for each in font.findall(f"{drawing}font") if each.get("script") == "Hans")
            face = next((each.get("typeface") for each in hans), "主题字体")
        found["major" if font.tag.endswith("majorFont") else "minor"] = str(face)
    return found


def _page(place: str, message: str, cure: str) -> Problem:
    return Problem(message, cure, cell=place, field=PAGE)


def _number(element: Any, name: str) -> int | None:
    value = None if element is None else element.get(qn(f"w:{name}"))
    try:
        return round(float(value)) if value is not None else None
    except ValueError:
        return None


def _mm(twips: float) -> int:
    return round(twips / TWIPS_PER_MM)
