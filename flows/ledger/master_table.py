"""Tables of the master workbook: bordered, rows high enough for their text, lights coloured; and the page set-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger.long_sheet import LongSheet, Look, Made, Row, RowMaker
from flows.ledger.master_office import EXTENDED, OFFICE
from flows.ledger.review_key import KeyParts, MasterKeys
from flows.ledger.styles import INPUT_FILL, INPUT_HEAD_FILL, Styles
from flows.ledger.text import ROW_LIMIT, clean, fits, height_of, lines_needed
from flows.ledger.xml_text import inline, plain_cell
from flows.standing.lights import STANDARD, Light, Scheme, Sign

Field = str | int | float | date | None


_CENTRED: Final = frozenset(
    {
        "任务编号",
        "类别",
        "承担角色",
        "完成时限",
        "灯",
        "序时进度",
        "完成状态",
        "完成进度",
        "完成日期",
        "期次",
        "名次",
        "任务数",
        "已完成",
    }
    | {"核定状态", "销号", "延期至"}
    | {"不涉及", "逾期", "推进中", "未启动", "完成率", "报送情况", "报送时间", "上期名次", "序号", "逾期天数"}
)
_PERCENT: Final = frozenset({"完成进度", "完成率"})
_SIZES: Final = (10.0, 8.0, 6.0)
"""Sizes tried in turn for a text that would not fit Excel's greatest row height."""


def _size(text: str, width: float) -> float:
    if len(text) <= 200:
        return _SIZES[0]
    return next((size for size in _SIZES if fits(text, width, size)), _SIZES[-1])


@dataclass(frozen=True)
class _Looks:
    """How the cells of long rows look: all that another process needs to make them."""

    widths: tuple[float, ...]
    formats: tuple[tuple[int, ...], ...]
    """Of each column, by size."""
    lights: Mapping[Light, Made]

    def __call__(self, place: int, field: Field) -> Made:
        if isinstance(field, Light):  # before texts: a light is one of its own
            return self.lights[field]
        if not isinstance(field, str) or not field:
            return plain_cell(self.formats[place][0], field), 0.0
        width = self.widths[place]
        text = clean(field)
        size = _size(text, width)
        look = self.formats[place][_SIZES.index(size)]
        return f'" s="{look}"{inline(text)}', height_of(lines_needed(text, width, size), size)


@dataclass(frozen=True)
class _Hidden:
    """The hidden cell with a row's key."""

    look: int
    keys: MasterKeys

    def __call__(self, parts: KeyParts) -> str:
        return f'" s="{self.look}"{inline(self.keys.text(parts))}'


class Table:
    """A bordered table: header, rows with heights that show the whole text, coloured lights."""

    def __init__(
        self, sheet: Worksheet, styles: Styles, columns: Sequence[tuple[str, float]], scheme: Scheme = STANDARD
    ) -> None:
        """A field that is a `Light` is shown as ``scheme`` has it."""
        self.sheet, self.columns, self.styles = sheet, columns, styles
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        self.looks = [self._look(word) for word, _ in columns]
        self.lights = {sign.light: (sign.word, light_look(styles, sign)) for sign in scheme.signs}

    def _look(self, word: str, **more: Any) -> Any:
        look: dict[str, Any] = {"align": "center" if word in _CENTRED else "left"} | more
        if word in _PERCENT:
            look["num_format"] = "0%" if word == "完成进度" else "0.0%"
        elif word in {"完成时限", "完成日期", EXTENDED}:
            look["num_format"] = "yyyy-mm-dd"
        if word in OFFICE:
            look |= {"locked": False, "bg_color": INPUT_FILL}
            look.setdefault("num_format", "@")
        return self.styles.cell(**look)

    def head(self, row: int) -> None:
        """Write the header row."""
        for place, (word, _) in enumerate(self.columns):
            fill = {"bg_color": INPUT_HEAD_FILL} if word in OFFICE else {}
            self.sheet.write_string(row, place, word, self.styles.head(**fill))
        self.sheet.set_row(row, 26)

    def long_rows(
        self,
        sheet: LongSheet,
        first: int,
        count: int,
        groups: Sequence[tuple[int, bool]],
        rows: Iterable[Row],
        keys: MasterKeys | None = None,
        look: Look | None = None,
    ) -> int:
        """As ``rows``, for tens of thousands: written when the workbook is stored. Fields come in ``groups``, see
        `RowMaker`; beside them stands what ``keys`` makes the text of a hidden cell of. ``look`` is shown what is
        written. The row after the last one is returned.
        """
        # Formats get their numbers now: when the rows are written, the styles are already stored.
        looks = _Looks(
            widths=tuple(width for _, width in self.columns),
            formats=tuple(
                tuple(
                    (look if size == _SIZES[0] else self._look(word, font_size=size))._get_xf_index() for size in _SIZES
                )
                for (word, _), look in zip(self.columns, self.looks, strict=True)
            ),
            lights={
                light: (f'" s="{look._get_xf_index()}"{inline(clean(word))}', 0.0)
                for light, (word, look) in self.lights.items()
            },
        )
        hidden = _Hidden(self.styles.get(font_color="#FFFFFF")._get_xf_index(), keys) if keys else None
        maker = RowMaker(groups, looks, (20.0, ROW_LIMIT), hidden)
        sheet.add_long_rows(first, count, len(self.columns) + bool(keys), rows, maker, look)
        return first + count

    def rows(self, first: int, rows: Iterable[Sequence[Field]]) -> int:
        """Write rows from row ``first`` on; the row after the last one is returned."""
        line = first
        for line, fields in enumerate(rows, first):
            height = 20.0
            for place, (field, (word, width)) in enumerate(zip(fields, self.columns, strict=True)):
                value, look = self.lights[field] if isinstance(field, Light) else (field, self.looks[place])
                if isinstance(value, str) and value:
                    text = clean(value)
                    size = _size(text, width)
                    if size != _SIZES[0]:
                        look = self._look(word, font_size=size)
                    height = max(height, height_of(lines_needed(text, width, size), size))
                    self.sheet.write_string(line, place, text, look)
                elif value is None or value == "":
                    self.sheet.write_blank(line, place, None, look)
                elif isinstance(value, date):
                    self.sheet.write_datetime(line, place, value, look)
                else:
                    self.sheet.write_number(line, place, float(value), look)
            self.sheet.set_row(line, min(height, ROW_LIMIT))
            line += 1
        return line


def light_look(styles: Styles, sign: Sign, size: float = 10.0) -> Any:
    """The cell of a light: its colour and, on it, its word."""
    colours = {"bg_color": f"#{sign.fill}", "font_color": f"#{sign.ink}", "bold": True} if sign.fill else {}
    return styles.cell(align="center", font_size=size, **colours)


def print_set_up(sheet: Worksheet, repeat: int | None, *, portrait: bool = False, large: bool = False) -> None:
    """A4 (A3 when ``large``), one page wide, numbered; ``repeat`` is the row that stands on top of every page."""
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(8 if large else 9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if repeat is not None:
        sheet.repeat_rows(repeat)
