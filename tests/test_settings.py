"""config.toml, periods and the home: wrong input is told in one Chinese sentence, and nothing is half-made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.config import Config, read_config
from flows.files import safe_name, write_file
from flows.periods import Period, spoken
from flows.problems import UserError
from flows.workspace import Home, create_home, defaults, find_home


def config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert config(tmp_path, "") == Config()


def test_the_packaged_settings_are_valid_and_hold_no_secret(tmp_path: Path) -> None:
    path = defaults() / "config.toml"
    settings = read_config(path)
    assert settings.mail.transport == "folder"
    assert "password =" not in path.read_text(encoding="utf-8")


def test_every_setting_that_exists_stands_in_the_packaged_file() -> None:
    import tomllib

    written = tomllib.loads((defaults() / "config.toml").read_text(encoding="utf-8"))
    for name, section in Config().model_dump(by_alias=True).items():
        assert set(section) == set(written[name]), name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[ofice]\nname = "甲"', "ofice 不是可用的设置名"),
        ('[office]\nnmae = "甲"', "[office] 的 nmae 不是可用的设置名"),
        ("[office]\nname = 3", "[office] 的 name 应写成带引号的文字，现为 3"),
        ('[round]\nreply_day = "25"', "[round] 的 reply_day 应写成整数"),
        ('[office]\nname = ""', "[office] 的 name 不能空着"),
        ('[office]\nname = "  "', "[office] 的 name 不能空着"),
        ("[round]\nreply_day = 32", "[round] 的 reply_day 超出范围，不能大于 31，现为 32"),
        ('[mail]\ntransport = "pigeon"', "只能写 'folder' 或 'smtp'"),
        ('[groups]\nlocalities = "区县"', "[groups] 的 localities 应写成列表"),
        ("[office\nname = 1", "第 1 行"),
        ('office = "甲"', "office 应是一个小节"),
        ("[round]\nreply_day = 2026-10-01", "应写成整数，不带引号，现为 2026-10-01。"),
        ("[round]\nreply_day = true", "现为 true。"),
        ('[office]\ncopies = ["市委办公室", 1]', "[office] 的 copies 第 2 个 应写成带引号的文字，现为 1"),
        ("[[office]]\npdf = true", "现为 [{pdf = true}]"),
        ("[mail]\npause_seconds = 99999", "不能大于 3600，"),
        ('[office]\nphone = ""\nphone = ""\n', "这一项已经写过一次"),
        ("[office]\n[office]\n", "这一项已经写过一次"),
        ('[store]\nurl = "sqlite:///我的/台账.db"', "应留空（用 ledgers/台账.db）"),
        ('[store]\nurl = "sqlite://"', "应留空（用 ledgers/台账.db）"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        config(tmp_path, text)
    assert said in refused.value.sentence
    assert "Traceback" not in refused.value.sentence


def test_an_office_may_name_its_own_groups(tmp_path: Path) -> None:
    named = config(tmp_path, '[groups.named]\n"各有关部门" = ["市教育局", "党委部门"]').groups.named
    assert named == {"各有关部门": ("市教育局", "党委部门")}


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('[office]\nname = "办公室"'.encode("gbk"))
    with pytest.raises(UserError, match="UTF-8"):
        read_config(path)


@pytest.mark.parametrize("text", ["2026-10", "2026-10 ", "202610", "2026年10月", "2026.10", "2026/10"])
def test_a_period_is_a_month(text: str) -> None:
    assert Period.parse(text) == Period(2026, 10)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-0", "10月", "十月", "2026-10-05"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(UserError, match="的年月"):
        Period.parse(text)


def test_months_follow_each_other_over_the_year_and_days_stay_in_them() -> None:
    assert Period(2026, 1).previous == Period(2025, 12)
    assert Period(2026, 12).next == Period(2027, 1)
    assert Period(2026, 2).day(31) == date(2026, 2, 28)
    assert spoken(date(2026, 3, 5)) == "2026年3月5日"


def test_a_new_home_has_settings_templates_an_empty_roster_and_the_sample(tmp_path: Path) -> None:
    home = create_home(tmp_path / "办公室")
    assert home.config() == read_config(defaults() / "config.toml")
    assert (home.templates / "通报.docx").is_file()
    assert (home.templates / "letters" / "下发.txt").is_file()
    assert home.roster.is_file()
    assert list((home.ledgers / "示例").glob("*.docx"))
    assert home.inbox.is_dir()


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "别的.txt").write_text("别动", encoding="utf-8")
    with pytest.raises(UserError, match="不是空目录"):
        create_home(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["别的.txt"]


def test_a_second_init_does_not_overwrite(tmp_path: Path) -> None:
    create_home(tmp_path / "家")
    with pytest.raises(UserError, match="已经是工作目录"):
        create_home(tmp_path / "家")


def test_the_nearest_home_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = create_home(tmp_path / "家")
    monkeypatch.chdir(home.ledgers)
    assert find_home(None).root == home.root


def test_a_folder_without_settings_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="不是工作目录") as refused:
        find_home(tmp_path)
    assert "taizhang init" in refused.value.sentence


def test_a_home_whose_settings_are_gone_is_not_sent_to_init_which_would_refuse_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = create_home(tmp_path / "家")
    home.config_file.unlink()
    monkeypatch.chdir(home.root)
    for given in (home.root, None):
        with pytest.raises(UserError, match="没有") as refused:
            find_home(given)
        assert "只缺设置" in refused.value.hint


@pytest.mark.parametrize(
    "slug",
    ["", " ", "a/b", "a\\b", "..", "con", "a:b", "收件箱", "末尾.", "a?b", "lpt1.txt", "con.2026", "--x", "长" * 61],
)
def test_a_name_that_windows_refuses_is_no_plan(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UserError, match="不能用作文件夹名"):
        Home(tmp_path).plan(slug)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "总台账.xlsx"
    write_file(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda _self, _target: (_ for _ in ()).throw(PermissionError()))
    with pytest.raises(UserError, match="正在被打开"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["总台账.xlsx"]


@pytest.mark.parametrize(
    ("name", "kept"), [("a/b:c?.xlsx", "a_b_c_.xlsx"), ("", "未命名"), ("甲" * 200 + ".xlsx", "甲" * 75 + ".xlsx")]
)
def test_file_names_become_legal_everywhere(name: str, kept: str) -> None:
    assert safe_name(name) == kept
