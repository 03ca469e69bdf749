"""The architecture holds: domain packages know no Prefect, imports run one way, no circles, one concern a module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "flows"
FLOWS = {
    *("distribute", "collect", "remind", "report", "supervise", "lookback", "assess", "yearly", "serve"),
    *("annual_distribute", "annual_collect", "annual_remind", "sending", "taking_in"),
}
"""Modules that hold Prefect flows, one verb a file, and the step that they share."""
MAY_KNOW_PREFECT = {
    *("flows.engine", "flows.engine_server", "flows.embedded_host", "flows.embedded_routes", "flows.serve_host"),
    *("flows.pool", "flows.cluster.on_prefect"),
}
"""The engine's client and its two servers, each a process of its own, and how runs are shared out."""
ALLOWED_TOP = {
    "flows",
    "templates",
    "ledgers",
    "config.toml",
    "pyproject.toml",
    "tests",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "constraints.txt",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}


def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, at any depth of the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


GRAPH = {
    name: {other for other in imports(path) if other in MODULES and other != name} for name, path in MODULES.items()
}


def reachable(start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for other in GRAPH[todo.pop()] - seen:
            seen.add(other)
            todo.append(other)
    return seen


def test_only_the_engine_imports_prefect_and_only_flows_reach_it() -> None:
    named = {name for name, path in MODULES.items() if any(m.split(".")[0] == "prefect" for m in imports(path))}
    assert named == MAY_KNOW_PREFECT
    assert not any("flows.embedded_host" in found for found in GRAPH.values()), "it is run, and imported by nobody"
    for name in MODULES:
        top = name.removeprefix("flows.").split(".")[0]
        # The command line and the demo run flows; they load them when a command is given, not before.
        if top not in FLOWS | {"engine", "serve_host", "pool", "cli", "commands", "demo"}:
            assert "flows.engine" not in reachable(name), f"{name} reaches Prefect"


def test_no_module_imports_itself_by_a_detour() -> None:
    circles = [name for name in MODULES if name != "flows" and name in reachable(name)]
    assert circles == []


@pytest.mark.parametrize("package", ["plan", "ledger", "post", "documents", "annual", "assessment", "carry", "sharing"])
def test_domain_packages_do_not_know_the_desk_the_store_or_the_command_line(package: str) -> None:
    forbidden = {"flows.desk", "flows.store", "flows.storage.history", "flows.cli", "flows.messages", "flows.engine"}
    for name in MODULES:
        if name == f"flows.{package}" or name.startswith(f"flows.{package}."):
            assert not reachable(name) & forbidden, f"{name} reaches {reachable(name) & forbidden}"


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {name: n for name, path in MODULES.items() if (n := path.read_text(encoding="utf-8").count("\n")) > 400}
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [n for n, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_the_top_level_holds_what_the_design_names_and_nothing_else() -> None:
    import subprocess

    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout.splitlines()
    if not listed:
        pytest.skip("not a git checkout")
    tops = {line.strip('"').split("/")[0] for line in listed}
    assert {top for top in tops if not top.startswith(".")} <= ALLOWED_TOP
