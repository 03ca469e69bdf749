"""1,000 returned workbooks of 60 rows: collected, checked and merged, beside the office's plain script.

The plain script is ``pd.read_excel`` for each file and one ``concat``: it checks nothing. Each runs in a process of its
own, so that the peak of memory is its own; prints seconds, ratio and peak.

python -m tests.benchmarks.returned [workbooks] [rows]
"""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from tests.office import Office, new_office

PLACE = ("要点", "--period", "2026-03")
_INPUT = re.compile(r'<c r="([A-Z])(\d+)"( s="\d+")?/>')


def plan_of(rows: int) -> str:
    """A table plan in which every unit carries every item."""
    lines = [
        f"{n}\t事项{n}\t做好第{n}件公开工作，按要求报送进展和佐证材料。\t\t市直各单位\t全年" for n in range(1, rows + 1)
    ]
    return "\n".join(["测试市2026年任务分解表", "", "序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限", *lines])


def answered(data: bytes, unit: int) -> bytes:
    """A workbook filled in: status, percentage and text of every row, and the filler, put into the raw XML."""
    typed = {"H": "推进中", "J": f"第{unit}个单位已印发方案，正在组织实施，完成阶段性工作。", "N": "下月总结"}

    def put(found: re.Match[str]) -> str:
        column, row, style = found[1], int(found[2]), found[3] or ""
        place = f'<c r="{column}{row}"{style}'
        if column == "I" and row > 5:
            return f"{place}><v>0.4</v></c>"
        text = typed.get(column) if row > 5 else "王敏" if (column, row) == ("D", 3) else None
        return f'{place} t="inlineStr"><is><t>{text}</t></is></c>' if text else found[0]

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = _INPUT.sub(put, part.decode("utf-8")).encode("utf-8")
            new.writestr(info.filename, part)
    return stream.getvalue()


def prepare(home: Path, back: Path, count: int, rows: int) -> Office:
    """An office that has sent its workbooks out, and all of them filled in a folder."""
    office = new_office(home)
    roster = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(count)]
    office.adopt(plan_of(rows), units=roster)
    books = office.json("distribute", *PLACE, "--no-send")["workbooks"]
    back.mkdir()
    for number, book in enumerate(books):
        (back / f"{number:04d}.xlsx").write_bytes(answered(Path(book["file"]).read_bytes(), number))
    return office


def collect_all(home: Path, back: Path) -> int:
    """The command as a clerk runs it, without Prefect's engine; gives the entries merged."""
    found = Office(home).json("collect", *PLACE, "--from", back)
    assert [found[word] for word in ("returned", "quarantined", "duplicates")] == [[], [], []]
    return sum(one["entries"] for one in found["accepted"])


def check_and_merge(home: Path, back: Path) -> int:
    """Reading, checking and recording alone: the merger over the folder."""
    from flows.desk import open_desk
    from flows.periods import Period
    from flows.round.merge import Merger
    from flows.workspace import find_home

    with open_desk(find_home(home), "要点") as desk:
        merger = Merger(desk, Period.parse("2026-03"))
        entries = 0
        for merged in merger.take_folder(back):
            assert merged.verdict == "accepted"
            entries += merged.entries
    return entries


def plain(_home: Path, back: Path) -> int:
    """What a script of the office does: the rows of all files in one frame."""
    import pandas as pd

    frame = pd.concat([pd.read_excel(path, skiprows=4, engine="openpyxl") for path in sorted(back.glob("*.xlsx"))])
    return int(frame["完成状态"].notna().sum())


WAYS = {"collect": collect_all, "merger": check_and_merge, "plain": plain}


def measured(way: str, home: Path, back: Path) -> dict[str, float]:
    """Seconds (without the interpreter's start), CPU seconds (with it), entries and peak memory in MB of one way."""
    command = [sys.executable, "-m", "tests.benchmarks.returned", "--child", way, str(home), str(back)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def child(way: str, home: Path, back: Path) -> None:
    """One way, run here and now; prints what it took as JSON."""
    started = time.perf_counter()
    entries = WAYS[way](home, back)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu": cpu, "entries": entries, "peak": used.ru_maxrss / 1024}))


def main(count: int, rows: int) -> None:
    """Prepare once, run each way, print the comparison."""
    import shutil

    with tempfile.TemporaryDirectory() as folder:
        root, back = Path(folder), Path(folder) / "收"
        started = time.perf_counter()
        home = prepare(root, back, count, rows).home
        print(f"{count} workbooks of {rows} rows made in {time.perf_counter() - started:.0f} s")
        second = shutil.copytree(home, root / "second")
        found = {way: measured(way, second if way == "merger" else home, back) for way in WAYS}
        for way, one in found.items():
            ratio = found["plain"]["seconds"] / one["seconds"]
            print(
                f"{way:8} {one['seconds']:7.1f} s   ×{ratio:5.2f}   {one['cpu']:6.1f} s of CPU   "
                f"{one['peak']:6.0f} MB   {one['entries']:.0f} entries"
            )
            assert one["entries"] == count * rows


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 60)
