"""A folder of wheels for an office without a network: everything the program needs on the office's system.

pip decides by the machine it runs on which packages a system needs (pip's documentation of ``--platform`` says so), so
that a folder made on Linux for Windows lacks what only Windows needs. What is missing is found here, from the metadata
of the wheels that are there, and fetched until nothing is missing.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from flows.commands.launcher import INSTALL_BATCH, install_batch
from flows.files import write_file
from flows.problems import UserError

ROOT = "taizhang"
FOLDER = "wheels"
_ROUNDS = 20
"""Rounds of fetching what the fetched needs; dependencies that deep are a fault."""


@dataclass(frozen=True, slots=True)
class System:
    """A system that wheels are for: pip's platforms, best first, and what markers ask about it."""

    platforms: tuple[str, ...]
    markers: dict[str, str]

    def takes(self, platform: str) -> bool:
        """Whether a wheel's platform tag fits."""
        return platform == "any" or platform in self.platforms


def _glibc(machine: str) -> tuple[str, ...]:
    return tuple(f"manylinux_2_{n}_{machine}" for n in range(28, 4, -1)) + tuple(
        f"{name}_{machine}" for name in ("manylinux2014", "manylinux2010", "manylinux1")
    )


def _linux(machine: str) -> System:
    return System(
        _glibc(machine),
        {"os_name": "posix", "platform_machine": machine, "platform_system": "Linux", "sys_platform": "linux"},
    )


SYSTEMS = {
    "windows": System(
        ("win_amd64",),
        {"os_name": "nt", "platform_machine": "AMD64", "platform_system": "Windows", "sys_platform": "win32"},
    ),
    "linux": _linux("x86_64"),
    "linux-arm": _linux("aarch64"),
}
"""By the names of `taizhang wheels --system`. Linux: glibc 2.28 or newer, as the domestic desktops have it."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file: what it is, and what it says it needs."""

    path: Path
    name: str
    version: Version
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What the folder is for: a system and a version of Python, written 3.12."""

    system: System
    python: str

    def environments(self, extra: str) -> Iterator[dict[str, str]]:
        """What markers are asked with: the first and the last patch version, since nobody knows the office's."""
        for patch in ("0", "99"):
            full = f"{self.python}.{patch}"
            yield {
                **self.system.markers,
                "implementation_name": "cpython",
                "implementation_version": full,
                "platform_python_implementation": "CPython",
                "platform_release": "",
                "platform_version": "",
                "python_full_version": full,
                "python_version": self.python,
                "extra": extra,
            }

    def wants(self, need: Requirement, extras: frozenset[str]) -> bool:
        """Whether a requirement counts here."""
        if need.marker is None:
            return True
        asked = (each for extra in (extras or {""}) for each in self.environments(extra))
        return any(need.marker.evaluate(each) for each in asked)

    def takes(self, name: str) -> bool:
        """Whether a wheel of this file name runs here."""
        minor = int(self.python.partition(".")[2])
        for tag in parse_wheel_filename(name)[3]:
            own = tag.interpreter in (f"cp3{minor}", "py3", f"py3{minor}")
            stable = tag.abi == "abi3" and tag.interpreter.startswith("cp3") and int(tag.interpreter[3:] or 0) <= minor
            if (own or stable) and self.system.takes(tag.platform):
                return True
        return False


def gather(folder: Path, target: Target, source: Path) -> list[str]:
    """Fill ``folder``/wheels for ``target`` and put the installer beside it; what could not be had is given, sorted.

    ``source``: the program's own source folder or wheel. Run again, it fetches only what is missing. UserError when
    pip cannot make or fetch anything.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    own = _own_wheel(place, source)
    missing = lacking(place, target)
    if missing:
        with contextlib.suppress(UserError):
            # What only this machine needs may not be there for the target; then the rounds find all by themselves.
            _pip("download", *_options(place, target), str(own))
        missing = lacking(place, target)
    for _round in range(_ROUNDS):
        if not missing:
            break
        # Without what they need in turn: that is judged by the target's markers in the next round.
        _pip("download", "--no-deps", *_options(place, target), *missing)
        before, missing = missing, lacking(place, target)
        if missing == before:
            break
    write_file(folder / INSTALL_BATCH, install_batch((target.python,)).encode("utf-8"))
    return missing


def lacking(place: Path, target: Target) -> list[str]:
    """Requirements that no wheel in ``place`` meets, for the program and all it needs; sorted, [] when it is whole."""
    there = _wheels(place, target)
    ranges: dict[str, SpecifierSet] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo: list[Requirement] = [Requirement(ROOT)]
    while todo:
        need = todo.pop()
        name, extras = canonicalize_name(need.name), frozenset(need.extras)
        ranges[name] = ranges.get(name, SpecifierSet()) & need.specifier
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for wheel in [each for each in there.get(name, ()) if ranges[name].contains(each.version, True)][:1]:
            todo += [inner for inner in map(_requirement, wheel.needs) if inner and target.wants(inner, extras)]
    return sorted(
        f"{name}{allowed}"
        for name, allowed in ranges.items()
        if not any(allowed.contains(wheel.version, prereleases=True) for wheel in there.get(name, ()))
    )


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _wheels(place: Path, target: Target) -> dict[str, list[Wheel]]:
    """Those that run on the target, by name, newest first."""
    found: dict[str, list[Wheel]] = {}
    for path in sorted(place.glob("*.whl")):
        try:
            name, version, _build, _tags = parse_wheel_filename(path.name)
            if target.takes(path.name):
                found.setdefault(name, []).append(Wheel(path, name, version, _needs(path)))
        except (InvalidWheelFilename, BadZipFile, StopIteration):
            continue  # a download that broke off: it counts as missing
    for wheels in found.values():
        wheels.sort(key=lambda wheel: wheel.version, reverse=True)
    return found


def _needs(path: Path) -> tuple[str, ...]:
    with ZipFile(path) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return tuple(HeaderParser().parsestr(wheel.read(name).decode("utf-8")).get_all("Requires-Dist") or ())


def _own_wheel(place: Path, source: Path) -> Path:
    for old in place.glob(f"{ROOT}-*.whl"):
        old.unlink()
    if source.is_file():
        data = source.read_bytes()
        write_file(place / source.name, data)
    else:
        _pip("wheel", "--no-deps", "--wheel-dir", str(place), str(source))
    made = next(place.glob(f"{ROOT}-*.whl"), None)
    if made is None:
        raise UserError(f"“{source.name}”不是台账程序", "请用 --from 指明程序的源码文件夹或 taizhang-….whl")
    return made


def _options(place: Path, target: Target) -> list[str]:
    platforms = [word for platform in target.system.platforms for word in ("--platform", platform)]
    return [
        *("--dest", str(place), "--find-links", str(place), "--only-binary=:all:"),
        *("--python-version", target.python, "--implementation", "cp", *platforms),
    ]


def _pip(*arguments: str) -> None:
    """pip of this Python; UserError with its own last word when it fails."""
    command: Sequence[str] = [sys.executable, "-m", "pip", arguments[0], "--quiet", *arguments[1:]]
    run = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if run.returncode == 0:
        return
    said = [line for line in run.stderr.splitlines() if line.startswith("ERROR:") or "No module named" in line]
    reason = f"（{said[-1].removeprefix('ERROR:').strip()[:200]}）" if said else ""
    raise UserError(f"安装包没有下载成{reason}", "请确认本机能上网、能用 pip，再运行一次，已下载的不会重下")
