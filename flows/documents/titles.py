"""公文标题: what a bulletin is called, and how a long title breaks into lines that keep words whole."""

from __future__ import annotations

import math
import re

from flows.periods import Period

_WORDS = (
    "党务政务公开|基层政务公开|政务公开|政府信息公开|政务信息公开|信息公开|政务服务|政务督查|政务|督查"
    "|政府工作报告|重点工作|重点任务|工作要点|工作计划|工作方案|实施方案|分工方案|任务分解表|任务分解"
    "|任务分工|责任分工|目标任务|标准化|规范化|优化营商环境|营商环境|领导小组|办公室|委员会|人民政府"
    "|县级|市级|区级|全市|全县|全区|全省|落实情况|进展情况|完成情况|办理情况|推进情况|情况|通报|通知"
    "|关于|全面推进|推进|加强|深化|进一步|做好|开展|贯彻落实|文件|工作"
)
"""What must not be broken, longer words before their beginnings."""
_TOKEN = re.compile(
    r"〔?\d{4}〕?年(?:\d{1,2}月份?)?|\d{1,2}月份?|第[\d一二三四五六七八九十]+[季度期号次批]+|[A-Za-z0-9.%—-]+|" + _WORDS
)
_TAIL_WORD = re.compile("工作要点|工作计划|工作方案|实施方案|分工方案|任务分解|任务分工|工作|情况")
"""Words that belong to the one before them: a line that begins with them is a second choice."""
_GOOD_START = re.compile(r"\d+(年|月)|落实情况|进展情况|完成情况")
_NOT_FIRST = set("的和与及等之、，。：；）》〉”’〕！？")
_NOT_LAST = set("（《〈“‘〔和与及第")
_REGION = "省市县区州旗盟镇乡"


def plan_subject(title: str) -> str:
    """A plan's title as it stands inside another title: without 关于印发…的通知, book-title marks and line breaks."""
    text = re.sub(r"\s+", "", title)
    inner = re.search(r"印发.*?《([^《》]+)》", text) or re.fullmatch(r"《([^《》]+)》", text)
    if inner:
        return without_table(inner[1])
    letter = re.fullmatch(r".*?关于(?:印发)?(.+)的(?:通知|函|意见)", text)
    text = letter[1] if letter else text
    return without_table(text.replace("《", "").replace("》", ""))


def without_table(title: str) -> str:
    """A plan's title without the name of its table: what is reported on is the plan, not its 任务分解表."""
    found = re.fullmatch(
        r"(.*(?:要点|方案|计划|意见|报告|规划))(?:重点)?(?:工作)?(?:任务|责任|工作)?(?:分解|分工)(?:方案|表|清单)?",
        title,
    )
    return found[1] if found else title


def bulletin_title(plan_title: str, period: Period) -> str:
    """关于……落实情况的通报; the year is not said twice when the plan's own title has it."""
    subject = plan_subject(plan_title)
    when = f"{period.month}月份" if f"{period.year}年" in subject else period.label
    return f"关于{subject}{when}落实情况的通报"


def balanced(text: str, width: int = 19) -> tuple[str, ...]:
    """The text in as few lines of at most ``width`` characters as words allow, shaped as a trapezoid or rhombus.

    Words, numbers and dates stay whole, no line begins with 的 or a closing mark, no two neighbours are of very
    different length and no line is a mere scrap (GB/T 9704—2012, 7.3.1).
    """
    if _width(text) <= width:
        return (text,)
    pieces = _pieces(text, width)
    fewest = math.ceil(_width(text) / width)
    for count in range(fewest, fewest + 3):
        ways = _ways(pieces, count, width)
        if ways:
            return min(ways, key=lambda lines: (_ugliness(lines), lines))
    return tuple(text[i : i + width] for i in range(0, len(text), width))


def _pieces(text: str, width: int) -> list[str]:
    """The text cut wherever a line may end."""
    tokens: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        tokens += _plain(text[position : found.start()])
        tokens.append(found[0])
        position = found.end()
    tokens += _plain(text[position:])
    pieces: list[str] = []
    for token in tokens:
        glue = pieces and (token[0] in _NOT_FIRST or pieces[-1][-1] in _NOT_LAST)
        if glue and len(pieces[-1]) + len(token) <= width:
            pieces[-1] += token
        else:
            pieces += [token[i : i + width] for i in range(0, len(token), width)]
    return pieces


def _plain(text: str) -> list[str]:
    """Unknown words: a place name stays whole up to its 市/县/区; the rest in runs short enough to be set."""
    parts = [part for part in re.split(rf"(?<=[{_REGION}、])", text) if part]
    return [part[i : i + 8] for part in parts for i in range(0, len(part), 8)]


def _ways(pieces: list[str], count: int, width: int) -> list[tuple[str, ...]]:
    if count == 1:
        line = "".join(pieces)
        return [(line,)] if 0 < _width(line) <= width else []
    ways: list[tuple[str, ...]] = []
    line = ""
    for i, piece in enumerate(pieces[:-1]):
        line += piece
        if _width(line) > width:
            break
        if sum(map(_width, pieces[i + 1 :])) <= width * (count - 1):
            ways += [(line, *rest) for rest in _ways(pieces[i + 1 :], count - 1, width)]
    return ways


def _width(text: str) -> float:
    """Width in Chinese characters; digits and Latin letters take half of one."""
    return sum(0.5 if character < "\x7f" else 1 for character in text)


def _ugliness(lines: tuple[str, ...]) -> float:
    lengths = [_width(line) for line in lines]
    spread = max(lengths) - min(lengths)
    cost = spread * spread
    cost += 30 if len(set(lengths)) == 1 else 0  # a rectangle is no trapezoid
    cost += sum(60 for a, b, c in zip(lengths, lengths[1:], lengths[2:], strict=False) if b < a and b < c)  # hourglass
    cost += 40 * sum(line.endswith("关于") for line in lines[:-1])
    cost += 35 * sum(bool(_TAIL_WORD.match(line)) for line in lines[1:])
    cost -= 10 * sum(bool(_GOOD_START.match(line)) for line in lines[1:])
    cost += 25 if lines[-1] in ("情况的通报", "的通报", "通报") else 0
    return cost + (400 if min(lengths) < 4 else 0)
