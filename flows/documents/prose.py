"""The text of a bulletin: whole Chinese sentences that follow from the figures of one snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from flows.config import Config
from flows.documents.chinese import numeral
from flows.documents.demands import demands
from flows.documents.faults import faults
from flows.documents.lookback import lookback, lookback_title
from flows.documents.overall import overall
from flows.documents.passages import Passage
from flows.periods import Period
from flows.progress import Snapshot


@dataclass(frozen=True, slots=True)
class Subsection:
    """（一）…: heading with its mark, and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """一、…: heading with its mark, paragraphs that stand before any subsection, subsections."""

    title: str
    paragraphs: tuple[str, ...]
    sections: tuple[Subsection, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A whole bulletin's text. ``closing`` is one paragraph that stays on the page of the signature."""

    intro: str
    chapters: tuple[Chapter, ...]
    closing: str


def write_prose(snapshot: Snapshot, config: Config) -> Prose:
    """All sentences of the bulletin; sections without anything to say are left out and the marks stay consecutive."""
    plan = snapshot.plan_part
    drafts = (
        ("总体情况", overall(snapshot)),
        ("存在的问题", faults(plan, apart=bool(snapshot.carried_lines))),
        (lookback_title(snapshot), lookback(snapshot)),
        ("下一步工作要求", demands(plan, config)),
    )
    said = [(title, passages) for title, passages in drafts if passages]
    chapters = tuple(_chapter(number, title, passages) for number, (title, passages) in enumerate(said, 1))
    return Prose(_intro(snapshot), chapters, _closing(config))


def _chapter(number: int, title: str, passages: tuple[Passage, ...]) -> Chapter:
    """A single passage needs no （一） of its own."""
    heading = f"{numeral(number)}、{title}"
    if len(passages) == 1:
        return Chapter(heading, passages[0].sentences, ())
    sections = tuple(
        Subsection(f"（{numeral(place)}）{passage.title}", passage.sentences)
        for place, passage in enumerate(passages, 1)
    )
    return Chapter(heading, (), sections)


def _intro(snapshot: Snapshot) -> str:
    number = f"（{snapshot.doc_number}）" if snapshot.doc_number else ""
    title = snapshot.plan_title.strip().removeprefix("《").removesuffix("》").replace("《", "〈").replace("》", "〉")
    label = Period.parse(snapshot.period).label
    if snapshot.totals.answered:
        method = f"{label}，各责任单位按月填报工作台账，经逐份核对、汇总，形成本期情况"
    else:
        method = f"对{label}任务进展情况进行了调度"
    if snapshot.totals.asked == 1 and snapshot.totals.answered:
        method = f"{label}，责任单位按月填报工作台账，经核对汇总，形成本期情况"
    return f"按照《{title}》{number}要求，{method}。现将有关情况通报如下："


def _closing(config: Config) -> str:
    office = config.office
    parts = [f"联系单位：{office.name}"]
    if office.contact:
        parts.append(f"联系人：{office.contact}")
    if office.phone:
        parts.append(f"联系电话：{office.phone}")
    return "；".join(parts) + "。"
