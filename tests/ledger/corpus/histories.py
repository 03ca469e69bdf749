"""Random histories of a workbook in people's hands, for hypothesis.

A sheet is a plain grid here; acts change it as people do, and at the end openpyxl saves it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import StringProperty

from flows.ledger.layout import FIRST_ROW, HEADER_ROW
from flows.ledger.model import Report, Status
from flows.ledger.values import is_nothing
from flows.ledger.writer import render
from tests.ledger.samples import OTHER, RECEIVED, SECRET, UNIT, ledger, row

ROWS = (
    row("1", "编制并公布主动公开事项目录"),
    row("2.1", "公开重大行政决策事项目录"),
    row("2.10", "公开决策执行情况"),
    row("3", "开展政策解读"),
    row("4", "组织业务培训"),
    row("5", "公开财政预决算"),
)
NUMBERS = tuple(one.no for one in ROWS)
WORDS = {
    Status.DONE: ("已完成", "完成", "√", "100%", "已办结"),
    Status.MOVING: ("推进中", "正在推进", "进行中", " 推进中 "),
    Status.IDLE: ("未启动", "未开始", "尚未启动"),
    Status.BLOCKED: ("需协调", "需要协调"),
    Status.EXEMPT: ("不涉及",),
}
PERCENTS: tuple[Callable[[int], Any], ...] = (
    lambda n: n / 100,
    lambda n: f"{n}%",
    lambda n: f"{n} %",
    lambda n: f"百分之{n}" if n == 100 else f"{n}.0%",
)
DATES: tuple[Callable[[date], Any], ...] = (
    lambda day: day,
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}/{day.month:02d}/{day.day:02d}",
    lambda day: (day - date(1899, 12, 30)).days,
)


@dataclass
class Book:
    """A workbook in somebody's hands."""

    grid: list[list[Any]]
    token: str
    name: str = "工作台账"
    hidden_sheet: bool = True
    has_property: bool = True
    copies: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    said: dict[str, Report] = field(default_factory=dict)
    doubtful: bool = False
    """Something was done after which nobody can be sure of every row, or of the unit."""

    @property
    def top(self) -> int:
        """The header row's place."""
        return next(n for n, cells in enumerate(self.grid) if "完成状态" in cells)

    def column(self, header: str) -> int | None:
        """Where a column stands now."""
        cells = self.grid[self.top]
        return cells.index(header) if header in cells else None

    @property
    def key(self) -> int | None:
        """Where the column of hidden keys stands now."""
        for cells in self.grid[self.top + 1 :]:
            for place, value in enumerate(cells):
                if isinstance(value, str) and value.startswith("tzr1"):
                    return place
        return None

    def rows(self) -> list[int]:
        """Places of the rows below the header that hold anything."""
        return [n for n in range(self.top + 1, len(self.grid)) if any(v is not None for v in self.grid[n])]

    @property
    def marked(self) -> bool:
        """Whether a row can be found at all: by number, key or text."""
        return any(place is not None for place in (self.column("任务编号"), self.key, self.column("具体要求")))


Act = Callable[[Book], None]


@cache
def untouched() -> tuple[list[list[Any]], str]:
    """The grid of the ledger as sent out, and its token."""
    book = load_workbook(io.BytesIO(render(ledger(*ROWS), SECRET)))
    sheet = book.worksheets[0]
    grid = [[sheet.cell(n, column).value for column in range(1, 16)] for n in range(1, FIRST_ROW + len(ROWS) + 1)]
    for cells in grid[:HEADER_ROW]:
        cells[:] = [None if isinstance(value, str) and value.startswith("=") else value for value in cells]
    return grid, book["标识"]["A1"].value


SAYABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co", "Cf")) | st.just("\n"),
    min_size=1,
    max_size=30,
).filter(lambda t: t == t.strip() and not is_nothing(t) and not t.startswith("tz") and not _SPECIAL.search(t))
MAYBE = st.just("") | SAYABLE


