"""Lights: what each stands for, how the office colours and calls it, and why it is on.

Inside the program a light is a meaning. Colour and word come from the scheme of [lights], because offices mean
different things by the same colour: blue is the best of three in one place and the first reminder in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from flows.ledger.model import Status
from flows.periods import spoken
from flows.standing.light_settings import PACE_WORDS, SCHEMES, Lights, sign_parts
from flows.standing.schedule import Pace


class Light(StrEnum):
    """The light of one unit's work on one item; the legend is printed wherever lights are shown."""

    FINISHED = "finished"
    """已完成 or 不涉及: nothing left to do."""
    STEADY = "steady"
    """Not finished, and the deadline is not near."""
    NEAR = "near"
    """Due soon and not finished."""
    BEHIND = "behind"
    """需协调, lagging behind the time, or past the deadline within the days of grace."""
    OVERDUE = "overdue"
    """The deadline has passed and it is not finished."""
    EXEMPT = "exempt"
    """Not finished, and exempt by the office's settings: never overdue."""


WORST_FIRST: Final = (Light.OVERDUE, Light.BEHIND, Light.NEAR, Light.STEADY, Light.EXEMPT, Light.FINISHED)

FILLS: Final = {"蓝": "9DC3E6", "绿": "A9D18E", "黄": "FFE066", "橙": "F4B183", "红": "FF7C80", "灰": "D9D9D9"}
"""Colour → fill of a cell, RGB; 无 has none."""
INKS: Final = {"蓝": "1F3864", "绿": "274E13", "黄": "7F6000", "橙": "843C0C", "红": "7B0000", "灰": "404040"}


@dataclass(frozen=True, slots=True)
class Sign:
    """How a light is shown."""

    light: Light
    word: str
    colour: str
    """One of `light_settings.COLOURS`."""
    meaning: str
    """For the legend; '' for a light that cannot come on."""

    @property
    def fill(self) -> str:
        """RGB of the cell, '' for none."""
        return FILLS.get(self.colour, "")

    @property
    def ink(self) -> str:
        """RGB of the word, '' for the ordinary one."""
        return INKS.get(self.colour, "")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How lights and classes are shown: all signs, best first, and the words of `schedule.Pace` in its order."""

    signs: tuple[Sign, ...]
    pace_words: tuple[str, ...] = PACE_WORDS

    def sign(self, light: Light) -> Sign:
        """How a light is shown."""
        return next(sign for sign in self.signs if sign.light is light)

    def word(self, light: Light | None) -> str:
        """What a light is called; — for none."""
        return self.sign(light).word if light else "—"

    def pace_word(self, pace: Pace | None) -> str:
        """What a class is called; — for none."""
        return self.pace_words[list(Pace).index(pace)] if pace else "—"

    @property
    def legend(self) -> tuple[Sign, ...]:
        """What stands for what: signs that look alike are one, with all their meanings."""
        shown: dict[tuple[str, str], list[Sign]] = {}
        for sign in self.signs:
            if sign.meaning:
                shown.setdefault((sign.word, sign.colour), []).append(sign)
        return tuple(
            Sign(alike[0].light, word, colour, "；".join(sign.meaning for sign in alike))
            for (word, colour), alike in shown.items()
        )


def scheme_of(settings: Lights, due_soon_days: int) -> Scheme:
    """The scheme of the settings, its meanings with their thresholds."""
    meanings = _meanings(settings, due_soon_days)
    signs = []
    for light in Light:
        name = "exempted" if light is Light.EXEMPT else light.value
        colour, word, own = sign_parts(getattr(settings, name) or SCHEMES[settings.scheme][name])
        signs.append(Sign(light, word, colour, own if own and meanings[light] else meanings[light]))
    return Scheme(tuple(signs), settings.pace_words)


def _meanings(settings: Lights, due_soon_days: int) -> dict[Light, str]:
    grace = settings.grace_days
    behind = ["需要协调"]
    if settings.schedule:
        behind.append(f"完成进度比时间进度慢{settings.behind_points}个百分点以上")
    if grace:
        behind.append(f"已过时限，在{grace}天宽限期内")
    return {
        Light.FINISHED: "已完成，或不涉及本单位",
        Light.STEADY: "尚未完成，离时限还早或没有时限",
        Light.NEAR: f"离时限{due_soon_days}天以内，尚未完成" if due_soon_days else "时限当天，尚未完成",
        Light.BEHIND: "；".join(behind),
        Light.OVERDUE: f"已过时限{f'超过{grace}天' if grace else ''}，尚未完成",
        Light.EXEMPT: "经批准豁免，尚未完成，不计逾期、不参加排位" if settings.exempt else "",
    }


STANDARD: Final = scheme_of(Lights(), 15)
"""What counts where no settings are known."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a light rests on."""

    status: Status | None
    """As it counts; None: nothing was ever reported."""
    said: str
    """Who says so: 单位报推进中, 核定为推进中, 未报送."""
    due: date | None
    extended: bool = False
    """``due`` is the office's 延期至, not the plan's."""
    lag: float | None = None
    """Points behind the time, see `schedule.lag`; None: not measured."""
    excused: str = ""
    """Reason of the exemption, '' for none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When which light comes on."""

    as_of: date
    due_soon_days: int
    grace_days: int = 0
    behind_points: int = 0
    """0: 序时进度 is not looked at."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A light, days past the deadline when it counts as overdue (else 0), and why."""

    light: Light
    days_late: int
    why: str
    """Rule, deadline, reported state, days: one phrase without full stop."""


def judge(work: Work, rules: Rules) -> Verdict:
    """The light of one unit's work on one item. The first rule that fits decides."""
    if work.status in (Status.DONE, Status.EXEMPT):
        return Verdict(Light.FINISHED, 0, work.said)
    if work.excused:
        return Verdict(Light.EXEMPT, 0, f"豁免：{work.excused}；{work.said}")
    left = (work.due - rules.as_of).days if work.due else None
    limit = f"{'延期后的' if work.extended else ''}时限{spoken(work.due)}" if work.due else "没有时限"
    if left is not None and -left > rules.grace_days:
        grace = f"，{rules.grace_days}天宽限期已过" if rules.grace_days else ""
        return Verdict(Light.OVERDUE, -left, f"{limit}，{work.said}，逾期{-left}天{grace}")
    if left is not None and left < 0:
        return Verdict(Light.BEHIND, 0, f"{limit}，{work.said}，已过{-left}天，在{rules.grace_days}天宽限期内")
    if work.status is Status.BLOCKED:
        return Verdict(Light.BEHIND, 0, f"{work.said}；{limit}")
    if rules.behind_points and work.lag is not None and work.lag >= rules.behind_points:
        slow = f"完成进度比时间进度慢{work.lag:.0f}个百分点（{rules.behind_points}个起亮灯）"
        return Verdict(Light.BEHIND, 0, f"{limit}，{work.said}，{slow}")
    if left is not None and left <= rules.due_soon_days:
        near = f"还有{left}天（{rules.due_soon_days}天以内亮灯）" if left else "今天到期"
        return Verdict(Light.NEAR, 0, f"{limit}，{work.said}，{near}")
    return Verdict(Light.STEADY, 0, f"{limit}，{work.said}" + (f"，还有{left}天" if left is not None else ""))


def is_overdue(status: Status | None, due: date | None, as_of: date, grace_days: int = 0) -> bool:
    """Whether work that nobody exempts is overdue on a day."""
    return judge(Work(status, "", due), Rules(as_of, 0, grace_days)).light is Light.OVERDUE
