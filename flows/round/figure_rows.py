"""Figures of the bulletin's rows: each unit of 附件1, each item, each kind of notice, each problem followed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.documents.aftermath import WORDS
from flows.documents.chinese import share
from flows.ledger.model import Status
from flows.progress import Cell, ItemLine, Snapshot, UnitLine
from flows.round.figure import Figure
from flows.standing.escalation import Level
from flows.standing.followup import Complaint, FollowUp


def has_status(cell: Cell, status: Status) -> bool:
    """Whether a unit's work stands so, as it counts."""
    return bool(cell.report and cell.report.status is status)


def followed(snap: Snapshot) -> Iterator[Figure]:
    """上期通报问题整改情况: each complaint and each of its outcomes."""
    cells = {(cell.unit.name, cell.item.no): cell for cell in snap.cells}
    lines = {line.unit.name: line for line in snap.units}
    for complaint, words in WORDS.items():
        found = [each for each in snap.followups if each.complaint is complaint]
        groups = [("", "上期", words.what, found)]
        groups += [
            (f".{outcome.name.lower()}", words.what, word, [each for each in found if each.outcome is outcome])
            for outcome, word in words.outcomes.items()
        ]
        for ending, of, word, group in groups:
            if group:
                said = (of, word, words.measure)
                yield _follow_up(complaint, ending, said, group, (cells, lines), snap.followed_period)


def _follow_up(
    complaint: Complaint,
    ending: str,
    words: tuple[str, str, str],
    group: Sequence[FollowUp],
    known: tuple[dict[tuple[str, str], Cell], dict[str, UnitLine]],
    since: str | None,
) -> Figure:
    cells, lines = known
    of, what, measure = words
    count = len(group)
    return Figure(
        f"followed.{complaint.name.lower()}{ending}",
        "上期通报问题整改情况",
        (f"{of}{'' if of == '上期' else '，其中'}{what}{count}{measure}", f"{what}{count}{measure}"),
        count,
        cells=tuple(cells[each.unit, each.no] for each in group if (each.unit, each.no) in cells),
        units=tuple(lines[each.unit] for each in group if not each.no and each.unit in lines),
        earlier=since,
    )


def notices(snap: Snapshot) -> Iterator[Figure]:
    """提示督办情况: each kind and colour."""
    for level, colour in sorted(set(snap.notices)):
        count = snap.notices.count((level, colour))
        kind = Level(level).kind
        what = f"{colour}色{kind}" if colour else kind
        notice = (level, colour)
        yield Figure(f"notice.{level}.{colour}", "提示督办情况", (f"{what}{count}份",), count, notice=notice)


def unit_rows(snap: Snapshot) -> Iterator[Figure]:
    """附件1, in its order."""
    for line in (*snap.districts, *snap.departments):
        name = line.unit.name
        rate = "—" if line.rate is None else share(line.done, line.tasks - line.exempt)
        step = 0 if line.rank is None or line.previous_rank is None else line.previous_rank - line.rank
        moved = f"，较上期{'上升' if step > 0 else '下降'}{abs(step)}位" if step else ""
        rank = f"位次{line.rank}{moved}，" if line.rank else ""
        text = (
            f"{name}：{rank}任务数{line.tasks}，已完成{line.done}，正在推进{line.moving}，尚未启动{line.idle}，"
            f"逾期{line.overdue}，不涉及{line.exempt}，完成率{rate}，报送情况{line.answer.value}"
        )
        short = rate.replace(".0%", "%")
        texts = (text, f"{name}{line.done}/{line.tasks - line.exempt}", f"{name}完成率{short}", f"{name}{rate}")
        rule = "完成率＝已完成数÷（任务数－不涉及数）"
        said = (name, *line.unit.aliases)
        yield Figure(f"unit.{name}", "附件1", texts, line.done, cells=line.cells, units=(line,), rule=rule, names=said)


def item_row(line: ItemLine) -> Figure:
    """An item in the list of all tasks."""
    done = tuple(cell for cell in line.cells if has_status(cell, Status.DONE))
    concerned = [cell for cell in line.cells if not has_status(cell, Status.EXEMPT)]
    no = line.item.no
    text = f"第{no}项：{line.state.value}，{len(done)}/{len(concerned)}个单位完成"
    place = "附件“全部任务进展情况”"
    return Figure(f"item.{no}", place, (text,), len(done), cells=line.cells, items=(line,), names=(no,))
