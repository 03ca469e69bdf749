"""The home: a folder with config.toml, templates/ and ledgers/, and where in it everything lies."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.launcher import INSTALL_FOLDER, lay_launchers
from flows.files import is_legal_name
from flows.periods import Period
from flows.problems import UserError
from flows.years import Year

if TYPE_CHECKING:
    from flows.config import Config

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|示例|收件箱|发件箱|-.*", re.I)
"""Device names that Windows keeps, with any ending; folders of ours; what the command line would take for an option."""
_LONGEST = 60
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below a home; nothing is created by asking for one."""

    root: Path

    @property
    def config_file(self) -> Path:
        """config.toml."""
        return self.root / "config.toml"

    @property
    def templates(self) -> Path:
        """templates/, which the office edits."""
        return self.root / "templates"

    @property
    def ledgers(self) -> Path:
        """ledgers/, the office's data."""
        return self.root / "ledgers"

    @property
    def roster(self) -> Path:
        """The office's roster, used by every plan that has none of its own."""
        return self.ledgers / "单位名录.xlsx"

    @property
    def inbox(self) -> Path:
        """Where the folder transport looks for returned files."""
        return self.ledgers / "收件箱"

    @property
    def database_url(self) -> str:
        """The default store: one SQLite file beside the plans."""
        return f"sqlite:///{(self.ledgers / '台账.db').as_posix()}"

    def config(self) -> Config:
        """The settings, checked."""
        from flows.config import read_config  # a home is found, and the engine begun, before all settings are known

        return read_config(self.config_file)

    def plan(self, slug: str) -> PlanFolder:
        """The folder of a plan; UserError for a name that cannot be a folder on Windows."""
        if not is_legal_name(slug) or _RESERVED.fullmatch(slug) or len(slug) > _LONGEST:
            raise UserError(f"计划代号“{slug}”不能用作文件夹名", "请用 60 个字以内的汉字、字母、数字，如 政务公开2026")
        return PlanFolder(self, slug)

    def no_plan(self, slug: str) -> UserError:
        """That there is no such plan, and which there are: it may be a slip of the pen."""
        folders = self.ledgers.iterdir() if self.ledgers.is_dir() else ()
        there = sorted(each.name for each in folders if PlanFolder(self, each.name).review.is_file())
        known = f"；已有的计划：{'、'.join(there[:_TOLD])}{'等' if len(there) > _TOLD else ''}" if there else ""
        return UserError(f"还没有计划“{slug}”", f"请先运行 taizhang import 计划文件 --as {slug}{known}")

    def template(self, *parts: str) -> Path:
        """A template of the office; UserError when somebody deleted it."""
        path = self.templates.joinpath(*parts)
        if not path.is_file():
            raise UserError(f"缺少模板 {path.relative_to(self.root)}", "可从新建的工作目录（taizhang init）复制一份")
        return path


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """ledgers/<slug>/: the plan and one folder a period."""

    home: Home
    slug: str

    @property
    def root(self) -> Path:
        """The plan's folder."""
        return self.home.ledgers / self.slug

    @property
    def review(self) -> Path:
        """任务分解表.xlsx: the plan as the office has it."""
        return self.root / "任务分解表.xlsx"

    @property
    def roster(self) -> Path:
        """The plan's own roster when it has one, else the office's."""
        own = self.root / "单位名录.xlsx"
        return own if own.is_file() else self.home.roster

    def period(self, period: Period) -> PeriodFolder:
        """The folder of a period; that of a year's round is called 2026年报."""
        return PeriodFolder(self, self.root / (f"{period}年报" if isinstance(period, Year) else str(period)))


@dataclass(frozen=True, slots=True)
class PeriodFolder:
    """ledgers/<slug>/<period>/: what went out, what came in, what was made."""

    plan: PlanFolder
    root: Path

    @property
    def issued(self) -> Path:
        """下发: the units' workbooks."""
        return self.root / "下发"

    @property
    def outbox(self) -> Path:
        """发件箱: every letter as .eml."""
        return self.root / "发件箱"

    @property
    def archive(self) -> Path:
        """回收: what came in, byte for byte."""
        return self.root / "回收"

    @property
    def corrections(self) -> Path:
        """退回: workbooks with marked cells."""
        return self.root / "退回"

    @property
    def master(self) -> Path:
        """总台账.xlsx."""
        return self.root / "总台账.xlsx"

    @property
    def bulletin(self) -> Path:
        """通报.docx."""
        return self.root / "通报.docx"


def find_home(given: Path | None) -> Home:
    """The named home, or the nearest folder at or above the current one that has a config.toml."""
    if given is not None:
        home = Home(given.resolve())
        if not home.config_file.is_file():
            raise UserError(
                f"{given} 不是工作目录（没有 config.toml）", _way_back(home) or f"请先运行 taizhang init {given}"
            )
        return home
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "config.toml").is_file():
            return Home(folder)
    raise UserError(
        "这里不是工作目录（没有找到 config.toml）",
        _way_back(Home(here)) or "请先运行 taizhang init 目录名，或用 --home 指明工作目录",
    )


def _way_back(home: Home) -> str:
    """What to do where only the settings are gone; '' where there never was a home. `init` would refuse this folder."""
    if not home.ledgers.is_dir():
        return ""
    return "台账还在，只缺设置：请从备份里取回 config.toml，或用 taizhang init 另建一个目录，把那里的 config.toml 拷来"


def defaults() -> Path:
    """Where the packaged config.toml, templates/ and ledgers/ lie: inside a wheel, or a checkout's top level."""
    packaged = Path(__file__).parent / "_defaults"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def create_home(target: Path) -> Home:
    """Lay a new home from the packaged defaults; UserError when the folder already holds something else."""
    if (target / "config.toml").exists():
        raise UserError(f"{target} 已经是工作目录", "可以直接使用；要新建请换一个目录名")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError(f"{target} 不是空目录", "请换一个新的目录名")
    source = defaults()
    target.parent.mkdir(parents=True, exist_ok=True)
    # Built beside and moved in one step: a home is whole or not there.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".taizhang-") as scratch:
        fresh = Path(scratch) / "home"
        fresh.mkdir()
        shutil.copytree(source / "templates", fresh / "templates", ignore=shutil.ignore_patterns(INSTALL_FOLDER))
        (fresh / "ledgers").mkdir()
        shutil.copytree(source / "ledgers" / "示例", fresh / "ledgers" / "示例")
        shutil.copy2(source / "ledgers" / "单位名录.xlsx", fresh / "ledgers" / "单位名录.xlsx")
        (fresh / "ledgers" / "收件箱").mkdir()
        shutil.copy2(source / "config.toml", fresh / "config.toml")
        lay_launchers(fresh)
        if target.exists():
            target.rmdir()
        fresh.replace(target)
    return Home(target.resolve())
