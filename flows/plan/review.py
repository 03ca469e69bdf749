"""任务分解表.xlsx, the review workbook: written by import, then the office's own table."""

from __future__ import annotations

from flows.plan.review_reader import read_review, read_reviewed
from flows.plan.review_shares import Assignments
from flows.plan.review_state import Backdrop, Change, Decided, Remembered, Renumbering, Reviewed
from flows.plan.review_writer import write_review

__all__ = [
    "Assignments",
    "Backdrop",
    "Change",
    "Decided",
    "Remembered",
    "Renumbering",
    "Reviewed",
    "read_review",
    "read_reviewed",
    "write_review",
]
