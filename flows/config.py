"""config.toml: the office's settings, read into checked models. No secret ever stands in it."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from flows.assessment.settings import FAULTS, Assessment
from flows.cluster.settings import FAULTS as CLUSTER_FAULTS
from flows.cluster.settings import WorkersSection
from flows.problems import UserError
from flows.serving.settings import FAULTS as SERVING_FAULTS
from flows.serving.settings import Approval, Schedule, Serve
from flows.sharing.settings import FAULTS as SHARING_FAULTS
from flows.sharing.settings import Files
from flows.standing.light_settings import COLOURS, Lights
from flows.years import month_day

Colour = Literal["蓝", "黄", "橙", "红"]
"""What a 督办单 can be coloured."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Office(_Section):
    """[office]: who sends, asks and signs."""

    name: str = Field(default="政务公开办公室", min_length=1, pattern=r"\S")
    """落款 and 发件人."""
    contact: str = ""
    """联系人, printed in ledgers, letters and bulletins."""
    phone: str = ""
    recipients: str = "各有关单位"
    """主送 of the bulletin, without the colon."""
    copies: tuple[str, ...] = Field(default=(), strict=False)
    """抄送 of the bulletin."""


class Bulletin(_Section):
    """[bulletin]: the look of 通报.docx. Sources: GB/T 9704—2012, see documents/official.py."""

    style: Literal["文件", "督查通报"] = "文件"
    """文件: red head with 发文字号; 督查通报: a name of its own with 第N期, office and date, without signature."""
    masthead: str = ""
    """发文机关标志, or the name of a 督查通报; empty: office.name + 文件, or 督查通报."""
    number_prefix: str = ""
    """机关代字 of 发文字号, e.g. 云政公开办; empty: the line is left for the clerk to fill. A 督查通报 has none."""
    publicity: str = ""
    """附注, e.g. 此件公开发布; empty: none."""
    pdf: bool = True
    """Whether a PDF is laid beside each document, where LibreOffice is installed."""


class Round(_Section):
    """[round]: the days of a month's round."""

    reply_day: int = Field(default=25, ge=1, le=31)
    """报送截止: day of the period's month (at most its last day)."""
    due_soon_days: int = Field(default=15, ge=0, le=366)
    """An unfinished item whose deadline is this near is yellow."""
    unchanged: Literal["due", "all", "off"] = "due"
    """Which unfinished tasks go back when their progress text is last month's: those whose day has come, all that have
    a day, or none."""


class Mail(_Section):
    """[mail]: how letters leave and answers come in. The password never stands here."""

    transport: Literal["folder", "smtp"] = "folder"
    """folder: letters are written as .eml into the period's 发件箱; smtp: they are also sent."""
    address: str = ""
    """发件人 and 收件箱 address."""
    user: str = ""
    """Login name; empty: address."""
    password_env: str = "TAIZHANG_MAIL_PASSWORD"
    """Name of the environment variable with the 授权码; when unset, the keyring entry taizhang/<user> is asked."""
    password_secret: str = ""
    """Name of a Prefect Secret block with the 授权码, asked last; empty: none."""
    smtp_host: str = ""
    smtp_port: int = Field(default=465, ge=1, le=65535)
    smtp_security: Literal["ssl", "starttls", "none"] = "ssl"
    imap_host: str = ""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_security: Literal["ssl", "starttls", "none"] = "ssl"
    imap_folder: str = "INBOX"
    incoming: Literal["imap", "pop3"] = "imap"
    """How answers are fetched; pop3 for offices whose server has nothing else."""
    pop3_host: str = ""
    pop3_port: int = Field(default=995, ge=1, le=65535)
    pop3_security: Literal["ssl", "starttls", "none"] = "ssl"
    done_folder: str = ""
    """Folder of the mailbox that finished mails are moved to; empty: they stay where they are."""
    senders: Literal["roster", "domain", "anyone"] = "roster"
    """Who is known: addresses of the roster, also those below ``domains``, or everybody."""
    domains: tuple[str, ...] = Field(default=(), strict=False)
    """Domains whose senders are trusted, such as yunchuan.gov.example."""
    unknown_sender: Literal["note", "hold"] = "note"
    """A validly signed sheet from an unknown sender: taken in with a note, or held until the office has looked."""
    receipts: bool = False
    """Whether a unit gets 回执 for a sheet that came by mail and was taken in."""
    pause_seconds: float = Field(default=1.0, ge=0, le=3600, strict=False)
    """Pause between two letters; providers refuse senders that hurry."""
    retry_minutes: float = Field(default=5.0, ge=0, le=1440, strict=False)
    """A letter that a server put off is not tried again before this; longer after each further refusal."""


