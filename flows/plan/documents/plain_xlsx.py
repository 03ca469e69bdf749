"""What nearly every .xlsx is made of, read in a tenth of the time that openpyxl takes to load alone.

Every command opens 任务分解表.xlsx. A workbook with anything that is not dealt with here is left to openpyxl, and what
is read here is what openpyxl would read, but for a link in an empty cell: that is no text.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Value = str | int | float | bool | date | None
Place = tuple[int, int]
Merge = tuple[int, int, int, int]
Found = tuple[str, dict[Place, Value], tuple[Merge, ...], bool]
"""Name, values by row and column (none of them None), merges, hidden."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_EPOCH = date(1899, 12, 30)
_MARCH_1900, _END_OF_DAYS = 61, 2_958_466
"""Excel counts 29 February 1900 too; 31 December 9999 is the last day that it knows."""
_MOST = 50_000_000
"""Bytes of a part: openpyxl goes through it, here it would stand in memory."""
_NUMBERS = {*range(14), *range(37, 41), 48, 49}
_DAYS = {14: "mm-dd-yy", 15: "d-mmm-yy", 17: "mmm-yy"}
_ELAPSED = re.compile(r"\[[HhMmSs]{1,2}\]")
_WORDS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


class _OtherError(Exception):
    """Something that is not dealt with here."""


def read_plain(path: Path, without: Collection[str]) -> list[Found] | None:
    """All sheets but those named in ``without``; None for a workbook that has to be read by openpyxl."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            return [book.sheet(name, part, hidden) for name, part, hidden in book.listed() if name not in without]
    except (_OtherError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError):
        return None
    except (KeyError, IndexError, ValueError, TypeError, OverflowError, NotImplementedError, RuntimeError):
        return None


class _Book:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # openpyxl takes this mark out of shared strings, and of no others.
        self._strings = [_text(each).replace("x005F_", "") for each in self._optional("xl/sharedStrings.xml", "si")]
        styles = self._part("xl/styles.xml")
        codes = {int(each.attrib["numFmtId"]): each.attrib["formatCode"] for each in styles.iter(f"{_MAIN}numFmt")}
        used = styles.find(f"{_MAIN}cellXfs")
        self._shown = [_shown(int(each.get("numFmtId", "0")), codes) for each in used] if used is not None else []

    def listed(self) -> Iterator[tuple[str, str, bool]]:
        """Name, part and whether hidden, of every sheet of cells."""
        book = self._part("xl/workbook.xml")
        told = book.find(f"{_MAIN}workbookPr")
        if told is not None and told.get("date1904", "0") not in ("0", "false"):
            raise _OtherError
        targets = {
            each.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", each.attrib["Target"])).lstrip("/")
            for each in self._root("xl/_rels/workbook.xml.rels")
            if each.attrib["Type"].endswith("/worksheet")
        }
        for each in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            if part := targets.get(each.attrib[_ID]):
                yield each.attrib["name"], part, each.get("state", "visible") != "visible"

    def sheet(self, name: str, part: str, hidden: bool) -> Found:
        """A sheet's values; of merged cells only the first one has any."""
        root = self._part(part)
        values: dict[Place, Value] = {}
        for cell in root.iterfind(f"{_MAIN}sheetData/{_MAIN}row/{_MAIN}c"):
            value = self._value(cell)
            column, row = _parted(cell.attrib["r"])
            if value is None or value == "":
                values.pop((row, column), None)
            else:
                values[row, column] = value
        merges = tuple(_merge(each.attrib["ref"]) for each in root.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"))
        for top, left, bottom, right in merges:
            for place in [at for at in values if top <= at[0] <= bottom and left <= at[1] <= right]:
                if place != (top, left):
                    del values[place]
        return name, values, tuple(dict.fromkeys(merges)), hidden

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(f"{_MAIN}is")
            return None if inline is None else _text(inline)
        said = cell.findtext(f"{_MAIN}v")
        if not said:
            return None
        if kind == "s":
            return self._strings[int(said)]
        if kind in ("str", "e"):
            return said
        if kind == "b":
            return bool(int(said))
        if kind != "n":
            raise _OtherError
        number = float(said) if any(mark in said for mark in ".Ee") else int(said)
        shown = self._shown[int(style)] if (style := cell.get("s", "0")) != "0" or self._shown else ""
        if shown is None:
            raise _OtherError
        return _day(number, shown) if shown else number

    def _optional(self, part: str, tag: str) -> Iterator[Element]:
        if part in self._archive.namelist():
            yield from self._part(part).iterfind(f"{_MAIN}{tag}")

    def _part(self, part: str) -> Element:
        root = self._root(part)
        if not root.tag.startswith(_MAIN):  # the strict variant has other names
            raise _OtherError
        return root

    def _root(self, part: str) -> Element:
        if self._archive.getinfo(part).file_size > _MOST:
            raise _OtherError
        return ElementTree.fromstring(self._archive.read(part))


def _text(holder: Element) -> str:
    """The text of a shared or inline string: plain, or of its runs; not how it is pronounced."""
    texts = [each.text or "" for each in (*holder.iterfind(f"{_MAIN}t"), *holder.iterfind(f"{_MAIN}r/{_MAIN}t"))]
    return "".join(texts)


def _shown(number_format: int, codes: dict[int, str]) -> str | None:
    """The code of a format that shows a number as a day, '' of one that does not, None of one that may."""
    code = codes.get(number_format)
    if code is None:
        return _DAYS.get(number_format, "" if number_format in _NUMBERS or 22 < number_format < 45 else None)
    bare = _WORDS.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(code) or any(mark in bare for mark in "hs"):
        return None
    if "y" in bare and "m" in bare:
        return code
    return None if any(mark in bare for mark in "dmy") else ""


def _day(number: float, code: str) -> Value:
    if number != int(number) or not _MARCH_1900 <= number < _END_OF_DAYS:
        raise _OtherError
    day = _EPOCH + timedelta(days=int(number))
    return day if "d" in _WORDS.sub("", code.lower()) else f"{day.year}年{day.month}月"


def _parted(address: str) -> Place:
    found = _CELL.fullmatch(address)
    if found is None:
        raise _OtherError
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column, int(found[2])


def _merge(area: str) -> Merge:
    first, last = area.split(":")
    (left, top), (right, bottom) = _parted(first), _parted(last)
    return top, left, bottom, right
