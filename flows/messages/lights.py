"""What `status` tells of lights: each with its meaning and how often it is on, 序时进度, who is exempt."""

from __future__ import annotations

from collections.abc import Sequence

from flows.console import Screen
from flows.progress import Snapshot
from flows.standing.measured import exemption_notes, light_counts


def say_lights(screen: Screen, snap: Snapshot) -> None:
    """The legend with counts of units × items, the classes of items, exemptions."""
    if snap.cells:
        rows = [(sign.word, count, sign.meaning) for sign, count in light_counts(snap)]
        screen.table("亮灯", ["灯", "项次", "含义"], rows)
    if snap.schedule:
        screen.say(f"序时进度：{'，'.join(f'{word} {count} 项' for word, count in snap.schedule)}")
    for note in exemption_notes(snap):
        screen.say(note)
    say_unknown_exemptions(screen, snap.unknown_exemptions)


def say_unknown_exemptions(screen: Screen, names: Sequence[str]) -> None:
    """Probably misspelt: without a word the clerk would believe them exempt."""
    for name in names:
        screen.say(f"豁免没有生效：设置 [lights.exempt] 里的“{name}”在计划和单位名录里都找不到，请核对编号或单位名称")