class PlanReading(_Section):
    """[plan]: how plans are read."""

    inclusive_months: bool = True
    """Whether “9月前” ends on 30 September or on 31 August."""


class Groups(_Section):
    """[groups]: what 泛称 means, as kinds of the roster."""

    localities: tuple[str, ...] = Field(default=("区县", "管委会", "街道"), strict=False)
    """各地."""
    departments: tuple[str, ...] = Field(default=("政府部门", "党委部门"), strict=False)
    """各部门, 市直各部门."""
    government: tuple[str, ...] = Field(default=("政府部门",), strict=False)
    """市政府各部门."""
    direct: tuple[str, ...] = Field(default=("政府部门", "党委部门", "企事业单位"), strict=False)
    """市直各单位."""
    named: dict[str, Annotated[tuple[str, ...], Strict(False)]] = Field(default_factory=dict)
    """The office's own groups: 泛称 = kinds or unit names."""


class Store(_Section):
    """[store]: where the history lies."""

    url: str = ""
    """SQLAlchemy URL; empty: SQLite in ledgers/台账.db."""
    schema_: str = Field(default="", alias="schema")
    """PostgreSQL: the schema of this office, so that several share one database; empty: the user's own."""
    password_env: str = "TAIZHANG_STORE_PASSWORD"
    """Name of the environment variable with the database password; unset: PGPASSWORD or the pgpass file."""

    @field_validator("url")
    @classmethod
    def _one_place(cls, url: str) -> str:
        # Relative to the folder one happens to be in, or in memory: every run would find another history.
        if re.match(r"sqlite[^:]*:(?!////|///[A-Za-z]:)", url.strip(), re.I):
            raise PydanticCustomError("store_place", "no one place")
        return url


class Supervision(_Section):
    """[supervision]: when a unit gets 提示单, 督办单 of which colour, and when a talk is proposed."""

    enabled: bool = True
    """Whether `report` issues notices at all."""
    hint_days: int = Field(default=15, ge=0, le=366)
    """提示单 for an unfinished task whose deadline is this near; 0: none."""
    behind_points: int = Field(default=0, ge=0, le=100)
    """序时进度: 提示单 also where 完成进度 lags this many points behind the time elapsed; 0: not looked at."""
    blue_days: int = Field(default=1, ge=1, le=366)
    """First 督办单 from this many days after the deadline on."""
    yellow_days: int = Field(default=15, ge=1, le=366)
    """Second one: still overdue this many days after the first."""
    red_days: int = Field(default=15, ge=1, le=366)
    """Third one: still overdue this many days after the second."""
    talk_notices: int = Field(default=2, ge=0, le=99)
    """约谈建议 after this many notices of the third colour to one unit; 0: not for their number."""
    talk_days: int = Field(default=30, ge=0, le=366)
    """约谈建议 for a task still overdue this many days after its third notice; 0: not for that."""
    answer_days: int = Field(default=10, ge=1, le=90)
    """A notice wants its answer in this many days, moved to the next working day."""
    colours: tuple[Colour, Colour, Colour] = Field(default=("蓝", "黄", "红"), strict=False)
    """The three colours, mildest first."""
    hint_number: str = Field(default="提示", min_length=1)
    """机关代字 of 提示单: 提示〔2026〕3号."""
    notice_number: str = Field(default="督办", min_length=1)
    talk_number: str = Field(default="约谈", min_length=1)
    talk_recipient: str = Field(default="办公室负责同志", min_length=1)
    """主送 of 约谈建议, without the colon."""
    exempt_kinds: tuple[str, ...] = Field(default=(), strict=False)
    """Kinds of the roster that get no notices."""
    exempt_units: tuple[str, ...] = Field(default=(), strict=False)
    """Units that get none, by name or alias."""
    exempt_items: tuple[str, ...] = Field(default=(), strict=False)
    """Tasks for which nobody gets one: 编号, or 计划代号/编号."""

    @field_validator("colours")
    @classmethod
    def _three_colours(cls, colours: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(colours)) < len(colours):
            raise PydanticCustomError("colours_alike", "alike")
        return colours


