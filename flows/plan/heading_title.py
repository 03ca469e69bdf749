"""What a plan is called: the name in “关于印发《…》的通知”, the title above its text, or the title of its table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.plan.narrative_text import mark_of

_NO_TITLE = re.compile(
    r"附件?[0-9一二三四五六七八九十]*[:：]?$|附件[0-9一二三四五六七八九十]*[:：]|.{0,4}单位[:：]|填报|制表|[（(]|—|第[0-9]+页|抄送|主送|索引号|来源|发布|时间[:：]|[0-9]+$"
)
_KIND = (
    r"(?:要点|方案|计划|意见|措施|清单|分解表|分工表|任务表|一览表|安排表|责任表|明细表|台账|规划|安排|办法|细则|分工"
    r"|任务|分解|目标|行动|表|书|通知|安排部署)"
)
_ENDS = re.compile(_KIND + r"(?:[（(][^（）()]{2,14}[）)])?$")
_SHEET = re.compile(r"(?:分解表|分工表|任务表|清单|一览表|责任表|安排表|任务分解|责任分解|任务分工|责任分工|台账)$")
_NOTICE = re.compile(r"(?:关于)?(?:印发|转发|下发)(?P<name>.{4,80}?)的通知$")
_NAMED = re.compile(
    r"(?:现将|《)(?P<name>[^。；]{4,70}?)》?(?:（以下简称[^）]*）)?(?:已经?[^。；]{2,40}(?:同意|通过|审定|批准)[^。；]{0,14}|已[^。；]{0,6})?，?(?:现)?(?:予以)?印发给你们"
)
_SENTENCE_END = "。；：，、！:;"
_SIGNER = re.compile(
    r"[\u4e00-\u9fff]{2,28}(?:办公室|办公厅|人民政府|委员会|管委会|小组|局|委|厅|部|中心|政府办|文件)$"
)
_NUMBERED = re.compile(r"[〔\[（(【﹝]20[0-9]{2}[〕\]）)】﹞]\s*第?\s*[0-9]{1,4}\s*号")
_YEARS = re.compile(r"[（(]20[0-9]{2}年?\s*[—\-－–~～至]{1,2}\s*20[0-9]{2}年?[）)]")
_DATED = re.compile(r"年.{1,3}月.{1,3}日(?:印发)?$")


def title_of(lines: Sequence[str], title_rows: Sequence[str], *, has_table: bool, has_text: bool) -> str:
    """The plan's title, '' when none is found.

    ``lines``: the paragraphs above the first task table, or all; ``title_rows``: rows of the table above its header;
    ``has_text``: the document has running text of its own beside a table, or is nothing but text.
    """
    above = _above_table(lines, title_rows) if has_table else ""
    top = _top(lines)
    named = _named(lines)
    if named:
        named = _in_full(named, lines)
        sheet = _SHEET.search(named) is not None
        return above if sheet and above and _bare(named) in _bare(above) else named
    if not above:
        return top
    if has_text and top and not top.endswith(("通知", "函", "通报")):
        return top
    return above


def _named(lines: Sequence[str]) -> str:
    """The plan that a covering notice issues."""
    head: list[str] = []
    for line in lines[:14]:
        if line.endswith(("：", ":", "。")) and head:
            break
        if not _NUMBERED.search(line) or "关于" in line:
            head.append(line)
    for start in range(len(head)):
        for end in range(start + 1, min(start + 5, len(head) + 1)):
            found = _NOTICE.search(_tight("".join(head[start:end])))
            if found:
                return _unquoted(found["name"])
    for line in lines[:20]:
        said = _NAMED.search(line)
        if said and ("《" in line or re.search(_KIND + "$", said["name"])):
            return _unquoted(said["name"].split("《")[-1])
    return ""


def _in_full(named: str, lines: Sequence[str]) -> str:
    """The name as the plan itself bears it, where a covering notice leaves out whose plan it is."""
    quoted = (found[1] for line in lines[:24] for found in re.finditer(r"《([^《》]{4,70})》", line))
    alone = (line for line in lines[:40] if may_be_title(line))
    for longer in (*alone, *quoted):
        name = _unquoted(longer)
        ahead = name[: -len(named)]
        if (
            name.endswith(named)
            and 1 < len(ahead) <= 24
            and not re.search("关于|印发|转发|通知|贯彻|落实|解读|读懂|[：:，。—“”]", ahead)
        ):
            return name
    return named


def _unquoted(name: str) -> str:
    """《2026年市〈政府工作报告〉任务分解》 without its outer quotes."""
    name = _tight(name.strip())
    whole = re.fullmatch(r"《([^《》]*(?:《[^《》]*》[^《》]*)*)》|[<〈]([^<>〈〉]+)[>〉]", name)
    return (whole[1] or whole[2]) if whole else name


def _above_table(lines: Sequence[str], title_rows: Sequence[str]) -> str:
    rows = list(title_rows) or list(lines)
    for at in range(len(rows) - 1, -1, -1):
        line = rows[at]
        if not may_be_title(line) or (not title_rows and _SIGNER.fullmatch(_tight(line))):
            if not title_rows and len(line) > 60:
                return ""
            continue
        # A line as short as “责任分解表” is the second line of a title.
        while at > 0 and may_be_title(rows[at - 1]) and _second_half(rows[at - 1], line):
            at -= 1
            line = rows[at] + line
        return _tight(line)
    return ""


def _second_half(above: str, line: str) -> bool:
    if _SIGNER.fullmatch(_tight(above)) and not line.startswith("关于"):
        return False
    return len(line) <= 10 or not _ENDS.search(above)


def _top(lines: Sequence[str]) -> str:
    """The first title: short lines without the end of a sentence, up to the one that says what sort of paper it is."""
    run: list[str] = []
    for line in lines[:30]:
        if may_be_title(line) and not (_SIGNER.fullmatch(_tight(line)) and not run):
            run.append(line)
            continue
        if run and any(_ENDS.search(one) for one in run):
            break
        run = []
    span = lines[lines.index(run[-1]) + 1 :][:1] if run else []
    while run and not _ENDS.search(run[-1]):
        run.pop()
    if not run:
        # A title need not say what sort of paper it is: 2026年十件实事.
        first = [
            line for line in lines[:3] if may_be_title(line) and len(line) > 5 and not _SIGNER.fullmatch(_tight(line))
        ]
        return _tight(first[0]) if first else ""
    title = ""
    for line in run:
        if title and _ENDS.search(title) and not 2 < len(line) <= 12:
            break
        title += line
    if span and not re.search("20[0-9]{2}年", title) and _YEARS.fullmatch(_tight(span[0])):
        # 三年行动计划 with its years on a line of their own.
        title += _tight(span[0])
    return _tight(title)


def may_be_title(line: str) -> bool:
    """A line that can be a title or a part of one."""
    if len(line) > 80 or len(line) < 2 or line[-1] in _SENTENCE_END or "。" in line or _NO_TITLE.match(line):
        return False
    if len(line) < 4 and not _ENDS.search(line):
        return False
    mark = mark_of(line)
    return not _DATED.search(line) and not _NUMBERED.search(line) and not (mark and mark.level < 4)


def _tight(text: str) -> str:
    """Without the spaces that only part the lines of a title."""
    return re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", text.strip())


def _bare(text: str) -> str:
    return re.sub(r"[\s《》〈〉“”]", "", text)
