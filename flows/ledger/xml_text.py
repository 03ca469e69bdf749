"""Values as they stand in the XML of a workbook."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_LITERAL = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_EPOCH: Final = date(1899, 12, 30)


def escaped(text: str) -> str:
    """Text between tags; it is clean, see ``flows.ledger.text``."""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def inline(text: str) -> str:
    """The end of a cell that holds a text, after its address and format: `` t="inlineStr">…</c>``."""
    if "_x" in text:
        text = _LITERAL.sub(r"_x005F\1", text)  # ECMA-376 ST_Xstring: _x0041_ would be read as “A”
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f' t="inlineStr"><is><t{space}>{escaped(text)}</t></is></c>'


def plain_cell(look: int, value: float | str | date | None) -> str:
    """The end of a cell that holds no text, after its address: nothing, a day, a number. ``look``: its format."""
    if value is None or value == "":
        return f'" s="{look}"/>'
    if isinstance(value, bool):
        return f'" s="{look}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        return f'" s="{look}"><v>{(date(value.year, value.month, value.day) - _EPOCH).days}</v></c>'
    return f'" s="{look}"><v>{value:.16G}</v></c>'
