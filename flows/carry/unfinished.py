"""What an old plan left open: dated items that units have not finished, and problems that the office has named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from flows.carry.model import Candidate, Gathered, LeftOut, Source, digest_of
from flows.ledger.model import Role, Status
from flows.periods import spoken
from flows.plan.carried import CarriedKind, Said
from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind
from flows.plan.numbering import finish
from flows.plan.textual import cut, one_line
from flows.progress import Answer, Cell, ItemLine, Snapshot

Place = tuple[str, str]
"""(unit, item number)."""

_FINISHED = (Status.DONE, Status.EXEMPT)
_LONGEST = 300
"""Characters of an opinion or a problem that become part of a requirement; the sheet 回头看 has all of it."""


def unfinished(snapshot: Snapshot, source: Source, held_done: Collection[Place] = ()) -> Gathered:
    """Look-back items of an old plan by its last snapshot.

    Taken are: each item with a day that some unit has not finished (全年 and 长期 end with their year), and of the
    other unfinished ones those that the office has an opinion on or has ruled open. Only units that owe it are named.
    ``held_done``: reported as finished in a sheet that went back and was not corrected.
    """
    candidates: list[Candidate] = []
    left_out: list[LeftOut] = []
    for line in snapshot.items:
        owing = [cell for cell in line.cells if not _finished(cell) and not cell.excused]
        if _is_dated(line.item, source.year):
            if owing:
                candidates.append(_task(line.item, owing, source, held_done))
            elif not line.cells:
                left_out.append(LeftOut(line.item.no, (), "没有单位承担，没有带入"))
            told: list[Cell] = []
        else:
            told = [cell for cell in owing if _named_problem(cell)]
            candidates += _problems(line.item, told, source)
        left_out += _left_out(line, owing, told, source)
    return Gathered(tuple(candidates), tuple(left_out))


def _finished(cell: Cell) -> bool:
    return cell.report is not None and cell.report.status in _FINISHED


def _is_dated(item: Item, year: int) -> bool:
    """The item has a day of its own; 全年 and 长期 until the end of the year are no such day.

    What was a look-back item itself stays one until it is finished.
    """
    due = item.deadline.due
    if item.is_carried:
        return True
    if due is None:
        return False
    return item.deadline.kind is Kind.ONCE or (item.deadline.kind is Kind.ONGOING and due < date(year, 12, 31))


def _named_problem(cell: Cell) -> bool:
    """The office has written an opinion, or has ruled on a report that tells of a problem."""
    ruling = cell.ruling
    return bool(ruling.opinion or (ruling.status and cell.report and cell.report.problem.strip()))


def _task(item: Item, owing: list[Cell], source: Source, held_done: Collection[Place]) -> Candidate:
    said = tuple(_said(cell) for cell in owing)
    opinions = _by_words((each.unit, each.opinion) for each in said)
    requirement = item.requirement + (f"（核定意见：{_joined(opinions, len(owing))}）" if opinions else "")
    due = min((cell.due for cell in owing if cell.due), default=item.deadline.due)
    ahead = due is not None and due.year > source.year
    return Candidate(
        kind=CarriedKind.TASK,
        source=source,
        no=item.no,
        requirement=requirement,
        task=_named(item, source),
        lead=_units(owing, Role.LEAD),
        responsible=_units(owing, Role.RESPONSIBLE),
        said=said,
        deadline=Deadline(spoken(due), DeadlineSource.COLUMN, due, Kind.ONCE) if ahead and due else Deadline(),
        old_due=due.isoformat() if due else None,
        doubts=tuple(Doubt(item.no, "note", "", message) for message in _notes(item, owing, held_done)),
    )


def _notes(item: Item, owing: list[Cell], held_done: Collection[Place]) -> Iterator[str]:
    done = [cell.unit.name for cell in owing if (cell.unit.name, item.no) in held_done]
    if done:
        yield f"{'、'.join(done)}在退回未改的表里报了已完成，请核对；确已完成的，从单位栏里删去"
    waiting = [cell.unit.name for cell in owing if cell.answer is Answer.PENDING]
    if waiting:
        yield f"{'、'.join(waiting)}有来件还没有处理，请核对是否已经完成"


def _problems(item: Item, told: list[Cell], source: Source) -> Iterator[Candidate]:
    """One for each opinion or problem; units of which the same was said stand together."""
    groups: dict[str, list[Cell]] = {}
    for cell in told:
        groups.setdefault(_problem_words(cell), []).append(cell)
    for words, cells in groups.items():
        yield Candidate(
            kind=CarriedKind.PROBLEM,
            source=source,
            no=item.no,
            requirement=f"{words}（任务要求：{item.requirement}）",
            task=_named(item, source),
            lead=_units(cells, Role.LEAD),
            responsible=_units(cells, Role.RESPONSIBLE),
            said=tuple(_said(cell) for cell in cells),
            old_due=item.deadline.due.isoformat() if item.deadline.due else None,
            digest=digest_of(words),
        )


def _problem_words(cell: Cell) -> str:
    opinion = finish(cell.ruling.opinion).rstrip("。")
    if opinion:
        return f"整改核定指出的问题：{cut(opinion, _LONGEST)}"
    problem = finish(cell.report.problem if cell.report else "").rstrip("。")
    return f"解决上年反映的问题：{cut(problem, _LONGEST)}"


def _left_out(line: ItemLine, owing: list[Cell], told: list[Cell], source: Source) -> Iterator[LeftOut]:
    """What a clerk may miss: opinions on finished work, problems on which the office never ruled."""
    no, dated = line.item.no, _is_dated(line.item, source.year)
    done = tuple(
        cell.unit.name for cell in line.cells if _finished(cell) and cell.ruling.opinion and not cell.ruling.closed
    )
    if done:
        yield LeftOut(no, done, "已完成但有核定意见、没有销号，没有带入")
    for cell in line.cells:
        if cell.excused and (dated or _named_problem(cell)):
            yield LeftOut(no, (cell.unit.name,), f"已豁免（{cell.excused}），没有带入")
    if dated:
        return
    named = {cell.unit.name for cell in told}
    open_still = [cell for cell in owing if cell.report and cell.unit.name not in named]
    if troubled := tuple(cell.unit.name for cell in open_still if cell.report and cell.report.problem.strip()):
        yield LeftOut(no, troubled, "没有时限，反映的问题没有核定，没有带入")


def _named(item: Item, source: Source) -> str:
    """2026年第1.2项：更新公开目录, the old item as the unit knows it."""
    task = one_line(item.task or "")
    return f"{source.year}年第{item.no}项" + (f"：{task}" if task else "")


def _units(cells: Iterable[Cell], role: Role) -> tuple[str, ...]:
    return tuple(cell.unit.name for cell in cells if cell.role is role)


def _said(cell: Cell) -> Said:
    report = cell.report
    if report is None:
        return Said(cell.unit.name, opinion=cell.ruling.opinion)
    return Said(
        cell.unit.name,
        cell.source.period if cell.source else cell.review.period if cell.review else "",
        report.status.value,
        report.percent,
        report.progress,
        report.evidence,
        report.problem,
        report.next_step,
        cell.ruling.opinion,
    )


def _by_words(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for unit, words in pairs:
        if text := cut(finish(words).rstrip("。"), _LONGEST):
            found.setdefault(text, []).append(unit)
    return found


def _joined(opinions: dict[str, list[str]], owing: int) -> str:
    """One opinion on all who owe it stands alone; else each with its units."""
    words, units = next(iter(opinions.items()))
    if len(opinions) == 1 and len(units) == owing:
        return words
    return "；".join(f"{'、'.join(units)}：{words}" for words, units in opinions.items())
