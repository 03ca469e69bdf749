"""What conversions leave inside texts: tags, entities, bookmark marks, control characters."""

from __future__ import annotations

import html
import re

_MARKS = re.compile(r"\[bookmark: ?[^\]\n]*\]")
_BREAK_TAGS = re.compile(r"</p\s*>\s*<p[^<>]*>|<br\s*/?>|</?(?:div|li|ul|ol)(?:\s[^<>]*)?>", re.IGNORECASE)
_OTHER_TAGS = re.compile(r"</?(?:p|span|font|strong|b|i|u|em|a|sup|sub|o:p)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\ufeff\u200b-\u200f\u2028-\u202e\u2060]")


def strip_marks(text: str) -> str:
    """Text without bookmark marks, HTML tags and entities that a conversion left behind; tags that end a line do so."""
    text = _BREAK_TAGS.sub("\n", _MARKS.sub("", text))
    return printable(html.unescape(_OTHER_TAGS.sub("", text)))


def printable(text: str) -> str:
    """Text without control characters and marks of no width; a space that does not break is a space."""
    return _CONTROLS.sub("", text).replace("\u00a0", " ")
