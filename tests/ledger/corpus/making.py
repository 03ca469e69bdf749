"""The corpus: every returned file, made from the office's workbooks by the acts, once a test run."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.ledger.corpus.hands import Hand, Making, Sent
from tests.ledger.corpus.libreoffice import Saw, saved_by_libreoffice
from tests.ledger.corpus.outcomes import Expected, read_expected
from tests.ledger.corpus.round import Round, new_round

GROUPS = ("forms", "rows", "columns", "cells", "returned", "quarantined", "parcels", "hostile")
_SPARE = 12
_FOLDER = tempfile.TemporaryDirectory(prefix="taizhang-corpus-", ignore_cleanup_errors=True)

Act = Callable[[Hand], Sent | Making]


@dataclass(frozen=True)
class Case:
    """One returned file (or letter) and what must become of it."""

    name: str
    group: str
    act: Act
    expected: Expected


@dataclass(frozen=True)
class Made:
    """A case's file, and the units that had a hand in it: its own first."""

    sent: Sent
    units: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """All files, and the round they were made for."""

    round: Round
    files: dict[str, Made]


def acts_of(group: str) -> dict[str, Act]:
    """The public functions of a module of acts, in order."""
    module = importlib.import_module(f"tests.ledger.corpus.acts.{group}")
    return {
        name: act
        for name, act in vars(module).items()
        if callable(act) and not name.startswith("_") and getattr(act, "__module__", "") == module.__name__
    }


def all_cases() -> list[Case]:
    """Every case; acts and data must name the same ones."""
    found = []
    for group in GROUPS:
        acts, data = acts_of(group), read_expected(group)
        assert list(acts) == list(data), (group, set(acts) ^ set(data) or "in another order")
        found += [Case(name, group, act, data[name]) for name, act in acts.items()]
    return found


CASES = {case.name: case for case in all_cases()}


@cache
def the_corpus() -> Corpus:
    """The whole corpus; made once, whoever asks."""
    return make_corpus(Path(_FOLDER.name))


def make_corpus(folder: Path) -> Corpus:
    """Play all acts; what goes through LibreOffice goes in one run of it."""
    owners = sum(1 for case in CASES.values() if case.group != "quarantined") + 1
    made_round = new_round(folder, owners + _SPARE)
    spare = list(made_round.units[owners:])
    free = iter(made_round.units)
    nobody = next(free)  # what is quarantined leaves nothing behind, so that one unit can send all of it
    hands = {
        name: Hand(made_round, nobody if case.group == "quarantined" else next(free), spare)
        for name, case in CASES.items()
    }
    sent: dict[str, Sent] = {}
    waiting: list[tuple[str, Making, Saw]] = []
    for name, case in CASES.items():
        found = case.act(hands[name])
        if isinstance(found, Sent):
            sent[name] = found
        else:
            waiting.append((name, found, next(found)))
    turn = 0
    while waiting:
        results = saved_by_libreoffice([saw for _, _, saw in waiting], folder / f"libreoffice-{turn}")
        again = []
        for (name, making, _), data in zip(waiting, results, strict=True):
            try:
                again.append((name, making, making.send(data)))
            except StopIteration as end:
                sent[name] = end.value
        waiting, turn = again, turn + 1
    files = {name: Made(sent[name], (hand.unit, *(one.unit for one in hand.others))) for name, hand in hands.items()}
    return Corpus(made_round, files)
