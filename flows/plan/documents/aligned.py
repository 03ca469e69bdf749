"""Tables without rules: cells told by where their texts stand on the line, in a text of spaces or on a PDF's page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.plan.documents.model import Cell, Row, Table

UNSURE = "这张表没有框线，按对齐位置分栏读入，请对照原文核对"
_NOT_IN_HEADER = re.compile(r"[：:。，；,;]|^[0-9.（）()]+$")
_LONGEST_WORD = 14
_DAY = re.compile(r"(?:20[0-9]{2}|二[〇○零][〇○零一二三四五六七八九]{2})年.{1,3}月.{1,3}日")
_MARK = re.compile(r"(?:[0-9]{1,3}[.．、](?![0-9])|[（(](?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[）)]|[①-⑳])")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text on a line and the places where it begins and ends."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A line: its segments from left to right. ``gap`` is the empty height above it, in lines; ``place`` for people."""

    segments: tuple[Segment, ...]
    gap: float = 0.0
    place: str = ""


def opens_columns(strips: Sequence[Strip], at: int) -> bool:
    """A header stands here: three or more short words apart from one another, and below it lines in columns too."""
    words = [segment.text for segment in strips[at].segments]
    if len(words) < 3 or all(len(word) == 1 for word in words):
        return False
    if any(len(word) > _LONGEST_WORD or _NOT_IN_HEADER.search(word) for word in words):
        return False
    if any(len(strip.segments) > 1 for strip in strips[at + 1 : at + 4]):
        return True
    # Centred cells: the line that shows all columns stands in the middle of its row.
    return any(len(strip.segments) >= len(words) - 1 for strip in strips[at + 4 : at + 12])


def take_columns(strips: Sequence[Strip], start: int) -> tuple[Table, int] | None:
    """The table whose header is at ``start`` and the index after it; None when no columns can be told."""
    end = _end(strips, start)
    body = strips[start:end]
    columns = len(body[0].segments)
    zones = _zones(body)
    if len(zones) == columns:
        return Table(tuple(_rows(body, zones))), end
    even = sum(len(strip.segments) == columns for strip in body)
    if even * 5 >= len(body) * 4:
        rows = (
            Row(tuple(Cell(s.text) for s in strip.segments), strip.place, "" if even == len(body) else UNSURE)
            for strip in body
            if len(strip.segments) > 1
        )
        return Table(tuple(rows)), end
    return None


def _end(strips: Sequence[Strip], start: int) -> int:
    """A line that runs over the borders of the header's columns, or a note after a gap, ends the table."""
    header = strips[start].segments
    left = header[0].start
    for at in range(start + 1, len(strips)):
        segments = strips[at].segments
        over = len(segments) == 1 and segments[0].end > header[1].end and segments[0].start < header[1].start
        note = re.match(r"(?:备注|注|说明|抄送|主送|附件?)[:：0-9]", segments[0].text)
        outside = len(segments) == 1 and segments[0].start < left - 4 * _em(segments[0])
        if over or note or outside or _signed(strips, at):
            return at
    return len(strips)


def _signed(strips: Sequence[Strip], at: int) -> bool:
    """Below a gap an office or a day stands alone: the signature of a letter, no row."""
    if strips[at].gap < 1 or len(strips[at].segments) > 1:
        return False
    alone = [strip.segments[0].text for strip in strips[at : at + 2] if len(strip.segments) == 1]
    return any(_DAY.fullmatch(text.replace(" ", "")) for text in alone)


def _em(segment: Segment) -> float:
    return (segment.end - segment.start) / max(1, len(segment.text))


def _zones(body: Sequence[Strip]) -> list[tuple[float, float]]:
    """Stretches of the line in which anything stands, parted by stretches that are empty on every line."""
    spans = sorted((segment.start, segment.end) for strip in body for segment in strip.segments)
    zones: list[tuple[float, float]] = []
    for start, end in spans:
        if zones and start < zones[-1][1]:
            zones[-1] = (zones[-1][0], max(zones[-1][1], end))
        else:
            zones.append((start, end))
    return zones


