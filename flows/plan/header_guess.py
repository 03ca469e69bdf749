"""Header words that say nothing, or not enough: the columns below them are told by what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.plan.documents.model import Row
from flows.plan.header import TEXTS, UNITS, Column, Header, column_of, is_goal
from flows.plan.header_content import counts_up, header_by_content, is_amount, is_number, is_time, share
from flows.plan.textual import bare, full_width
from flows.plan.unit_likeness import looks_like_units

_LONGEST_WORD = 12
_TITLE = 16
"""A column of titles has cells no longer than this on average, and no sentences."""


def told_by_cells(header: Header, rows: Sequence[Row]) -> Header:
    """The header with columns of running numbers and of titles found where its words alone would mistake them.

    Titles under an unknown word become the task, so that the requirement does not stand without one; where the cells
    do not plainly say so, or contradict the header's words, every item gets a doubt (Header.unsure).
    """
    return _two_texts(_joined(_titles(_numbers(header, rows), rows), rows), rows)


def told_by_word(header: Header, known: Mapping[str, str] | None = None) -> Header:
    """The header with its lone column of groups under a word such as 领域 or 板块: kinds of tasks, or the tasks?

    Beside 改革举措 they are taken for the tasks, beside 重点任务 for their kinds, and the clerk is asked once.
    """
    columns = header.columns
    words = {word for word, column in zip(header.words, columns, strict=True) if column is Column.CATEGORY}
    if len(words) != 1 or Column.TASK in columns:
        return header
    word = words.pop()
    decided = any(full_width(bare(one)).strip("：:*") == word for one in known or ())
    if decided or not word or re.search("类|章|节", word):
        return header
    texts = (w for w, column in zip(header.words, columns, strict=True) if column is Column.REQUIREMENT)
    role = Column.CATEGORY if any(re.search("任务|事项|项目|工作$|行动", text) for text in texts) else Column.TASK
    changed = tuple(role if column is Column.CATEGORY else column for column in columns)
    return replace(header, columns=changed, groups=((word, role),))


def unknown_header(rows: Sequence[Row], known: Mapping[str, str] | None = None) -> tuple[int, Header] | None:
    """A header most of whose words are strange, and the index of the first row below it; None when there is none.

    It is known by its place above running numbers, units or times, which it has none of, and by its short words.
    """
    for at, row in enumerate(rows[:6]):
        words = [full_width(bare(cell.text)).strip("：:*") for cell in row.cells]
        shown = [word for word in words if word]
        if len(shown) < 3 or len(set(shown)) < len(shown) or not all(map(_is_word, shown)):
            continue
        body = [other for other in rows[at + 1 :] if len(other.cells) == len(row.cells)]
        below = header_by_content(body)
        if below is None or not _stands_above(row, body, below, known):
            continue
        columns = list(below.columns)
        for place, word in enumerate(words):
            role = column_of(word, known)
            if role is not Column.UNKNOWN and (role not in TEXTS or columns[place] in TEXTS):
                columns[place] = role
        if Column.REQUIREMENT not in columns or not any(column in UNITS for column in columns):
            columns = list(below.columns)
        guessed = tuple(
            (word, role)
            for word, role in zip(words, columns, strict=True)
            if word and column_of(word, known) is not role and role not in (Column.IGNORED, Column.NO, Column.UNKNOWN)
        )
        header = Header(tuple(words), tuple(columns), guessed)
        return at + 1, _with_doubt(header, body, guessed)
    return None


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and not re.search(r"[0-9。；，、]", text)


def _stands_above(row: Row, body: Sequence[Row], below: Header, known: Mapping[str, str] | None) -> bool:
    """The row is not of the sort of the rows below it: no number above numbers, no unit above units."""
    tests = {Column.NO: is_number, Column.RESPONSIBLE: looks_like_units, Column.LEAD: looks_like_units}
    tests[Column.DEADLINE] = is_time
    told = 0
    for at, column in enumerate(below.columns):
        text = row.cells[at].text if at < len(row.cells) else ""
        if column in tests and text.strip():
            known_word = column_of(text, known) is not Column.UNKNOWN
            if tests[column](text) and not known_word:
                return False
            told += 1
    longer = [at for at, column in enumerate(below.columns) if column is Column.REQUIREMENT]
    return told > 0 and all(_mean(body, at) > len(row.cells[at].text.strip()) for at in longer if at < len(row.cells))


def _with_doubt(header: Header, rows: Sequence[Row], guessed: Sequence[tuple[str, Column]]) -> Header:
    """Every item gets a doubt where the cells do not plainly tell titles from what is to be done."""
    tasks = [at for at, column in enumerate(header.columns) if column is Column.TASK]
    requirements = [at for at, column in enumerate(header.columns) if column is Column.REQUIREMENT]
    texts = {word for word, column in guessed if column in TEXTS}
    named = any(header.words[at] in texts for at in (*tasks, *requirements))
    if not named or (tasks and all(_are_titles(rows, at) for at in tasks) and _longer(rows, requirements, tasks)):
        return header
    words = "、".join(f"“{word}”" for word, column in guessed if column in TEXTS)
    return replace(header, unsure=(*header.unsure, f"{words}是任务事项还是具体要求按内容判断，请核对"))


def _numbers(header: Header, rows: Sequence[Row]) -> Header:
    """1, 2, 3 under a word such as 项目 are the numbers of the tasks, no category."""
    columns = list(header.columns)
    texts = [at for at, column in enumerate(columns) if column in TEXTS]
    for at in texts:
        others = [place for place in texts if place != at and columns[place] in TEXTS]
        if others and share(rows, at, is_number) > 0.9 and counts_up(rows, at):
            columns[at] = Column.IGNORED if Column.NO in columns else Column.NO
    tasks = [at for at, column in enumerate(columns) if column is Column.TASK]
    if tuple(columns) != header.columns and len(tasks) > 1 and Column.CATEGORY not in columns:
        columns[tasks[0]] = Column.CATEGORY
    return replace(header, columns=tuple(columns))


def _titles(header: Header, rows: Sequence[Row]) -> Header:
    """Texts under an unknown word beside the requirement: what stands before it names the task."""
    columns = list(header.columns)
    places = [at for at, column in enumerate(columns) if column is Column.REQUIREMENT]
    if Column.TASK in columns or len(places) != 1:
        return header
    at = places[0]
    before = [n for n in range(at) if columns[n] is Column.UNKNOWN and header.words[n] and _is_text(rows, n)]
    behind = [n for n in range(at + 1, len(columns)) if columns[n] is Column.UNKNOWN and _is_text(rows, n)]
    guessed = list(header.guessed)
    named = [Column.TASK, Column.CATEGORY]
    if behind and _are_titles(rows, at) and _mean(rows, behind[0]) > 1.5 * _mean(rows, at):
        columns[at], columns[behind[0]] = Column.TASK, Column.REQUIREMENT
        guessed.append((header.words[behind[0]], Column.REQUIREMENT))
        named = [Column.CATEGORY]
    for place, role in zip(reversed(before), named, strict=False):
        if role not in columns:
            columns[place] = role
            guessed.append((header.words[place], role))
    if len(guessed) == len(header.guessed):
        return header
    return _with_doubt(replace(header, columns=tuple(columns), guessed=tuple(guessed)), rows, guessed)


def _joined(header: Header, rows: Sequence[Row]) -> Header:
    """Several columns of one role are read as one text, which every item tells; titles among them name the task."""
    columns = list(header.columns)
    tasks = _places(header, columns, Column.TASK)
    requirements = _places(header, columns, Column.REQUIREMENT)
    unsure = []
    first, rest = requirements[:1], requirements[1:]
    titled = len(tasks) == 1 and rest and all(_are_titles(rows, at) for at in (*tasks, *first))
    if titled and Column.CATEGORY not in columns and _longer(rows, rest, first):
        columns[tasks[0]], columns[first[0]] = Column.CATEGORY, Column.TASK
        words = "、".join(f"“{header.words[at]}”" for at in (tasks[0], *requirements))
        unsure.append(f"{words}哪一栏是任务事项、哪一栏是具体要求，请核对")
        tasks, requirements = first, rest
    for places, name in ((tasks, "任务事项"), (requirements, "具体要求")):
        if len(places) > 1:
            words = "、".join(f"“{header.words[at]}”" for at in places)
            unsure.append(f"{words}几栏合起来作为{name}，请核对")
    return replace(header, columns=tuple(columns), unsure=(*header.unsure, *unsure))


def _places(header: Header, columns: Sequence[Column], role: Column) -> list[int]:
    """The columns of a role, one for each header word: a word may span several."""
    found: dict[str, int] = {}
    for at, column in enumerate(columns):
        if column is role:
            found.setdefault(header.words[at], at)
    return list(found.values())


def _two_texts(header: Header, rows: Sequence[Row]) -> Header:
    """Task and requirement whose cells contradict their words: 测评内容 of titles beside 目标值 of whole sentences."""
    tasks = [at for at, column in enumerate(header.columns) if column is Column.TASK]
    requirements = [at for at, column in enumerate(header.columns) if column is Column.REQUIREMENT]
    if len(tasks) != 1 or len(requirements) != 1:
        return header
    task, requirement = tasks[0], requirements[0]
    if not _are_titles(rows, requirement) or _are_titles(rows, task) or not _longer(rows, tasks, requirements):
        return header
    columns = list(header.columns)
    words = header.words[task], header.words[requirement]
    if is_goal(words[0]) or requirement < task:
        columns[task], columns[requirement] = Column.REQUIREMENT, Column.TASK
    sentence = f"“{words[0]}”与“{words[1]}”哪一栏是任务事项、哪一栏是具体要求，请核对"
    return replace(header, columns=tuple(columns), unsure=(*header.unsure, sentence))


def _is_text(rows: Sequence[Row], at: int) -> bool:
    return (
        share(rows, at, lambda text: len(bare(text)) > 1) > 0.7
        and share(rows, at, is_amount) < 0.3
        and share(rows, at, looks_like_units) < 0.5
        and share(rows, at, is_time) < 0.5
    )


def _are_titles(rows: Sequence[Row], at: int) -> bool:
    return _mean(rows, at) <= _TITLE and share(rows, at, lambda text: bool(re.search("[。；]", text))) < 0.1


def _longer(rows: Sequence[Row], places: Sequence[int], than: Sequence[int]) -> bool:
    return bool(places) and max(_mean(rows, at) for at in places) > 1.5 * max(
        (_mean(rows, at) for at in than), default=0
    )


def _mean(rows: Sequence[Row], at: int) -> float:
    texts = [bare(row.cells[at].text) for row in rows if at < len(row.cells) and not row.cells[at].blank]
    return sum(map(len, texts)) / len(texts) if texts else 0.0
