"""Names of files that strangers chose: made harmless to show and to store, and noise told from returns."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 120
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
"""Signs without a shape that turn the reading direction (“xslx.exe” shown as “exe.xlsx”) or hide a difference."""
_NOISE: Final = ("~$", ".~", "._")
_NOISE_NAMES: Final = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"})
_UNFINISHED: Final = (".crdownload", ".part", ".partial", ".download", ".downloading", ".opdownload", ".xltd", ".td")


def plain_name(raw: str, otherwise: str = "未命名") -> str:
    """The last part of a path, without unseen signs, at most 120 long with its suffix; never empty, never only dots."""
    name = re.split(r"[\\/]", raw.rstrip("\\/ "))[-1]
    name = clean(name).strip(" ")
    name = name.rstrip(".") if name.strip(". ") else ""
    if not name:
        return otherwise
    if len(name) <= _LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix}" if dot and len(suffix) <= 10 else name[:_LONGEST]


def plain_path(raw: str) -> str:
    """A path inside an archive as it is shown: “/” between its parts, without “..”, drive letters and unseen signs."""
    parts = [plain_name(part, "") for part in re.split(r"[\\/]", raw)]
    return "/".join(part for part in parts if part and not re.fullmatch(r"[A-Za-z]:", part)) or "未命名"


def clean(text: str) -> str:
    """Text without control signs, halves of characters and signs without a shape, in NFC (macOS decomposes)."""
    kept = (sign for sign in _UNSEEN.sub("", text) if unicodedata.category(sign) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept))


def short(name: str, size: int) -> str:
    """``name`` cut so that it takes at most ``size`` bytes of UTF-8, its suffix kept: Linux counts names in bytes."""
    if len(name.encode("utf-8", "replace")) <= size:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = name, ""
    tail = f"{dot}{suffix}" if suffix else ""
    return stem.encode("utf-8", "replace")[: size - len(tail.encode())].decode("utf-8", "ignore") + tail


def is_noise(path: str) -> bool:
    """Lock files, temporary files and what file managers leave behind: never a return."""
    parts = re.split(r"[\\/]", path)
    name = parts[-1].lower()
    return "__MACOSX" in parts[:-1] or name.startswith(_NOISE) or name in _NOISE_NAMES or name.endswith(".tmp")


def is_unfinished(name: str) -> bool:
    """A download that is still under way, by the suffix that browsers and drives give it."""
    return name.lower().endswith(_UNFINISHED)
