"""What the commands tell a clerk: short, and always with the next thing to do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_PLACES = {
    **dict.fromkeys(("say_report", "say_review", "say_status", "say_supervise", "say_trace"), "office"),
    **dict.fromkeys(("say_import", "say_plan"), "plan"),
    **dict.fromkeys(("say_collect", "say_distribute", "say_dry_run", "say_remind"), "round"),
}


def __getattr__(name: str) -> Any:
    """Load the words of one command when it is run: the others' cost half of what `show` takes to start."""
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"flows.messages.{_PLACES[name]}"), name)
