"""The walk through running text: which paragraphs are headings, which are tasks, whom a closing speaks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.plan.header import Column
from flows.plan.narrative_closings import Segment, cut_closings
from flows.plan.narrative_implied import time_of
from flows.plan.narrative_lines import Heading, Piece
from flows.plan.narrative_text import Mark, is_heading, mark_of, title_sentence
from flows.plan.narrative_units import Closing, closing_of, is_label
from flows.plan.rows import Shared
from flows.plan.textual import cut
from flows.plan.unit_likeness import VERB

_LABEL = re.compile(
    r"(?:工作|主要|重点|具体|目标|年度|整改|落实|改进|存在|反馈|推进)?(?:的)?"
    r"(?P<what>任务名称|任务|事项|内容|目标|措施|举措|要求|做法|问题|表现|进展|成效)(?:内容|要求|描述|情况)?[：:]\s*"
)
_SIGNED = re.compile(
    r"[一-龥]{2,30}(?:人民政府|办公室|委员会|领导小组|指挥部|管委会|局|厅|委|办)"
    r"|(?:20[0-9]{2}|二[〇○０零]..)年[0-9一二三四五六七八九十]{1,2}月[0-9一二三四五六七八九十]{1,3}日"
    r"|[一-龥]{4,30}20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日印发"
)
"""Who signs and when: the lines below the text are nobody's task."""
_PERSONS = re.compile(r"[（(【]?[^：:]{0,8}(?:领导|人员|人|电话|备注)[：:]")
_ASIDE = {"目标", "问题", "表现", "进展", "成效"}
"""Labels of what is no task where the same section has one of what is to be done."""


def read_pieces(texts: list[str]) -> Reader:
    """The reader at the end of its way through ``texts``, joined paragraphs."""
    reader = Reader()
    for number, text in _labels_joined(texts):
        reader.take(text, f"第{number}段")
    reader.flush()
    return reader


def _labels_joined(texts: list[str]) -> Iterator[tuple[int, str]]:
    """Paragraphs with their number; a label that stands alone (责任单位：) takes the next line."""
    held = ""
    for number, text in enumerate(texts, 1):
        if is_label(text):
            held += text
        else:
            yield number, held + text
            held = ""
    if held:
        yield len(texts), held