class Annual(_Section):
    """[annual]: who files 年报数据, and by when. Days are ``月-日`` of the year after the reported one.

    《政府信息公开条例》 49: departments by 31 January, governments publish theirs by 31 March; local days are earlier.
    """

    kinds: tuple[str, ...] = Field(default=("区县", "管委会", "街道", "政府部门"), strict=False)
    """Kinds of the roster that file: bodies with the duties of the 条例. Party departments do not; see ``units``."""
    units: tuple[str, ...] = Field(default=(), strict=False)
    """Further units that file, by name or alias."""
    exempt_units: tuple[str, ...] = Field(default=(), strict=False)
    """Units of those kinds that do not."""
    reply_by: str = "01-31"
    """报送截止 of units for which ``deadlines`` names nothing."""
    publish_by: str = "03-31"
    """By when the office's own government publishes its report: told with every reminder."""
    remind_days: int = Field(default=15, ge=0, le=366)
    """`remind --year` writes to a unit from so many days before its own day on."""
    deadlines: dict[str, str] = Field(default_factory=lambda: {"区县": "03-31", "管委会": "03-31"})
    """Kind, or unit by name or alias, → its own day; a unit's counts before its kind's."""

    @field_validator("reply_by", "publish_by")
    @classmethod
    def _a_day(cls, text: str) -> str:
        try:
            month_day(text, 2024)
        except ValueError:
            raise PydanticCustomError("month_day", "no day") from None
        return text

    @field_validator("deadlines")
    @classmethod
    def _days(cls, days: dict[str, str]) -> dict[str, str]:
        return {who: cls._a_day(text) for who, text in days.items()}


class AnnualReport(_Section):
    """[annual_report]: what 年度报告.docx says about the office, and how much of units' words it quotes."""

    issuer: str = ""
    """编制主体, such as 云川市人民政府; empty: the plan's 发文机关 without 办公室, else office.name."""
    region: str = ""
    """全市, 全县 …; empty: from the name of the issuer."""
    address: str = ""
    postcode: str = ""
    email: str = ""
    website: str = ""
    """Where the report can be read and downloaded, in words or as an address."""
    units_told: int = Field(default=6, ge=0, le=99)
    """Units quoted in each part of 总体情况 and in 其他; the rest stands in 年报核对.xlsx."""
    entries_told: int = Field(default=4, ge=0, le=99)
    """Units quoted for each 任务大类 in 工作要点落实情况."""
    problems_told: int = Field(default=4, ge=1, le=99)
    """Units quoted for each subject of 存在的主要问题 and of the measures."""
    least_words: int = Field(default=0, ge=0, le=99_999)
    """A section in words with fewer characters is pointed out; 0: not looked at."""
    most_words: int = Field(default=0, ge=0, le=99_999)
    """… with more characters; the official format prints no limit."""
    subjects: dict[str, tuple[str, ...]] = Field(default_factory=dict, strict=False)
    """Subjects by which problems are put together = the words that point to them; beside those built in."""


class Config(_Section):
    """The whole of config.toml; a missing section or key has its default."""

    office: Office = Office()
    bulletin: Bulletin = Bulletin()
    round: Round = Round()
    mail: Mail = Mail()
    plan: PlanReading = PlanReading()
    groups: Groups = Groups()
    store: Store = Store()
    files: Files = Files()
    workers: WorkersSection = WorkersSection()
    lights: Lights = Lights()
    supervision: Supervision = Supervision()
    annual: Annual = Annual()
    annual_report: AnnualReport = AnnualReport()
    assessment: Assessment = Assessment()
    serve: Serve = Serve()
    schedule: Schedule = Schedule()
    approval: Approval = Approval()


