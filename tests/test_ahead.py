"""What a run needs is got ready while the engine starts: used once, left at the end, and a fault is met by the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.ahead import ahead, entered
from flows.engine import run
from flows.problems import UserError
from flows.report import report
from tests.office import new_office

LOG: list[str] = []


@contextmanager
def desk(home: str, month: str = "") -> Iterator[str]:
    """A desk that tells when it is opened and shut."""
    LOG.append(f"open {home}{month}")
    try:
        if home == "坏":
            raise UserError("表格有误", "请改正")
        yield home
    except RuntimeError:
        LOG.append("saw the fault")
        raise
    finally:
        LOG.append(f"shut {home}{month}")


@pytest.fixture(autouse=True)
def fresh() -> None:
    LOG.clear()


def test_the_run_gets_the_desk_that_stands_ready() -> None:
    with ahead(desk, {"home": "甲", "send": True}):
        LOG.append("the engine is there")
        with entered(desk, "甲") as given:
            assert given == "甲"
        LOG.append("the run has ended")
    assert LOG == ["open 甲", "the engine is there", "shut 甲", "the run has ended"]


def test_a_desk_for_something_else_is_opened_anew() -> None:
    with ahead(desk, {"home": "甲", "month": "3"}), entered(desk, "甲", "4"):
        pass
    assert LOG == ["open 甲3", "open 甲4", "shut 甲4", "shut 甲3"]


def test_a_desk_is_used_once() -> None:
    with ahead(desk, {"home": "甲"}):
        for _ in range(2):
            with entered(desk, "甲"):
                pass
    assert LOG == ["open 甲", "shut 甲"] * 2


def test_a_desk_that_no_run_asked_for_is_shut() -> None:
    """The engine did not start."""
    with pytest.raises(RuntimeError), ahead(desk, {"home": "甲"}):
        raise RuntimeError
    assert LOG == ["open 甲", "shut 甲"]


def test_a_fault_of_the_run_reaches_the_desk() -> None:
    with ahead(desk, {"home": "甲"}), pytest.raises(RuntimeError), entered(desk, "甲"):
        raise RuntimeError
    assert LOG == ["open 甲", "saw the fault", "shut 甲"]


def test_what_goes_wrong_beforehand_is_met_by_the_run() -> None:
    with ahead(desk, {"home": "坏"}):
        LOG.append("the engine is there")
        with pytest.raises(UserError, match="表格有误"), entered(desk, "坏"):
            pass
    assert LOG == ["open 坏", "shut 坏", "the engine is there", "open 坏", "shut 坏"]


def test_a_run_without_anything_to_get_ready_just_runs() -> None:
    with ahead(None, {"home": "甲"}), entered(desk, "甲"):
        pass
    assert LOG == ["open 甲", "shut 甲"]


def test_a_month_that_was_never_issued_is_told_by_a_run_on_the_engine_as_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    office = new_office(tmp_path)
    office.adopt()
    told = []
    for engine in (False, True, True):  # the plan is free again after each
        with pytest.raises(UserError) as fault:
            run(report, engine=engine, home=str(office.home), slug="要点", period="2026-10")
        told.append(fault.value.sentence)
    assert "还没有下发" in told[0]
    assert told == told[:1] * 3