_SPECIAL = re.compile(r"_x|DISPIMG\(|^同|^#|^\W*$")
"""What programs put into cells and no person types, and what says nothing: 同上, ditto marks."""


@st.composite
def anything(draw: st.DrawFn) -> Report:
    """A report that is right."""
    status = draw(st.sampled_from(Status))
    wordy = status in {Status.MOVING, Status.BLOCKED}
    return Report(
        status,
        draw(st.none() | st.integers(2, 100)),
        draw(SAYABLE if wordy else MAYBE),
        RECEIVED - timedelta(draw(st.integers(0, 250))) if status is Status.DONE else None,
        draw(MAYBE),
        draw(SAYABLE if status is Status.BLOCKED else MAYBE),
        draw(MAYBE),
    )


@st.composite
def typing(draw: st.DrawFn, no: str) -> Act:
    """Somebody types an answer into a task's row, in words of their own."""
    said = draw(anything())
    percent, day = draw(st.sampled_from(PERCENTS)), draw(st.sampled_from(DATES))
    word = draw(st.sampled_from(WORDS[said.status]))
    values = {
        "完成状态": word,
        "完成进度": None if said.percent is None else percent(said.percent),
        "进展情况": said.progress or None,
        "完成日期": day(said.done_on) if said.done_on else None,
        "佐证材料": said.evidence or None,
        "存在问题": said.problem or None,
        "下步措施": said.next_step or None,
    }
    text = next(one.requirement for one in ROWS if one.no == no)

    def act(book: Book) -> None:
        place = book.column("具体要求")
        number = book.column("任务编号")
        for n in book.rows():
            cells = book.grid[n]
            key = cells[book.key] if book.key is not None else ""
            known = (place is not None and cells[place] == text) or (number is not None and cells[number] == no)
            if known or str(key).split(";")[4:5] == [no]:
                for header, value in values.items():
                    at = book.column(header)
                    assert at is not None
                    cells[at] = value
                book.said[no] = said

    return act


@st.composite
def sorting(draw: st.DrawFn) -> Act:
    order = draw(st.permutations(range(len(ROWS))))

    def act(book: Book) -> None:
        places = book.rows()[: len(ROWS)]
        cells = [book.grid[n] for n in places]
        for n, source in zip(places, order, strict=True):
            book.grid[n] = cells[source]

    return act


@st.composite
def moving_a_column(draw: st.DrawFn) -> Act:
    source, target = draw(st.integers(0, 13)), draw(st.integers(0, 13))

    def act(book: Book) -> None:
        for cells in book.grid[book.top :]:
            cells.insert(target, cells.pop(source))

    return act


@st.composite
def inserting_a_column(draw: st.DrawFn) -> Act:
    place = draw(st.integers(0, 14))

    def act(book: Book) -> None:
        for cells in book.grid:
            cells.insert(place, None)

    return act


@st.composite
def inserting_a_row(draw: st.DrawFn) -> Act:
    place = draw(st.integers(0, 12))

    def act(book: Book) -> None:
        book.grid.insert(min(place, len(book.grid)), [None] * len(book.grid[0]))

    return act


def deleting(header: str) -> Act:
    """A column goes, as long as rows can still be told."""

    def act(book: Book) -> None:
        place = book.key if header == "key" else book.column(header)
        if place is None:
            return
        kept = deepcopy(book.grid)
        for cells in book.grid[book.top :]:
            cells[place] = None
        if not book.marked:
            book.grid = kept

    return act


def without_hidden_sheet(book: Book) -> None:
    book.hidden_sheet = False


def without_property(book: Book) -> None:
    book.has_property = False


def renaming(book: Book) -> None:
    book.name = "Sheet1"


def copying(book: Book) -> None:
    book.copies += 1


def hiding(book: Book) -> None:
    book.hidden_rows |= {n + 1 for n in book.rows()[::2]}


def signing(book: Book) -> None:
    book.grid += [[None] * len(book.grid[0]), ["填表人签字：", *[None] * (len(book.grid[0]) - 1)]]


