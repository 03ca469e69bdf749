"""Who is to do it where no bracket says so: chapters named after units, sentences that begin with them."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.plan.deadlines import find_deadline, read_deadline
from flows.plan.header import Column
from flows.plan.model import Kind
from flows.plan.narrative_guarantee import subject_of
from flows.plan.narrative_lend import is_firm
from flows.plan.narrative_lines import Heading, Piece
from flows.plan.narrative_units import Closing, is_unit_name, looks_like_units, time_in_bracket

_BY = re.compile(
    r"(?:由)(?P<who>[^，。；]{2,60}?(?:牵头|负责|主办|承办)(?:，[^，。；]{2,60}?(?:配合|协助|参与|协办|支持))?)(?=[，。；、])"
)
_YEARS = re.compile(r"20[0-9]{2}年?度?(?:[—\-－–~～至到]{1,2}20[0-9]{2}年?度?)?")
_THE_TASKS = re.compile(r"(?:需|应|要|须)?(?:的)?(?:重点|主要)?(?:工作)?(?:任务|事项|工作|安排)?(?:（[^（）]*项）)?$")
_AHEAD = re.compile(r"(?P<who>[^：:，。；]{3,60})[：:](?=\S)")
_SPECIFIC = re.compile(r"(?:局|委|办|厅|办公室|中心|政府|集团|公司|科|处|大队|支队)(?=$|、|和|牵头|负责|，)")


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
    """A plan without any bracket whose paragraphs begin “由甲局牵头，…” or “甲局、乙局要…”: each with a doubt.

    Only where at least three paragraphs, and half of the numbered ones, name a certain unit in this way.
    """
    for piece in seen:
        # “（一）市教育局：负责…”: the unit is no title.
        ahead = _AHEAD.match(piece.text)
        if piece.headings and ahead and looks_like_units(ahead["who"]):
            piece.rest, piece.title = piece.text, ""
    named = [
        (piece, who)
        for piece in seen
        if (piece.headings or _is_told(piece)) and (who := _who(piece.rest or piece.text))
    ]
    numbered = [piece for piece in seen if piece.mark and (piece.headings or _is_told(piece))]
    certain = [piece for piece, who in named if _SPECIFIC.search(who)]
    if len(certain) < 3 or len(certain) * 2 < len(numbered):
        return
    for piece, who in named:
        if piece not in dropped or not (piece.mark or _SPECIFIC.search(who)):
            continue
        piece.closing = Closing(responsible=who)
        piece.doubts.append((Column.RESPONSIBLE, who, "没有单位括号，责任单位取自句中，请核对"))
        if _AHEAD.match(piece.text):
            piece.text = piece.rest = _AHEAD.sub("", piece.text, count=1)
        dropped.remove(piece)
        pieces.append(piece)
    for piece in [one for one in dropped if one.mark and one.headings]:
        if any(other.headings[:1] == piece.headings[:1] for other, _ in named):
            dropped.remove(piece)
            pieces.append(piece)


def _is_told(piece: Piece) -> bool:
    """“一、关于停车设施。由县住建局牵头，…”: no chapter above, and a numbered paragraph all the same."""
    return piece.mark is not None and _BY.match(piece.rest or piece.text) is not None


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


def _who(text: str) -> str:
    found = _BY.match(text) or _AHEAD.match(text)
    if found and (found.re is _BY or looks_like_units(found["who"])):
        return found["who"]
    who = subject_of(text.split("。", maxsplit=1)[0])
    return who if who and looks_like_units(who) else ""
