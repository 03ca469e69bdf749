"""The workbooks of a round: a frame that is drawn once, and each unit's own rows.

The office and a thousand units share titles, styles, guide and rules; of the sheet, what a task says is the same for
all who carry it. Both are made once and kept as XML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Final

from flows.hands import Hands
from flows.ledger import frame as cut
from flows.ledger import layout
from flows.ledger.cells import Marks
from flows.ledger.drawing import draw
from flows.ledger.frame import Frame, Shape, make_frame, shape_of
from flows.ledger.identity import row_keys, token
from flows.ledger.inputs import Value, deadlines_at, summary
from flows.ledger.layout import FIRST_ROW, INDEX, column_name
from flows.ledger.model import Ledger, LedgerRow
from flows.ledger.page import footer_name, locked_texts, ordered, prefilled, row_height, size_of, widths_of
from flows.ledger.styles import SIZE
from flows.ledger.text import clean, height_of, lines_needed
from flows.ledger.xml_text import escaped, inline, plain_cell
from flows.ledger.zipping import package, part

_LETTERS: Final = tuple(column_name(place) for place in range(layout.KEY_COLUMN + 1))
_TOLD: Final = INDEX[layout.PREVIOUS]
"""The columns before it hold what the plan says of a task: the same for all units that carry it in the same role."""
_KEPT: Final = 20_000
"""Pieces of rows that are kept at most."""
_AT_A_TIME: Final = 20
"""Workbooks that travel to another process at a time."""
_LINE: Final = "\ue10a"
"""Where the number of the row goes in a piece that is kept."""

_Cell = tuple[str, float]
"""A cell's XML after its address, and the height that its text needs."""


class Press:
    """Writes workbooks, many for the same office and period. Not for several threads at once."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._frames: dict[Shape, Frame] = {}
        self._told: dict[object, _Cell] = {}
        self._texts: dict[object, tuple[str, ...]] = {}
        self._blank: dict[bool, str] = {}

    def workbook(self, ledger: Ledger) -> bytes:
        """A unit's workbook. The same ledger gives the same bytes, whatever was written before."""
        if not ledger.rows:
            return draw(ledger, self._secret, Marks())
        frame = self._frame(ledger)
        rows = ordered(ledger.rows)
        filled = [prefilled(row.standing) for row in rows]
        end = str(FIRST_ROW + len(rows))
        parts = {cut.SHEET: self._sheet(frame, ledger, rows, filled, end)}
        identity = token(ledger.identity, self._secret)
        for name, text in frame.cut.items():
            own = f'<c r="A1" s="{frame.token}"{inline(identity)}' if name == cut.IDENTITY else escaped(identity)
            parts[name] = text.replace(cut.LAST_ROW, end).replace(cut.TOKEN, own)
        return package(frame.shared.get(name) or part(name, parts[name]) for name in frame.names)

    def _frame(self, ledger: Ledger) -> Frame:
        shape = shape_of(ledger, self._secret)
        if shape not in self._frames:
            self._frames[shape] = make_frame(ledger, self._secret)
            self._told.clear()  # formats are numbered anew in each frame
            self._blank.clear()
        return self._frames[shape]

    def _sheet(
        self,
        frame: Frame,
        ledger: Ledger,
        rows: Sequence[LedgerRow],
        filled: Sequence[Mapping[str, Value]],
        end: str,
    ) -> str:
        locked = [self._locked(row) for row in rows]
        widths = widths_of(locked, filled)
        head = frame.head
        for mark, text in (
            (cut.COLUMNS, _columns(widths)),
            (cut.NAME_CELL, _label(layout.UNIT, frame.name, ledger.identity.unit)),
            (cut.FILLER_CELL, _label(layout.FILLER, frame.filler, ledger.filler)),
            (cut.PHONE_CELL, _label(layout.PHONE, frame.phone, ledger.phone)),
            (cut.SUMMARY, escaped(summary(rows, filled, ledger.filler))),
            (cut.LAST_ROW, end),
        ):
            head = head.replace(mark, text)
        late = [offset for offset, row in enumerate(rows) if row.overdue]
        tail = frame.tail.replace(cut.LAST_ROW, end).replace(cut.FOOTER, escaped(footer_name(ledger)))
        tail = tail.replace(cut.OVERDUE, _overdue(frame.overdue, late) if late else "")
        keys = row_keys(ledger.identity, (row.no for row in rows), self._secret)
        told = tuple(widths[:_TOLD])
        body = [
            self._row(frame, str(FIRST_ROW + 1 + offset), row, texts, told, widths, values, key)
            for offset, (row, texts, values, key) in enumerate(zip(rows, locked, filled, keys, strict=True))
        ]
        return "".join((head, *body, tail))

    def _locked(self, row: LedgerRow) -> tuple[str, ...]:
        """The row's locked cells; those of a task that nobody has reported on are known from other units."""
        if row.previous is not None:
            return locked_texts(row)
        known = (row.no, row.category, row.task, row.requirement, row.role, row.deadline, row.asks)
        if known not in self._texts:
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            self._texts[known] = locked_texts(row)
        return self._texts[known]

    def _row(
        self,
        frame: Frame,
        line: str,
        row: LedgerRow,
        texts: Sequence[str],
        told_widths: tuple[float, ...],
        widths: Sequence[float],
        values: Mapping[str, Value],
        key: str,
    ) -> str:
        carried = row.is_carried
        told, height = self._plan_cells(frame, texts[:_TOLD], told_widths, carried)
        previous, needed = self._text(frame, _TOLD, widths[_TOLD], carried, texts[_TOLD])
        height = max(height, needed)
        cells = [told.replace(_LINE, line), f'<c r="{_LETTERS[_TOLD]}{line}{previous}']
        if values:
            for place, head in enumerate(layout.COLUMNS[_TOLD + 1 :], _TOLD + 1):
                value = values.get(head.header)
                if isinstance(value, str) and value:
                    xml, needed = self._text(frame, place, widths[place], carried, value)
                    height = max(height, needed)
                else:
                    xml = plain_cell(frame.looks[place, SIZE, carried], value)
                cells.append(f'<c r="{_LETTERS[place]}{line}{xml}')
        else:
            cells.append(self._blank_cells(frame, carried).replace(_LINE, line))
        cells.append(f'<c r="{_LETTERS[-1]}{line}" s="{frame.key}"{inline(key)}')
        pixels = int(row_height(height) * 4 / 3 + 0.5)
        return f'<row r="{line}" ht="{pixels * 0.75:.16g}" customHeight="1">{"".join(cells)}</row>'

    def _plan_cells(self, frame: Frame, texts: Sequence[str], widths: tuple[float, ...], carried: bool) -> _Cell:
        """The cells that the plan fills, and the height that they need."""
        known = (texts, widths, carried)
        if known not in self._told:
            if len(self._told) >= _KEPT:
                self._told.clear()
            cells = [self._text(frame, place, widths[place], carried, text) for place, text in enumerate(texts)]
            xml = "".join(f'<c r="{_LETTERS[place]}{_LINE}{cell}' for place, (cell, _) in enumerate(cells))
            self._told[known] = xml, max(needed for _, needed in cells)
        return self._told[known]

    def _blank_cells(self, frame: Frame, carried: bool) -> str:
        """The cells of a row in which nothing is prefilled."""
        if carried not in self._blank:
            self._blank[carried] = "".join(
                f'<c r="{_LETTERS[place]}{_LINE}{plain_cell(frame.looks[place, SIZE, carried], None)}'
                for place in range(_TOLD + 1, len(layout.COLUMNS))
            )
        return self._blank[carried]

    def _text(self, frame: Frame, place: int, width: float, carried: bool, value: str) -> _Cell:
        text = clean(value)
        if not text:
            return plain_cell(frame.looks[place, SIZE, carried], None), 0.0
        size = size_of(text, width)
        look = frame.looks[place, size, carried]
        return f'" s="{look}"{inline(text)}', height_of(lines_needed(text, width, size), size)


