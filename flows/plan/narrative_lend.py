"""A plan with running text and a table: the table is the plan, the text lends it deadlines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.plan.deadlines import ReadDeadline, find_deadline
from flows.plan.model import Deadline, DeadlineSource, Kind
from flows.plan.narrative_text import is_heading, mark_of, sentences, title_sentence
from flows.plan.textual import cut

_SPEAKS = 0.4
_REPEATS = 0.72
_CLOSE_CALL = 0.06
_SHORTEST = 6
_SAME_THING = 4
"""So many pairs of characters shared, and twice as many as with any other requirement of the task."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A deadline from the text and what is doubtful about it."""

    deadline: Deadline
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A dated sentence of a section. ``likely``: which of the task's requirements are most like it, in order."""

    sentence: str
    deadline: Deadline
    likely: tuple[int, ...]
    sure: bool = False
    """One requirement alone speaks of the same thing."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    section: str
    text: str
    pairs: frozenset[str]
    deadline: Deadline | None
    doubts: tuple[str, ...]


def is_firm(read: ReadDeadline) -> bool:
    """The text sets a limit; it does not only mention a time."""
    return not any(re.match("时限按要求里的", doubt) or "没有写次数" in doubt for doubt in read.doubts)


class Lender:
    """The dated sentences of a plan's running text, by the title of the section they stand in."""

    def __init__(self, texts: list[str], year: int) -> None:
        self._sentences: list[_Sentence] = []
        self._lent: set[str] = set()
        section = ""
        for text in texts:
            mark = mark_of(text)
            body = text[len(mark.text) :].strip() if mark else text
            if mark and is_heading(text):
                section = _bare(body)
                continue
            if mark:
                title, rest = title_sentence(body)
                section, body = (_bare(title), rest) if title else (section if mark.level > 2 else "", body)
            for part in sentences(body):
                self._take(section, part, year)

    def _take(self, section: str, text: str, year: int) -> None:
        read = find_deadline(text, year)
        deadline = None
        if read.kind is Kind.ONCE and read.due is not None and is_firm(read):
            deadline = Deadline(read.span, DeadlineSource.NARRATIVE, read.due, Kind.ONCE)
        self._sentences.append(_Sentence(section, text, pairs(text), deadline, read.doubts))

    def lend(self, task: str, requirement: str) -> Lent | None:
        """The date that the text sets for a requirement: in the section with the task's title, or where it is repeated.

        In the section the sentence most like the requirement counts; it lends its date when it has one.
        """
        wanted = pairs(requirement)
        if not wanted:
            return None
        own = [sentence for sentence in self._sentences if task and sentence.section == _bare(task)]
        found = self._best(own, wanted, _SPEAKS)
        if found is None and len(wanted) >= _SHORTEST:
            found = self._best([one for one in self._sentences if one not in own], wanted, _REPEATS)
        return found

    def _best(self, among: list[_Sentence], wanted: frozenset[str], least: float) -> Lent | None:
        scored = [(len(wanted & sentence.pairs) / len(wanted), sentence) for sentence in among]
        dated = [pair for pair in scored if pair[1].deadline and pair[0] >= least]
        if not dated:
            return None
        score, best = max(dated, key=lambda pair: pair[0])
        rival = max((pair[0] for pair in scored if pair[1].deadline is None), default=0.0)
        if rival > score or best.deadline is None:
            return None
        self._lent.add(best.text)
        doubts = list(best.doubts)
        if score < 0.55 and rival > score - _CLOSE_CALL:
            doubts.append(f"正文“{cut(best.text, 40)}”里的时限可能指这一项，请核对")
        others = {one.deadline.due for value, one in dated if one.deadline and value > score - 0.1}
        if len(others) > 1:
            doubts.append("正文里有几个时限可能指这一项，请核对")
        return Lent(best.deadline, tuple(doubts))

    def unclaimed(self, task: str, requirements: list[str]) -> Unclaimed | None:
        """A dated sentence of the task's section whose date no requirement has taken, and the likeliest ones for it."""
        for sentence in self._sentences:
            if sentence.deadline is None or sentence.section != _bare(task) or sentence.text in self._lent:
                continue
            shared = [len(pairs(text) & sentence.pairs) for text in requirements]
            likely = tuple(at for at, count in enumerate(shared) if count == max(shared))
            others = max((count for count in shared if count != max(shared)), default=0)
            sure = len(likely) == 1 and max(shared) >= _SAME_THING and max(shared) >= 2 * others
            return Unclaimed(sentence.text, sentence.deadline, likely, sure)
        return None


def _bare(text: str) -> str:
    return re.sub(r"[\s，。、；：“”《》（）()·]", "", text)


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without punctuation and quotation marks."""
    bare = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", text).lower()
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))
