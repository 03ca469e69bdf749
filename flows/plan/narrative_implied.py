"""Who is to do it where no bracket says so: chapters named after units, sentences that begin with them."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.plan.header import Column
from flows.plan.narrative_guarantee import subject_of
from flows.plan.narrative_lines import Heading, Piece
from flows.plan.narrative_units import Closing, is_unit_name, looks_like_units

_BY = re.compile(
    r"(?:由)(?P<who>[^，。；]{2,60}?(?:牵头|负责|主办|承办)(?:，[^，。；]{2,60}?(?:配合|协助|参与|协办|支持))?)(?=[，。；、])"
)
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
    named = [(piece, who) for piece in seen if piece.headings and (who := _who(piece.rest or piece.text))]
    numbered = [piece for piece in seen if piece.mark and piece.headings]
    certain = [piece for piece, who in named if _SPECIFIC.search(who)]
    if len(certain) < 3 or len(certain) * 2 < len(numbered):
        return
    for piece, who in named:
        if piece not in dropped or not (piece.mark or _SPECIFIC.search(who)):
            continue
        piece.closing = Closing(responsible=who)
        piece.doubts.append((Column.RESPONSIBLE, who, "没有单位括号，责任单位取自句中，请核对"))
        dropped.remove(piece)
        pieces.append(piece)
    for piece in [one for one in dropped if one.mark and one.headings]:
        if any(other.headings[:1] == piece.headings[:1] for other, _ in named):
            dropped.remove(piece)
            pieces.append(piece)


def _who(text: str) -> str:
    found = _BY.match(text)
    if found:
        return found["who"]
    who = subject_of(text.split("。", maxsplit=1)[0])
    return who if who and looks_like_units(who) else ""
