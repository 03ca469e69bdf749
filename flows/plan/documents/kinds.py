"""What a file really is: its first bytes tell, since a .doc is often a web page and an .xls a text."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"^\W*<(?:!doctype html|html|head|body|meta|table|div|p\b|!--|\?xml[^>]*>\s*<(?:!doctype )?html)", re.I
)
_LETTER = re.compile(rb"(?:MIME-Version|From|Subject|Content-Type|Date|X-[\w-]+|Snapshot-Content-Location):", re.I)
_TEXTS = {".md": ".md", ".markdown": ".md"}
_TEMPLATES = {".docm": ".docx", ".dotx": ".docx", ".xlsm": ".xlsx", ".xltx": ".xlsx", ".htm": ".html", ".mhtml": ".mht"}


def kind_of(path: Path) -> str:
    """The ending that the file should have: .docx .doc .xlsx .xls .ods .odt .pdf .rtf .html .mht .md .txt …

    “locked” for an Office file that is encrypted, “ole” and “zip” for packages of another kind, “binary” for what is
    nothing known; a file that is text has the ending .md when it is named so, else .txt.
    """
    ending = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(path)
    if head.startswith(_OLE):
        return _compound(path.read_bytes())
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if head.lstrip().startswith(b"{\\rtf"):
        return ".rtf"
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if _LETTER.match(text) and re.search(rb"multipart/related|text/html", text, re.I) and b"<html" not in text[:200]:
        return ".mht"
    ending = _TEMPLATES.get(ending, ending)
    if _MARKUP.match(text) or (ending == ".html" and b"<" in text):
        return ".html"
    if _is_binary(head):
        return "binary"
    return _TEXTS.get(ending, ".txt")


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has, or zeros elsewhere than in every second byte as in UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if 0 not in head:
        return sum(byte < 9 or 13 < byte < 27 for byte in head) * 50 > len(head)
    return not any(_reads_as(head, encoding) for encoding in ("utf-16-le", "utf-16-be"))


def _reads_as(head: bytes, encoding: str) -> bool:
    """Nearly all characters are Chinese, Latin or punctuation when the bytes are read so."""
    text = head[: len(head) // 2 * 2].decode(encoding, "replace")
    plain = re.findall(r"[\t\r\n\x20-\x7e\u2000-\u206f\u2460-\u24ff\u3000-\u303f\u3400-\u9fff\uff00-\uffef]", text)
    return len(plain) * 10 > len(text) * 9


def _package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            kind = package.read("mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ""
            types = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return _TEMPLATES.get(path.suffix.lower(), path.suffix.lower())
    if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        return ".ods"
    if kind.startswith("application/vnd.oasis.opendocument.text"):
        return ".odt"
    if any(name.startswith("word/") for name in names) or b"wordprocessingml.document.main" in types:
        return ".docx"
    if any(name.startswith("xl/") for name in names) or b"spreadsheetml" in types:
        return ".xlsx"
    return ".ofd" if "OFD.xml" in names else "zip"


def _compound(data: bytes) -> str:
    """Old Office files are small file systems; the names of the streams in them tell which program wrote them."""
    for name, kind in (
        ("EncryptedPackage", "locked"),
        ("WordDocument", ".doc"),
        ("Workbook", ".xls"),
        ("Book", ".xls"),
        ("WpsContent", ".wps"),
        ("CONTENTS", ".wps"),
    ):
        if ("\x00".join([*name, "\x00"])).encode("latin-1") in data:
            return kind
    return "ole"
