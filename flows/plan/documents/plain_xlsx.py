"""What nearly every .xlsx is made of, read in a tenth of the time that openpyxl takes to load alone.

Every command opens 任务分解表.xlsx. A workbook with anything that is not dealt with here is left to openpyxl, and what
is read here is what openpyxl would read, but for a link where there is no text: that is none.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from flows.plan.documents.grid import Merge, Place, Sheet, Value, bare_format, day_as_shown

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_EPOCH = date(1899, 12, 30)
_MARCH_1900, _END_OF_DAYS = 61, 2_958_466
"""Excel counts 29 February 1900 too; 31 December 9999 is the last day that it knows."""
_LAST_ROW = 1_048_576
_MOST = 50_000_000
"""Bytes of a part, whatever the package says of its size."""
_NUMBERS = {*range(14), *range(37, 45), 48, 49}
"""Of what comes with Excel; 27 to 36 and 50 to 58 are days where it is Chinese."""
_DAYS = {14: "mm-dd-yy", 15: "d-mmm-yy", 17: "mmm-yy"}
_ELAPSED = re.compile(r"\[[HhMmSs]{1,2}\]")


class _OtherError(Exception):
    """Something that is not dealt with here."""


def read_plain(path: Path, without: Collection[str]) -> tuple[Sheet, ...] | None:
    """All sheets but those named in ``without``; None for a workbook that has to be read by openpyxl."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            return tuple(book.sheet(*listed) for listed in book.listed() if listed[0] not in without)
    except (_OtherError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError):
        return None
    except (LookupError, ValueError, TypeError, OverflowError, NotImplementedError, RuntimeError):
        return None


class _Book:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._relations = {each.attrib["Id"]: each.attrib for each in self._root("xl/_rels/workbook.xml.rels")}
        parts = {_kind(each): _target(each) for each in self._relations.values()}
        strings = self._part(parts["sharedStrings"]) if "sharedStrings" in parts else ()
        # openpyxl takes this mark out of shared strings, and of no others.
        self._strings = [_text(each).replace("x005F_", "") for each in strings if each.tag == f"{_MAIN}si"]
        styles = self._part(parts["styles"])
        told = styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        codes = {int(each.attrib["numFmtId"]): each.attrib["formatCode"] for each in told}
        used = styles.find(f"{_MAIN}cellXfs")
        self._shown = [_shown(int(each.get("numFmtId", "0")), codes) for each in used] if used is not None else []

    def listed(self) -> Iterator[tuple[str, str, bool]]:
        """Name, part and whether hidden, of every sheet of cells."""
        book = self._part("xl/workbook.xml")
        told = book.find(f"{_MAIN}workbookPr")
        if told is not None and told.get("date1904", "0") not in ("0", "false"):
            raise _OtherError
        for each in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            found = self._relations[each.attrib[_ID]]
            if _kind(found) == "worksheet":
                yield each.attrib["name"], _target(found), each.get("state", "visible") != "visible"
            elif _kind(found) != "chartsheet":  # which has no cells
                raise _OtherError

    def sheet(self, name: str, part: str, hidden: bool) -> Sheet:
        """A sheet's values; of merged cells only the first one has any."""
        root = self._part(part)
        values: dict[Place, Value] = {}
        for cell in root.iterfind(f"{_MAIN}sheetData/{_MAIN}row/{_MAIN}c"):
            value = self._value(cell)
            place = _parted(cell.attrib["r"])
            if value is None or value == "":
                values.pop(place, None)
            else:
                values[place] = value
        listed = root.findall(f"{_MAIN}mergeCells")
        if len(listed) > 1:
            raise _OtherError
        merges = tuple(_merge(each.attrib["ref"]) for each in (listed[0] if listed else ()))
        for merge in merges:
            for place in _beside(merge, values):
                values.pop(place, None)
        return Sheet(name, values, tuple(dict.fromkeys(merges)), hidden)

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(f"{_MAIN}is")
            return None if inline is None else _text(inline)
        said = cell.findtext(f"{_MAIN}v")
        if not said:
            return None
        if kind == "s":
            return self._strings[_place(said)]
        if kind in ("str", "e"):
            return said
        if kind == "b":
            return bool(int(said))
        if kind != "n":
            raise _OtherError
        number = float(said) if any(mark in said for mark in ".Ee") else int(said)
        shown = self._shown[_place(cell.get("s", "0"))] if self._shown else ""
        if shown is None:
            raise _OtherError
        return _day(number, shown) if shown else number

    def _part(self, part: str) -> Element:
        root = self._root(part)
        if not root.tag.startswith(_MAIN):  # the strict variant has other names
            raise _OtherError
        return root

    def _root(self, part: str) -> Element:
        with self._archive.open(part) as packed:
            content = packed.read(_MOST + 1)
        if len(content) > _MOST:
            raise _OtherError
        return ElementTree.fromstring(content)


def _kind(relation: Mapping[str, str]) -> str:
    return relation["Type"].rpartition("/")[2]


def _target(relation: Mapping[str, str]) -> str:
    return posixpath.normpath(posixpath.join("/xl", relation["Target"])).lstrip("/")


def _text(holder: Element) -> str:
    """The text of a shared or inline string: plain, or of its runs; not how it is pronounced."""
    plain = holder.findall(f"{_MAIN}t")
    if len(plain) > 1:
        raise _OtherError
    return "".join(each.text or "" for each in (*plain, *holder.iterfind(f"{_MAIN}r/{_MAIN}t")))


def _shown(number_format: int, codes: dict[int, str]) -> str | None:
    """The code of a format that shows a number as a day, '' of one that does not, None of one that may."""
    code = codes.get(number_format)
    if code is None:
        return _DAYS.get(number_format, "" if number_format in _NUMBERS else None)
    bare = bare_format(code.partition(";")[0])
    if _ELAPSED.search(code) or any(mark in bare for mark in "hs"):
        return None
    if not any(mark in bare for mark in "dmy"):
        return ""
    return code if "y" in bare and "m" in bare and not any(mark in code for mark in ("_", '\\"')) else None


def _day(number: float, code: str) -> Value:
    if number != int(number) or not _MARCH_1900 <= number < _END_OF_DAYS:
        raise _OtherError
    return day_as_shown(_EPOCH + timedelta(days=int(number)), code)


def _place(number: str) -> int:
    """A place in a list: from its end there are none."""
    if (found := int(number)) < 0:
        raise _OtherError
    return found


def _beside(merge: Merge, values: dict[Place, Value]) -> list[Place]:
    """The places of merged cells that hold values, but for the first one; a merge may have been dragged to the end."""
    top, left, bottom, right = merge
    if (bottom - top + 1) * (right - left + 1) > len(values):
        found = [at for at in values if top <= at[0] <= bottom and left <= at[1] <= right]
    else:
        found = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return [place for place in found if place != (top, left)]


def _parted(address: str) -> Place:
    found = _CELL.fullmatch(address)
    if found is None:
        raise _OtherError
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _merge(area: str) -> Merge:
    first, last = area.split(":")
    (top, left), (bottom, right) = _parted(first), _parted(last)
    if left > right or top > bottom or bottom > _LAST_ROW:
        raise _OtherError
    return top, left, bottom, right
