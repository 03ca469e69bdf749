"""Header decoding for mails as Chinese clients and gateways really write them.

Python's own decoder loses text in three common cases: words labelled gb2312 that hold characters only GBK or
GB 18030 has, raw 8-bit headers without any label, and percent-encoded file names. Everything here works on the raw
header text, never raises, and returns NFC (macOS sends decomposed names).
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from email.message import Message
from urllib.parse import unquote_to_bytes

_CHINESE = frozenset({"gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "gb18030", "euc-cn"})
_SEVEN_BIT = frozenset({"hz-gb-2312", "hz"})
_WESTERN = frozenset({"us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252"})
"""Labels that a careless client puts on anything; believed only when the bytes make no sense as Chinese."""
_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_PIECE = re.compile(r"(?P<base>.*?)(?:\*(?P<number>\d+))?(?P<extended>\*)?", re.DOTALL)


def decode_bytes(data: bytes, charset: str | None = None) -> str:
    """Bytes to text: the declared charset where it is plausible, else UTF-8, else GB 18030."""
    label = (charset or "").strip().lower().partition("*")[0]
    if label in _SEVEN_BIT:
        order = ["hz", "utf-8", "gb18030"]
    elif label in _CHINESE:
        order = ["gb18030", "utf-8"]
    elif label in _WESTERN:
        order = ["utf-8", "gb18030", "cp1252"]
    elif label == "big5":
        order = ["big5hkscs", "utf-8", "gb18030"]
    else:
        order = [label, "utf-8", "gb18030"] if label else ["utf-8", "gb18030"]
    for name in order:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode("gb18030" if label in _CHINESE else "utf-8", errors="replace")


def raw_header(part: Message, name: str) -> str:
    """The first header of that name, unfolded, with raw 8-bit bytes already made readable; '' when absent."""
    for key, value in part.raw_items():
        if key.lower() == name.lower():
            return _readable(str(value))
    return ""


def decode_words(text: str) -> str:
    """RFC 2047 words to text; neighbours of one charset are joined as bytes first, since clients split characters."""
    parts: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        data = _word_bytes(word[2], word[3])
        if pending and not between.strip() and word[1].lower() == charset:
            pending += data
        else:
            parts.append(decode_bytes(pending, charset) if pending else "")
            parts.append("" if pending and not between.strip() else between)
            pending, charset = data, word[1].lower()
        end = word.end()
    parts.append(decode_bytes(pending, charset) if pending else "")
    return _clean("".join(parts) + text[end:])


def decode_header(part: Message, name: str) -> str:
    """A text header such as Subject, wholly decoded; '' when absent."""
    return decode_words(raw_header(part, name)).strip()


def address(text: str) -> tuple[str, str]:
    """(address in lower case, display name) of the first mailbox of a From-like header; ('', …) when none is there."""
    found = re.search(r"<\s*([^<>\s]+@[^<>\s]+)\s*>", text)
    if found:
        shown = text[: found.start()].strip().strip(",;").strip().strip("\"'")
        return found[1].lower(), decode_words(re.sub(r'\\(["\\])', r"\1", shown)).strip()
    bare = re.search(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()]+", text)
    comment = re.search(r"\(([^()]*)\)", text)
    return (bare[0].lower() if bare else ""), (decode_words(comment[1]).strip() if comment else "")


def message_ids(text: str) -> tuple[str, ...]:
    """Every <…> of a Message-ID, In-Reply-To or References header, brackets included, blanks of folding removed."""
    return tuple("<" + re.sub(r"\s+", "", found) + ">" for found in re.findall(r"<([^<>]+)>", text))


def parameter(part: Message, header: str, name: str) -> str:
    """A parameter (filename, name …) of a structured header: RFC 2231, RFC 2047, raw 8-bit or percent-encoded."""
    plain = ""
    pieces: dict[int, tuple[str, bool]] = {}
    for key, value in _parameters(raw_header(part, header)):
        shape = _PIECE.fullmatch(key)
        if not shape or shape["base"].strip().lower() != name:
            continue
        if shape["number"] is None and not shape["extended"]:
            plain = plain or value
        else:
            pieces.setdefault(int(shape["number"] or 0), (value, bool(shape["extended"])))
    return _clean(_joined(pieces)) if pieces else _clean(_percent(decode_words(plain)))


def _readable(value: str) -> str:
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    if unfolded.isascii():
        return unfolded
    try:
        return decode_bytes(unfolded.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:  # already text, not bytes in disguise
        return unfolded


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "bB":
        try:
            kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
            kept = kept[: len(kept) - (len(kept) % 4 == 1)]
            return base64.b64decode(kept + "=" * (-len(kept) % 4))
        except (binascii.Error, ValueError):
            return text.encode("utf-8", "replace")
    return _hexed(text.replace("_", " "), "=")


def _hexed(text: str, mark: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return re.sub(re.escape(mark).encode() + rb"([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


def _parameters(text: str) -> list[tuple[str, str]]:
    """``; key=value`` pairs after the first ``;``. Quotes may be missing or unbalanced, values may hold blanks."""
    pairs: list[tuple[str, str]] = []
    for found in re.finditer(r';\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', text):
        quoted, bare = found[2], found[3]
        value = re.sub(r'\\(["\\])', r"\1", quoted) if quoted is not None else bare.strip()
        pairs.append((found[1], value))
    return pairs


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: continuations in order, the charset from the first, percent signs only in extended pieces."""
    charset, data, text = "", b"", ""
    for number in sorted(pieces):
        value, extended = pieces[number]
        if extended and number == min(pieces) and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
        text += value
    # Some clients write RFC 2047 words into numbered pieces; they hold no 8-bit bytes.
    return decode_words(text) if _WORD.search(text) else decode_bytes(data, charset)


def _percent(text: str) -> str:
    """%E5%8F%B0… to 台…, only when the result is text beyond ASCII: “完成100%25.xlsx” stays what it is."""
    if not re.search(r"%[89A-Fa-f][0-9A-Fa-f]", text) or not text.isascii():
        return text
    data = unquote_to_bytes(text)
    for charset in ("utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return text


def _clean(text: str) -> str:
    kept = "".join(sign for sign in text if sign == "\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept)
