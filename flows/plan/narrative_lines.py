"""Pieces of running text into lines, as table rows give them: headings become category and task."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.plan.header import Column
from flows.plan.narrative_text import Mark
from flows.plan.narrative_units import Closing
from flows.plan.rows import Line, Shared


@dataclass(slots=True)
class Heading:
    """A heading above a paragraph; ``shared`` is its title, one object for all lines below it."""

    mark: Mark
    title: str
    shared: Shared
    raw: str = ""
    """As printed behind the mark, for the case that the heading turns out to be a task itself."""
    stated: Closing | None = None
    """Units that the heading itself names, for all below it."""
    place: str = ""


@dataclass(slots=True)
class Piece:
    """A paragraph, or a stretch of one, on its way to becoming a line."""

    place: str
    mark: Mark | None
    text: str
    """Without its mark."""
    headings: tuple[Heading, ...]
    closing: Closing | None = None
    doubts: list[tuple[Column, str, str]] = field(default_factory=list)
    own: Shared | None = None
    """Shared by the stretches of one paragraph, for its own title."""
    title: str = ""
    rest: str = ""
    first: bool = True
    label: str = ""
    """The word that a line “整改目标：…” opened with."""
    borrowed: bool = False
    """Its closing is that of the next paragraph, for want of one of its own."""


def lines_of(pieces: list[Piece]) -> list[Line]:
    """Lines in the order of the text, with category, task, units and deadline where the pieces say so."""
    own_titles = _own_titles(pieces)
    outer = any(len(piece.headings) > 1 or (piece.headings and _named(piece, own_titles)) for piece in pieces)
    lines = []
    whole = Shared()
    for piece in pieces:
        names = [heading.shared for heading in piece.headings]
        titled = _named(piece, own_titles)
        if titled and piece.own:
            names.append(piece.own)
        body = piece.rest if titled else piece.text
        line = Line({}, piece.place, piece.first, doubts=piece.doubts, told=True)
        if names:
            line.values[Column.TASK] = names[-1]
        if len(names) > 1:
            line.values[Column.CATEGORY] = names[-2]
        elif names and outer and not titled:
            line.values[Column.CATEGORY] = names[-1]
        mark = piece.mark
        number = mark or (piece.headings[-1].mark if piece.headings else None)
        if number and (titled or mark is None):
            line.task_number = str(number.number)
        if mark and piece.first and not (titled and mark.level < 3):
            # 第三条 counts as 3. does; the splitter of requirements knows the latter.
            body = f"{mark.number}.{body}" if mark.text.startswith("第") and mark.level == 3 else f"{mark.text}{body}"
        line.values[Column.REQUIREMENT] = Shared(body)
        closing = piece.closing or Closing()
        for column, text in (
            (Column.LEAD, closing.lead),
            (Column.RESPONSIBLE, closing.responsible),
            (Column.DEADLINE, closing.deadline),
        ):
            if text:
                line.values[column] = Shared(text)
        columns = {"lead": Column.LEAD, "responsible": Column.RESPONSIBLE}
        line.doubts.extend((columns[name], text, sentence) for name, text, sentence in closing.doubts)
        lines.append(line)
        if not names:
            line.values[Column.TASK] = whole
    return lines


def _own_titles(pieces: list[Piece]) -> set[int]:
    """The chapters, in plans of two levels (一、 1.), where most paragraphs have a title: it names their task.

    Chapters of one or two paragraphs go by the whole plan.
    """
    chapters: dict[int, list[Piece]] = {}
    for piece in pieces:
        if piece.mark and piece.mark.level > 2 and len(piece.headings) < 2:
            chapters.setdefault(chapter_of(piece), []).append(piece)
    whole = _mostly_titled([piece for flat in chapters.values() for piece in flat])
    return {at for at, flat in chapters.items() if (_mostly_titled(flat) if len(flat) > 2 else whole)}


def _mostly_titled(flat: list[Piece]) -> bool:
    return sum(1 for piece in flat if piece.title) * 10 >= len(flat) * 6


def _named(piece: Piece, own_titles: set[int]) -> bool:
    """The paragraph's own title is its task (see plan-schema.md and its gold: 标题句作 task)."""
    if not piece.title or piece.mark is None or not piece.rest:
        return False
    return piece.mark.level <= 2 or (len(piece.headings) < 2 and chapter_of(piece) in own_titles)


def chapter_of(piece: Piece) -> int:
    """What tells the chapters of the first level apart; 0 for paragraphs outside of all."""
    return id(piece.headings[0]) if piece.headings else id(piece.own) if piece.mark and piece.mark.level == 1 else 0
