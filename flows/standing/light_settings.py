"""[lights] of config.toml: which light stands for what, when it comes on, 序时进度, and who is exempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

SchemeName = Literal["绿黄红", "蓝黄红", "蓝橙红"]
COLOURS = ("蓝", "绿", "黄", "橙", "红", "灰", "无")
"""What a light can be coloured; 无: a word without colour."""
PACE_WORDS = ("超序时", "按序时", "慢序时", "已完成", "提前完成", "未启动", "长期坚持", "其他")
_PARTS = 3
_LONGEST_WORD = 4
"""Characters of a light's word: its column is narrow."""
_SIGNS = ("finished", "steady", "near", "behind", "exempted", "overdue")

_BASE: Final = {
    "finished": "蓝",
    "steady": "绿",
    "near": "黄",
    "behind": "黄",
    "overdue": "红",
    "exempted": "灰/豁免",
}
_WARNING: Final = _BASE | {"finished": "无/办结", "steady": "无/正常", "near": "蓝"}
SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "绿黄红": _BASE,
    "蓝黄红": _WARNING,
    "蓝橙红": _WARNING | {"behind": "橙"},
}
"""Name → light → ``颜色/叫法``. 绿黄红 has blue for what is finished; in the other two only what needs a warning has a
colour, blue being the mildest (as in 三色督办单)."""


class Lights(BaseModel):
    """How far each unit has come, as lights and classes.

    A light is written ``颜色``, ``颜色/叫法`` or ``颜色/叫法/含义``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    scheme: SchemeName = "绿黄红"
    """Which colours: see ``SCHEMES``. What follows takes the place of single lights of it."""
    finished: str = ""
    """Nothing left to do."""
    steady: str = ""
    """Unfinished, and in time."""
    near: str = ""
    """Unfinished, and the deadline is near ([round] due_soon_days)."""
    behind: str = ""
    """需协调, lagging behind the schedule, or past the deadline within the days of grace."""
    exempted: str = ""
    overdue: str = Field(default="", validate_default=True)
    """Past the deadline and the days of grace."""
    grace_days: int = Field(default=0, ge=0, le=366)
    """Days after the deadline before a task counts as overdue."""
    schedule: bool = False
    """Whether 序时进度 is looked at: classes in the documents, and the light of who lags behind."""
    behind_points: int = Field(default=10, ge=1, le=100)
    """慢序时: 完成进度 lags so many points or more behind the share of time that has passed."""
    ahead_points: int = Field(default=10, ge=1, le=100)
    """超序时: it is so many points or more ahead."""
    pace_words: tuple[str, ...] = Field(default=PACE_WORDS, strict=False)
    """The names of the classes, in the order of `schedule.Pace`."""
    exempt: dict[str, Annotated[tuple[str, ...], Strict(False)]] = Field(default_factory=dict)
    """Reason → what it exempts: see `exemptions`."""

    @field_validator(*_SIGNS)
    @classmethod
    def _readable(cls, text: str) -> str:
        parts = [part.strip() for part in text.split("/")]
        word = parts[1] if len(parts) > 1 else ""
        if text and (parts[0] not in COLOURS or len(parts) > _PARTS or len(word) > _LONGEST_WORD):
            raise PydanticCustomError("light_sign", "no light")
        if parts[0] == "无" and not word:
            raise PydanticCustomError("light_word", "no word")
        return text

    @field_validator("overdue")
    @classmethod
    def _tells_apart(cls, text: str, info: ValidationInfo) -> str:
        """One word never has two colours, and 逾期 never looks like what is well."""
        scheme = SCHEMES[info.data.get("scheme", "绿黄红")]
        signs = {name: sign_parts((info.data | {"overdue": text}).get(name, "") or scheme[name])[:2] for name in _SIGNS}
        colour = signs["overdue"][0]
        alike = any(colour == signs[well][0] != "无" for well in ("finished", "steady"))
        if alike or len({word for _, word in signs.values()}) < len(set(signs.values())):
            raise PydanticCustomError("light_alike", "alike")
        return text

    @field_validator("pace_words")
    @classmethod
    def _eight_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if len(words) != len(PACE_WORDS) or len(set(words)) < len(words) or not all(word.strip() for word in words):
            raise PydanticCustomError("pace_words", "eight words")
        return words

    @field_validator("exempt")
    @classmethod
    def _reasons(cls, exempt: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if any(not word.strip() for reason, names in exempt.items() for word in (reason, *names)):
            raise PydanticCustomError("exempt_reason", "no reason")
        return exempt


def sign_parts(text: str) -> tuple[str, str, str]:
    """Colour, word (the colour's own when there is none) and meaning of a light's setting."""
    colour, word, meaning = ([part.strip() for part in text.split("/")] + ["", ""])[:_PARTS]
    return colour, word or colour, meaning
