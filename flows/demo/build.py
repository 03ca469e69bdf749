"""Make the committed sample again from its data: ``python -m flows.demo.build`` in a checkout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from flows.demo.content import PLAN_FILE, ROSTER_FILE, sample_plan, sample_units
from flows.demo.rosters import empty_roster, sample_roster
from flows.demo.word import plan_document
from flows.files import write_file


def build(ledgers: Path) -> tuple[Path, ...]:
    """Write 示例/工作要点.docx, 示例/单位名录.xlsx and the empty 单位名录.xlsx below ``ledgers``; the paths written.

    The same data gives the same bytes, with one python-docx and one XlsxWriter version.
    """
    made = {
        ledgers / "示例" / PLAN_FILE: plan_document(sample_plan()),
        ledgers / "示例" / ROSTER_FILE: sample_roster(sample_units()),
        ledgers / ROSTER_FILE: empty_roster(),
    }
    for path, data in made.items():
        write_file(path, data)
    return tuple(made)


def main(arguments: Sequence[str]) -> None:
    """Write below the named folder, or below ledgers/ of this checkout."""
    build(Path(arguments[0]) if arguments else Path(__file__).parents[2] / "ledgers")


if __name__ == "__main__":
    main(sys.argv[1:])
