"""Who is to do it where no bracket says so: chapters named after units, sentences that begin with them."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.plan.deadlines import find_deadline, read_deadline
from flows.plan.header import Column
from flows.plan.model import Kind
from flows.plan.narrative_lend import is_firm
from flows.plan.narrative_lines import Heading, Piece, chapter_of
from flows.plan.narrative_subjects import Told, told_in
from flows.plan.narrative_units import Closing, time_in_bracket
from flows.plan.unit_likeness import is_unit_name, looks_like_units

_YEARS = re.compile(r"20[0-9]{2}年?度?(?:[—\-－–~～至到]{1,2}20[0-9]{2}年?度?)?")
_THE_TASKS = re.compile(r"(?:需|应|要|须)?(?:的)?(?:重点|主要)?(?:工作)?(?:任务|事项|工作|安排)?(?:（[^（）]*项）)?$")
_AHEAD = re.compile(r"(?P<who>[^：:，。；]{3,60})[：:](?=\S)")
_BY_WHOM = re.compile(r"(?:会议|经研究|研究)?(?:原则)?(?:同意|决定|明确|要求|议定)?，?(?:由|责成)")
UNSURE = "没有单位括号，责任单位取自句中，请核对"


def assign_by_heading(seen: list[Piece], pieces: list[Piece], dropped: list[Piece], texts: list[str]) -> None:
    """A plan parted by units (“一、市教育局”): the heading's unit holds for every paragraph below it.

    ``pieces`` and ``dropped`` are changed in place: what stands below such a heading is an item.
    """
    below: dict[int, tuple[Heading, list[Piece]]] = {}
    for piece in seen:
        heading = next((one for one in piece.headings if is_unit_name(one.title)), None)
        if heading is not None:
            below.setdefault(id(heading), (heading, []))[1].append(piece)
    if len(below) < 2 or sum(len(group) for _, group in below.values()) * 10 < len(seen) * 6:
        return
    leads = any("牵头" in text for text in texts)
    for heading, group in below.values():
        unit = re.sub(r"[（(].*", "", heading.title)
        for piece in group:
            if piece in dropped and (piece.mark or not any(other.mark for other in group)):
                dropped.remove(piece)
                pieces.append(piece)
            if piece not in pieces:
                continue
            if piece.borrowed:
                piece.closing, piece.doubts, piece.borrowed = None, [], False
            said = piece.closing or Closing()
            if leads and not said.lead and "牵头" not in said.responsible:
                piece.closing = replace(said, lead=unit)
            elif not leads and unit not in said.responsible + said.lead:
                piece.closing = Closing(responsible=unit).joined(said)


def assign_by_sentence(seen: list[Piece], pieces: list[Piece], dropped: list[Piece]) -> None:
    """A plan without any bracket whose paragraphs say “由甲局牵头，…” or “甲局、乙局要…”.

    Only where at least two paragraphs, and half of the numbered ones, name a certain unit in this way.
    """
    named = [(piece, said) for piece in seen if _may_be_told(piece) and (said := _said(piece))]
    numbered = [piece for piece in seen if piece.mark and (piece.headings or _said(piece))]
    certain = [piece for piece, said in named if said.named]
    if len(certain) < 2 or len(certain) * 2 < len(numbered):
        return
    for piece, said in named:
        if piece not in dropped or not (piece.mark or said.named):
            continue
        _assign(piece, said)
        dropped.remove(piece)
        pieces.append(piece)
    levels = {piece.mark.level for piece, _ in named if piece.mark and not piece.headings}
    for piece in [one for one in dropped if one.mark and (one.headings or one.mark.level in levels)]:
        if any(other.headings[:1] == piece.headings[:1] for other, _ in named):
            dropped.remove(piece)
            pieces.append(piece)


def assign_the_rest(pieces: list[Piece], dropped: list[Piece]) -> None:
    """Beside paragraphs with brackets, those without one whose sentence says it: “由甲局会同乙局…”."""
    chapters = {chapter_of(piece) for piece in pieces}
    for piece in [*pieces, *dropped]:
        if piece.closing and (piece.closing.says_who and not piece.borrowed):
            continue
        said = _said(piece)
        if said is None or not said.named or not (piece.mark or piece.headings):
            continue
        if piece in dropped:
            leads_in = piece.text.endswith(("：", ":")) or (piece.mark is None and not said.opens)
            if leads_in or chapter_of(piece) not in chapters:
                continue
            dropped.remove(piece)
            pieces.append(piece)
        if piece.borrowed:
            piece.doubts, piece.borrowed, piece.closing = [], False, None
        _assign(piece, said)


def _assign(piece: Piece, said: Told) -> None:
    time = piece.closing.deadline if piece.closing else ""
    piece.closing = replace(said.closing, deadline=time)
    if not said.sure:
        piece.doubts.append((Column.RESPONSIBLE, said.said, UNSURE))
    if _AHEAD.match(piece.text) and looks_like_units(said.said):
        piece.text = piece.rest = _AHEAD.sub("", piece.text, count=1)


def _may_be_told(piece: Piece) -> bool:
    """Numbered, below a heading, or a decision “由甲局…” that has a paragraph of its own."""
    return bool(piece.headings or piece.mark) or _BY_WHOM.match(piece.text) is not None


def _said(piece: Piece) -> Told | None:
    """Who a paragraph says is to do it; a title that itself names the units is no title."""
    ahead = _AHEAD.match(piece.text)
    if ahead and looks_like_units(ahead["who"]):
        # “（一）市教育局：负责…”
        piece.rest, piece.title = piece.text, ""
        named = not re.fullmatch(r"(?:各|有关|相关)[^、]*", ahead["who"])
        return Told(Closing(responsible=ahead["who"]), ahead["who"], sure=named, named=named, opens=True)
    found = told_in(piece.rest or piece.text)
    if found is None and piece.title and (found := told_in(piece.title)) and found.opens:
        piece.rest, piece.title = piece.text, ""
        if piece.own:
            piece.own.text = ""
    return found


def lend_times(pieces: list[Piece], year: int) -> None:
    """A heading that is a time (“一、3月底前完成”, “排查阶段（4月1日至5月31日）”) sets it for what stands below."""
    for piece in pieces:
        closing = piece.closing or Closing()
        own = find_deadline(piece.text, year)
        if closing.deadline or (own.kind is not Kind.NONE and is_firm(own)):
            continue
        for title in (piece.title, *(heading.title for heading in reversed(piece.headings))):
            whole, bracket = time_of(title), time_in_bracket(title)
            if whole or (bracket and not _YEARS.fullmatch(bracket)):
                piece.closing = replace(closing, deadline=whole or bracket)
                if not whole and ("阶段" in title or not re.search("[前底内]|长期|持续|全年", bracket)):
                    piece.doubts.append((Column.DEADLINE, bracket, "时限取自标题里的时间，请核对"))
                break


def time_of(title: str) -> str:
    """A heading that says nothing but when: its words, without 的任务 behind them."""
    time = _THE_TASKS.sub("", title)
    if not re.match(r"[0-9一二三四第上下全年到至长持]", time):
        return ""
    read = read_deadline(time, 2000)
    rest = re.sub(
        r"[0-9一二三四五六七八九十年月日份季度第上下半旬底末前内全至到—\-－~～]|完成|推进|实施|长期|持续|坚持", "", time
    )
    return time if not rest and read.kind is not Kind.NONE and not read.doubts else ""
