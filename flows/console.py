"""What a person sees in the terminal: results on stdout, progress and notes on stderr, JSON on demand."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

_LONG = 100
"""Tables with more rows are set without rich."""


def prepare_streams() -> None:
    """UTF-8 in and out also where the system's code page is GBK."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if os.environ.get("COLUMNS") == "0":  # no width is known; rich would print nothing at all
        del os.environ["COLUMNS"]


@dataclass
class Screen:
    """One command's output. With ``json_only`` nothing but the JSON object reaches stdout."""

    json_only: bool = False

    def __post_init__(self) -> None:
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        """One line of the result."""
        if not self.json_only:
            self.out.print(text, markup=False)

    def table(self, title: str, columns: list[str], rows: Iterable[Iterable[object]]) -> None:
        """A small table of the result."""
        if self.json_only:
            return
        self.say(title)
        lines = [[str(value) for value in row] for row in rows]
        if len(lines) > _LONG and self._long_table(columns, lines):
            return
        from rich.table import Table

        table = Table(show_edge=False, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for line in lines:
            table.add_row(*line)
        self.out.print(table, markup=False, soft_wrap=False)

    def _long_table(self, columns: list[str], lines: list[list[str]]) -> bool:
        """The same table for the thousand units of a province, whose layout by rich takes half a second.

        False, and nothing is printed, where texts have to be folded.
        """
        from rich import box
        from rich.text import Text

        widths = [max(map(cell_len, texts)) for texts in zip(columns, *lines, strict=True)]
        folded = any("\n" in text for line in lines for text in line)
        if folded or sum(widths) + 3 * (len(widths) - 1) > self.out.width:
            return False
        edges = box.HEAVY_HEAD.substitute(self.out.options)
        names = (Text(set_cell_size(name, width)) for name, width in zip(columns, widths, strict=True))
        self.out.print(Text(f" {edges.head_vertical} ").join(names), style="table.header")
        rule = edges.head_row_horizontal
        body = [f"{rule}{edges.head_row_cross}{rule}".join(rule * width for width in widths)]
        for line in lines:
            texts = (set_cell_size(text, width) for text, width in zip(line, widths, strict=True))
            body.append(f" {edges.mid_vertical} ".join(texts))
        self.out.print("\n".join(body), markup=False, emoji=False)
        return True

    def note(self, text: str) -> None:
        """A remark on stderr."""
        self.err.print(text, markup=False)

    def result(self, data: dict[str, Any]) -> None:
        """The JSON object of the contract, when it was asked for."""
        if self.json_only and sys.stdout:  # there is none where it was closed before the start
            sys.stdout.write(_laid_out(data) + "\n")
            sys.stdout.flush()


def _laid_out(data: dict[str, Any]) -> str:
    """One object, each entry of its lists on a line of its own: indenting all of it takes three times as long."""
    parts = []
    for key, value in data.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and len(value) > 1:
            text = "[\n  " + ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n ]"
        parts.append(f" {json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}"


def track(title: str) -> Callable[[Iterable[T]], Iterator[T]]:
    """A wrapper that shows how far a piece of work is: on stderr, after the first second, leaving no trace."""

    def wrap(work: Iterable[T]) -> Iterator[T]:
        total = len(work) if isinstance(work, Sized) else None
        started = time.monotonic()
        bar: Progress | None = None
        try:
            for done, each in enumerate(work):
                if bar is None and time.monotonic() - started > 1:
                    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

                    bar = Progress(
                        TextColumn("{task.description}"),
                        BarColumn(),
                        MofNCompleteColumn(),
                        TimeRemainingColumn(),
                        console=Console(stderr=True),
                        transient=True,
                    )
                    bar.start()
                    bar.add_task(title, total=total, completed=done)
                yield each
                if bar is not None:
                    bar.advance(bar.task_ids[0])
        finally:
            if bar is not None:
                bar.stop()

    return wrap