def _label(word: str, look: int, text: str) -> str:
    """The cell beside a label above the table."""
    row, column = layout.LABEL_CELLS[word]
    text = clean(text)
    return f'<c r="{layout.cell_name(row, column + 1)}" s="{look}"{inline(text) if text else "/>"}'


def _columns(widths: Sequence[float]) -> str:
    found = [
        f'<col min="{place}" max="{place}" width="{_in_characters(width)}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    ]
    key = layout.KEY_COLUMN + 1
    found.append(
        f'<col min="{key}" max="{key}" width="{_in_characters(layout.KEY_WIDTH)}" hidden="1" customWidth="1"/>'
    )
    return f"<cols>{''.join(found)}</cols>"


def _in_characters(width: float) -> str:
    """A width as Excel stores it: with 5 pixels of padding, at 7 pixels a character (Calibri 11)."""
    pixels = int(width * 7 + 0.5) + 5
    return f"{pixels * 256 // 7 / 256:.16g}"


def _overdue(rule: str, late: Sequence[int]) -> str:
    """The rule for overdue deadlines, on these rows: what it says of its first cell holds for each."""
    first = str(FIRST_ROW + 1)
    column = column_name(INDEX[layout.DEADLINE])
    rule = rule.replace(f'sqref="{column}{first}"', f'sqref="{deadlines_at(late)}"')
    return rule.replace(
        f"${_LETTERS[INDEX[layout.STATUS]]}{first}", f"${_LETTERS[INDEX[layout.STATUS]]}{FIRST_ROW + 1 + late[0]}"
    )


def pressed(ledgers: Iterable[Ledger], secret: bytes, hands: Hands | None = None) -> Iterator[bytes]:
    """The workbooks of many units, in their order; ``hands`` help."""
    if hands is None:
        yield from map(Press(secret).workbook, ledgers)
        return
    for some in hands.each(partial(_pressed, secret), _cut(ledgers)):
        yield from some


def pressed_ahead(ledgers: Iterable[Ledger], secret: bytes, hands: Hands) -> Iterator[bytes]:
    """As `pressed`, but ``hands`` begin at once; all that they have made is held in memory until it is asked for."""
    return chain.from_iterable(hands.begin(partial(_pressed, secret), _cut(ledgers)))


def _cut(ledgers: Iterable[Ledger]) -> Iterator[list[Ledger]]:
    coming = iter(ledgers)
    while some := list(islice(coming, _AT_A_TIME)):
        yield some


def _pressed(secret: bytes, ledgers: list[Ledger]) -> list[bytes]:
    return [_press(secret).workbook(ledger) for ledger in ledgers]


@lru_cache(maxsize=1)
def _press(secret: bytes) -> Press:
    return Press(secret)
