"""The corpus as it lies in folders: one a case, with the letter's files in it."""

from __future__ import annotations

import os
from pathlib import Path

from flows.round.intake import Parcel, from_folder
from tests.ledger.corpus.making import Case, Corpus
from tests.ledger.corpus.round import RECEIVED


def put(corpus: Corpus, case: Case, folder: Path) -> Path:
    """Lay a case's files into ``folder/case``."""
    place = folder / case.name
    place.mkdir(parents=True)
    sent = corpus.files[case.name].sent
    for number, (name, data) in enumerate(((sent.name, sent.data), *sent.beside)):
        path = place / name
        path.write_bytes(data)
        when = RECEIVED.timestamp() + number
        os.utime(path, (when, when))
    return place


def parcels_of(corpus: Corpus, case: Case, folder: Path) -> list[Parcel]:
    """What the office's intake finds in a case's folder, opened down to the files that are read as returns."""
    found = [parcel for parcels in from_folder(put(corpus, case, folder)) for parcel in parcels]
    return [parcel for parcel in found if parcel.is_sheet] or found
