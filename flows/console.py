"""What a person sees in the terminal: results on stdout, progress and notes on stderr, JSON on demand."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

T = TypeVar("T")


def prepare_streams() -> None:
    """UTF-8 in and out also where the system's code page is GBK."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


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
        table = Table(show_edge=False, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(str(value) for value in row))
        self.out.print(table, markup=False, soft_wrap=False)

    def note(self, text: str) -> None:
        """A remark on stderr."""
        self.err.print(text, markup=False)

    def result(self, data: dict[str, Any]) -> None:
        """The JSON object of the contract, when it was asked for."""
        if self.json_only:
            sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
            sys.stdout.flush()


def track(title: str) -> Callable[[Iterable[T]], Iterator[T]]:
    """A wrapper that shows how far a piece of work is: on stderr, after the first second, leaving no trace."""

    def wrap(work: Iterable[T]) -> Iterator[T]:
        total = len(work) if isinstance(work, Sized) else None
        started = time.monotonic()
        bar: Progress | None = None
        try:
            for done, each in enumerate(work):
                if bar is None and time.monotonic() - started > 1:
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
