"""核定 told again with PostgreSQL behind it: rulings of old months, times and numbers are compared in the database."""

from __future__ import annotations

import pytest

from tests.test_review import (  # noqa: F401 - the tests, and the fixture they stand on
    office,
    test_a_later_periods_report_counts_again,
    test_a_report_after_the_ruling_is_told_and_the_ruling_stands,
    test_a_ruling_follows_its_task_when_the_plan_is_numbered_anew,
    test_an_extension_moves_light_and_ledger,
    test_rulings_survive_every_later_run,
    test_taken_in_twice_nothing_changes,
)

pytestmark = pytest.mark.usefixtures("homes_on_the_server")
