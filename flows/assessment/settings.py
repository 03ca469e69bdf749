"""[assessment] of config.toml: the office's scoring scheme, checked when the file is read."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

CRITERIA: Final = ("timely", "complete", "corrected", "done", "quality")
"""Keys of the full marks, in the order of all tables."""

Marks = int
"""Full marks of one criterion."""


class Assessment(BaseModel):
    """How `assess` counts. Shares are percent, marks and deductions are points."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    timely: int = Field(default=25, ge=0, le=1000)
    """报送按时; 0: the criterion is not used. So with the four that follow."""
    complete: int = Field(default=15, ge=0, le=1000)
    corrected: int = Field(default=10, ge=0, le=1000)
    done: int = Field(default=40, ge=0, le=1000)
    quality: int = Field(default=10, ge=0, le=1000)
    late_percent: int = Field(default=50, ge=0, le=100)
    """What a late sheet is worth for 报送按时."""
    unchanged_percent: int = Field(default=100, ge=0, le=100)
    """What a row is worth for 填报完整 whose text is last month's, letter by letter."""
    return_percent: int = Field(default=50, ge=0, le=100)
    """What each return for correction takes from the month's 一次报准."""
    late_done_percent: int = Field(default=50, ge=0, le=100)
    """What a task is worth that was finished after its day."""
    finished_by: Literal["done_on", "reported"] = "done_on"
    """Which day counts as the end of a task: the one the unit wrote, or the one its report came in."""
    punctual_bonus: float = Field(default=2, ge=0, le=100)
    """For a unit whose every sheet came in time and right."""
    notice_deductions: tuple[float, float, float] = Field(default=(0, 1, 2), strict=False)
    """For each 督办单 of the first, second and third colour."""
    bonus_limit: float = Field(default=10, ge=0, le=1000)
    """Most that all bonuses of a unit may add."""
    deduction_limit: float = Field(default=20, ge=0, le=1000)
    """Most that all deductions of a unit may take."""
    grades: tuple[str, str, str, str] = Field(default=("优秀", "良好", "合格", "不合格"), strict=False)
    grade_scores: tuple[float, float, float] = Field(default=(90, 80, 60), strict=False)
    """From which share of the full marks (percent) on a unit is given the first, second and third grade."""
    excellent_percent: int = Field(default=30, ge=0, le=100)
    """Most units of a series that may be given the first grade; 100: no limit."""
    excellent_ties: bool = True
    """Units with the same total on the last of these places: all are given it (True), or none."""
    veto_missing: int = Field(default=3, ge=0, le=99)
    """一票否决: so many months in a row without a sheet; 0: not for that."""
    veto_overdue_days: int = Field(default=0, ge=0, le=3660)
    """一票否决: a task still unfinished so many days after its day; 0: not for that."""
    talk_last: int = Field(default=3, ge=0, le=99)
    """约谈: last of its series in the bulletins of so many months in a row; 0: not for that."""
    talk_red: int = Field(default=2, ge=0, le=99)
    """约谈: a third-colour 督办单 in so many months in a row; 0: not for that."""
    talk_failed: bool = True
    """约谈: the last grade."""
    recipient: str = Field(default="办公室负责同志", min_length=1)
    """主送 of 考核情况.docx, without the colon."""
    in_bulletin: bool = False
    """Whether the monthly bulletin tells the month's scores."""
    kinds: dict[str, dict[str, Marks]] = Field(default_factory=dict)
    """Kind of the roster → full marks that are others for it."""
    exempt: dict[str, str] = Field(default_factory=dict)
    """Unit, kind, or 单位/2026-07 → why it is not assessed (in that month)."""
    exempt_items: dict[str, str] = Field(default_factory=dict)
    """编号 or 计划代号/编号 → why it is not counted."""

    @field_validator("quality")
    @classmethod
    def _some_marks(cls, marks: int, info: ValidationInfo) -> int:
        if not marks and not any(info.data.get(name) for name in CRITERIA[:-1]):
            raise PydanticCustomError("no_marks", "all are 0")
        return marks

    @field_validator("grades")
    @classmethod
    def _four_names(cls, grades: tuple[str, ...]) -> tuple[str, ...]:
        if len({name.strip() for name in grades} - {""}) < len(grades):
            raise PydanticCustomError("grades_alike", "alike")
        return grades

    @field_validator("grade_scores")
    @classmethod
    def _falling(cls, scores: tuple[float, ...]) -> tuple[float, ...]:
        if not 100 >= scores[0] > scores[1] > scores[2] >= 0:
            raise PydanticCustomError("grades_order", "not falling")
        return scores

    @field_validator("notice_deductions")
    @classmethod
    def _not_negative(cls, points: tuple[float, ...]) -> tuple[float, ...]:
        if min(points) < 0:
            raise PydanticCustomError("deduction_sign", "negative")
        return points

    @field_validator("kinds")
    @classmethod
    def _same_sum(cls, kinds: dict[str, dict[str, int]], info: ValidationInfo) -> dict[str, dict[str, int]]:
        usual = {name: info.data.get(name, 0) for name in CRITERIA}
        for marks in kinds.values():
            if set(marks) - set(CRITERIA) or min(marks.values(), default=0) < 0:
                raise PydanticCustomError("kind_marks", "unknown")
            if sum((usual | marks).values()) != sum(usual.values()):
                raise PydanticCustomError("kind_sum", "another sum")
        return kinds

    @field_validator("exempt", "exempt_items")
    @classmethod
    def _reasons(cls, reasons: dict[str, str]) -> dict[str, str]:
        if not all(reason.strip() for reason in reasons.values()):
            raise PydanticCustomError("no_reason", "no reason")
        return reasons

    @property
    def full(self) -> int:
        """满分: the same for every kind."""
        return self.timely + self.complete + self.corrected + self.done + self.quality

    def marks(self, kind: str) -> dict[str, int]:
        """Full marks of each criterion for units of a kind."""
        usual: dict[str, int] = {name: getattr(self, name) for name in CRITERIA}
        return usual | self.kinds.get(kind, {})


FAULTS: Final = {
    "no_marks": "不能为 0，各考核项的满分不能都是 0",
    "grades_alike": "四个等次要写全，不能重复",
    "grades_order": "要由高到低，在 0 到 100 之间",
    "deduction_sign": "写扣几分，不写负数",
    "kind_marks": "只能写 timely、complete、corrected、done、quality 的满分",
    "kind_sum": "各项满分之和要和其他单位一样",
    "no_reason": "要写明理由",
}
"""What the clerk reads for each error of ours."""
