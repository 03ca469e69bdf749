"""The five seed plans, the rosters that belong to them, and a revised plan as an office issues one in mid-year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.needs import SHARED, shared
from tests.office import new_office
from tests.years import endings
from tests.years.months import Year


@dataclass(frozen=True, slots=True)
class Seed:
    """A plan and its roster."""

    name: str
    file: str
    roster: str
    year: int

    @property
    def months(self) -> tuple[str, ...]:
        """The twelve months of its year."""
        return tuple(f"{self.year}-{month:02d}" for month in range(1, 13))

    @property
    def text(self) -> str:
        """The plan as it was issued."""
        found = sorted(SHARED.glob(f"seeds/{self.file}_*.txt"))
        return (found[0] if found else shared("seeds", f"{self.file}.txt")).read_text(encoding="utf-8")

    def next_year(self) -> str:
        """The plan of the year after: the same work again, every year one later."""
        return re.sub(
            r"20(19|2\d)(?= ?年)",
            lambda found: str(int(found[0]) + 1),
            self.text,
        )


EZHOU = Seed("鄂州", "000", "ezhou", 2021)
CHANGDE = Seed("常德", "001", "changde", 2020)
JIANGHAN = Seed("江汉", "002", "jianghan", 2020)
YICHUN = Seed("宜春", "003", "yichun", 2021)
ZHANJIANG = Seed("湛江", "004", "zhanjiang", 2021)
SEEDS = (EZHOU, CHANGDE, JIANGHAN, YICHUN, ZHANJIANG)


def take_in(seed: Seed, folder: Path) -> Year:
    """A home with the plan read in and its roster."""
    office = new_office(folder)
    year = Year(office, seed.name, folder / "来件")
    import_text(year, seed.name, seed.text, "--roster", shared("rosters", f"{seed.roster}.xlsx"))
    return year


def import_text(year: Year, slug: str, text: str, *more: str | Path) -> dict[str, object]:
    """A plan that comes as text."""
    source = year.back.parent / f"{slug}.txt"
    source.write_text(text, encoding="utf-8")
    return year.office.json("import", source, "--as", slug, *more)


_ROW = re.compile(r"\t(\d+)\n\t(.*?)\n\t(.*?)\n\t(.*?)\n\t(.*?)(?:\n|$)", re.S)


def revised_yichun(text: str) -> tuple[str, dict[str, str]]:
    """宜春 as revised in July: two tasks dropped, one added, one reworded, one with another day, all renumbered.

    Gives the text and old number → new number of what stays.
    """
    head, rows = text[: next(_ROW.finditer(text)).start()], [list(found.groups()) for found in _ROW.finditer(text)]
    numbers: dict[str, str] = {}
    kept = []
    for row in rows:
        if row[0] in ("4", "20"):
            continue
        if row[0] == "10":
            row[2] = row[2].rstrip("。") + "，并在每月底前报送台账。"
        if row[0] == "2":
            row[4] = "11月底前"
        kept.append(row)
    kept.insert(2, ["", "公开权责清单", "把本单位权责清单放到网站首页，有变动的当月更新。", "各地各部门", "8月底前"])
    for number, row in enumerate(kept, start=1):
        if row[0]:
            numbers[row[0]] = str(number)
        row[0] = str(number)
    body = "".join("\t{}\n\t{}\n\t{}\n\t{}\n\t{}\n\n".format(*row) for row in kept)
    return head + body, numbers


def revise(year: Year, text: str, numbers: dict[str, str]) -> None:
    """The plan comes again, changed; what the old numbers stood for goes on under the new ones."""
    before = {item["no"]: item for item in year.items()}
    import_text(year, year.slug, text)
    after = {item["no"]: item for item in year.items()}
    for old, new in numbers.items():
        assert before[old]["requirement"][:12] == after[new]["requirement"][:12]
    year.truth.renumber(numbers)


def whole_year(seed: Seed, folder: Path, months: int = 12) -> Year:
    """A plan from its document to the next year's look-back, without a step by hand."""
    year = take_in(seed, folder)
    for number, name in enumerate(seed.months[:months]):
        if seed is YICHUN and number == min(6, months - 1):
            revise(year, *revised_yichun(seed.text))
        year.month(name)
        if number % 4 == 1 or number == months - 1:
            year.rule(name, year.usual_rulings(name))
            year.run("supervise", "--period", name)
    finish_year(year, seed)
    return year


def finish_year(year: Year, seed: Seed) -> None:
    """Annual report, look-back into the next plan and its first month, assessment of all months."""
    first, last = year.months[0], year.months[-1]
    endings.annual(year, seed.year)
    sample = sorted(year.truth.comings[last])[:: max(1, len(year.truth.comings[last]) // 6)]
    endings.assess(year, first=first, last=last, units=sample)
    following = f"{seed.name}{seed.year + 1}"
    import_text(year, following, seed.next_year(), "--year", str(seed.year + 1))
    endings.look_back(year, seed.year, following)
    after = Year(year.office, following, year.back / "次年")
    after.month(f"{seed.year + 1}-01")
