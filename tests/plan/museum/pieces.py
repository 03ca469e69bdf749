"""All pieces of the museum by name; the expected reading of each stands in pieces/<name>.json."""

from __future__ import annotations

from tests.plan.museum.builders import PIECES, Piece, Text
from tests.plan.museum.everyday import EVERYDAY
from tests.plan.museum.excel import EXCEL
from tests.plan.museum.narrated import NARRATED
from tests.plan.museum.unusual import UNUSUAL
from tests.plan.museum.word import WORD

_ENCODINGS = {
    "15-rowspan-gbk": "gb18030",
    "18-shixian-grammar": "utf-16",
    "19-danwei-forms": "gb18030",
    "61-old-tags": "gb18030",
    "98-right-brackets": "gb18030",
    "105-title-in-table": "gb18030",
    "20-bianhao-styles": "utf-8-sig",
}


def pieces() -> dict[str, Piece]:
    """Name → piece, in the order of their numbers."""
    stored: dict[str, Piece] = {
        path.stem: Text(path.name, _ENCODINGS.get(path.stem, "utf-8"))
        for path in PIECES.iterdir()
        if path.suffix != ".json"
    }
    return dict(sorted({**stored, **WORD, **EXCEL, **UNUSUAL, **EVERYDAY, **NARRATED}.items()))
