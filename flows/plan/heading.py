"""The plan itself: title, number, issuer, date and year, from what stands around its tasks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from pathlib import PurePath

from flows.plan.documents.model import Document, Paragraph, Table
from flows.plan.heading_title import may_be_title, title_of
from flows.plan.model import Doubt, PlanInfo
from flows.plan.narrative_text import is_furniture, mark_of
from flows.plan.rows import Lines
from flows.plan.textual import cut, number_of, one_line

_NUMBER = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{1,14})[〔\[（(【﹝](?P<year>20[0-9]{2})[〕\]）)】﹞]\s*第?\s*(?P<n>[0-9]{1,4})\s*号"
)
_N = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    rf"(?P<year>20[0-9]{{2}}|二[〇○Ｏ零0O][〇○Ｏ零一二三四五六七八九0O]{{2}})年(?P<month>{_N})月(?P<day>{_N})日"
)
_NUMERIC = re.compile(r"(?P<year>20[0-9]{2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})")
_SIGNER = re.compile(
    r"(?:中共)?[\u4e00-\u9fff]{2,28}(?:办公室|办公厅|人民政府|委员会|管委会|小组|局|委|厅|部|院|会|中心|政府办|办事处|指挥部|公司"
    r"|督查室|研究室|集团|大学|学院|医院|学校|队|专班|妇联|残联|政府|中学|小学|幼儿园|技校|职校|卫生院|保健院|福利院|银行|支行|分行"
    r"|联社|合作社|供销社|报社|电视台|图书馆|博物馆|文化馆|档案馆|科技馆|体育馆|管理站|服务站|监测站|工作站|管理所|派出所|司法所"
    r"|供电所|研究所|设计所|林场|农场|机场|开发区|园区|景区|督导室|教研室|[党政校院总]办|科|处|股)"
)
_LABELS = {
    "number": re.compile(r"^(?:发文字号|发文文号|文件编号|文号|发文号)$"),
    "issuer": re.compile(r"^(?:发文机关|发布机构|发文单位|制发机关|制定机关|制发单位|发布机关|印发机关)$"),
    "issued": re.compile(r"^(?:成文日期|成文时间|发文日期|印发日期|制发日期|生成日期)$"),
}


def read_info(
    document: Document,
    texts: Sequence[tuple[int, str]],
    found: Lines,
    *,
    year: int | None,
    issued: date | None,
) -> tuple[PlanInfo, tuple[Doubt, ...]]:
    """What is known about the plan. ``texts``: the joined paragraphs with their blocks, ``found``: its task tables.

    ``year`` and ``issued`` are the clerk's own and win.
    """
    doubts: list[Doubt] = []
    before = len(document.blocks) if found.first_block is None else found.first_block
    lines = [one_line(_plain(block.text)) for block in document.blocks[:before] if isinstance(block, Paragraph)]
    lines = [
        re.sub(r"^附[件表]\s*[0-9一二三四五六七八九十]{0,2}\s*[:：]?\s*(?=[^\s0-9:：])", "", line) for line in lines
    ]
    lines = [line for line in lines if line and not is_furniture(line)]
    everything = [one_line(_plain(block.text)) if isinstance(block, Paragraph) else "。" for block in document.blocks]
    labelled = dict(_labelled(document))
    running = sum(1 for at, text in texts if at < before and len(text) > 60)
    told = sum(1 for at, text in texts if at < before and mark_of(text) and len(text) > 25)
    title = title_of(
        lines,
        [one_line(row) for row in found.title_rows],
        has_table=found.first_block is not None,
        has_text=running > 2 or told > 2,
    )
    if not title:
        title = PurePath(document.name).stem
        doubts.append(Doubt(None, "title", title, "没有找到标题，暂用文件名，请在计划信息表改正"))
    number = _number(lines) or _normal(labelled.get("number", ""))
    issuer, found_day = _signature(everything)
    below, maker = _below_title(lines)
    issuer = issuer or labelled.get("issuer") or maker or _letterhead(lines) or _last_line(document) or None
    issued = issued or found_day or _day(labelled.get("issued", "")) or _imprint(everything) or _day(below)
    if year is None:
        front = takewhile(lambda line: len(line) <= 45 and not line.endswith("。"), lines[:12])
        named = " ".join((*found.title_rows, *filter(may_be_title, front), below))
        year, doubt = _year(title, named, issued, number, document.text)
        if doubt:
            doubts.append(Doubt(None, "year", str(year), doubt))
    return PlanInfo(title, year, number, issuer, issued), tuple(doubts)


def _plain(text: str) -> str:
    return re.sub(r"^\s*#{1,6}\s+|\*\*", "", text)


def _labelled(document: Document) -> Iterator[tuple[str, str]]:
    """The data sheet that web pages put above a document: 发文字号, 发文机关, 成文日期, in cells or lines."""
    for block in document.blocks[:40]:
        if isinstance(block, Table):
            for row in block.rows[:12]:
                texts = [re.sub(r"[\s：:]", "", cell.text) for cell in row.cells]
                for label, cell in zip(texts, row.cells[1:], strict=False):
                    yield from _known(label, cell.text)
                for cell in row.cells:
                    yield from _pairs(cell.text)
        else:
            yield from _pairs(block.text)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"([\u4e00-\u9fff\s]{2,8})[：:]\s*([^\s：:|]+)", text):
        yield from _known(re.sub(r"\s", "", found[1]), found[2])


def _known(label: str, value: str) -> Iterator[tuple[str, str]]:
    value = one_line(value)
    if value and value not in ("无", "/", "-"):
        yield from ((name, value) for name, pattern in _LABELS.items() if pattern.match(label))


def _number(lines: Sequence[str]) -> str | None:
    """文号 on a line of its own, perhaps with 签发人 behind it, or in brackets behind the title."""
    for line in lines:
        tight = re.sub(r"\s", "", line)
        found = _NUMBER.match(tight)
        if found and re.fullmatch(r"(?:签发人[:：].*)?", tight[found.end() :]):
            return _normal(tight)
        behind = re.search(rf"(?:通知|方案|要点|意见|计划)[（(]({_NUMBER.pattern})[）)]$", tight)
        if behind:
            return _normal(behind[1])
    return None


def _normal(text: str) -> str | None:
    """文号 with the brackets that GB/T 9704 sets for it."""
    found = _NUMBER.search(re.sub(r"\s", "", text))
    return f"{found['who']}〔{found['year']}〕{found['n']}号" if found else None


def _signature(lines: Sequence[str]) -> tuple[str | None, date | None]:
    """落款: one or more authorities and below them a line that is nothing but a date, or both on one line."""
    loose: date | None = None
    for at, line in enumerate(lines):
        tight = re.sub(r"\s", "", line)
        found = _DAY.search(tight)
        if not found or found.end() != len(tight):
            continue
        signers: list[str] = []
        if found.start():
            if not _SIGNER.fullmatch(tight[: found.start()]):
                continue
            signers = [tight[: found.start()]]
        above = at - 1
        while above >= 0 and len(signers) < 6 and (beside := _signers(lines[above])):
            signers[:0] = beside
            above -= 1
        day = _date(found)
        if signers and day and not _is_letterhead(lines, at):
            return "、".join(signers), day
        loose = loose or day
    return None, loose


def _below_title(lines: Sequence[str]) -> tuple[str, str]:
    """What a line below the title says: (words with the year or day, issuer), '' where it does not.

    “（2024年3月8日）”, “（2024年3月）”, “（某某办公室　2024年3月8日）”, “某某办公室　2024年3月8日”, and
    “（2024年3月8日某某会议通过）”, which names no issuer.
    """
    for at, line in enumerate(lines[:6]):
        bracket = re.fullmatch(r"\s*[（(](?P<in>[^（）()]{4,80})[）)]\s*", line)
        inside = bracket["in"] if bracket else line
        tight = re.sub(r"\s", "", inside)
        if bracket and re.fullmatch(rf"20[0-9]{{2}}年(?:(?:{_N})月(?:(?:{_N})日)?)?(?:印发|制定)?", tight):
            return tight, ""
        day = _DAY.search(tight)
        if day is None:
            continue
        if bracket and day.start() == 0 and re.search(r"(?:通过|审定|批准|修订|印发|发布)$", tight):
            return tight, ""
        if (at or bracket) and day.end() == len(tight) and day.start():
            parts = re.split(r"\s+|、", re.sub(r"20[0-9]{2}\s*年.*|二[〇○Ｏ零0O].*", "", inside).strip())
            names = [name for part in parts if part for name in _signers(part)]
            if names and len(names) == len([part for part in parts if part]):
                return tight[day.start() :], "、".join(names)
    return "", ""


def _last_line(document: Document) -> str:
    """The authority that signs without a date: the last line of the document's text."""
    texts = [one_line(block.text) for block in document.blocks if isinstance(block, Paragraph)]
    lines = [line for line in texts if line and not is_furniture(line)]
    if len(lines) < 4 or lines[-2].endswith(("：", ":", "、")) or isinstance(document.blocks[-1], Table):
        return ""
    last = re.sub(r"\s", "", lines[-1])
    return last if len(last) > 4 and _SIGNER.fullmatch(last) else ""


