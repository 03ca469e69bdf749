"""Which task a returned row is about: visible number, hidden key and text together, and a fault where they disagree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from flows.ledger import layout
from flows.ledger.model import Role
from flows.ledger.reader import RawRow, RawTable, RawWorkbook, Value
from flows.ledger.values import is_nothing, read_text, short, shown, squeeze


class Issued(NamedTuple):
    """What was sent out for one 任务编号."""

    requirement: str
    role: Role


MISPLACED: Final = "与同一行的内容对不上"
"""``Match.kind`` of a row whose number, key and text speak of different tasks: sorted or pasted by halves."""
_REMARK: Final = re.compile(
    r"^(注|备注|说明|填报|填表|制表|报送|审核|审签|审批|复核|经办|负责|分管|联系|单位|日期|时间|签字|签章|盖章|公章|合计|小计|总计)"
)
_ASKS: Final = re.compile(r"^(建议|新增|增加|补充|另有|拟增)")


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for one row. ``no`` is set when the task is certain; else ``fault``, or ``note`` for a row that is
    no task at all (a remark, a signature line).

    ``proposal``: a task of the unit's own; the fault beside it holds when the row may as well be a task that was sent.
    """

    no: str | None = None
    fault: str = ""
    cure: str = ""
    remark: str = ""
    note: bool = False
    proposal: bool = False
    kind: str = ""
    about: frozenset[str] = frozenset()
    """The tasks that a row at fault may be about: none of them is missing."""


class Matcher:
    """Finds tasks among those issued to one unit."""

    def __init__(self, issued: Mapping[str, tuple[str, Role]]) -> None:
        self._issued = issued
        self._by_text: dict[str, list[str]] = {}
        self._by_number: dict[float, list[str]] = {}
        for no, (requirement, _) in issued.items():
            self._by_text.setdefault(squeeze(requirement), []).append(no)
            number = _number(no)
            if number is not None:
                self._by_number.setdefault(number, []).append(no)

    def match(self, row: RawRow, keys: Sequence[str], pasted: str = "") -> Match:
        """The task of ``row``; ``keys`` are the numbers of its row keys whose signature holds.

        ``pasted`` names the period of a row key of another month, when the row carries one.
        """
        visible = row.value(layout.NO)
        sent = self._issued.get(visible) if isinstance(visible, str) else None
        if sent and not pasted and row.value(layout.REQUIREMENT) == sent[0]:
            return _certain(visible)  # as it went out
        candidates = self._candidates(visible)
        by_key = {key for key in keys if key in self._issued}
        by_text = self._by_text.get(squeeze(shown(row.value(layout.REQUIREMENT))), [])
        if len(candidates) > 1:
            # 1.10 that lost its text format looks like 1.1: only key or text can tell.
            narrowed = [no for no in candidates if no in by_text] or [no for no in candidates if no in by_key]
            if len(narrowed) == 1:
                return Match(narrowed[0])
            return Match(
                fault=f"任务编号“{short(shown(visible))}”可能是{'、'.join(candidates)}中的任何一个",
                cure="请照原台账写全编号",
                kind="看不准",
                about=frozenset(candidates),
            )
        if candidates:
            return self._confirm(row, candidates[0], by_key, by_text, pasted)
        return self._unnumbered(row, visible, by_key, by_text)

    def _confirm(self, row: RawRow, no: str, by_key: set[str], by_text: Sequence[str], pasted: str) -> Match:
        if by_text and no not in by_text:
            return Match(
                fault=f"任务编号 {no} 与同一行的具体要求对不上（原文是任务 {by_text[0]} 的）",
                cure="可能是排序或粘贴时错了行，请在本表中核对后重填",
                kind=MISPLACED,
                about=frozenset({no, *by_text}),
            )
        if by_key and no not in by_key and not by_text:
            key = min(by_key)
            return Match(
                fault=f"任务编号被改成了 {no}（这一行原是任务 {key}）",
                cure="请在本表中核对后重填",
                kind=MISPLACED,
                about=frozenset({no, *by_key}),
            )
        if pasted and not by_text and row.value(layout.REQUIREMENT) != "":
            return Match(
                fault=f"这一行是从{pasted}的台账粘贴来的，与本期任务 {no} 的内容对不上",
                cure="请在本期台账的这一行里重填",
                kind="是从别期台账粘贴来的",
                about=frozenset({no}),
            )
        return Match(no, remark=f"是从{pasted}的台账粘贴来的，按本期任务 {no} 计入" if pasted else "")

    def _unnumbered(self, row: RawRow, visible: Value, by_key: set[str], by_text: Sequence[str]) -> Match:
        if by_key and by_text and not by_key & set(by_text):
            # A filter sorts the visible columns and leaves the hidden key where it was: neither can be believed.
            return Match(
                fault=f"这一行没有可用的任务编号，内容像任务 {by_text[0]}，标识却是任务 {min(by_key)} 的",
                cure="请在本表中核对后重填",
                kind=MISPLACED,
                about=frozenset({*by_key, *by_text}),
            )
        both = by_key & set(by_text) or by_key or set(by_text)
        written = short(shown(visible))
        if len(both) == 1:
            (known,) = both
            return Match(known, remark=f"任务编号写成了“{written}”，按任务 {known} 计入" if visible != "" else "")
        cure = "请填到正确编号的行里，不需要的行请删去"
        fault = f"任务编号“{written}”不在下发的任务里" if visible != "" else "这一行没有任务编号"
        kind = "不在下发的任务里" if visible != "" else "没有任务编号"
        if _own_task(row):
            return Match(fault=fault, cure=cure, kind=kind, proposal=True)
        if layout.NO not in row.faults:
            says = [header for header in layout.INPUTS if not is_nothing(read_text(row.value(header)))]
            if layout.STATUS not in says and len(says) < 2:
                return Match(note=True)
        return Match(fault=fault, cure=cure, kind=kind, about=frozenset(by_text))

    def _candidates(self, visible: Value) -> list[str]:
        if visible == "":
            return []
        if isinstance(visible, str) and visible in self._issued:
            return [visible]
        text = squeeze(shown(visible)).strip("、.。")
        if isinstance(visible, str) and text in self._issued:
            return [text]
        number = _number(text)
        same = self._by_number.get(number, []) if number is not None else []
        if not same and text in self._issued:
            return [text]
        return list(same)


