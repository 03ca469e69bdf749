"""Where a paragraph says who is to do it: it is parted behind each （牵头单位：…；责任单位：…）."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from flows.plan.narrative_text import mark_of
from flows.plan.narrative_units import ALL_ABOVE, FIRM, HEAD, Closing, closing_of, heads_in
from flows.plan.textual import full_width, outside_brackets

_OPEN, _CLOSE = "（([【〔［", "）)]】〕］"
_AHEAD = re.compile(
    r"\s*(?:[【\[〔](?P<in>[^【】\[\]〔〕]{3,160})[】\]〕]|[（(](?P<round>(?:[^（）()]|[（(][^（）()]*[）)]){3,160})[）)])"
    r"\s*(?=[^\s。；，、（(\[【])"
)
_HEADED = re.compile(
    r"(?:单位|部门|科室|处室|牵头|责任|配合|落实|分工)[：:][^。；（）()]*(?:[（(][^（）()]*[）)][^。；（）()]*)*$"
)
_LABELLED = re.compile(r"[【\[〔](?P<word>[\u4e00-\u9fff]{2,10})[】\]〕]\s*[：:]?\s*(?=\S)")


@dataclass(slots=True)
class Segment:
    """A stretch of a paragraph and, where there is one, the closing that speaks for it."""

    text: str
    closing: Closing | None = None


@dataclass(slots=True)
class _Found:
    """A bracket that speaks of units: text[start:end] is the bracket with its marks."""

    start: int
    end: int
    closing: Closing = field(default_factory=Closing)


def cut_closings(text: str) -> list[Segment]:
    """Part a paragraph at its closings: each gives the segment before it; what follows the last has none.

    A paragraph without any is one segment without a closing; one that is nothing but a closing has the text ''.
    """
    text = _LABELLED.sub(_as_head, text)
    if ahead := _ahead(text):
        return [ahead]
    found = _merged(text, list(_bracketed(text)))
    segments: list[Segment] = []
    start = 0
    for closing in found:
        body, inner = _with_bare_heads(text[start : closing.start])
        whole = inner.joined(closing.closing) if inner else closing.closing
        end = closing.end
        tail = re.match(r"[。；;，,、]+", text[end:])
        if tail:
            end += len(tail[0])
            if body and "。" in tail[0] and not re.search(r"[。！？；;]$", body):
                body += "。"
        segments.append(Segment(body, whole))
        start = end
    rest = text[start:].strip()
    if rest or not segments:
        body, bare = _with_bare_heads(rest)
        if bare is None or body or not segments:
            segments.append(Segment(body, bare))
        else:
            last = segments[-1]
            last.closing = (last.closing or Closing()).joined(bare)
    return segments


def _ahead(text: str) -> Segment | None:
    """“1.【甲局牵头，乙局配合】举办…。”: the units stand before their task, and nobody is named behind it."""
    mark = mark_of(text)
    front = mark.text if mark else ""
    found = _AHEAD.match(text[len(front) :])
    closing = closing_of(found["in"] or found["round"]) if found else None
    if found is None or closing is None or not closing.says_who:
        return None
    body = text[len(front) + found.end() :]
    later = any(one.closing.says_who for one in _bracketed(body)) or _with_bare_heads(body)[1]
    return None if later else Segment(front + body, closing)


def _as_head(found: re.Match[str]) -> str:
    """“【责任单位】甲局” as “责任单位：甲局”."""
    head = HEAD.match(f"{found['word']}：")
    return f"{found['word']}：" if head and head.end() == len(found["word"]) else found[0]


def _bracketed(text: str) -> list[_Found]:
    """Brackets that speak of units or time, outermost ones, in order."""
    found: list[_Found] = []
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in _OPEN:
            opened.append(at)
        elif char in _CLOSE and opened:
            start = opened.pop()
            if opened:
                continue
            _take(text, start, at + 1, found)
    if opened:
        start = opened[0]
        if HEAD.match(full_width(text[start + 1 :])):
            closing = closing_of(text[start + 1 :])
            if closing:
                doubt = ("responsible", text[start:][:40], "单位括号没有右半边，请对照原文核对")
                found.append(_Found(start, len(text), replace(closing, doubts=(*closing.doubts, doubt))))
        else:
            # A bracket that never closes holds nothing: look at what stands behind it.
            found.extend(
                _Found(f.start + start + 1, f.end + start + 1, f.closing) for f in _bracketed(text[start + 1 :])
            )
    return found


def _take(text: str, start: int, end: int, found: list[_Found]) -> None:
    content = text[start + 1 : end - 1]
    if _HEADED.search(text[:start]) and not heads_in(full_width(content)):
        # “责任单位：甲局（乙局）”: the bracket belongs to the name before it.
        return
    after = text[end:]
    stands_free = re.match(r"\s*(?:[。；;，,]|$|[（(\[【])", after) or re.search(r"[。；]$", text[:start])
    if not stands_free and not heads_in(full_width(content)):
        # A statement in the middle of a sentence is no closing; one after a finished sentence is.
        return
    apart = re.search(r"[。；]$", text[:start]) is not None and not after.strip("。；， ")
    closing = closing_of(content, apart=apart)
    if closing is None:
        return
    if not closing.says_who and not heads_in(full_width(content)):
        if not re.search("前|底|末|内|完成|每|长期|持续|全年", content):
            return
        near = bool(found and not text[found[-1].end : start].strip("。；， ")) or bool(
            re.match(r"\s*[（(\[【]", after)
        )
        if not near and after.strip("。；， "):
            return
    found.append(_Found(start, end, closing))


def _merged(text: str, found: list[_Found]) -> list[_Found]:
    """Brackets that stand side by side are one closing."""
    merged: list[_Found] = []
    for one in found:
        if merged and not text[merged[-1].end : one.start].strip("。；;，,、 "):
            merged[-1] = _Found(merged[-1].start, one.end, merged[-1].closing.joined(one.closing))
        else:
            merged.append(one)
    return merged


def _with_bare_heads(text: str) -> tuple[str, Closing | None]:
    """“…。责任单位：甲局、乙局。”, “…——甲局牵头”: a closing without a bracket at the end of a text."""
    text = text.strip()
    wide = full_width(text)
    above = ALL_ABOVE.match(wide)
    if above and len(wide) < 120 and (closing := closing_of(wide)):
        return "", closing
    outside = outside_brackets(wide)
    for head in HEAD.finditer(wide):
        at = head.start()
        if not outside[at] or not FIRM.search(head[0]):
            continue
        mark = mark_of(text)
        if (
            at
            and not (mark and mark.text == text[:at])
            and not re.search(r"(?:[。；！？…）」”\s]|——|—|--)$", wide[:at])
        ):
            continue
        closing = closing_of(wide[at:])
        if closing:
            return text[:at].rstrip(" —-"), closing
    dash = re.search(r"(?:——|—|－－|--)\s*(?P<who>[^—－-]{3,120})$", wide)
    if dash and dash.start() and (closing := closing_of(dash["who"])) and closing.says_who:
        return text[: dash.start()].rstrip(), closing
    return text, None
