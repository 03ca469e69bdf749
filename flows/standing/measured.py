"""What is told of lights, classes and exemptions wherever they are shown: legend, counts, notes below a ranking."""

from __future__ import annotations

from collections import Counter

from flows.progress import Cell, Snapshot
from flows.standing.lights import Sign

_PLACES_TOLD = 12
"""Exempt places named one by one; all stand in 总台账 with 亮灯依据."""


def light_counts(snapshot: Snapshot) -> tuple[tuple[Sign, int], ...]:
    """The legend, each sign with the number of units × items that show it."""
    counts: Counter[tuple[str, str]] = Counter()
    for light, number in Counter(cell.light for cell in snapshot.cells).items():
        sign = snapshot.lights.sign(light)
        counts[sign.word, sign.colour] += number
    return tuple((sign, counts[sign.word, sign.colour]) for sign in snapshot.lights.legend)


def legend_sentence(snapshot: Snapshot) -> str:
    """“蓝”：…；“绿”：…: the legend in one sentence, without full stop."""
    return "；".join(f"“{sign.word}”：{sign.meaning.replace('；', '，或')}" for sign in snapshot.lights.legend)


def exemption_notes(snapshot: Snapshot) -> tuple[str, ...]:
    """Who is counted out of the ranking and why, in whole sentences; () when nobody is."""
    notes = []
    if snapshot.unranked:
        whom = "、".join(f"{line.unit.name}（{line.unranked}）" for line in snapshot.unranked)
        notes.append(f"经批准豁免、不参加排位的单位：{whom}，其未完成的任务列入“不涉及”。")
    # Of a unit that is exempt as a whole its tasks are not told one by one.
    cells = [cell for line in snapshot.units if not line.unranked for cell in line.cells if cell.excused]
    if cells:
        reasons = dict.fromkeys(cell.excused for cell in cells)
        told = "；".join(f"{_places([c for c in cells if c.excused == reason])}（{reason}）" for reason in reasons)
        notes.append(f"经批准豁免、不计逾期的任务{len(cells)}项次，列入“不涉及”，不参加排位：{told}。")
    return tuple(notes)


def _places(cells: list[Cell]) -> str:
    """甲局第1.2、3.1项，乙局第1.2项."""
    units: dict[str, list[str]] = {}
    for cell in cells[:_PLACES_TOLD]:
        units.setdefault(cell.unit.name, []).append(cell.item.no)
    more = f"等{len(cells)}项次" if len(cells) > _PLACES_TOLD else ""
    return "，".join(f"{unit}第{'、'.join(numbers)}项" for unit, numbers in units.items()) + more