HARMLESS = st.one_of(
    st.sampled_from(NUMBERS).flatmap(typing),
    sorting(),
    moving_a_column(),
    inserting_a_column(),
    inserting_a_row(),
    st.sampled_from(("任务编号", "key", "具体要求", "任务事项", "上期进展")).map(deleting),
    st.sampled_from((without_hidden_sheet, without_property, renaming, copying, hiding, signing)),
)


@st.composite
def confusing(draw: st.DrawFn) -> Act:
    """Something that leaves a doubt about a row or about the unit."""
    kind = draw(st.sampled_from(("number", "delete", "other unit", "label", "key")))
    first, second = draw(st.permutations(range(len(ROWS))))[:2]

    def act(book: Book) -> None:
        rows, number, key, text = book.rows(), book.column("任务编号"), book.key, book.column("具体要求")
        one, two = rows[first], rows[second]
        if kind == "number" and number is not None and text is not None:
            book.grid[one][number], book.grid[two][number] = book.grid[two][number], book.grid[one][number]
            book.doubtful = True
        elif kind == "delete":
            del book.grid[one]
            book.doubtful = True
        elif kind == "other unit" and key is not None:
            for n in (one, two):
                book.grid[n][key] = str(_other_key(str(book.grid[n][key])))
            book.doubtful = True
        elif kind == "label" and (book.hidden_sheet or book.has_property or key is not None):
            for cells in book.grid[: book.top]:
                cells[:] = [OTHER if value == UNIT else value for value in cells]
            book.doubtful = True
        elif kind == "key" and key is not None and text is not None:
            book.grid[one][key], book.grid[two][key] = book.grid[two][key], book.grid[one][key]

    return act


@cache
def _other_keys() -> dict[str, str]:
    book = load_workbook(io.BytesIO(render(ledger(*ROWS, unit=OTHER), SECRET)))
    keys = [str(book.worksheets[0].cell(n, 15).value) for n in range(FIRST_ROW + 1, FIRST_ROW + len(ROWS) + 1)]
    return {key.split(";")[4]: key for key in keys}


def _other_key(key: str) -> str:
    return _other_keys()[key.split(";")[4]] if key.startswith("tzr1") else key


@st.composite
def histories(draw: st.DrawFn, extra: st.SearchStrategy[Act] | None = None) -> Book:
    """A workbook after a random history in which every task was answered."""
    grid, token = untouched()
    book = Book(deepcopy(grid), token)
    acts = [draw(typing(no)) for no in NUMBERS] + draw(st.lists(HARMLESS, max_size=8))
    last = [] if extra is None else [draw(extra)]
    for act in (*draw(st.permutations(acts)), *last):
        act(book)
    for no in NUMBERS:  # a row that could not be found when it was typed is answered now
        if no not in book.said:
            draw(typing(no))(book)
    return book


def saved(book: Book) -> bytes:
    """The workbook as openpyxl saves it."""
    out: Any = Workbook()
    sheet = out.worksheets[0]
    sheet.title = book.name
    for n, cells in enumerate(book.grid, start=1):
        for column, value in enumerate(cells, start=1):
            if value is not None:
                cell = sheet.cell(n, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    for n in book.hidden_rows:
        sheet.row_dimensions[n].hidden = True
    for number in range(book.copies):
        out.copy_worksheet(sheet).title = f"副本{number + 1}"
    if book.hidden_sheet:
        out.create_sheet("标识")["A1"] = book.token
        out["标识"].sheet_state = "hidden"
    if book.has_property:
        out.custom_doc_props.append(StringProperty(name="taizhang", value=book.token))
    stream = io.BytesIO()
    out.save(stream)
    return stream.getvalue()


def with_filler(book: Book) -> Book:
    """Name and telephone stand where the form asks for them, wherever that has moved."""
    for cells in book.grid[: book.top]:
        if "填报人" in cells:
            cells[cells.index("填报人") + 1] = "王敏"
    return book
