"""An office without a network: the folder of wheels is whole for its own system, not for the one it was made on."""

from __future__ import annotations

import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from flows.commands.launcher import install_batch
from flows.commands.wheels import SYSTEMS, Target, gather, lacking
from flows.problems import UserError
from tests.office import Office, new_office

WINDOWS = Target(SYSTEMS["windows"], "3.12")
LINUX = Target(SYSTEMS["linux"], "3.12")


def wheel(folder: Path, name: str, *needs: str, version: str = "1.0", tag: str = "py3-none-any") -> Path:
    """A wheel as small as pip takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    facts = f"{name}-{version}.dist-info"
    with ZipFile(path, "w") as made:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        made.writestr(f"{facts}/METADATA", "\n".join([*lines, *(f"Requires-Dist: {need}" for need in needs)]) + "\n")
        made.writestr(f"{facts}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        made.writestr(f"{facts}/RECORD", "")
    return path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that pip can get: wheels in a folder, no network."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


def test_what_only_windows_needs_is_fetched_on_any_system(shop: Path, tmp_path: Path) -> None:
    own = wheel(tmp_path, "taizhang", "engine>=1", "keys")
    wheel(shop, "engine", 'winpart>=2; sys_platform == "win32"', 'linpart; sys_platform == "linux"')
    wheel(shop, "keys")
    wheel(shop, "winpart", 'deeper; platform_system == "Windows"', version="2.1", tag="cp312-cp312-win_amd64")
    wheel(shop, "winpart", version="2.1", tag="cp313-cp313-win_amd64")
    wheel(shop, "deeper")
    wheel(shop, "linpart", tag="cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64")
    assert gather(tmp_path / "安装包", WINDOWS, own) == []
    kept = {path.name for path in (tmp_path / "安装包" / "wheels").iterdir()}
    assert {"winpart-2.1-cp312-cp312-win_amd64.whl", "deeper-1.0-py3-none-any.whl"} <= kept
    assert "winpart-2.1-cp313-cp313-win_amd64.whl" not in kept
    assert (tmp_path / "安装包" / "安装.bat").read_bytes() == install_batch(("3.12",)).encode()


def test_a_second_run_fetches_nothing_and_brings_the_newer_program(shop: Path, tmp_path: Path) -> None:
    wheel(shop, "engine")
    gather(tmp_path / "包", WINDOWS, wheel(tmp_path, "taizhang", "engine"))
    (shop / "engine-1.0-py3-none-any.whl").unlink()
    assert gather(tmp_path / "包", WINDOWS, wheel(tmp_path, "taizhang", "engine", version="1.1")) == []
    own = [path.name for path in (tmp_path / "包" / "wheels").glob("taizhang-*")]
    assert own == ["taizhang-1.1-py3-none-any.whl"]


def test_what_cannot_be_had_is_told_by_its_name(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        gather(tmp_path / "包", WINDOWS, wheel(tmp_path, "taizhang", "nowhere>=3"))
    assert "nowhere" in refused.value.sentence
    assert "上网" in refused.value.sentence


def test_a_wheel_for_another_system_another_python_or_too_old_does_not_count(tmp_path: Path) -> None:
    wheel(tmp_path, "taizhang", "native", "pure>=2", "stable")
    wheel(tmp_path, "native", tag="cp312-cp312-manylinux_2_28_x86_64")
    wheel(tmp_path, "native", tag="cp311-cp311-win_amd64")
    wheel(tmp_path, "pure", version="1.9")
    wheel(tmp_path, "stable", tag="cp39-abi3-win_amd64")
    assert lacking(tmp_path, WINDOWS) == ["native", "pure>=2"]
    assert lacking(tmp_path, LINUX) == ["pure>=2", "stable"]


def test_extras_and_what_a_patch_version_needs_count(tmp_path: Path) -> None:
    wheel(tmp_path, "taizhang", "server[fast]", 'old; python_full_version < "3.12.3"', 'never; python_version < "3.10"')
    wheel(tmp_path, "server", 'loop; extra == "fast"', 'docs; extra == "docs"')
    assert lacking(tmp_path, WINDOWS) == ["loop", "old"]


def test_a_download_that_broke_off_counts_as_missing(tmp_path: Path) -> None:
    wheel(tmp_path, "taizhang", "engine")
    (tmp_path / "engine-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04half")
    assert lacking(tmp_path, WINDOWS) == ["engine"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--python", "3.9"), "请写 3.11 或更新的版本"),
        (("--system", "dos"), "windows、linux、linux-arm"),
        (("--from", "没有.whl"), "找不到“没有.whl”"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    office: Office = new_office(tmp_path)
    answer = office.run("wheels", tmp_path / "包", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "包").exists()


def test_the_command_says_what_to_do_with_the_folder(shop: Path, tmp_path: Path) -> None:
    own = wheel(tmp_path, "taizhang")
    answer = new_office(tmp_path).run("wheels", tmp_path / "包", "--from", own, "--python", "3.12")
    assert answer.code == 0, answer.err
    assert "双击其中的 安装.bat" in answer.out
    assert shop.is_dir()