def _signers(line: str) -> list[str]:
    """The authorities that a line names, perhaps several side by side; [] when it is something else."""
    names = re.split(r"\s+", line.strip())
    if len(names) > 1 and all(len(name) > 3 and _SIGNER.fullmatch(name) for name in names):
        return names
    whole = "".join(names)
    return [whole] if _SIGNER.fullmatch(whole) else []


def _is_letterhead(lines: Sequence[str], at: int) -> bool:
    """The date stands below a title at the top, as on pages that print the day of publication there."""
    return at < 3 and not any(line.endswith(("。", "：", ":")) for line in lines[:at])


def _letterhead(lines: Sequence[str]) -> str:
    """The authority of a red letterhead (…文件), of the title of a notice, or on a line of its own above 关于."""
    for at, line in enumerate(lines[:12]):
        tight = re.sub(r"\s", "", line)
        head = re.fullmatch(rf"({_SIGNER.pattern})文件", tight)
        if head:
            return head[1]
        titled = re.match(rf"({_SIGNER.pattern})关于", tight)
        if titled:
            return titled[1]
        following = re.sub(r"\s", "", lines[at + 1]) if at + 1 < len(lines) else ""
        if following.startswith("关于") and _SIGNER.fullmatch(tight):
            return tight
    return ""


