"""Deadlines as plans print them, by grammar: 10月底前, 上半年, 2021年9月前完成…；长期工作, 每季度一次.

The rules stand in plan-schema.md: “N月前” includes month N, 上旬 ends on the 10th, 全年 is ongoing until 31 December,
a count per quarter or year is periodic only where no date stands beside it. Cells of a 时限 column are read in
deadline_cell.py, requirements in deadline_in_text.py; the dates themselves in deadline_dates.py, plans for two years
in deadline_span.py, what comes again in deadline_rhythm.py, “印发后N日内” in deadline_relative.py.
"""

from flows.plan.deadline_cell import read_deadline
from flows.plan.deadline_common import ReadDeadline, month_rule
from flows.plan.deadline_in_text import find_deadline, find_rhythm, mentions, names_relative_day
from flows.plan.deadline_span import plan_years

__all__ = [
    "ReadDeadline",
    "find_deadline",
    "find_rhythm",
    "mentions",
    "month_rule",
    "names_relative_day",
    "plan_years",
    "read_deadline",
]
