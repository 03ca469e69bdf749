"""What the commands tell a clerk: short, and always with the next thing to do."""

from __future__ import annotations

from flows.messages.office import say_report, say_review, say_status, say_supervise, say_trace
from flows.messages.plan import say_import, say_plan
from flows.messages.round import say_collect, say_distribute, say_dry_run, say_remind

__all__ = [
    "say_collect",
    "say_distribute",
    "say_dry_run",
    "say_import",
    "say_plan",
    "say_remind",
    "say_report",
    "say_review",
    "say_status",
    "say_supervise",
    "say_trace",
]
