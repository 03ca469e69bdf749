"""The built wheel: it holds all that a new home needs, and works where there is no source folder."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from flows import __version__
from flows.commands.launcher import INSTALL_FOLDER
from tests.needs import ROOT

GUARD = """
import sys
def _watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith({root!r}):
        if not arguments[0].startswith(({libraries!r}, {prefix!r})):
            raise RuntimeError("reads the source folder: " + arguments[0])
sys.addaudithook(_watch)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by pip; without a network where hatchling is installed."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("needs pip")
    folder = tmp_path_factory.mktemp("wheel")
    offline = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *offline, "-w", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if built.returncode and not offline and not os.environ.get("CI"):
        pytest.skip("needs hatchling, or a network to fetch it")
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment of its own, with the libraries of this one; to open the source folder is an error."""
    place = tmp_path_factory.mktemp("venv") / "程序"
    venv.create(place, with_pip=False, symlinks=sys.platform != "win32")
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    target = Path(sysconfig.get_path("purelib", "venv", {"base": str(place), "platbase": str(place)}))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel],
        check=True,
        capture_output=True,
    )
    libraries = sysconfig.get_path("purelib")
    (target / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    (target / "sitecustomize.py").write_text(
        GUARD.format(root=str(ROOT), libraries=libraries, prefix=sys.prefix), encoding="utf-8"
    )
    return python


def run(python: Path, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Without LibreOffice: the PDFs are not what is looked at here, and take half a minute.
    surroundings = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PATH": str(python.parent)}
    program = python.with_name("taizhang.exe" if sys.platform == "win32" else "taizhang")
    return subprocess.run(
        [program, *map(str, arguments)],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_wheel_holds_what_a_new_home_gets_and_no_tests(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for folder in ("templates", "ledgers/示例"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not path.name.startswith((".", "~")):
                assert f"flows/_defaults/{path.relative_to(ROOT).as_posix()}" in names
    assert {"flows/_defaults/config.toml", "flows/_defaults/ledgers/单位名录.xlsx"} <= names
    assert {name.split("/")[0] for name in names} == {"flows", f"taizhang-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("flows/_defaults/ledgers/要点")]


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "flows").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - names == set()


def test_an_office_starts_from_the_wheel_in_any_folder(installed: Path, tmp_path: Path) -> None:
    told = run(installed, "--version", cwd=tmp_path)
    assert told.stdout.strip() == f"taizhang {__version__}"
    made = run(installed, "init", "政务公开办", "--json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    home = Path(json.loads(made.stdout)["home"])
    assert home == tmp_path / "政务公开办"
    for folder in ("templates", "ledgers/示例"):
        wanted = {
            path.relative_to(ROOT)
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.name[0] not in ".~" and path.parent.name != INSTALL_FOLDER
        }
        assert {path.relative_to(home) for path in (home / folder).rglob("*") if path.is_file()} >= wanted
    assert (home / "台账.bat").is_file()
    assert not (home / "templates" / INSTALL_FOLDER).exists()
    sample = next((home / "ledgers" / "示例").glob("*.docx"))
    roster = home / "ledgers" / "示例" / "单位名录.xlsx"
    read = run(installed, "--home", home, "import", sample, "--as", "要点", "--roster", roster, "--json", cwd=tmp_path)
    assert read.returncode in (0, 1), read.stderr
    assert json.loads(read.stdout)["items"] > 20


def test_the_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, "--without-prefect", "demo", "看看", "--json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for period in json.loads(shown.stdout)["periods"]:
        assert Path(period["bulletin"]).is_file()
        assert tmp_path in Path(period["bulletin"]).parents
