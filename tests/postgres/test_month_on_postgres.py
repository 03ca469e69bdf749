"""A month of an office, from the plan to the bulletin, told again with PostgreSQL behind it."""

from __future__ import annotations

import pytest

from tests.test_month import *  # noqa: F403 - the point is to take them all

pytestmark = pytest.mark.usefixtures("homes_on_the_server")
