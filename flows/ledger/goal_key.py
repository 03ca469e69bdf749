"""The hidden key of a row of 量化指标: whose number for which target, and which setting was prefilled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from flows.ledger.identity import looks_like_claim, read_claim, row_key
from flows.ledger.model import Identity

GOAL_LAYOUT: Final = 1002
"""Takes the place of a ledger's layout in the key, so that no other kind of row is taken for one of these."""


@dataclass(frozen=True, slots=True)
class GoalKey:
    """What the key of a row says."""

    plan: str
    period: str
    unit: str
    no: str
    """As the plan numbered the item on that day."""
    target: str
    """`digest_of` the target as printed: the text itself may be cut or retyped."""
    base: int = 0
    """The setting (row of the store) that was prefilled; 0 for none."""
    numbering: int = 0


def digest_of(target: str) -> str:
    """A short name of a target for keys."""
    return hashlib.sha256(target.encode()).hexdigest()[:12]


def goal_key(key: GoalKey, secret: bytes) -> str:
    """The signed text of a key."""
    identity = Identity(key.plan, key.unit, key.period, GOAL_LAYOUT)
    return row_key(identity, f"{key.no}|{key.target}|{key.base}|{key.numbering}", secret)


def read_goal_key(text: str, secret: bytes) -> GoalKey | None:
    """The key that a cell holds; None for any other text, for another kind of key and for one that was altered."""
    if not looks_like_claim(text):
        return None
    claim = read_claim(text, secret)
    if claim is None or not claim.valid or claim.no is None or claim.identity.layout != GOAL_LAYOUT:
        return None
    no, target, base, numbering = claim.no.rsplit("|", 3)
    who = claim.identity
    return GoalKey(who.plan, who.period, who.unit, no, target, int(base), int(numbering))
