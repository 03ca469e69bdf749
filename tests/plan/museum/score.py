"""`python -m tests.plan.museum.score [NAME …]`: how well the museum is read; with names, every fault of those."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.plan.museum.builders import PIECES, Piece, build
from tests.plan.museum.compare import Verdict, judge, load, refusal
from tests.plan.museum.pieces import pieces


def verdict(name: str, piece: Piece, folder: Path, expected: Path = PIECES) -> Verdict:
    """Make the piece, read it, compare it."""
    wanted = load(expected / f"{name}.json")
    path = build(name, piece, folder)
    try:
        return judge(name, wanted, read_plan(path))
    except UserError as refused:
        return refusal(name, wanted, refused.sentence)
    except Exception:
        return refusal(name, wanted, f"程序出错：{traceback.format_exc(limit=-2)}")


def summary(verdicts: Sequence[Verdict]) -> str:
    """The figures, one piece a line and the sum below."""
    lines = [f"{'piece':26} {'items':>9} {'fields':>11} {'silent':>6} {'extra':>5} {'noise':>5} {'plan?':>5}"]
    for one in verdicts:
        right = one.fields - len(one.wrong)
        reason = one.refused.strip().rpartition("\n")[2]
        lines.append(
            f"{one.name:26} {one.found:>4}/{one.items:<4} {right:>5}/{one.fields:<5} {len(one.silent):>6} "
            f"{len(one.extra):>5} {len(one.noise):>5} {len(one.plan_doubts):>5} {reason[:60]}"
        )
    items, found = sum(one.items for one in verdicts), sum(one.found for one in verdicts)
    fields = sum(one.fields for one in verdicts)
    right = fields - sum(len(one.wrong) for one in verdicts)
    lines.append(
        f"items found {found}/{items} = {found / max(items, 1):.1%}; fields right {right}/{fields} = "
        f"{right / max(fields, 1):.1%}; wrong without a doubt {sum(len(one.silent) for one in verdicts)}; "
        f"items too many {sum(len(one.extra) for one in verdicts)}; doubts on right items "
        f"{sum(len(one.noise) for one in verdicts)}; "
        f"perfect pieces {sum(one.perfect for one in verdicts)}/{len(verdicts)}"
    )
    return "\n".join(lines)


def faults(one: Verdict) -> str:
    """Everything that is wrong with a piece, one fault a line."""
    lines = [f"== {one.name} {one.refused}"]
    lines.extend(f"   {fault}" for fault in (*one.wrong, *one.plan_wrong, *one.missing, *one.extra, *one.unasked))
    lines.extend(f"   noise {doubt}" for doubt in one.noise)
    lines.extend(f"   plan doubt {doubt}" for doubt in one.plan_doubts)
    return "\n".join(lines)


def run(names: Iterable[str], everything: Mapping[str, Piece], expected: Path = PIECES) -> list[Verdict]:
    """Verdicts on the named pieces, on all when none is named."""
    chosen = [name for name in everything if not names or any(word in name for word in names)]
    with tempfile.TemporaryDirectory() as folder:
        return [verdict(name, everything[name], Path(folder), expected) for name in chosen]


if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    results = run(wanted, pieces())
    if wanted or "--faults" in sys.argv:
        sys.stdout.write("\n".join(faults(one) for one in results if wanted or not one.perfect or one.noise) + "\n")
    sys.stdout.write(summary(results) + "\n")
