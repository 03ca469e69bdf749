"""Names in templates/年度报告.docx: how the tables' numbers are called there, and what may be printed, by example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.annual.format import KEYS

NUMERALS = "一二三四五六"
"""How the sections are called: 部分.二, 表二."""


def name_of(key: str) -> str:
    """The tag of a number cell: ``2.1.规章.制发`` is 表二.规章.制发, ``3.r05.自然人`` is 表三.r05.自然人."""
    table, *rest = key.split(".")
    return ".".join((f"表{NUMERALS[int(table) - 1]}", *(word for word in rest if not word.isdigit())))


def nested(values: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
    """Texts by key as the template's tags find them: 表三 → r05 → 自然人 → text."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for key, text in values.items():
        table, row, column = name_of(key).split(".")
        found.setdefault(table, {}).setdefault(row, {})[column] = text
    return found


_SECTION: Mapping[str, Any] = {
    "段落": ["2026年，全市推进政府信息公开工作。"],
    "待补": ["【请补写：各单位没有报来改进措施】"],
    "小节": [{"标题": "（一）主动公开情况", "段落": ["市教育局公开信息120条。"], "待补": ["【请补写】"]}],
}
ANNUAL: Mapping[str, Any] = {
    "全文": True,
    "部分": dict.fromkeys(NUMERALS, True),
    "标题": "云川市人民政府\n2026年政府信息公开工作年度报告",
    "引言": ["本报告根据《中华人民共和国政府信息公开条例》编制。"],
    "待补": ["【本稿不完整：市民政局没有数据】"],
    "总体情况": _SECTION,
    "问题": _SECTION,
    "其他": _SECTION,
    "表注": ["【本稿不完整：市民政局没有数据】"],
    **nested(dict.fromkeys(KEYS, "12")),
    "署名": "云川市政务公开办公室",
    "成文日期": "2027年1月20日",
    "年度": "2026年",
    "编制主体": "云川市人民政府",
    "单位数": 30,
    "缺报单位": "市民政局",
}
"""年度报告.docx."""
