"""No figure that anyone can prove wrong: two hundred months, each bulletin counted again from the store."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.package import packed
from tests.documents.consistency import Examined, disagreements, examined
from tests.documents.made_months import Month, made_month
from tests.documents.months import CONFIG
from tests.documents.truth import Truth, truth_of

MONTHS = 200
EVENTFUL = 165
"""A made month in which much happens."""


def bulletin_of(month: Month, out: Path) -> Path:
    write_bulletin(month.told(), CONFIG, TEMPLATE, out, number=5)
    return out


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Examined]:
    """Seed → what was found in its month's bulletin."""
    out = tmp_path_factory.mktemp("通报") / "通报.docx"
    found = {}
    for seed in range(MONTHS):
        month = made_month(seed)
        found[seed] = examined(bulletin_of(month, out), truth_of(month), CONFIG)
        month.store.close()
    return found


def test_two_hundred_months_say_nothing_that_their_stores_do_not_bear_out(looked_at: dict[int, Examined]) -> None:
    assert {seed: found.faults for seed, found in looked_at.items() if found.faults} == {}


def test_in_two_hundred_months_every_sentence_of_a_bulletin_was_said_and_checked(
    looked_at: dict[int, Examined],
) -> None:
    said = Counter(sentence for found in looked_at.values() for sentence in found.sentences)
    rare = {sentence: said[sentence] for sentence in _sentences() if said[sentence] < 3}
    assert rare == {}


def _sentences() -> set[str]:
    from tests.documents.consistency import _Reading

    month = made_month(EVENTFUL)
    return {check.__name__ for _, check in _Reading(truth_of(month), CONFIG).sentences}


class Bulletin:
    """A right bulletin that can be spoilt in one place."""

    def __init__(self, folder: Path) -> None:
        month = made_month(EVENTFUL)
        self.truth: Truth = truth_of(month)
        self.spoilt = folder / "改.docx"
        with zipfile.ZipFile(bulletin_of(month, folder / "通报.docx")) as package:
            self.parts = {name: package.read(name) for name in package.namelist()}
        self.xml = self.parts["word/document.xml"].decode("utf-8")

    def with_text(self, xml: str) -> list[str]:
        self.spoilt.write_bytes(packed(self.parts | {"word/document.xml": xml.encode("utf-8")}))
        return disagreements(self.spoilt, self.truth, CONFIG)

    def places(self, pattern: str) -> Iterator[tuple[int, int]]:
        """Where a pattern stands in what a reader sees or hears."""
        for text in re.finditer(r'<w:t(?: [^>]*)?>([^<]+)</w:t>|descr="([^"]+)"', self.xml):
            start = text.start(1) if text[1] else text.start(2)
            for found in re.finditer(pattern, text[1] or text[2]):
                yield start + found.start(), start + found.end()

    def around(self, start: int, end: int) -> str:
        return re.sub(
            "<[^>]+>", "|", f"{self.xml[start - 30 : start]}【{self.xml[start:end]}】{self.xml[end : end + 30]}"
        )


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Bulletin:
    made = Bulletin(tmp_path_factory.mktemp("改"))
    assert made.with_text(made.xml) == []
    return made


def test_any_number_that_is_one_too_high_is_found(bulletin: Bulletin) -> None:
    places = list(bulletin.places(r"\d+"))
    assert len(places) > 200
    missed = []
    for start, end in places[::2]:
        wrong = str(int(bulletin.xml[start:end]) + 1)
        if not bulletin.with_text(bulletin.xml[:start] + wrong + bulletin.xml[end:]):
            missed.append(bulletin.around(start, end))
    assert missed == []


def test_any_unit_that_is_taken_for_another_is_found(bulletin: Bulletin) -> None:
    units = list(bulletin.truth.units)
    places = list(bulletin.places("|".join(sorted(units, key=len, reverse=True))))
    assert len(places) > 50
    missed = []
    for start, end in places:
        wrong = units[(units.index(bulletin.xml[start:end]) + 1) % len(units)]
        if not bulletin.with_text(bulletin.xml[:start] + wrong + bulletin.xml[end:]):
            missed.append(bulletin.around(start, end))
    assert missed == []


def test_a_paragraph_or_a_row_that_is_left_out_is_found(bulletin: Bulletin) -> None:
    paragraphs = re.finditer(r'<w:p>(?:(?!</w:p>).)*?w:val="BodyText"(?:(?!</w:p>).)*?</w:p>', bulletin.xml)
    rows = re.finditer(r"<w:tr>(?:(?!</w:tr>).)*?TableFigure(?:(?!</w:tr>).)*?</w:tr>", bulletin.xml)
    left_out = [*paragraphs, *rows]
    assert len(left_out) > 30
    missed = [
        re.sub("<[^>]+>", "", found[0])
        for found in left_out
        if not bulletin.with_text(bulletin.xml[: found.start()] + bulletin.xml[found.end() :])
    ]
    assert missed == []


def test_a_figure_changed_inside_a_chart_is_found(bulletin: Bulletin) -> None:
    name = "word/charts/chart1.xml"
    chart = bulletin.parts[name].decode("utf-8")
    wrong = re.sub(r"(<c:val>.*?<c:v>)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", chart, count=1, flags=re.DOTALL)
    assert wrong != chart
    bulletin.spoilt.write_bytes(packed(bulletin.parts | {name: wrong.encode("utf-8")}))
    assert any("图表" in fault for fault in disagreements(bulletin.spoilt, bulletin.truth, CONFIG))
