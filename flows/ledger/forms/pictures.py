"""Pictures that a unit put into its workbook (screenshots as 佐证材料), and text boxes, which no cell reader sees.

WPS keeps a picture *in* a cell: the cell says ``=DISPIMG("ID_…",1)`` and xl/cellimages.xml knows the file
(Kingsoft's own part, found in no standard). All programs keep a picture *over* the cells in xl/drawings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from flows.ledger.forms.parts import SheetPart, relations
from flows.ledger.model import Picture
from flows.ledger.safety import Package, limit_tags

COUNT_LIMIT: Final = 60
SIZE_LIMIT: Final = 10 * 2**20
TOTAL_LIMIT: Final = 20 * 2**20
_QUOTED: Final = 60

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"\x01\x00\x00\x00", "emf"),
    (b"\xd7\xcd\xc6\x9a", "wmf"),
)
_SHOWN_NAME = re.compile(rb"DISPIMG\((?:&quot;|\")([^&\"<]{1,80})")
_ADDRESS = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"'][A-Za-z]{1,3}(\d{1,7})[\"']")
_CELL_REACH: Final = 2_000
"""Bytes between the start of a cell and the picture it names."""
_MARKUP_LIMIT: Final = 4 * 2**20
"""Bytes of a part that is held as a tree."""
_EMBEDDED = re.compile(r"\{[^}]*relationships\}embed$")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture lies: the part of the file and the sheet and 1-based row it is shown in."""

    part: str
    sheet: str
    row: int | None


def kind_of(data: bytes) -> str:
    """Ending for a picture by its first bytes, '' for what is no picture."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((ending for magic, ending in _KINDS if data.startswith(magic)), "")


def collect(package: Package, sheets: Sequence[SheetPart]) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """All pictures of a loaded .xlsx with the rows they belong to, and remarks on what could not be taken."""
    drawn = any(name.startswith("xl/drawings/drawing") for name in package.names)
    if not drawn and "xl/cellimages.xml" not in package.names:
        return (), ()
    places: list[_Place] = []
    remarks: list[str] = []
    try:
        places += _in_cells(package, sheets)
        for sheet in sheets:
            for target in relations(package, sheet.part).values():
                if target.startswith("xl/drawings/drawing"):
                    over, texts = _drawing(package, target, sheet.name)
                    places += over
                    remarks += [f"文件里有文本框：“{_short(text)}”，未计入" for text in texts]
    except ElementTree.ParseError:
        remarks.append("文件里的图片或文本框读不出来，未计入")
    found, more = _named(package, places)
    return found, (*remarks, *more)


def _named(package: Package, places: Sequence[_Place]) -> tuple[tuple[Picture, ...], list[str]]:
    found: list[Picture] = []
    counts: dict[str, int] = {}
    total = left = strange = 0
    for place in dict.fromkeys(places):
        if len(found) >= COUNT_LIMIT:
            left += 1
            continue
        data = package.picture(place.part, min(SIZE_LIMIT, TOTAL_LIMIT - total))
        ending = kind_of(data)
        if not data:
            left += 1
        elif not ending:
            strange += 1
        else:
            total += len(data)
            where = f"第{place.row}行" if place.row else "表外"
            counts[where] = counts.get(where, 0) + 1
            found.append(Picture(f"佐证_{where}_{counts[where]}.{ending}", data, place.sheet, place.row))
    remarks = [f"文件里另有 {left} 张图片过大、过多或已损坏，没有取出"] if left else []
    if strange:
        remarks.append(f"文件里有 {strange} 个图片格式不明，没有取出")
    return tuple(found), remarks


def _in_cells(package: Package, sheets: Sequence[SheetPart]) -> Iterator[_Place]:
    part = package.part("xl/cellimages.xml")
    if not part:
        return
    targets = relations(package, "xl/cellimages.xml")
    images: dict[str, str] = {}
    for picture in _all(_tree(part), "pic"):
        name = next((found.get("name", "") for found in _all(picture, "cNvPr")), "")
        images[name] = targets.get(_embedded(picture), "")
    shown: set[str] = set()
    for sheet in sheets:
        content = package.part(sheet.part)
        if b"DISPIMG(" not in content:
            continue
        for mark in _SHOWN_NAME.finditer(content):
            image = images.get(mark[1].decode("utf-8", "replace"), "")
            cells = _ADDRESS.findall(content[max(0, mark.start() - _CELL_REACH) : mark.start()]) if image else []
            if cells:
                shown.add(image)
                yield _Place(image, sheet.name, int(cells[-1]))
    for image in images.values():
        if image and image not in shown:  # its cell was cleared or is read from elsewhere: the picture is kept
            yield _Place(image, "", None)


def _drawing(package: Package, part: str, sheet: str) -> tuple[list[_Place], list[str]]:
    tree = _tree(package.part(part) or b"<none/>")
    targets = relations(package, part)
    places, texts = [], []
    for anchor in tree:
        start = next(_all(anchor, "from"), None)
        rows = [found.text or "" for found in _all(start, "row")] if start is not None else []
        row = int(rows[0]) + 1 if rows and rows[0].isdecimal() else None
        for picture in _all(anchor, "pic"):
            target = targets.get(_embedded(picture), "")
            if target:
                places.append(_Place(target, sheet, row))
        for shape in _all(anchor, "sp"):
            text = "".join(found.text or "" for found in _all(shape, "t")).strip()
            if text:
                texts.append(text)
    return places, texts


def _tree(part: bytes) -> ElementTree.Element:
    if len(part) > _MARKUP_LIMIT:
        raise ElementTree.ParseError
    limit_tags(part)
    return ElementTree.fromstring(part)


def _all(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (found for found in tree.iter() if isinstance(found.tag, str) and found.tag.rpartition("}")[2] == name)


def _embedded(picture: ElementTree.Element) -> str:
    for blip in _all(picture, "blip"):
        for key, value in blip.attrib.items():
            if _EMBEDDED.search(key):
                return value
    return ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}……"
