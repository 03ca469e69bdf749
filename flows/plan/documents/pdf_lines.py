"""Lines of a PDF page from its characters, and paragraphs from lines: which line ends were only the margin's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flows.plan.documents.aligned import Segment
from flows.plan.documents.marks import printable

_LATIN = re.compile(r"[A-Za-z]")
_OPENING = re.compile(r"[A-Za-z0-9%.]+|.")
_MARK = re.compile(
    r"(?:[0-9]{1,3}[.．、]|[（(][0-9一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
_CELL_GAP = 1.5
"""In em: what stands farther apart on a line is not one text."""
_SPACE_GAP = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with its box on the page (from the top left), the size of its letters and its parts.

    ``blank_end``: a space stands at its end, which in running text parts two words on either side of the margin.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    segments: tuple[Segment, ...]
    blank_end: bool = False


def lines_of(chars: Iterable[dict[str, Any]]) -> list[Line]:
    """Lines from the top down. Turned characters (watermarks) and what lies outside of the page are left out."""
    shown = [char for char in chars if char.get("upright", True) and char["text"] and char["size"] > 1]
    shown.sort(key=lambda char: (char["top"] + char["bottom"]) / 2)
    groups: list[list[dict[str, Any]]] = []
    for char in shown:
        middle = (char["top"] + char["bottom"]) / 2
        if groups:
            last = groups[-1][0]
            if middle - (last["top"] + last["bottom"]) / 2 < 0.5 * max(char["size"], last["size"]):
                groups[-1].append(char)
                continue
        groups.append([char])
    return [line for group in groups if (line := _line(sorted(group, key=lambda char: char["x0"]))) is not None]


def _line(chars: list[dict[str, Any]]) -> Line | None:
    inked = [char for char in chars if char["text"].strip()]
    if not inked:
        return None
    sizes = sorted(char["size"] for char in inked)
    size = float(sizes[len(sizes) // 2])
    gaps = [max(0.0, b["x0"] - a["x1"]) / size for a, b in pairwise(inked)]
    wide = sum(gap > _SPACE_GAP for gap in gaps)
    # A title whose letters are spaced out: 关 于 印 发.
    spaced = (
        len(gaps) > 1 and wide * 10 >= len(gaps) * 7 and max(gaps) < 2.5 * min(gap for gap in gaps if gap > _SPACE_GAP)
    )
    blanks = sorted(char["x0"] for char in chars if not char["text"].strip())
    segments: list[Segment] = []
    text, start = inked[0]["text"], inked[0]["x0"]
    for one, other, gap in zip(inked, inked[1:], gaps, strict=False):
        if gap > _CELL_GAP and not spaced:
            segments.append(Segment(start, one["x1"], printable(text)))
            text, start = "", other["x0"]
        elif not spaced and (gap > _SPACE_GAP or any(one["x0"] < blank < other["x0"] for blank in blanks)):
            text += " "
        text += other["text"]
    segments.append(Segment(start, inked[-1]["x1"], printable(text)))
    return Line(
        text=" ".join(segment.text for segment in segments),
        left=float(inked[0]["x0"]),
        right=float(max(char["x1"] for char in inked)),
        top=float(min(char["top"] for char in inked)),
        bottom=float(max(char["bottom"] for char in inked)),
        size=size,
        segments=tuple(segments),
        blank_end=bool(blanks) and blanks[-1] > inked[-1]["x0"],
    )


def paragraphs(lines: Sequence[Line], left: float, right: float) -> list[str]:
    """Lines joined where only the margins (``left``, ``right``) broke them.

    A line that leaves room for what begins the next one ended by will, as does one before an indented line or, when
    it ends a sentence, before a number mark.
    """
    found: list[str] = []
    # Some programs end every line with a space; then it parts nothing.
    telling = sum(line.blank_end for line in lines) * 3 <= max(3, len(lines))
    for at, line in enumerate(lines):
        if at and not _ended(lines[at - 1], line, left, right):
            both_latin = _LATIN.match(found[-1][-1:]) and _LATIN.match(line.text)
            parted = both_latin or (telling and lines[at - 1].blank_end)
            found[-1] += (" " if parted else "") + line.text
        else:
            found.append(line.text)
    return found


def _ended(line: Line, following: Line, left: float, right: float) -> bool:
    before, after = line.left - left, right - line.right
    centred = before > 2.2 * line.size and abs(before - after) < 1.5 * line.size
    room = after + (before if centred or abs(before - after) < line.size else 0.0)
    opening = _OPENING.match(following.text)
    needed = line.size * sum(0.55 if char.isascii() else 1 for char in (opening[0] if opening else ""))
    # A mark that may not begin a line (，。） takes the character before it along.
    if room > needed + 1.2 * line.size:
        return True
    indented = following.left - left > 1.2 * line.size and line.left - left < 0.8 * line.size
    if indented and right - following.right < following.left - left - 0.5 * line.size:
        return True
    return bool(re.search(r"[。；;：:！？]$", line.text) and _MARK.match(following.text))


def margins(lines: Sequence[Line]) -> tuple[float, float]:
    """The left and right margin of running text: the outermost places where several lines begin and end."""
    if not lines:
        return 0.0, 0.0
    several = max(2, len(lines) // 10)
    em = sorted(line.size for line in lines)[len(lines) // 2]
    lefts, rights = sorted(line.left for line in lines), sorted((line.right for line in lines), reverse=True)
    left = next((x for x in lefts if sum(abs(x - other) < em / 2 for other in lefts) >= several), lefts[0])
    right = next((x for x in rights if sum(abs(x - other) < em for other in rights) >= several), rights[0])
    return left, right
