"""What an office does in a month and in a year, step by step: commands, and what the world does between them."""

from __future__ import annotations

from tests.faults.deeds import (
    first_answers,
    first_filings,
    last_answers,
    last_filings,
    month_in_folder,
    october_answers,
    october_last,
    plan_changes,
    rulings,
    year_in_folder,
)
from tests.faults.machine import CHECK
from tests.faults.world import APRIL, MARCH, NEXT, OTHER_MARCH, SLUG, YEAR, Chain, Step

READ = Step(("import", "{home}/要点.txt", "--as", SLUG, "--roster", "{home}/给定名录.xlsx"))
OTHERS_TURN = Step(OTHER_MARCH)
BOX = ("--from", "{home}/收")
SIGNED = ("--signed", "2026-11-20")


def month_chain(name: str = "month") -> Chain:
    """A month by mail to its bulletin: letters, answers, a correction."""
    steps = (
        READ,
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH), first_answers),
        Step(("remind", *MARCH)),
        Step(("collect", *MARCH), last_answers),
        Step(("report", *MARCH, *SIGNED)),
        OTHERS_TURN,
    )
    return Chain(name, steps)


def rulings_chain() -> Chain:
    """A month by mail, with rulings, notices and the next month."""
    steps = (
        READ,
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH), first_answers),
        Step(("report", *MARCH, *SIGNED)),
        Step(("review", *MARCH), rulings),
        Step(("report", *MARCH, *SIGNED)),
        Step(("supervise", *MARCH)),
        Step(("distribute", *APRIL)),
        OTHERS_TURN,
    )
    return Chain("rulings", steps)


def folder_chain() -> Chain:
    """A year in folders: a plan, its revision, a month, scores, 回头看."""
    steps = (
        READ,
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH, *BOX), month_in_folder),
        Step(READ.arguments, plan_changes),
        Step(("report", *MARCH, *SIGNED)),
        Step(("assess", SLUG, "--year", "2026")),
        Step(("import", "{home}/新要点.txt", "--as", NEXT)),
        Step(("lookback", SLUG, "--into", NEXT, "--due", "2027-03-31")),
        OTHERS_TURN,
    )
    return Chain("folder", steps, mail=False)


def annual_folder_chain() -> Chain:
    """The annual round and the report in folders, after a revision of the plan."""
    steps = (
        READ,
        Step(("distribute", *MARCH)),
        Step(("collect", *MARCH, *BOX), month_in_folder),
        Step(READ.arguments, plan_changes),
        Step(("distribute", *YEAR)),
        Step(("collect", *YEAR, *BOX), year_in_folder),
        Step(("annual", *YEAR)),
        OTHERS_TURN,
    )
    return Chain("annual in folders", steps, mail=False)


def annual_chain() -> Chain:
    """The annual round by mail: workbooks, a filing with a fault, reminders when the day is near, the correction."""
    steps = (
        READ,
        Step(("distribute", *YEAR), at="2027-01-05T10:00"),
        Step(("collect", *YEAR), first_filings, at="2027-01-12T10:00"),
        Step(("remind", *YEAR), at="2027-01-28T10:00"),
        Step(("collect", *YEAR), last_filings, at="2027-01-30T10:00"),
        Step(("remind", *YEAR), at="2027-03-20T10:00"),
        Step(("annual", *YEAR), at="2027-03-25T10:00"),
        Step(OTHER_MARCH, at="2027-03-26T10:00"),
    )
    return Chain("annual by mail", steps)


def served_chain() -> Chain:
    """A month that runs by schedule, with a person's leave; only where the clock can be moved."""
    look, place = (CHECK,), (SLUG, "--period", "2026-10")
    steps = (
        Step(READ.arguments, at="2026-10-05T10:00"),
        Step(look, at="2026-10-08T09:05"),
        Step(("approve", *place), at="2026-10-08T11:00"),
        Step(look, at="2026-10-08T12:00"),
        Step(look, october_answers, at="2026-10-20T10:00"),
        Step(look, at="2026-10-21T09:05"),
        Step(look, october_last, at="2026-10-30T09:05"),
        Step(look, at="2026-11-09T09:05"),
        Step(look, at="2026-11-09T12:00"),
        Step(OTHER_MARCH, at="2026-11-10T10:00"),
    )
    return Chain("served", steps, place, schedule=True)


CHAINS = (month_chain, rulings_chain, folder_chain, annual_folder_chain, annual_chain)
"""Those that need neither a movable clock nor a server."""
