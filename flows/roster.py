"""单位名录: the units, their aliases and kinds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.problems import UserError

COLUMNS = ("单位名称", "别名", "类别", "上级单位", "邮箱", "联系人", "联系电话")
DISTRICT_KINDS = frozenset({"区县", "管委会", "街道"})
"""Kinds that are ranked as 地方; every other kind is ranked as 部门."""

_SEPARATORS = re.compile(r"[、，,；;\n]+")
_ADDRESS = re.compile(r"[^@\s<>,;，；、]+@[^@\s<>,;，；、]+\.[^@\s<>,;，；、]+")


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


@dataclass(frozen=True, slots=True)
class GroupReading:
    """A group expression with its expansion, as the review workbook shows it."""

    expression: str
    meaning: str
    """Which kinds it was read as, in Chinese."""
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """All units in the order of the roster's rows; names and aliases are unique."""

    units: tuple[Unit, ...]
    source: str = ""
    _named: dict[str, Unit] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Name or alias → unit."""

    def __post_init__(self) -> None:
        for unit in self.units:
            for name in (unit.name, *unit.aliases):
                self._named.setdefault(name, unit)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def get(self, name: str) -> Unit | None:
        """The unit of exactly this name or alias."""
        return self._named.get(name)

    def of_kinds(self, kinds: tuple[str, ...]) -> tuple[Unit, ...]:
        """The units of any of these kinds, in roster order."""
        return tuple(unit for unit in self.units if unit.kind in kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that occur, in order of first occurrence."""
        return tuple(dict.fromkeys(unit.kind for unit in self.units))


def read_roster(path: Path) -> Roster:
    """Read 单位名录.xlsx; UserError names the cell for an empty roster, a missing kind, a double name or a bad address.

    The header row is found by its words, so columns may be moved and a title may stand above it.
    """
    rows = _rows(path)
    found = next(((i, row) for i, row in enumerate(rows) if "单位名称" in row), None)
    if found is None:
        raise UserError(f"{path.name} 里没有“单位名称”一栏", "请用 ledgers/单位名录.xlsx 的表头填写")
    top, header = found
    place = {name: header.index(name) for name in COLUMNS if name in header}
    if "类别" not in place:
        raise UserError(f"{path.name} 里没有“类别”一栏", "请补上这一栏，填区县、政府部门等")
    units = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        value = {name: row[index] if index < len(row) else "" for name, index in place.items()}
        if not any(value.values()):
            continue
        units.append(_unit(value, f"{path.name} 第 {number} 行"))
    if not units:
        raise UserError(f"{path.name} 里还没有单位", "请每行填一个单位：单位名称、类别、邮箱")
    names = Counter(name for unit in units for name in dict.fromkeys((unit.name, *unit.aliases)))
    doubles = [name for name, count in names.items() if count > 1]
    if doubles:
        raise UserError(f"{path.name} 里“{'”“'.join(doubles)}”不止一个单位在用", "名称和别名都不能重复，请改正")
    return Roster(tuple(units), str(path))


def _unit(value: dict[str, str], place: str) -> Unit:
    name, kind = value["单位名称"], value["类别"]
    if not name:
        raise UserError(f"{place}没有单位名称", "请填写，或删去这一行")
    if not kind:
        raise UserError(f"{place}“{name}”没有类别", "请填区县、管委会、政府部门等")
    emails = tuple(part.strip() for part in _SEPARATORS.split(value.get("邮箱", "")) if part.strip())
    wrong = next((mail for mail in emails if not _ADDRESS.fullmatch(mail)), None)
    if wrong:
        raise UserError(f"{place}“{name}”的邮箱“{wrong}”不是邮箱地址", "请改正，或先留空")
    aliases = tuple(part.strip() for part in _SEPARATORS.split(value.get("别名", "")) if part.strip())
    return Unit(
        name=name,
        kind=kind,
        aliases=tuple(alias for alias in dict.fromkeys(aliases) if alias != name),
        parent=value.get("上级单位", ""),
        emails=emails,
        contact=value.get("联系人", ""),
        phone=value.get("联系电话", ""),
    )


def _rows(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if not path.is_file():
        raise UserError(f"找不到单位名录 {path}", "请检查路径，或先填好 ledgers/单位名录.xlsx")
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_name("单位名录" if "单位名录" in book.sheet_names else book.sheet_names[0])
            return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError) as error:
        raise UserError(f"{path.name} 打不开，不像是 Excel 工作簿", "请另存为 .xlsx 后再试") from error


def _text(cell: Any) -> str:
    """A cell as typed: telephone numbers come back from Excel as floats."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