@lru_cache(maxsize=4096)
def _certain(no: str) -> Match:
    return Match(no)


def match_rows(
    raw: RawWorkbook,
    issued: Mapping[str, tuple[str, Role]],
    keys: Mapping[tuple[str, int], tuple[str, ...]],
    pasted: Mapping[tuple[str, int], str] | None = None,
) -> Iterator[tuple[RawTable, RawRow, Match]]:
    """Every row of the file with its task.

    ``keys``: (sheet, row) → numbers of its signed row keys; ``pasted``: (sheet, row) → period of a key that is of
    another month of the same unit.
    """
    matcher = Matcher(issued)
    for table in raw.tables:
        for row in table.rows:
            place = table.sheet, row.row
            yield table, row, matcher.match(row, keys.get(place, ()), (pasted or {}).get(place, ""))


def is_remark(text: str) -> bool:
    """Whether a text begins like a signature line or a note below a table."""
    return bool(_REMARK.match(text))


def _own_task(row: RawRow) -> bool:
    """Whether a row that was not sent reads like a task of the unit's own, not like a heading or a signature."""
    said = [read_text(value) for value in row.values.values() if not is_nothing(read_text(value))]
    text = read_text(row.value(layout.REQUIREMENT)) or read_text(row.value(layout.TASK))
    if is_nothing(text) or len(text) < 4 or is_remark(text):
        return False
    return len(said) > 1 or bool(_ASKS.match(text))


def _number(no: str) -> float | None:
    try:
        return float(no)
    except ValueError:
        return None
