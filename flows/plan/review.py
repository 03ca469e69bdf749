"""任务分解表.xlsx, the review workbook: written once by import, then the office's own table."""

from __future__ import annotations

from flows.plan.review_reader import read_review
from flows.plan.review_writer import Assignments, write_review

__all__ = ["Assignments", "read_review", "write_review"]
