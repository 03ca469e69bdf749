"""The papers keep up with the program: every command, every section of the settings, one version."""

from __future__ import annotations

import re
import tomllib

import pytest
import typer

from flows import __version__
from flows.cli import app
from flows.commands.menu import MAIN
from flows.config import Config
from tests.needs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def commands() -> list[str]:
    """Every command as it is typed, those of a group with its name before."""
    found = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {each}" for each in inner] if inner else [name]
    return found


def sections() -> list[str]:
    """Every section of config.toml, those inside another with its name before."""
    written = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    assert set(written) == set(Config.model_fields)
    below = [
        f"{name}.{key}" for name, body in written.items() for key, value in body.items() if isinstance(value, dict)
    ]
    return [*written, *below]


@pytest.mark.parametrize("command", commands())
def test_the_readme_names_every_command(command: str) -> None:
    assert re.search(rf"taizhang (--[a-z-]+ )*{command}\b|`{command}\b", README), f"README.md says nothing of {command}"


@pytest.mark.parametrize("section", sections())
def test_the_readme_names_every_section_of_the_settings(section: str) -> None:
    assert f"[{section}]" in README, f"README.md says nothing of [{section}]"


def test_the_commands_that_set_it_up_stand_there_as_they_are_typed() -> None:
    for line in (
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/taizhang demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
        r"py -m venv .venv && .venv\Scripts\pip install -e . && .venv\Scripts\taizhang demo",
    ):
        assert f"```\n{line}\n" in README or f"\n{line}\n```" in README


def test_the_numbers_of_the_menu_in_the_readme_are_those_of_the_menu() -> None:
    told = re.findall(r"`(\d+)` ?([下收看催生读寄检][^，（|` ]+)", README)
    assert len(told) > 6
    for number, words in told:
        assert words[:2] in MAIN[int(number) - 1].label, f"{number} {words}"


def test_the_version_is_told_once_and_the_changes_begin_with_it() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "flows/__init__.py"
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == __version__


def test_links_inside_the_readme_lead_to_a_heading() -> None:
    heads = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
