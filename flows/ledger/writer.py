"""A unit's workbook as bytes and as a file: prefilled, so that a unit types only what changed.

The same ledger gives the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from flows.files import write_file
from flows.ledger.cells import Marks
from flows.ledger.drawing import draw
from flows.ledger.model import Ledger
from flows.ledger.press import Press
from flows.periods import Period

_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def write_ledger(ledger: Ledger, path: Path, press: Press) -> bytes:
    """Write a unit's workbook to ``path``, whole or not at all; UserError when that cannot be done. Gives its bytes."""
    data = press.workbook(ledger)
    write_file(path, data)
    return data


def ledger_file_name(unit: str, index: int, period: Period | str) -> str:
    """A file name with number, unit and period, legal on Windows and under 60 characters."""
    name = _ILLEGAL.sub("", unicodedata.normalize("NFC", unit)).strip(" .")
    tail = f"工作台账_{period}.xlsx"
    head = f"{index:03d}_"
    return f"{head}{name[: 58 - len(head) - len(tail)]}_{tail}"


def render(ledger: Ledger, secret: bytes, marks: Marks | None = None) -> bytes:
    """One workbook as bytes. With ``marks`` it is the correction workbook of the same ledger."""
    return Press(secret).workbook(ledger) if marks is None else draw(ledger, secret, marks)