def _imprint(lines: Sequence[str]) -> date | None:
    """“某办公室 2026年3月6日印发”: the day of printing, where there is no other."""
    for line in reversed(lines):
        found = _DAY.search(re.sub(r"\s", "", line))
        if found and re.sub(r"\s", "", line).endswith("印发"):
            return _date(found)
    return None


def _day(text: str) -> date | None:
    found = _DAY.search(re.sub(r"\s", "", text)) or _NUMERIC.search(text)
    return _date(found) if found else None


def _date(found: re.Match[str]) -> date | None:
    digits = {"〇": "0", "○": "0", "Ｏ": "0", "O": "0", "零": "0"}
    han = "".join(
        digits.get(char, str("零一二三四五六七八九".find(char)) if char in "一二三四五六七八九" else char)
        for char in found["year"]
    )
    month, day = number_of(found["month"]), number_of(found["day"])
    try:
        return date(int(han), month or 0, day or 0)
    except ValueError:
        return None


_SPAN = re.compile(r"(20[0-9]{2})\s*年?\s*[—\-－–~～至到]{1,2}\s*(20[0-9]{2})\s*年")
"""The years of a plan that runs over several."""


def _year(title: str, named: str, issued: date | None, number: str | None, text: str) -> tuple[int, str]:
    """The plan's year and, where it had to be guessed, a doubt."""
    span = _SPAN.search(title)
    if span and issued and int(span[1]) < issued.year <= int(span[2]) and int(span[2]) - int(span[1]) > 1:
        return issued.year, f"标题写的是{span[1]}—{span[2]}年，按印发的{issued.year}年计，请核对"
    for place in (title, named):
        said = re.search(r"(?<![0-9])(20[0-9]{2})\s*(?:年|[—\-－–至])", place)
        if said:
            return int(said[1]), ""
    if issued:
        return issued.year, ""
    in_number = re.search(r"20[0-9]{2}", number or "")
    if in_number:
        return int(in_number[0]), ""
    year_, how = _from_text(text)
    if year_:
        return year_, f"标题没有年份，按{how}{year_}年计，请核对（{cut(title)}）"
    year = date.today().year  # noqa: DTZ011 - the clerk's own calendar is meant
    return year, f"没有找到年份，暂按今年{year}年计，请核对"


def _from_text(text: str) -> tuple[int, str]:
    """The year of the first deadlines in the text, no earlier than the papers it cites; else the most named one."""
    cited = max(
        (int(found) for found in re.findall(r"[〔\[（(](20[0-9]{2})[〕\]）)]\s*[0-9]{1,4}\s*号", text)), default=0
    )
    tight = re.sub(r"[ \u3000]", "", text)
    limits = [
        int(found)
        for found in re.findall(
            r"(?<![0-9])(20[0-9]{2})年(?:年?底|末|[0-9]{1,2}月)[^，。；起]{0,6}?(?:前|完成|底)", tight
        )
    ]
    due = [year for year in limits if year >= cited]
    if due:
        return min(due), "文中最早的时限"
    years = Counter(int(found) for found in re.findall(r"(?<![0-9])(20[0-9]{2})年", tight))
    named = [year for year, _ in years.most_common() if year >= cited] or ([cited] if cited else [])
    return (named[0], "文中出现最多的") if named else (0, "")
