"""A document, whatever its format: paragraphs and tables in reading order, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text outside of tables. ``text`` keeps inner spaces; it is never blank."""

    text: str
    indented: bool | None = field(default=None, compare=False)
    """The line began with spaces; None where the format does not say."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    ``above`` says whether the cell is the lower part of a vertical merge: True and False when the format records
    merges, None when it cannot (plain text), where a blank cell may be either. ``beside`` is True for the right part
    of a horizontal merge; its ``text`` is then empty.
    """

    text: str = ""
    above: bool | None = None
    beside: bool = False

    @property
    def blank(self) -> bool:
        """Nothing to read in it."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. ``place`` is where a person finds it in the document, e.g. “第12行”.

    ``doubt`` is a Chinese sentence where the document does not show plainly which text stands in which cell.
    """

    cells: tuple[Cell, ...]
    place: str = ""
    doubt: str = ""

    @property
    def blank(self) -> bool:
        """No cell holds any text."""
        return all(cell.blank for cell in self.cells)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the cells."""
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in order. Rows may differ in length when the document is untidy. ``name``: sheet name, if it has one."""

    rows: tuple[Row, ...]
    name: str = ""


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A read document: ``name`` is the file's name, ``blocks`` stand in reading order.

    ``doubts`` are Chinese sentences about parts of the file that could not be read.
    """

    name: str
    blocks: tuple[Block, ...]
    doubts: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def text(self) -> str:
        """All text, one paragraph or cell a line, for searches over the whole document."""
        lines: list[str] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                lines.append(block.text)
            else:
                lines.extend(cell.text for row in block.rows for cell in row.cells if not cell.blank)
        return "\n".join(lines)

    def changed(self, change: Callable[[str], str]) -> Document:
        """The same document with every text changed; paragraphs that become blank are left out."""
        blocks: list[Block] = []
        for block in self.blocks:
            if isinstance(block, Table):
                rows = tuple(
                    replace(row, cells=tuple(replace(cell, text=change(cell.text)) for cell in row.cells))
                    for row in block.rows
                )
                blocks.append(replace(block, rows=rows))
            elif text := change(block.text).strip():
                blocks.append(replace(block, text=text))
        return replace(self, blocks=tuple(blocks))
