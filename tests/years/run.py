"""A whole year, left for looking: ``python -m tests.years.run FOLDER [云川 鄂州 常德 江汉 宜春 湛江]``.

Every figure is held against what was typed, as in the tests; prints what each command took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.years import city
from tests.years.plans import SEEDS, whole_year


def main(folder: Path, names: tuple[str, ...]) -> None:
    """Run the named years, all of them by default."""
    for name in names or (city.NAME, *(seed.name for seed in SEEDS)):
        place = folder / name
        place.mkdir(parents=True)
        started = time.perf_counter()
        seed = next((seed for seed in SEEDS if seed.name == name), None)
        year = whole_year(seed, place) if seed else city.whole_year(place)
        shown = "，".join(f"{verb} {seconds:.0f}" for verb, seconds in year.seconds.items())
        print(f"{name}：{len(year.months)} 个月，{time.perf_counter() - started:.0f} 秒（{shown}）{year.office.home}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), tuple(sys.argv[2:]))
