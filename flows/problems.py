"""What can be wrong, as values: a problem knows where it is, what was found and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in something that a person wrote.

    ``cell`` is an A1 reference or None when the whole sheet or file is meant; ``found`` is the value as it
    stands there, shortened by nobody; ``message`` says what is wrong, ``cure`` what to write instead.
    Both are Chinese sentences without a final full stop.
    """

    message: str
    cure: str = ""
    cell: str | None = None
    sheet: str | None = None
    file: str | None = None
    field: str | None = None
    found: str | None = None

    @property
    def sentence(self) -> str:
        """The whole problem in one sentence, as a clerk or a unit reads it."""
        return f"{self.cell}：{self.advice}" if self.cell else self.advice

    @property
    def advice(self) -> str:
        """What is wrong and what to write instead, where the cell is told beside it."""
        cure = f"，{self.cure}" if self.cure else ""
        return f"{self.message}{cure}。"


class UserError(Exception):
    """Wrong use or bad input that ends a command: one Chinese sentence and what to do next.

    The command line prints it and exits with 2; it never carries a traceback to a clerk. Nothing may be half-written
    when it is raised.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def sentence(self) -> str:
        """Message and hint as one line."""
        return f"{self.message}。{self.hint}。" if self.hint else f"{self.message}。"


class PassingError(UserError):
    """A UserError that may pass by itself: a server that is busy or does not answer. Steps are tried again on it."""
