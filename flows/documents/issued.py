"""提示督办情况: how many notices were issued in the period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flows.progress import Snapshot
from flows.standing.escalation import Level


def issued_notices(snapshot: Snapshot) -> tuple[str, ...]:
    """One paragraph: how many of which kind, and what those who got one have to do; () when there are none."""
    said = issued_sentence((Level(level), colour) for level, colour in snapshot.notices)
    if not said:
        return ()
    levels = {level for level, _ in snapshot.notices}
    supervised = any(Level.FIRST <= level <= Level.THIRD for level in levels)
    asked = "收到督办单的单位要在督办单写明的期限内书面回复办理情况；到期仍未完成的，按规定升级督办。"
    return (said + (asked if supervised else ""),)


def issued_sentence(notices: Iterable[tuple[Level, str]]) -> str:
    """本期发出提示单3份，蓝色督办单5份，黄色督办单2份，提出约谈建议1份。 Empty when there are none."""
    counts = Counter(notices)
    parts = []
    for level, colour in sorted(counts):
        number = counts[level, colour]
        what = f"提出{level.kind}" if level is Level.TALK else f"{colour}色{level.kind}" if colour else level.kind
        parts.append(f"{what}{number}份")
    return f"本期{'' if parts[0].startswith('提出') else '发出'}{'，'.join(parts)}。" if parts else ""