class Reader:
    """Walks through the paragraphs; ``pieces`` have a closing, ``dropped`` have none."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.dropped: list[Piece] = []
        self.seen: list[Piece] = []
        self.headings: list[Heading] = []
        self.pending: list[Piece] = []
        self.last: list[Piece] = []
        """The pieces that the closing just read speaks for: a next line “完成时限：…” belongs to them too."""
        self.fresh = False
        """The heading just read has nothing below it yet."""
        self.one_each = False
        """A closing on a line of its own has spoken for a single paragraph before: then it usually does."""

    def take(self, text: str, place: str) -> None:
        """The next paragraph; ``place`` is what a clerk is told of where it stands."""
        segments = cut_closings(text)
        if len(segments) == 1 and segments[0].closing is None and (closing := self._bare_closing(text)):
            self._alone(closing)
            return
        if len(segments) == 1 and not segments[0].text and (closing := segments[0].closing):
            # “（联系人：…）”, “分管领导：…” say neither who nor when.
            if closing.says_who or closing.deadline or not _PERSONS.match(text):
                self._alone(closing)
            return
        mark = mark_of(text)
        if mark is None and _SIGNED.fullmatch(re.sub(r"\s", "", text)):
            return
        if not self.headings and not mark and not any(one.closing and one.closing.says_who for one in segments):
            segments = [Segment(text)]
        bare = segments[0].closing is None and len(segments) == 1
        if bare and mark is None and "年" not in text.replace("半年", "").replace("全年", "") and time_of(text):
            # “第一季度” on a line of its own.
            self._heading(Mark(0, 0, ""), text, place)
            return
        if mark and bare and is_heading(text):
            self._heading(mark, text[len(mark.text) :].strip(), place)
            return
        if mark and len(segments) == 1 and segments[0].text == mark.text and segments[0].closing:
            # “一、责任单位：甲局”: a chapter that is named after nothing but who does it.
            self._heading(mark, "", place, segments[0].closing)
            return
        if mark and len(segments) == 1 and is_heading(segments[0].text) and mark.level <= 2:
            self._heading(mark, segments[0].text[len(mark.text) :].strip(), place, segments[0].closing)
            return
        self._paragraph(mark, segments, place)

    def _bare_closing(self, text: str) -> Closing | None:
        """“甲局牵头落实”, without a bracket, below the paragraph that it speaks for."""
        if not self.pending or mark_of(text) or text.endswith(("：", ":")) or not re.search(rf"{VERB}[。；]?$", text):
            return None
        closing = closing_of(text)
        return closing if closing and closing.says_who else None

    def flush(self) -> None:
        """The section is over: what still waits for a closing has none."""
        self._was_leaf(None)
        self._close_stated()
        for piece in self.pending:
            sibling = self.last[-1] if self.last else None
            numbered = piece.mark and sibling and sibling.mark and sibling.mark.level == piece.mark.level
            if numbered and sibling and sibling.headings == piece.headings:
                self.pieces.append(piece)
                continue
            self.dropped.append(piece)
        self.pending = []

    def _heading(self, mark: Mark, raw: str, place: str, stated: Closing | None = None) -> None:
        deeper = self.fresh and self.headings and mark.level > self.headings[-1].mark.level
        if not deeper and not self._was_leaf(mark):
            self.flush()
        kept = [heading for heading in self.headings if heading.mark.level < mark.level]
        title = raw.rstrip("。：:")
        self.headings = [*kept, Heading(mark, title, Shared(title), raw, stated, place)]
        beside = bool(self.last and self.last[-1].mark and self.last[-1].mark.level == mark.level)
        self.last, self.fresh = self.last if self.pending or beside else [], True

    def _was_leaf(self, mark: Mark | None) -> bool:
        """A short numbered line with its neighbour right below is no heading but a paragraph; it waits for units."""
        heading = self.headings[-1] if self.headings and self.fresh else None
        if heading is None or heading.stated or (mark and heading.mark.level != mark.level):
            return False
        if heading.mark.level < 2 and not re.search(r"[。；]$", heading.raw):
            # A chapter without text; a whole sentence is a paragraph at any level.
            return False
        self.headings = self.headings[:-1]
        text = heading.raw
        piece = Piece(heading.place, heading.mark, text, tuple(self.headings), own=Shared(), rest=text)
        self.seen.append(piece)
        self.pending.append(piece)
        return True

    def _paragraph(self, mark: Mark | None, segments: list[Segment], place: str) -> None:
        if mark and self._was_leaf(mark):
            pass
        elif mark and any(heading.mark.level >= mark.level for heading in self.headings):
            # “（二）强化…。各单位…” after the heading “（一）…” stands beside it, not below.
            if self.pending and not (self.pending[-1].mark and self.pending[-1].mark.level == mark.level):
                self.flush()
            self.headings = [heading for heading in self.headings if heading.mark.level < mark.level]
        if self.fresh and mark is None and self.headings[-1].stated and any(segment.closing for segment in segments):
            # The heading's bracket was its own: what follows has another.
            self._close_stated()
            self.headings = self.headings[:-1]
        self.fresh = False
        shared = Shared()
        text = segments[0].text[len(mark.text) :] if mark else segments[0].text
        title, rest = title_sentence(text.strip()) if mark else ("", text)
        shared.text = title
        made: list[Piece] = []
        for at, segment in enumerate(segments):
            body = text.strip() if at == 0 else segment.text
            if at and segment.closing is None:
                if made:
                    # What follows the last bracket of a paragraph still belongs to what stands before it.
                    made[-1].text += body
                    made[-1].rest += body
                    sentence = "单位括号后面还有文字，已并入这一项，请核对"
                    made[-1].doubts.append((Column.REQUIREMENT, cut(body), sentence))
                continue
            label = None if mark else _LABEL.match(body)
            body = body[label.end() :] if label else body
            piece = Piece(place, mark, body, tuple(self.headings), segment.closing, own=shared, title=title)
            piece.rest = body if at or label else rest
            piece.label = label["what"] if label else ""
            piece.first = at == 0
            made.append(piece)
        self.seen.extend(made)
        closed = [piece for piece in made if piece.closing]
        if not closed:
            self.pending.extend(made)
            return
        self._lend_before(closed[0])
        self.pieces.extend(made)
        self.last, self.pending = closed[-1:], []

    def _lend_before(self, piece: Piece) -> None:
        """Paragraphs of the section that stand before the first one with a closing."""
        for before in self.pending:
            alike = (before.mark.level if before.mark else 0) == (piece.mark.level if piece.mark else 0)
            if (
                alike
                and before.headings == piece.headings
                and piece.closing
                and piece.closing.says_who
                and before.headings
            ):
                if not (before.mark and self.pieces):
                    # Where numbered neighbours have brackets of their own, this one was forgotten: it stays without.
                    before.closing = Closing(piece.closing.lead, piece.closing.responsible, piece.closing.deadline)
                    before.borrowed = True
                    before.doubts.append((Column.RESPONSIBLE, "", "这一段没有写责任单位，暂按下一段的单位，请核对"))
                self.pieces.append(before)
            else:
                self.dropped.append(before)

    def _alone(self, closing: Closing) -> None:
        """A closing on a line of its own: for the paragraphs above, or else for what stands below."""
        if self.fresh and self.pending and self._was_leaf(None):
            self.fresh = False
        if not self.pending:
            self._alone_after(closing)
            return
        waiting = [piece for piece in self.pending if piece.headings == self.pending[-1].headings]
        numbered = [piece for piece in waiting if piece.mark]
        if numbered and waiting[0].mark is None:
            waiting = numbered
        self.dropped.extend(piece for piece in self.pending if piece not in waiting)
        asked = sum(1 for piece in waiting if not is_aside(piece, waiting))
        for piece in waiting:
            piece.closing = closing
            if asked > 1 and (self.one_each or not piece.mark):
                piece.doubts.append((Column.RESPONSIBLE, "", "责任单位写在几段之后，按这几段共用处理，请核对"))
        self.one_each = self.one_each or len(waiting) == 1
        self.pieces.extend(waiting)
        self.last, self.pending = waiting, []

    def _alone_after(self, closing: Closing) -> None:
        """Nothing waits: one more line for the paragraphs just closed, or units that stand before their tasks."""
        if self.last and not self.fresh:
            for piece in self.last:
                piece.closing = (piece.closing or Closing()).joined(closing)
        elif self.fresh and self.headings and re.search(r"[。；]$", self.headings[-1].raw) and self._was_leaf(None):
            # A whole sentence is no heading: the line below it says who does it.
            self.fresh = False
            self._alone(closing)
        elif self.headings:
            heading = self.headings[-1]
            heading.stated = heading.stated.joined(closing) if heading.stated else closing

    def _close_stated(self) -> None:
        """A heading that names the units itself: they hold for its paragraphs, or the heading is the task."""
        if not self.headings or self.headings[-1].stated is None:
            stated = next((h.stated for h in reversed(self.headings) if h.stated), None)
            if stated is None:
                return
            for piece in self.pending:
                piece.closing = stated
            self.pieces.extend(self.pending)
            self.pending = []
            return
        heading = self.headings[-1]
        stated = heading.stated
        if self.pending:
            for piece in self.pending:
                piece.closing = stated
            self.pieces.extend(self.pending)
            self.pending = []
        elif self.fresh:
            above = tuple(self.headings[:-1])
            piece = Piece(heading.place, heading.mark, heading.raw, above, stated, own=Shared(), rest=heading.raw)
            self.pieces.append(piece)
            self.seen.append(piece)
            self.fresh = False


def is_aside(piece: Piece, pieces: list[Piece]) -> bool:
    """“整改目标：…” beside “整改措施：…”: what is to be reached, not what is to be done."""
    return piece.label in _ASIDE and any(
        other.label and other.label not in _ASIDE and other.headings == piece.headings for other in pieces
    )
