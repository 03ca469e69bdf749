"""五、存在的主要问题及改进情况: units' own problems and measures put together by subject; last year's are answered."""

from __future__ import annotations

from collections.abc import Sequence

from flows.annual import format as official
from flows.documents.annual_material import (
    TO_FILL,
    Line,
    Material,
    Part,
    chosen,
    filed,
    measures_of,
    problems_of,
    sentence,
)
from flows.documents.annual_subjects import OTHER, Statement, Subject, grouped, subject_words
from flows.documents.chinese import listed, numeral
from flows.documents.passages import item_name
from flows.periods import spoken
from flows.progress import Cell, ItemState

_ITEMS_NAMED = 8
_UNITS_NAMED = 10
"""Units named behind a subject; the others are counted, and all stand in 年报核对.xlsx."""


def problems(material: Material) -> tuple[Part, ...]:
    """上年问题的改进情况 (where there is something to answer), 存在的主要问题, 改进措施; marks are consecutive."""
    now = subjects_of(material)
    drafts = [
        ("上年问题的改进情况", *_answered(material, now)),
        ("存在的主要问题", *_named(material, now)),
        ("改进措施", *_measures(material, now)),
    ]
    said = [draft for draft in drafts if draft[1] or draft[2]]
    return tuple(
        Part(f"（{numeral(place)}）{title}", tuple(lines), tuple(gaps))
        for place, (title, lines, gaps) in enumerate(said, 1)
    )


def subjects_of(material: Material) -> tuple[Subject, ...]:
    """This year's problems by subject: of 年报数据 and of ledger entries that are not finished."""
    return grouped(
        (*filed(material, official.PROBLEMS), *problems_of(_cells(material))), subject_words(material.settings.subjects)
    )


def _cells(material: Material) -> tuple[Cell, ...]:
    """Of the plan's own items; what is left of last year's is answered on its own."""
    return material.snapshot.plan_part.cells if material.snapshot else ()


def _named(material: Material, subjects: Sequence[Subject]) -> tuple[list[Line], list[str]]:
    if not subjects:
        return [], [TO_FILL.format("各单位没有报来存在的问题，本节不能写“无”，请据实写明")]
    lines = []
    for place, subject in enumerate(subjects, 1):
        told = chosen(subject.statements, material.settings.problems_told)
        rest = [unit for unit in subject.units if unit not in {each.unit for each in told}]
        mark = f"{numeral(place)}是" if len(subjects) > 1 else ""
        text = f"{mark}{_about(subject)}{_voiced(told)}。{_also(rest)}"
        lines.append(Line(text, subject.statements, told))
    return lines, []


def _about(subject: Subject) -> str:
    """队伍力量和业务能力方面，: neutral, since what is wrong is said by the units."""
    return "其他方面，" if subject.title == OTHER else f"{subject.title.replace('“', '‘').replace('”', '’')}方面，"


def _voiced(told: Sequence[Statement]) -> str:
    return "；".join(sentence(each) for each in told)


def _also(units: Sequence[str]) -> str:
    if not units:
        return ""
    return f"{_units(units)}也有这方面的问题。"


def _measures(material: Material, now: Sequence[Subject]) -> tuple[list[Line], list[str]]:
    """Measures in the order of the problems they answer, then the others; a subject without one is pointed out."""
    found = grouped(
        (*filed(material, official.MEASURES), *measures_of(_cells(material))), subject_words(material.settings.subjects)
    )
    by_title = {subject.title: subject for subject in found}
    order = [subject.title for subject in now if subject.title in by_title]
    order += [subject.title for subject in found if subject.title not in order]
    lines = []
    for place, title in enumerate(order, 1):
        subject = by_title[title]
        told = chosen(subject.statements, material.settings.problems_told)
        mark = f"{numeral(place)}是" if len(order) > 1 else ""
        lines.append(Line(f"{mark}{_about(subject)}{_voiced(told)}。", subject.statements, told))
    open_still = [subject.title for subject in now if subject.title not in by_title]
    gaps = [TO_FILL.format(f"{listed(open_still)}方面的问题，各单位没有写改进措施")] if open_still else []
    if not lines and not now:
        gaps = [TO_FILL.format("各单位没有报来改进措施")]
    return lines, gaps


def _answered(material: Material, now: Sequence[Subject]) -> tuple[list[Line], list[str]]:
    """What units say about last year's problems, and for each subject of last year's report who still names it.

    That a unit no longer names a problem is told as that and no more: nobody has said that it is solved.
    """
    answers = filed(material, official.ANSWERED)
    lines = []
    by_title = {subject.title: subject for subject in now}
    groups = {subject.title: subject for subject in grouped(answers, subject_words(material.settings.subjects))}
    for past in material.past:
        said = groups[past.subject].statements if past.subject in groups else ()
        told = chosen(said, material.settings.problems_told)
        again = [unit for unit in past.units if past.subject in by_title and unit in by_title[past.subject].units]
        answer = f"{_voiced(told)}。" if told else ""
        text = f"上年提出的{past.subject}方面的问题，涉及{_units(past.units)}。{answer}"
        text += _standing(past.units, again, material)
        still = by_title[past.subject].statements if past.subject in by_title else ()
        of_past = tuple(each for each in still if each.unit in again)
        lines.append(Line(text, (*said, *of_past), told))
    known = {past.subject for past in material.past}
    others = [each for title, subject in groups.items() if title not in known for each in subject.statements]
    told = chosen(others, material.settings.problems_told)
    if told:
        lines.append(Line(f"{_voiced(told)}。", tuple(others), told))
    lines += _looked_back(material)
    return lines, []


def _looked_back(material: Material) -> list[Line]:
    """回头看: what has become of last year's unfinished tasks and of problems found from outside."""
    carried = material.snapshot.carried_lines if material.snapshot else ()
    if not carried or material.snapshot is None:
        return []
    done = sum(line.state is ItemState.DONE for line in carried)
    left = [line for line in carried if line.state is not ItemState.DONE]
    text = f"上年未完成的任务和有关方面指出的问题列入“回头看”{len(carried)}项，截至{spoken(material.snapshot.as_of)}"
    if not left:
        return [Line(f"{text}，已全部办结。")]
    names = listed(item_name(line.item.no, line.item.requirement, line.item.task) for line in left[:_ITEMS_NAMED])
    more = f"等{len(left)}项" if len(left) > _ITEMS_NAMED else ""
    told = f"已办结{done}项，还没有办结的是" if done else "均未办结：" if len(left) > 1 else "还没有办结："
    return [Line(f"{text}，{told}{names}{more}。")]


def _standing(units: Sequence[str], again: Sequence[str], material: Material) -> str:
    """Who names it again, who no longer does, and who was not heard at all this year."""
    heard = {*material.filings, *(cell.unit.name for cell in _cells(material) if cell.report)}
    quiet = [unit for unit in units if unit not in again and unit in heard]
    silent = [unit for unit in units if unit not in heard]
    parts = [
        f"{_units(named)}{what}"
        for named, what in (
            (quiet, "本年没有再提出"),
            (again, "本年仍然提出，继续整改"),
            (silent, "本年没有报送，情况待核实"),
        )
        if named
    ]
    return f"{'；'.join(parts)}。"


def _units(units: Sequence[str]) -> str:
    return listed(units[:_UNITS_NAMED]) + (f"等{len(units)}个单位" if len(units) > _UNITS_NAMED else "")
