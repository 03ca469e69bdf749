"""What a person writes about one requirement: the phrases of phrases.toml, filled for one unit and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flows.demo.content import Theme, tails, themes
from flows.demo.people import between, pick, workday, workdays_before
from flows.periods import Period


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes about what and when; the same voice always says the same."""

    unit: str
    no: str
    requirement: str
    period: Period
    today: date
    """The day on which the sheet is filled in."""

    @property
    def theme(self) -> Theme:
        """The first theme with a word of the requirement; the last one fits everything."""
        return next(t for t in themes() if not t.words or any(word in self.requirement for word in t.words))

    def finished(self, day: date) -> str:
        """The sentence for a task finished on ``day``."""
        return self._say(self._options("done"), "done", day)

    def moving(self, share: float, before: str) -> str:
        """The sentence for a task of which ``share`` (0 to 1) is behind; it says something new beside ``before``."""
        stages = self._options("stages")
        said = self._say((stages[min(len(stages) - 1, int(share * len(stages)))],), "stage")
        if not before.startswith(said):
            return said
        return said + self._say((tails()[between(0, len(tails()) - 1, self.unit, self.no, self.period)],), "tail")

    def ongoing(self) -> str:
        """The sentence for a task without an end; another one each month, with higher counts."""
        options = self._options("ongoing")
        turn = (between(0, 11, self.unit, self.no) + self.period.month) % len(options)
        return self._say((options[turn],), "ongoing")

    def fill(self, text: str) -> str:
        """A single phrase with its blanks filled."""
        return self._say((text,), "phrase") if text else ""

    def _options(self, field: str) -> tuple[str, ...]:
        options: tuple[str, ...] = getattr(self.theme, field) or getattr(themes()[-1], field)
        return options

    def _say(self, options: tuple[str, ...], kind: str, day: date | None = None) -> str:
        key = (self.unit, self.no)
        event = day or workdays_before(self.today, 12)[between(0, 9, *key, self.period, "day")]
        promise = workday(self.today + timedelta(days=between(8, 32, *key, self.period, "by")))
        return pick(options, *key, kind).format(
            n=between(9, 20, *key, "n") + self.period.month * between(2, 5, *key, "growth"),
            m=between(2, 8, *key, "m"),
            p=min(96, 52 + self.period.month * between(3, 6, *key, "p")),
            day=f"{event.month}月{event.day}日",
            month=f"{self.period.month}月",
            by=f"{promise.month}月{promise.day}日前",
        )
