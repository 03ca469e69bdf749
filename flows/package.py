"""Office packages (.docx, .xlsx) that are byte for byte the same for the same content."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def settled(package: bytes, moment: date) -> bytes:
    """The same package with fixed member order and times, created and modified at ``moment`` (midnight of a date)."""
    with ZipFile(BytesIO(package)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts = {name: _stamped(data, moment) if name == "docProps/core.xml" else data for name, data in parts.items()}
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """A package of these parts, in a fixed order."""
    order = [name for name in _FIRST if name in parts] + sorted(name for name in parts if name not in _FIRST)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as target:
        for name in order:
            member = ZipInfo(name, _EPOCH)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 3  # else the operating system leaves its mark
            target.writestr(member, parts[name])
    return buffer.getvalue()


def _stamped(core: bytes, moment: date) -> bytes:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return re.sub(
        rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)",
        lambda found: found[1] + stamp.encode("ascii") + found[3],
        core,
    )
