"""GB/T 9704—2012 in the units of Word: the page, the grid, and one named style for every part of an official document.

The grid is the measured one: 29 pt lines give 21 lines a page, exact 28.95 pt gives 22; 16 pt characters give 27 a
line, 0.25 pt less between them gives 28. ``linesAndChars`` grids ruin the page in LibreOffice and are not used.
Fonts are named as offices have them (方正小标宋简体, 仿宋_GB2312 …) and never embedded; `FALLBACKS` lists stand-ins.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

TWIPS_PER_MM = 1440 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 2098, 1984, 1588, 1474
"""37, 35, 28, 26 mm: 版心 156 × 225 mm (5.2.1)."""
TEXT_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
FOOTER_DISTANCE = 1417
"""25 mm puts the dash of the page number 7 mm below 版心 (7.5)."""
LINE = 579
"""28.95 pt in twips: 22 lines a page (5.2.3)."""
CHARACTER = 320
"""三号, 16 pt, in twips."""
SMALL = 280
"""四号, 14 pt, in twips."""

XIAOBIAOSONG, FANGSONG, HEITI, KAITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
FALLBACKS = {
    XIAOBIAOSONG: "方正小标宋_GBK,小标宋,华文中宋,宋体",
    FANGSONG: "仿宋,FangSong,STFangsong,Noto Serif CJK SC",
    HEITI: "SimHei,STHeiti,Noto Sans CJK SC",
    KAITI: "楷体,KaiTi,STKaiti,Noto Serif CJK SC",
    SONGTI: "SimSun,STSong,Noto Serif CJK SC",
}
RED = "FF0000"


@dataclass(frozen=True, slots=True)
class Style:
    """A named paragraph style. Lengths in twips, ``size`` in points; ``line`` 0 is single spacing.

    Larger type and other line heights leave the grid, or LibreOffice rounds them up to whole grid lines.
    """

    id: str
    name: str
    font: str = FANGSONG
    size: float = 16
    align: str = "left"
    line: int = LINE
    before: int = 0
    after: int = 0
    left: int = 0
    right: int = 0
    first: int = 0
    hanging: int = 0
    squeeze: int = 0
    """Character spacing, in twips."""
    color: str = ""
    tab: tuple[str, int] | None = None
    border: str = ""
    """Inner XML of w:pBdr."""
    outline: int | None = None
    keep_next: bool = False
    keep_lines: bool = False
    new_page: bool = False
    next_id: str = ""
    based_on: str = ""

    @property
    def xml(self) -> str:
        """The w:style element, without namespace declarations."""
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.id}">'
            f"<w:name w:val={quoteattr(self.name)}/>"
            f'<w:basedOn w:val="{self.based_on or "Normal"}"/>'
            f'{f"""<w:next w:val="{self.next_id}"/>""" if self.next_id else ""}<w:uiPriority w:val="1"/><w:qFormat/>'
            f"<w:pPr>{self._paragraph}</w:pPr><w:rPr>{self._run}</w:rPr></w:style>"
        )

    @property
    def _paragraph(self) -> str:
        parts = [
            "<w:keepNext/>" if self.keep_next else "",
            "<w:keepLines/>" if self.keep_lines else "",
            "<w:pageBreakBefore/>" if self.new_page else "",
            f"<w:pBdr>{self.border}</w:pBdr>" if self.border else "",
            f'<w:tabs><w:tab w:val="{self.tab[0]}" w:pos="{self.tab[1]}"/></w:tabs>' if self.tab else "",
            "" if self.line == LINE and self.size <= 16 else '<w:snapToGrid w:val="0"/>',
            f'<w:spacing w:before="{self.before}" w:after="{self.after}"{self._line}/>',
            f'<w:ind w:left="{self.left}" w:right="{self.right}"{self._turn}/>',
            f'<w:jc w:val="{self.align}"/>',
            f'<w:outlineLvl w:val="{self.outline}"/>' if self.outline is not None else "",
        ]
        return "".join(parts)

    @property
    def _line(self) -> str:
        return f' w:line="{self.line}" w:lineRule="exact"' if self.line else ' w:line="240" w:lineRule="auto"'

    @property
    def _turn(self) -> str:
        if self.hanging:
            return f' w:hanging="{self.hanging}"'
        return f' w:firstLine="{self.first}"'

    @property
    def _run(self) -> str:
        half_points = round(self.size * 2)
        color = f'<w:color w:val="{self.color}"/>' if self.color else ""
        squeeze = f'<w:spacing w:val="{self.squeeze}"/>' if self.squeeze else ""
        return f'{fonts(self.font)}{color}{squeeze}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def fonts(name: str) -> str:
    """w:rFonts with all four slots: eastAsia must be explicit or Word falls back to its own Chinese font."""
    face = quoteattr(name)
    return f"<w:rFonts w:ascii={face} w:hAnsi={face} w:eastAsia={face} w:cs={face}/>"


def mm(length: float) -> int:
    """Millimetres in twips."""
    return round(length * TWIPS_PER_MM)


def font_table() -> str:
    """The w:font elements: every face with the stand-ins that Word and WPS look for when it is not installed."""
    return "".join(
        f'<w:font w:name="{escape(name)}"><w:altName w:val="{escape(others)}"/><w:charset w:val="86"/>'
        f'<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, others in FALLBACKS.items()
    )