def _rows(body: Sequence[Strip], zones: list[tuple[float, float]]) -> list[Row]:
    lines = [_in_zones(strip, zones) for strip in body]
    starts = _starts(body, lines, zones)
    rows = []
    for number, (begin, end) in enumerate(pairwise([*starts, len(body)])):
        cells = tuple(
            Cell("\n".join(filter(None, (line[at] for line in lines[begin:end])))) for at in range(len(zones))
        )
        rows.append(Row(cells, body[begin].place, UNSURE if number and end - begin > 1 else ""))
    return rows


def _in_zones(strip: Strip, zones: list[tuple[float, float]]) -> list[str]:
    cells = [""] * len(zones)
    for segment in strip.segments:
        at = max(range(len(zones)), key=lambda n: min(segment.end, zones[n][1]) - max(segment.start, zones[n][0]))
        cells[at] = f"{cells[at]} {segment.text}".strip()
    return cells


def _starts(body: Sequence[Strip], lines: list[list[str]], zones: list[tuple[float, float]]) -> list[int]:
    """The lines at which rows begin: a number in the first column, a gap, or several cells that begin anew at once."""
    below = range(1, len(body))
    anew = {at for at in below if _begins_anew(body[at - 1], body[at], zones)}
    if sum(_is_number(line[0]) for line in lines[1:]) > 1:
        numbered = [at for at in below if _is_number(lines[at][0])]
        # A line without a number that fills most columns is a row of its own, below merged cells.
        rows = [at for at in below if at not in numbered and sum(map(bool, lines[at])) * 2 > len(lines[at])]
        centred = [] if rows else _centred(body, numbered)
        ended = {at for at in anew if any(re.search(r"[。；;！]$", text) for text in lines[at - 1])}
        opened = {at for at in below if sum(map(bool, lines[at])) > 1 and _opens_row(lines[at - 1], lines[at])}
        return centred or [0, *(at for at in below if lines[at][0] or at in ended or at in opened)]
    gaps = [body[at].gap for at in below]
    if gaps and max(gaps) > min(gaps) + 0.4:
        limit = (max(gaps) + min(gaps)) / 2
        return [0, *(at for at in below if at == 1 or body[at].gap > limit or at in anew)]
    return [0, *(at for at in below if sum(map(bool, lines[at])) * 2 > len(lines[at]) or at in anew)]


def _opens_row(above: list[str], line: list[str]) -> bool:
    """A line below merged cells: a numbered text of its own, with other cells beside it."""
    return any(
        _MARK.match(text) and (not before or re.search(r"[。；;！]$", before))
        for before, text in zip(above, line, strict=True)
    )


def _is_number(text: str) -> bool:
    bare = text.strip("、.．（）()")
    return bare.isdigit() or re.fullmatch(r"[一二三四五六七八九十]{1,3}", bare) is not None


def _centred(body: Sequence[Strip], numbers: Sequence[int]) -> list[int]:
    """The lines at which rows begin whose number stands half way down, [] when the rows are not made so.

    Each row reaches as far below its number as above it, and the rows must fill the table without rest.
    """
    heights = [0.0]
    for strip in body[1:]:
        heights.append(heights[-1] + 1 + strip.gap)
    starts = [0]
    begin = 1
    for number in numbers:
        bottom = 2 * heights[number] - heights[begin]
        end = max((at for at in range(begin, len(body)) if heights[at] <= bottom + 0.4), default=begin)
        if not begin <= number <= end or abs(heights[end] - bottom) > 0.8:
            return []
        starts.append(begin)
        begin = end + 1
    above = any(start < number for start, number in zip(starts[1:], numbers, strict=True))
    return starts if above and begin == len(body) else []


def _begins_anew(above: Strip, strip: Strip, zones: list[tuple[float, float]]) -> bool:
    """In two columns or more the text above ended with room to spare: it was not the margin that broke it."""
    ended = 0
    for segment in strip.segments:
        before = [one for one in above.segments if one.start < segment.end and segment.start < one.end]
        limit = min((zone[0] for zone in zones if zone[0] >= segment.end), default=None)
        if before and limit is not None and limit - before[-1].end > 2.5 * _em(before[-1]):
            ended += 1
    return ended > 1 and ended * 2 >= len(strip.segments)
