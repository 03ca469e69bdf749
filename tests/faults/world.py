"""Of what rounds are made: the world outside the office's computer, steps, chains of them, a home to begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.desk import open_store
from flows.periods import CHINA
from flows.workspace import find_home
from tests.faults.stores import Ledger
from tests.office import PLAN, UNITS, Office, new_office, roster_file
from tests.servers import ImapServer, SmtpServer

SLUG, NEXT = "要点", "要点二"
MARCH = (SLUG, "--period", "2026-03")
APRIL = (SLUG, "--period", "2026-04")
YEAR = (SLUG, "--year", "2026")
EAST, WEST, DATA, MONEY = (unit[0] for unit in UNITS)
ADDRESSES = {unit[0]: unit[4] for unit in UNITS}
REVISED = PLAN.replace("组织一次公开业务培训", "组织两次公开业务培训").replace("全年", "11月底前")
OTHER_PLAN = PLAN.replace("政务公开工作要点", "督查工作要点")
NEW_PLAN = PLAN.replace("2026年", "2027年")
OTHER = "另案"
"""A second plan of the same office, at which somebody else works."""
OTHER_MARCH = ("distribute", OTHER, "--period", "2026-03")
BEGAN = datetime(2026, 11, 20, 10, tzinfo=CHINA)
"""What the clock shows when a round begins."""


@dataclass
class World:
    """All that is outside the office's own computer, and the bytes that people made."""

    smtp: SmtpServer
    imap: ImapServer
    made: dict[str, bytes] = field(default_factory=dict)
    """What was typed, by name: made in the first run, used again in all others."""
    scratch: Path = Path()
    began: float = BEGAN.timestamp()

    def once(self, name: str, make: Callable[[Path], Path]) -> bytes:
        """The bytes of a file that somebody saved; ``make`` gets the path to save it under."""
        return self.once_bytes(name, lambda: make(self.scratch / name).read_bytes())

    def once_bytes(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Bytes that were made once."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def clear(self) -> None:
        """Nothing has been sent, nothing has come."""
        self.smtp.letters.clear()
        for file in [*self.imap.files(), *self.imap.files(".Done")]:
            file.unlink()


Act = Callable[[World, Path], None]
"""Something that happens to a home between two commands."""


@dataclass(frozen=True)
class Step:
    """A command, and what happens before it."""

    arguments: tuple[str, ...]
    before: Act | None = None
    at: str = ""
    """China's clock when it is run; ten minutes after the step before by default."""

    @property
    def name(self) -> str:
        """For the tally: ``annual`` things by their own names."""
        verb = self.arguments[0]
        verb = f"{verb} {OTHER}" if OTHER in self.arguments else verb
        return f"{verb} --year" if "--year" in self.arguments and verb not in ("annual", "assess") else verb


@dataclass(frozen=True)
class Chain:
    """A round's steps, and what `status` is asked about in the end."""

    name: str
    steps: tuple[Step, ...]
    asked: tuple[str, ...] = MARCH
    mail: bool = True
    schedule: bool = False
    """A `taizhang serve` works on the plan."""


def base_home(folder: Path, world: World, chain: Chain, ledger: Ledger) -> Path:
    """A home before its first plan; with its signing key, so that all runs make the same workbooks.

    Somebody else's plan is there already.
    """
    office: Office = new_office(folder)
    ledger.prepare(office.home)
    if chain.mail:
        office.use_mail(world.smtp.mail, world.imap.mail)
        office.configure(mail={"receipts": True, "retry_minutes": 0.0, "done_folder": "Done"})
    (office.home / "要点.txt").write_text(PLAN, encoding="utf-8")
    (office.home / "新要点.txt").write_text(NEW_PLAN, encoding="utf-8")
    roster_file(office.home / "给定名录.xlsx")
    home = find_home(office.home)
    store = open_store(home, home.config())
    store.secret()
    store.close()
    (office.home / "另案.txt").write_text(OTHER_PLAN, encoding="utf-8")
    office.json("import", office.home / "另案.txt", "--as", OTHER, "--roster", office.home / "给定名录.xlsx")
    if chain.schedule:
        office.configure(schedule={"plans": [SLUG]})
    return office.home
