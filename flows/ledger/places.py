"""Cells named to people: many cells of one cause as “I6:I14、I16”, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_CELL: Final = re.compile(r"([A-Z]{1,3})(\d+)")


def join_cells(cells: Iterable[str | None]) -> str | None:
    """The cells in one text, runs in a column as a range; None when there is none to name."""
    parts: list[str] = []
    run: tuple[str, int, int] | None = None

    def close() -> None:
        if run:
            column, first, last = run
            parts.append(f"{column}{first}" if first == last else f"{column}{first}:{column}{last}")

    for cell in cells:
        found = _CELL.fullmatch(cell) if cell else None
        if run and found and found[1] == run[0] and int(found[2]) == run[2] + 1:
            run = run[0], run[1], run[2] + 1
            continue
        close()
        run = (found[1], int(found[2]), int(found[2])) if found else None
        if cell and not found:  # a place in a Word table
            parts.append(cell)
    close()
    return "、".join(parts) or None


def row_numbers(cells: str | None) -> Iterator[int]:
    """The rows of the cells that :func:`join_cells` or a single address names."""
    for part in (cells or "").split("、"):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        if len(ends) == 2 and ":" in part:
            yield from range(ends[0], min(ends[1], ends[0] + 100_000) + 1)
        elif ends:
            yield ends[-1] if _CELL.fullmatch(part) else ends[0]


def join_rows(rows: Iterable[int]) -> str:
    """Row numbers as people read them: 6—9、12."""
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return "、".join(f"{first}" if first == last else f"{first}—{last}" for first, last in parts)


def named(numbers: Iterable[str], most: int = 8) -> str:
    """Some 任务编号 in a sentence; of many only the first."""
    known = list(numbers)
    rest = f"等 {len(known)} 项" if len(known) > most else ""
    return "、".join(known[:most]) + rest
