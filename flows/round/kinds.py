"""What a file may be, told by its bytes before its name: people rename, mail programs drop suffixes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from flows.ledger import layout

_NAMED: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".fods", ".et", ".ett", ".csv", ".tsv")
_NAMED_PAGES: Final = (".html", ".htm", ".mht", ".mhtml")
_ARCHIVES: Final = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENOUGH: Final = 3
"""Header words that make a text or a Word document one that holds a ledger."""
_LOOK: Final = 2**18
_WORD_LIMIT: Final = 2**24
_HEADERS = re.compile(rb"(?:^|\n)(?:from|received|return-path|message-id|date|subject|to|mime-version):", re.IGNORECASE)


def may_be_sheet(data: bytes, name: str) -> bool:
    """Whether a file can be a returned ledger, so that it has to be read; anything else is a paper beside it."""
    if name.lower().endswith((".eml", ".msg")):
        return False
    if data.startswith(b"PK"):
        return _package_may_be_sheet(data) or name.lower().endswith(_NAMED)
    if data.startswith(_OLE):
        wide = [word.encode("utf-16-le") for word in ("Workbook", "Book", "EncryptedPackage", layout.STATUS)]
        return any(word in data for word in wide) or name.lower().endswith(_NAMED)
    return name.lower().endswith((*_NAMED, *_NAMED_PAGES)) or _text_may_be_sheet(data[:_LOOK])


def is_named_archive(name: str) -> bool:
    """Whether the name promises an archive."""
    return name.lower().endswith(_ARCHIVES)


def is_program(data: bytes) -> bool:
    """A Windows program, self-extracting archives among them."""
    return data.startswith(b"MZ") and b"PE\0\0" in data[:4096]


def is_saved_mail(data: bytes, name: str) -> bool:
    """A mail in the form it travels in: by its name, or by what every delivered mail begins with.

    A web page that Excel saved as one file (.mht) begins alike, but nobody delivered it.
    """
    if name.lower().endswith(".eml"):
        return True
    if name.lower().endswith((*_NAMED, *_NAMED_PAGES)) or not _HEADERS.match(data[:64].lstrip()):
        return False
    head = re.split(rb"\r?\n\r?\n", data[:_LOOK], maxsplit=1)[0].lower()
    return b"\nfrom:" in b"\n" + head and (b"\nreceived:" in b"\n" + head or b"\nmessage-id:" in b"\n" + head)


def _package_may_be_sheet(data: bytes) -> bool:
    if b"xl/" in data:
        return True
    if b"spreadsheet" in data[:200]:  # the mimetype of .ods stands first and stored
        return True
    if b"word/document" not in data:
        return b"content.xml" in data and b"mimetype" not in data[:64]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            text = package.open("word/document.xml").read(_WORD_LIMIT)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return False
    return b"<w:tbl>" in text and _holds_headers(re.sub(rb"<[^>]*>", b"", text).decode("utf-8", "replace"))


def _text_may_be_sheet(head: bytes) -> bool:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return True
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _holds_headers(head.decode("utf-16", "replace"))
    if b"\0" in head[:1024]:
        return False
    return _holds_headers(head.decode("utf-8", "ignore")) or _holds_headers(head.decode("gb18030", "ignore"))


def _holds_headers(text: str) -> bool:
    return sum(word in text for word in layout.HEADERS) >= _ENOUGH
