"""A unit cell into its parts: line breaks closed or kept, names parted at separators and conjunctions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.plan.textual import outside_brackets
from flows.plan.unit_words import (
    AND,
    END,
    HEAD,
    INNER,
    IS_LIST_MARK,
    LIST_MARK,
    NEW_NAME,
    PERSON,
    SEPARATOR,
    SHORT_END,
    START,
    WHOLE_NAME,
)

_EXCEPT = re.compile(r"除[^；。（）]{1,60}?(?:以外|之外|外)的?|(?:不含|不包括)[^；。（）]{1,60}")
_EXCEPTING = re.compile(r"(?:除[^；。]+?(?:以外|之外|外)|(?:不含|不包括)[^；。]+)$")
_LEVELS = r"(?:[省市县区州]直(?:机关|单位)?(?:和|及)?)?(?:中央|国家)|[省市县区州]直|[省市州县区乡镇]|中"
_STUB = re.compile(_LEVELS)
_STUB_NEXT = re.compile(r"中央|国家|(?:外)?[省市州县区乡镇]")
_COMMITTEE = re.compile(r"[省市县区州旗]委")
_GOVERNMENT = re.compile(r"[省市县区州旗](?:人民)?政府(?:各|有关|相关|所属|直属|督查|办公|组成|部门|系统)")
_LOCAL = re.compile(r"(?:全[省市县]|市辖)?(?:各|有关|相关|各有关|各相关).{0,2}[省市县区乡镇州旗盟]")
_LOCAL_NEXT = re.compile(
    r"(?:[县市区旗州盟乡镇]|街道)(?:（[^）]*）)?(?:党委)?(?:人民)?(?:政府|管委会)?(?:（[^）]*）)?"
    r"(?=$|等|按|分别|共同|负责|配合|落实|牵头|参与|协助|组织|执行|实施|和|及|结合)"
)


def close_breaks(text: str) -> str:
    """Line breaks and spaces inside a name are closed, those between two names stay and part them."""
    lines = [line for line in re.split(r"[\n ]+", text) if line]
    outside = outside_brackets(text)
    listed = any(outside[at] and char in "、，；。,;" for at, char in enumerate(text))
    if not listed and len(lines) > 1 and all(len(line) > 2 and re.search(f"{END}$", line) for line in lines):
        return _joined(lines, always=True)
    return _joined(lines, always=False)


def _joined(lines: list[str], *, always: bool) -> str:
    closed = ""
    for line in lines:
        closed += f"\n{line}" if closed and _begins_anew(closed, line, always) else line
    return closed


def _begins_anew(closed: str, line: str, always: bool) -> bool:
    if line[0] in "（(〔[":
        return bool(LIST_MARK.match(line))
    if PERSON.fullmatch(line) and re.search(f"{END}$", closed):
        return True
    if PERSON.fullmatch(re.split(r"[\n、，；]", closed)[-1]):
        return True
    if HEAD.match(line) or LIST_MARK.match(line):
        return True
    if closed.endswith("总局"):
        return False
    if always:
        return True
    last = re.split(r"[、，；。,;：\n]", closed)[-1]
    if len(last) > 1 and re.search(f"{END}$", closed) and re.match(START, line):
        return True
    return len(last) > 2 and WHOLE_NAME.match(last) is not None and NEW_NAME.match(line) is not None


def separated(text: str) -> Iterator[str]:
    """Parts and separators in turn; what only makes sense together stays one part with its separators.

    Such are levels (市、县直各单位), 市委、市政府各部门, 各县、区人民政府, and an exception (市直各单位，除…外).
    """
    outside = outside_brackets(text)
    for found in _EXCEPT.finditer(text):
        outside[found.start() : found.end()] = [False] * len(found[0])
    parts: list[str] = []
    start = 0
    for found in SEPARATOR.finditer(text):
        if all(outside[found.start() : found.end()]):
            parts.extend((text[start : found.start()], found[0]))
            start = found.end()
    parts.append(text[start:])
    held = ""
    for at, part in enumerate(parts):
        following = parts[at + 2] if at + 2 < len(parts) else ""
        separator = parts[at + 1] if at + 1 < len(parts) else ""
        if part and (_goes_with(part, separator, following) or (held and SEPARATOR.fullmatch(part))):
            held += part
        elif part:
            yield held + part
            held = ""
    if held:
        yield held


def _goes_with(part: str, separator: str, following: str) -> bool:
    if separator == "，" and _EXCEPTING.fullmatch(following) and not SEPARATOR.fullmatch(part):
        return True
    if separator != "、":
        return False
    return bool(
        (_STUB.fullmatch(part) and _STUB_NEXT.match(following))
        or (_COMMITTEE.fullmatch(part) and _GOVERNMENT.match(following))
        or (_LOCAL.fullmatch(part) and _LOCAL_NEXT.match(following))
    )


def parts_of(text: str) -> Iterator[str]:
    """Separated parts, parted further where two units stand together without a separator."""
    if text.startswith("（") and text.endswith("）") and "：" in text and not any(outside_brackets(text)):
        yield "（"
        yield from parts_of(text[1:-1])
        yield "）"
        return
    for part in _without_marks(text):
        if IS_LIST_MARK.fullmatch(part):
            yield part
            continue
        for piece in separated(part):
            start = 0
            for found in INNER.finditer(piece):
                if found.start() > start:
                    yield from _parted_by_and(piece[start : found.start()])
                    start = found.start()
            yield from _parted_by_and(piece[start:])


def _without_marks(text: str) -> Iterator[str]:
    """The text between list marks (1. ① （2）), and the marks."""
    start = 0
    for found in LIST_MARK.finditer(text):
        if found.start() > start:
            yield text[start : found.start()]
        yield found[0]
        start = found.end()
    if start < len(text):
        yield text[start:]


def _parted_by_and(part: str) -> Iterator[str]:
    """“市教育局和市体育局” is two units, “市工业和信息化局” is one, as is an expression with a condition (…的…)."""
    if "的" in part or "涉及" in part or SEPARATOR.fullmatch(part):
        yield part
        return
    outside = outside_brackets(part)
    for found in _EXCEPT.finditer(part):
        outside[found.start() : found.end()] = [False] * len(found[0])
    start = 0
    for found in AND.finditer(part):
        if found.start() < start:
            continue
        left, right = part[start : found.start()], part[found.end() :]
        ended = re.search(f"{SHORT_END}$", left) or (re.search(f"{END}$", left) and re.match("[各省市县区州旗]", right))
        if (
            outside[found.start()]
            and len(left) > 1
            and ended
            and not _COMMITTEE.fullmatch(left)
            and len(right) > 2
            and not re.match("其|所属|下属", right)
            and not re.match("等(?:单位|部门)", left)
        ):
            yield left
            yield found[0]
            start = found.end()
    yield part[start:]
