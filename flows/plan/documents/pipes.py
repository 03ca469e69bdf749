"""Tables whose cells are parted by pipes: Markdown, and what web extractors print, with rows broken over lines."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from flows.plan.documents.marks import strip_marks
from flows.plan.documents.model import Cell, Row, Table

_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_FARTHEST = 3
"""A row may begin with so many lines without a pipe (a number on a line of its own) before its first pipe."""
_LONGEST = 60
_TEXT_WORDS = re.compile("内容|任务|要点|事项|工作|措施|举措|要求|项目")
_DETAIL_WORDS = re.compile("内容|要求|措施|举措|标准")
_UNIT_WORDS = re.compile("单位|部门|科室|牵头|分工")
_UNIT_END = re.compile(r"(?:局|委|办|厅|部|部门|单位|政府|会|中心|街道|科|处|室|公司|落实|负责|[)）])\s*$")
_MARKS = (
    r"[0-9]{1,3}[.．、]",
    r"[(（][0-9]{1,3}[)）]",
    r"[一二三四五六七八九十]{1,3}、",
    r"[(（][一二三四五六七八九十]{1,3}[)）]",
    r"[①-⑳]",
)
_UNSURE = "这一行缺格，按内容推断各格属于哪一栏，请对照原文核对"
_BROKEN = "这一行的竖线数与表头不同，各栏可能错位，请对照原文核对"


def opens_pipes(lines: Sequence[str], at: int) -> bool:
    """A table of pipes begins here: a line of at least three cells, or of two with a line of dashes below it."""
    count = pipes_in(lines[at])
    if _RULE.fullmatch(lines[at]):
        return False
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if pipes_in(below) and _RULE.fullmatch(below):
        return count > 0
    if count < 2 or (count == 2 and _is_closed(lines[at])):
        return False
    # One line of navigation (首页 | 要闻 | 公开) is no table: something with as many pipes must follow.
    return sum(pipes_in(line) for line in lines[at + 1 : at + 1 + _LONGEST]) >= count


def take_pipes(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """The table that begins at ``start`` and the index of the first line after it.

    Extractors write a row as “a | b | c |”, break it where a cell held line breaks, leave out cells that a merge
    covers and fill the row up with pipes at its end. The header tells how many pipes a full row has.
    """
    full = pipes_in(lines[start])
    closed = _is_closed(lines[start])
    rows: list[tuple[int, str]] = []
    at = start
    while at < len(lines):
        end = _row_end(lines, at, full, closed)
        if end is None:
            break
        text = "\n".join(line for line in lines[at:end] if line.strip())
        if not _RULE.fullmatch(text):
            rows.append((_first(lines, at), text))
        at = end
    return Table(_settle([(place, _cells(text, closed)) for place, text in rows], full, closed)), at


def pipes_in(line: str) -> int:
    """How many cell borders a line holds."""
    return len(_PIPE.findall(line))


def _is_closed(line: str) -> bool:
    return line.strip().startswith("|")


def _first(lines: Sequence[str], at: int) -> int:
    return next((n for n in range(at, len(lines)) if lines[n].strip()), at)


def _row_end(lines: Sequence[str], at: int, full: int, closed: bool) -> int | None:
    """The line after the row that begins at ``at``; None when no row begins there."""
    begin = _first(lines, at)
    opening = [line for line in lines[begin : begin + _FARTHEST + 1] if line.strip()]
    if not any(pipes_in(line) for line in opening) or (closed and not _is_closed(lines[begin])):
        return None
    if begin > at and not any(pipes_in(line) for line in opening[:2]):
        return None
    count = 0
    for end in range(begin, min(len(lines), begin + _LONGEST)):
        line = lines[end]
        if closed and end > begin and _is_closed(line) and line.rstrip().endswith("|") and pipes_in(line) > 2:
            # A closed row with fewer cells than the header: merged cells were left out.
            return end
        count += pipes_in(line)
        if count >= full or _RULE.fullmatch(line):
            return end + 1
        if closed and line.rstrip().endswith("|") and pipes_in(line) > 1 and end + 1 < len(lines):
            following = lines[end + 1]
            if not following.strip() or _is_closed(following):
                return end + 1
    return min(len(lines), begin + _LONGEST) if count else None


def _cells(text: str, closed: bool) -> list[str]:
    parts = [part.replace("\\|", "|") for part in _PIPE.split(text)]
    if closed:
        parts = parts[1:]
    if not parts[-1].strip() and len(parts) > 1:
        parts = parts[:-1]
    return [strip_marks(part).strip() for part in parts]


def _settle(rows: list[tuple[int, list[str]]], full: int, closed: bool) -> tuple[Row, ...]:
    """Rows of full width: covered cells stand where they belong, header cells span what they name."""
    if not rows:
        return ()
    header = rows[0][1]
    ended = not closed and len(header) == full
    width = full if ended else len(header)
    trimmed = [(place, _without_padding(cells) if ended else cells) for place, cells in rows]
    profiles = _profiles([cells for _, cells in trimmed[1:] if len(cells) == width], width)
    settled: list[Row] = []
    for number, (place, cells) in enumerate(trimmed):
        where = f"第{place + 1}行"
        if len(cells) >= width or not profiles:
            blanks = [""] * (width - len(cells))
            doubt = _BROKEN if len(cells) > width else ""
            settled.append(Row(tuple(Cell(text) for text in [*cells, *blanks]), where, doubt))
        elif number == 0:
            settled.append(Row(tuple(_spread(cells, profiles)), where))
        elif len(cells) == 1:
            settled.append(Row((Cell(cells[0], False), *[Cell("", False, True)] * (width - 1)), where))
        else:
            places, sure = _placed(cells, profiles)
            # At the left a merge covers what is missing; behind that a cell may as well have been empty.
            found = [Cell("", above=True if at < places[0] else None) for at in range(width)]
            for at, text in zip(places, cells, strict=True):
                found[at] = Cell(text, above=False)
            settled.append(Row(tuple(found), where, "" if sure else _UNSURE))
    return tuple(settled)


def _without_padding(cells: list[str]) -> list[str]:
    end = len(cells)
    while end > 1 and not cells[end - 1]:
        end -= 1
    return cells[:end]


@dataclass(frozen=True, slots=True)
class _Profile:
    """What the cells of a column look like: mean length, and how many are numbers, end as units, begin with a mark.

    ``marks`` are the shares of the styles of marks in _MARKS.
    """

    length: float
    numeric: float
    units: float
    marks: tuple[float, ...]

    def distance(self, text: str) -> float:
        """How little a cell looks like the cells of this column."""
        one = _profile([text])
        return (
            abs(math.log((one.length + 1) / (self.length + 1)))
            + 3 * abs(one.numeric - self.numeric)
            + 1.5 * abs(one.units - self.units)
            + 1.5 * sum(abs(a - b) for a, b in zip(one.marks, self.marks, strict=True))
        )


def _profile(texts: Sequence[str]) -> _Profile:
    count = len(texts)
    return _Profile(
        sum(map(len, texts)) / count,
        sum(bool(re.fullmatch(r"[\s0-9一二三四五六七八九十（）()、.]*", text)) and bool(text) for text in texts)
        / count,
        sum(bool(_UNIT_END.search(text)) for text in texts) / count,
        tuple(sum(bool(re.match(mark, text.strip())) for text in texts) / count for mark in _MARKS),
    )


def _profiles(full_rows: list[list[str]], width: int) -> list[_Profile]:
    return [_profile([row[at] for row in full_rows]) for at in range(width)] if full_rows else []


def _placed(cells: list[str], profiles: list[_Profile]) -> tuple[tuple[int, ...], bool]:
    """The columns of the cells of a row that lacks some, and whether no other reading comes near.

    What a merge covers is mostly at the left: a category, a task, a number.
    """
    width = len(profiles)
    usual = tuple(range(width - len(cells), width))
    costs = sorted(
        (
            sum(profiles[at].distance(text) for at, text in zip(places, cells, strict=True)) + (places != usual) * 0.5,
            places,
        )
        for places in combinations(range(width), len(cells))
    )
    sure = len(costs) < 2 or costs[1][0] - costs[0][0] > 0.5
    return costs[0][1], sure


def _spread(words: list[str], profiles: list[_Profile]) -> list[Cell]:
    """Header words over more columns than words: the one for the text of tasks is the likeliest to span several."""
    width = len(profiles)
    best: tuple[float, tuple[int, ...]] | None = None
    for starts in combinations(range(1, width), len(words) - 1):
        begins = (0, *starts)
        cost = 0.0
        for word, begin, end in zip(words, begins, (*starts, width), strict=True):
            cost += (end - begin - 1) * (0 if _TEXT_WORDS.search(word) and not _UNIT_WORDS.search(word) else 2)
            if len(words) < width:
                cost += sum(_misfit(word, profiles, at) for at in range(begin, end))
            if _UNIT_WORDS.search(word):
                cost += sum(1 - profiles[at].units for at in range(begin, end))
            elif "序" in word or "号" in word:
                cost += sum(1 - profiles[at].numeric for at in range(begin, end))
        if best is None or cost < best[0]:
            best = (cost, begins)
    begins = best[1] if best else tuple(range(len(words)))
    cells = [Cell("", False, True)] * width
    for word, begin in zip(words, begins, strict=True):
        cells[begin] = Cell(word, False)
    return cells


def _misfit(word: str, profiles: list[_Profile], at: int) -> float:
    """Short titles stand rather under 任务 than under 要求, the longest text and the number before it under 要求."""
    longest = max(range(len(profiles)), key=lambda n: profiles[n].length)
    detail = bool(_DETAIL_WORDS.search(word))
    belongs = at == longest or (at == longest - 1 and profiles[at].numeric > 0.5)
    if belongs:
        return 0 if detail or not _TEXT_WORDS.search(word) else 1
    return 0.5 if detail else 0


def take_lone_bars(lines: Sequence[str], start: int) -> tuple[Table, int] | None:
    """A table that begins at ``start`` and has every cell and every bar on a line of its own, and the line after it.

    Nothing parts the rows, so the running numbers in one column must tell how long a row is; None when there are
    none. The header may have fewer cells than the rows.
    """
    cells: list[tuple[int, str]] = []
    at = start
    while at < len(lines):
        bar = next((n for n in range(at + 1, min(len(lines), at + _FARTHEST + 1)) if lines[n].strip()), None)
        if bar is None or lines[bar].strip() != "|" or pipes_in(lines[at]):
            break
        cells.append((at, strip_marks(lines[at]).strip()))
        at = _first(lines, bar + 1)
    numbers: list[int] = []
    for place, (_, text) in enumerate(cells):
        if text == str(len(numbers) + 1):
            numbers.append(place)
    steps = [b - a for a, b in pairwise(numbers)]
    width = max(steps, default=0)
    before = width - (len(cells) - numbers[-1]) if numbers else 0  # cells of a full row in front of its number
    head = numbers[0] - before if numbers else 0
    if width < 3 or before < 0 or not 1 < head <= width or any(step < width - before for step in steps):
        return None
    missing = [0, *(width - step for step in steps)]  # a merge has taken the first cells of such a row
    starts = [number - before + gone for number, gone in zip(numbers, missing, strict=True)]
    words = [[text for _, text in cells[begin:end]] for begin, end in pairwise([*starts, len(cells)])]
    profiles = _profiles([row for row in words if len(row) == width], width)
    rows = [Row(tuple(_spread([text for _, text in cells[:head]], profiles)), f"第{start + 1}行")]
    for begin, row, gone in zip(starts, words, missing, strict=True):
        covered = [Cell("", above=True)] * gone
        rows.append(Row((*covered, *(Cell(text) for text in row)), f"第{cells[begin][0] + 1}行"))
    return Table(tuple(rows)), at
