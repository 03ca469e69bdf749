"""Which task a returned row is about: visible number, hidden key and text together, and a fault where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flows.ledger import layout
from flows.ledger.model import Role
from flows.ledger.reader import RawRow, RawTable, RawWorkbook, Value
from flows.ledger.values import is_nothing, read_text, shown, squeeze


class Issued(NamedTuple):
    """What was sent out for one 任务编号."""

    requirement: str
    role: Role


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for one row. ``no`` is set when the task is certain; else ``fault``, or ``note`` for a row that is
    no task at all (a remark, a signature line).
    """

    no: str | None = None
    fault: str = ""
    cure: str = ""
    remark: str = ""
    note: bool = False


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

    def match(self, row: RawRow, keys: Sequence[str]) -> Match:
        """The task of ``row``; ``keys`` are the numbers of its row keys whose signature holds."""
        visible = row.value(layout.NO)
        candidates = self._candidates(visible)
        by_key = {key for key in keys if key in self._issued}
        by_text = self._by_text.get(squeeze(shown(row.value(layout.REQUIREMENT))), [])
        if len(candidates) > 1:
            # 1.10 that lost its text format looks like 1.1: only key or text can tell.
            narrowed = [no for no in candidates if no in by_key] or [no for no in candidates if no in by_text]
            if len(narrowed) == 1:
                return Match(narrowed[0])
            return Match(
                fault=f"任务编号“{shown(visible)}”可能是{'、'.join(candidates)}中的任何一个", cure="请照原台账写全编号"
            )
        if candidates:
            return self._confirm(candidates[0], by_key, by_text)
        return self._unnumbered(row, visible, by_key, by_text)

    def _confirm(self, no: str, by_key: set[str], by_text: Sequence[str]) -> Match:
        if by_text and no not in by_text:
            return Match(
                fault=f"任务编号 {no} 与同一行的具体要求对不上（原文是任务 {by_text[0]} 的）",
                cure="可能是排序或粘贴时错了行，请在本表中核对后重填",
            )
        if by_key and no not in by_key and not by_text:
            key = min(by_key)
            return Match(fault=f"任务编号被改成了 {no}（这一行原是任务 {key}）", cure="请在本表中核对后重填")
        return Match(no)

    def _unnumbered(self, row: RawRow, visible: Value, by_key: set[str], by_text: Sequence[str]) -> Match:
        known = sorted(by_key) if len(by_key) == 1 else (list(by_text) if len(by_text) == 1 else [])
        if known:
            changed = f"任务编号写成了“{shown(visible)}”，按任务 {known[0]} 计入" if visible != "" else ""
            return Match(known[0], remark=changed)
        says = [header for header in layout.INPUTS if not is_nothing(read_text(row.value(header)))]
        if layout.STATUS not in says and len(says) < 2:
            return Match(note=True)
        if visible == "":
            return Match(fault="这一行没有任务编号", cure="请填到正确编号的行里，不需要的行请删去")
        return Match(fault=f"任务编号“{shown(visible)}”不在下发的任务里", cure="请填到正确编号的行里，不需要的行请删去")

    def _candidates(self, visible: Value) -> list[str]:
        if visible == "":
            return []
        text = squeeze(shown(visible)).strip("、.。")
        if isinstance(visible, str) and text in self._issued:
            return [text]
        number = _number(text)
        same = self._by_number.get(number, []) if number is not None else []
        if not same and text in self._issued:
            return [text]
        return list(same)


def match_rows(
    raw: RawWorkbook, issued: Mapping[str, tuple[str, Role]], keys: Mapping[tuple[str, int], tuple[str, ...]]
) -> Iterator[tuple[RawTable, RawRow, Match]]:
    """Every row of the file with its task; ``keys``: (sheet, row) → numbers of its signed row keys."""
    matcher = Matcher(issued)
    for table in raw.tables:
        for row in table.rows:
            yield table, row, matcher.match(row, keys.get((table.sheet, row.row), ()))


def _number(no: str) -> float | None:
    try:
        return float(no)
    except ValueError:
        return None
