"""Texts that say nearly the same: what was handed out to 10,000 units takes a hundred megabytes, and pressed two.

Loaded by every worker: it imports no more than it needs.
"""

from __future__ import annotations

import zlib
from typing import Final

_WINDOW: Final = 32_768
"""Bytes that deflate looks back."""
_RAW: Final = -15


class Alike:
    """Presses each text against the first one; whoever reads them needs this object, and it travels with them."""

    def __init__(self) -> None:
        self._first = b""

    def press(self, text: str) -> bytes:
        """A text as it is kept."""
        raw = text.encode("utf-8")
        if not self._first:
            self._first = raw[-_WINDOW:]
        press = zlib.compressobj(1, zlib.DEFLATED, _RAW, zdict=self._first)
        return press.compress(raw) + press.flush()

    def opened(self, pressed: bytes) -> bytes:
        """The text in UTF-8."""
        return zlib.decompressobj(_RAW, zdict=self._first).decompress(pressed)
