"""完成进度 in the ways that units write it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from flows.ledger.model import Status
from flows.ledger.reader import Value
from flows.ledger.statuses import read_status
from flows.ledger.values import DIGITS, Reading, chinese_number, short, shown, squeeze

_CURE: Final = "请填 0 到 100 的整数，例如 80"
_LEAD: Final = re.compile(r"^已?(?:完成|推进)?(?:进度|率|比例)?(?:为|是|达到?|至)?:?")
_ABOUT: Final = re.compile(r"^(?:大约|大概|约|将近|接近|近)|(?:左右|上下)$")


@lru_cache(maxsize=4096, typed=True)
def read_percent(value: Value) -> Reading[int]:
    """完成进度: 80, 80%, 0.8, 八十, 百分之八十 and 八成 all give 80.

    What was rounded or is only about right carries a remark; a range, a word (过半) or 1 in a text cell is a fault.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _unclear(value)
    if isinstance(value, str):
        return _in_words(value)
    # A percent cell holds 80 % as 0.8; people who paste write 80.
    if 0 < value < 0.01 or 1 < value < 2:
        found = f"格子里是 {value:.4g}，即 {value * 100:.4g}%"
        return Reading(fault=f"完成进度看不准（{found}）", cure=_CURE, kind="看不准")
    return _percentage(value * 100 if 0 <= value <= 1 else value, f"{value:.6g}")


def _in_words(value: str) -> Reading[int]:
    text = squeeze(value).lower().rstrip("。.,;!")
    if found := re.fullmatch(r"(.*?)\(([^()]*)\)", text):
        if read_status(found[2]).value is None:  # “100%（已完成）” says the same twice, “80%（预计）” does not
            return _unclear(value)
        text = found[1]
    if found := re.fullmatch(r"[\d.]+%?[-~—–至到]+[\d.]+%?", text):
        return Reading(fault=f"完成进度“{short(value)}”是一个范围", cure=f"{_CURE}，只填一个数", kind="看不懂")
    if read_status(text).value is Status.DONE and not re.search(r"\d", text) and len(text) > 1:
        return Reading(100, remark=f"完成进度“{short(value)}”按 100% 记录")
    plain = _ABOUT.sub("", _LEAD.sub("", _ABOUT.sub("", text)))
    reading = _number(plain, value)
    if reading.value is not None and not reading.remark and _ABOUT.search(text):
        return Reading(reading.value, remark=f"完成进度“{short(value)}”按 {reading.value}% 记录")
    return reading


def _number(text: str, value: str) -> Reading[int]:
    if tenths := re.fullmatch(r"([一二两三四五六七八九十\d])成([一二三四五六七八九半])?", text):
        ten = 10 if tenths[1] == "十" else DIGITS.get(tenths[1]) or int(tenths[1]) if tenths[1] != "0" else 0
        more = 5 if tenths[2] == "半" else DIGITS.get(tenths[2] or "", 0)
        if ten * 10 + more > 100:
            return _unclear(value)
        return Reading(ten * 10 + more, remark=f"完成进度“{short(value)}”按 {ten * 10 + more}% 记录")
    if text.startswith("百分之"):
        text = text.removeprefix("百分之") + "%"
    if text == "百分百":
        return Reading(100)
    spoken = chinese_number(text.removesuffix("%"))
    if spoken is not None:
        return _percentage(spoken, short(value))
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(%?)", text)
    if not found or len(text) > 15:
        return _unclear(value)
    number = float(found[1])
    if found[2]:
        return _percentage(number, short(value))
    if number == 1:
        return Reading(fault=f"完成进度“{short(value)}”看不准是 1% 还是 100%", cure="请写成 1% 或 100%", kind="看不准")
    return read_percent(number)


def _percentage(number: float, found: str) -> Reading[int]:
    if not 0 <= number <= 100:
        # 80 typed into a cell that was made a percent cell before shows 8000%.
        times = number / 100
        hint = f"；想填 {times:g}% 的，请写 {times:g}" if 0 < times <= 100 and times.is_integer() else ""
        return Reading(fault=f"完成进度“{found}”超出 0 到 100 的范围", cure=_CURE + hint, kind="超出 0 到 100")
    whole = int(number + 0.5)
    remark = f"完成进度“{found}”按 {whole}% 记录" if abs(number - whole) > 0.001 else ""
    return Reading(whole, remark=remark)


def _unclear(value: Value) -> Reading[int]:
    return Reading(fault=f"完成进度“{short(shown(value))}”看不懂", cure=_CURE, kind="看不懂")
