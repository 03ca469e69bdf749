"""Which cell formats of an .xlsx show a day or a time: only they tell a day from a number."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Final

from flows.ledger.forms.grid import Value

_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"'<>]*)[\"']")
_FORMATS = re.compile(rb"<numFmt\s([^<>]*)/?>")
_CELL_FORMATS = re.compile(rb"<cellXfs.*?</cellXfs>", re.S)
_FORMAT = re.compile(rb"<xf\s([^<>]*)>")
_BUILT_IN: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in formats that show a day or a time, the East Asian ones included."""
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no time zone
_LAST_SERIAL: Final = 2_958_466


def date_formats(styles: bytes) -> frozenset[int]:
    """Numbers of the cell formats (``s`` of a cell) that show a day or a time; ``styles``: the part xl/styles.xml."""
    shown = set(_BUILT_IN)
    for tag in _FORMATS.findall(styles):
        told = dict(_ATTRIBUTE.findall(tag))
        if _shows_day(html.unescape(told.get(b"formatCode", b"").decode("utf-8", "replace"))):
            shown.add(_number(told.get(b"numFmtId", b"")))
    block = _CELL_FORMATS.search(styles)
    formats = _FORMAT.findall(block[0]) if block else []
    numbers = (_number(dict(_ATTRIBUTE.findall(tag)).get(b"numFmtId", b"")) for tag in formats)
    return frozenset(place for place, number in enumerate(numbers) if number in shown)


def moment_of(serial: float) -> Value:
    """The day and time that a number means, to the second; the time alone below 1; the number where it means none."""
    if not 0 <= serial < _LAST_SERIAL:
        return serial
    moment = _EPOCH + timedelta(seconds=round(serial * 86_400))
    return moment.time() if serial < 1 else moment


def _number(digits: bytes) -> int:
    return int(digits) if digits.isdigit() else 0


def _shows_day(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.', "", code.split(";", maxsplit=1)[0]).lower()
    return bool(re.search("[ymdhs]", bare)) and "general" not in bare
