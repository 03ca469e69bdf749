"""单位名录: the units, their aliases and kinds, and what a unit expression of a plan means among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.problems import UserError

COLUMNS = ("单位名称", "别名", "类别", "上级单位", "邮箱", "联系人", "联系电话")
DISTRICT_KINDS = frozenset({"区县", "管委会", "街道"})
"""Kinds that are ranked as 地方; every other kind is ranked as 部门."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the roster. ``emails`` may hold several addresses; none is allowed and shown to the clerk."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    emails: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""

    @property
    def is_district(self) -> bool:
        """Ranked among 区县 (True) or among 部门 (False)."""
        return self.kind in DISTRICT_KINDS
