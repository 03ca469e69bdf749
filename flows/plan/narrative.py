"""A plan told in chapters: paragraphs that close with （牵头单位：…；责任单位：…） become lines, as table rows do."""

from __future__ import annotations

from collections.abc import Iterator

from flows.plan.narrative_closings import cut_closings
from flows.plan.narrative_guarantee import guarantees, is_about_tasks, unassigned, undated, unnumbered
from flows.plan.narrative_implied import assign_by_heading, assign_by_sentence, assign_the_rest, lend_times
from flows.plan.narrative_lines import Piece, chapter_of, lines_of
from flows.plan.narrative_reader import Reader, is_aside, read_pieces
from flows.plan.narrative_text import mark_of
from flows.plan.rows import Lines
from flows.plan.textual import cut


def read_narrative(texts: list[str], year: int, *, beside: bool = False) -> Lines:
    """Lines of a plan in running text; no lines when no paragraph names units. ``texts``: joined paragraphs.

    ``beside``: it stands beside a task table; only what closes with a bracket may then be a task of its own.
    """
    reader = read_pieces(texts)
    assign_by_heading(reader.seen, reader.pieces, reader.dropped, texts)
    if not any(piece.closing for piece in reader.pieces):
        if not beside:
            assign_by_sentence(reader.seen, reader.pieces, reader.dropped)
    elif not beside:
        assign_the_rest(reader.pieces, reader.dropped)
    found = Lines()
    if not any(piece.closing and piece.closing.says_who for piece in reader.pieces):
        return found
    pieces = [piece for piece in reader.pieces if not is_aside(piece, reader.pieces)]
    pieces.extend(guarantees(reader.seen, reader.pieces, reader.dropped, year))
    order = {id(piece): at for at, piece in enumerate(reader.seen)}
    pieces.sort(key=lambda piece: order[id(piece)])
    lend_times(pieces, year)
    found.lines = lines_of(pieces)
    taken = {id(piece) for piece in pieces}
    chapters = {chapter_of(piece) for piece in reader.pieces}
    for piece in reader.dropped:
        told = len(piece.text) > (15 if piece.headings and not piece.mark else 6) and (piece.headings or piece.mark)
        idle = id(piece) not in taken and chapter_of(piece) in chapters and told
        if idle and not _is_intro(piece, reader.pieces):
            found.notes.append((cut(piece.text, 60), "这一段没有写责任单位，未列为任务，请核对"))
    found.notes.extend(_left_out(reader, texts, taken, chapters, year))
    return found


def _left_out(
    reader: Reader, texts: list[str], taken: set[int], chapters: set[int], year: int
) -> Iterator[tuple[str, str]]:
    """What a clerk should look at: brackets that gave no item, dated paragraphs, chapters in which nobody is named."""
    items = [piece for piece in reader.seen if id(piece) in taken]
    kept = "".join(piece.text + "".join(heading.raw for heading in piece.headings) for piece in items)
    for text in texts:
        mark = mark_of(text)
        closed = cut_closings(text[len(mark.text) :] if mark else text)
        named = [one.text[-8:].rstrip("。；") for one in closed if one.closing and one.closing.says_who]
        if any(end not in kept for end in named):
            yield cut(text, 60), "这一段写有责任单位而没有列为任务，请核对"
    for piece in unnumbered(reader.seen, reader.pieces, taken, year):
        yield cut(piece.text, 60), "这一段有时限要求，未列为任务，请核对"
    for piece in undated(reader.dropped, reader.pieces, taken):
        yield cut(piece.text, 60), "这一段写明由谁去做，未列为任务，请核对"
    for piece in unassigned(reader.dropped, reader.pieces, taken, year):
        yield cut(piece.text, 60), "这一段有时限要求而没有写由谁去做，未列为任务，请核对"
    begun = False
    told: set[int] = set()
    for piece in reader.seen:
        begun = begun or id(piece) in taken
        chapter = chapter_of(piece)
        if not begun or id(piece) in taken or chapter in chapters | told or not (piece.headings or piece.mark):
            continue
        title = piece.headings[0].title if piece.headings else piece.title
        if chapter and is_about_tasks(title):
            told.add(chapter)
            yield cut(title, 60), "这一章没有写责任单位，未列为任务，请核对"


def _is_intro(piece: Piece, pieces: list[Piece]) -> bool:
    """A paragraph that only leads in to numbered ones below it, or ends with a colon."""
    if piece.text.endswith(("：", ":")):
        return True
    if piece.mark is not None:
        return False
    mine = piece.headings
    return any(other.mark is not None and other.headings[: len(mine)] == mine for other in pieces)
