"""Old → new between two filings of one unit: every number, text and reason that says something else."""

from __future__ import annotations

from collections.abc import Iterator

from flows.annual import format as official
from flows.annual.model import Filing
from flows.annual.rules import SLOTS

_TEXTS = {part.key: part.head for part in official.PARTS}
_FEES = dict(official.FEES)


def differing(old: Filing | None, new: Filing) -> Iterator[tuple[str, str, str, str]]:
    """(key, name, old, new), in the order of the format; blank is ''. Without an older filing: all that was written."""
    before = old or Filing(new.unit, new.year)
    for key in official.KEYS:
        if before.tables[key] != new.tables[key]:
            yield key, official.NAMES[key], before.tables[key].shown, new.tables[key].shown
    for key, name in _TEXTS.items():
        if before.narrative.text(key) != new.narrative.text(key):
            yield key, name, before.narrative.text(key), new.narrative.text(key)
    for key, name in _FEES.items():
        if before.narrative.fee(key) != new.narrative.fee(key):
            yield key, name, before.narrative.fee(key).shown, new.narrative.fee(key).shown
    for key in dict.fromkeys((*before.reasons, *new.reasons)):
        if before.reasons.get(key, "") != new.reasons.get(key, ""):
            yield key, SLOTS.get(key, key), before.reasons.get(key, ""), new.reasons.get(key, "")