_WORDS = {
    "string_type": "应写成带引号的文字",
    "bool_type": "应写成 true 或 false，不带引号",
    "int_type": "应写成整数，不带引号",
    "int_parsing": "应写成整数，不带引号",
    "float_type": "应写成数字，不带引号",
    "float_parsing": "应写成数字，不带引号",
    "tuple_type": '应写成列表，如 ["甲", "乙"]',
    "model_type": "应是一个小节",
    "dict_type": "应是一个小节",
    "colours_alike": "三种颜色不能重复",
    "light_sign": f"应写成 颜色、颜色/叫法 或 颜色/叫法/含义，颜色可用 {'、'.join(COLOURS)}，叫法不超过四个字",
    "light_word": '没有颜色的要写叫法，如 "无/正常"',
    "light_alike": "逾期的灯不能与办结、正常的同色，同一叫法也不能有两种颜色",
    "pace_words": "应写八个不同的叫法，次序照默认的",
    "exempt_reason": "每一行都要写理由和对象，不能空着",
    "store_place": '应留空（用 ledgers/台账.db），或写 PostgreSQL 地址，如 "postgresql://taizhang@主机/taizhang"',
    "month_day": '应写成 月-日，如 "01-31"',
    "string_pattern_mismatch": "不能空着",
    "missing": "少写了一项",
    "too_long": "多写了",
    **FAULTS,
    **SERVING_FAULTS,
    **SHARING_FAULTS,
    **CLUSTER_FAULTS,
}


def read_config(path: Path) -> Config:
    """Read config.toml; UserError names the key and what to write for anything unknown, mistyped or out of range."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(f"找不到设置文件 {path}", "请先运行 taizhang init 建立工作目录") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name} 不是 UTF-8 编码", "请用记事本另存为 UTF-8 后再试") from None
    except tomllib.TOMLDecodeError as error:
        twice = re.search(r"Cannot (?:overwrite|declare|redefine)|Duplicate", str(error))
        cure = "这一项已经写过一次，请只留一处" if twice else "请改正这一行：文字要用英文引号括起来，等号两边各一项"
        raise UserError(f"{path.name} 写法有误（{_toml_place(error)}）", cure) from None
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{path.name} 中{_first_fault(error)}", "请改正后再运行") from None


def _toml_place(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    found = re.search(r"line (\d+), column (\d+)", text)
    return f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"


def _as_written(value: object) -> str:
    """A value as it stands in the file, not as Python writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_as_written(each)}' for key, each in value.items())}}}"
    return repr(value)


def _first_fault(error: ValidationError) -> str:
    faults = []
    for fault in error.errors():
        place = [str(part) for part in fault["loc"]]
        nth = f" 第 {int(place.pop()) + 1} 个" if isinstance(fault["loc"][-1], int) else ""
        key = (f"[{'.'.join(place[:-1])}] 的 {place[-1]}" if len(place) > 1 else f" {place[-1]}") + nth
        found = _as_written(fault.get("input"))
        context = fault.get("ctx", {})
        if fault["type"] == "extra_forbidden":
            faults.append(f"{key} 不是可用的设置名")
        elif fault["type"] == "literal_error":
            faults.append(f"{key} 只能写 {str(context.get('expected')).replace(' or ', ' 或 ')}，现为 {found}")
        elif fault["type"].startswith(("greater_than", "less_than")):
            bound = "不能小于" if fault["type"].startswith("greater") else "不能大于"
            limit = context.get("ge", context.get("le"))
            faults.append(f"{key} 超出范围，{bound} {limit:g}，现为 {found}")
        elif fault["type"] == "string_too_short":
            faults.append(f"{key} 不能空着")
        else:
            faults.append(f"{key} {_WORDS.get(fault['type'], '写法有误')}，现为 {found}")
    return "；".join(faults)
