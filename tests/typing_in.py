"""Typing into a workbook of tens of thousands of rows: openpyxl would need a minute to open it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from flows.ledger.xml_text import escaped

SHEET = "xl/worksheets/sheet1.xml"


def with_part(data: bytes, change: Callable[[str], str], part: str = SHEET) -> bytes:
    """The workbook with one of its parts changed, by default its first sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == part:
                content = change(content.decode("utf-8")).encode("utf-8")
            new.writestr(info.filename, content)
    return stream.getvalue()


def typed(data: bytes, cells: Mapping[str, str]) -> bytes:
    """The workbook after somebody has typed texts into cells of its first sheet that were empty."""

    def put(xml: str) -> str:
        for cell, text in cells.items():
            empty = re.compile(rf'<c r="{cell}"((?: s="\d+")?)/>')
            xml, count = empty.subn(rf'<c r="{cell}"\1 t="inlineStr"><is><t>{escaped(text)}</t></is></c>', xml, count=1)
            assert count == 1, f"{cell} is not empty"
        return xml

    return with_part(data, put)


def types_into(path: Path, cells: Mapping[str, str]) -> None:
    """The same in a file."""
    path.write_bytes(typed(path.read_bytes(), cells))
