"""How the parts of an .xlsx hang together: relations and the list of sheets, read leniently from the raw text."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass

from flows.ledger.safety import Package

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook. ``part`` is the lower-case name of its part, '' when it has none."""

    name: str
    part: str


def sheets(package: Package) -> tuple[SheetPart, ...]:
    """Every sheet of a loaded workbook, in the order in which a program shows them."""
    targets = relations(package, "xl/workbook.xml")
    found = []
    for tag in _SHEET.findall(package.part("xl/workbook.xml")):
        attributes = _attributes(tag)
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        found.append(SheetPart(attributes.get("name", ""), targets.get(link, "")))
    return tuple(found)


def relations(package: Package, part: str) -> dict[str, str]:
    """Id → lower-case name of the part, for the inner relations of ``part``."""
    folder, _, name = part.rpartition("/")
    found = {}
    for tag in _RELATION.findall(package.part(f"{folder}/_rels/{name}.rels")):
        attributes = _attributes(tag)
        if attributes.get("TargetMode", "").lower() != "external":
            target = attributes.get("Target", "").lower().replace("\\", "/")
            inner = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = posixpath.normpath(inner)
    return found


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode("utf-8", "replace"): html.unescape((double or single).decode("utf-8", "replace"))
        for key, double, single in _ATTRIBUTE.findall(tag)
    }
