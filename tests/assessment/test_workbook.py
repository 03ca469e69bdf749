"""考核得分表: a leader who checks the sums with another program comes to the same figures."""

from __future__ import annotations

import io
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from flows.assessment.adjust_sheet import Terms, read_sheet
from flows.assessment.model import Adjustment, Assessed, UnitFacts
from flows.assessment.scoring import assess
from flows.assessment.settings import Assessment
from flows.assessment.workbook import render_scores
from flows.ledger.values import squeeze
from flows.periods import Period
from flows.progress import Answer
from flows.roster import Unit
from tests.assessment.cases import COLOURS, HILL, LAKE, MONEY, SCHOOL, counted, duty, facts, month, recounted, table

CITY = (LAKE, HILL, SCHOOL, MONEY)
TERMS = Terms(
    {squeeze(name): unit.name for unit in CITY for name in (unit.name, *unit.aliases)},
    Period(2026, 1),
    Period(2026, 12),
)


def city(number: int, chance: random.Random) -> tuple[UnitFacts, ...]:
    """Units with years of all sorts."""
    answers = [Answer.ON_TIME] * 5 + [Answer.LATE, Answer.RETURNED, Answer.MISSING, Answer.PENDING, Answer.NOT_ISSUED]

    def unit(place: int) -> UnitFacts:
        months = []
        for at in range(1, chance.randint(2, 12)):
            answer = chance.choice(answers)
            wanted = chance.randint(1, 9)
            filled = chance.randint(0, wanted) if answer in (Answer.ON_TIME, Answer.LATE) else 0
            red = ((3, f"督办〔2026〕{at}号，红色"),) if chance.random() < 0.1 else ()
            months.append(
                month(
                    at,
                    answer,
                    returns=chance.randint(0, 2) + (answer is Answer.RETURNED),
                    wanted=wanted,
                    filled=filled,
                    reviewed=chance.random() < 0.5,
                    overstated=("1",) if filled and chance.random() < 0.2 else (),
                    notices=red,
                )
            )
        days = [None, date(2026, 3, 1), date(2026, 4, 1)]
        duties = tuple(duty(str(n), date(2026, 3, 20), chance.choice(days)) for n in range(chance.randint(0, 7)))
        return UnitFacts(Unit(f"第{place}局", "政府部门" if place % 3 else "区县"), tuple(months), duties)

    return tuple(unit(place) for place in range(1, number + 1))


@pytest.fixture(scope="module")
def assessed() -> Assessed:
    chance = random.Random(7)
    units = city(24, chance)
    lines = (
        Adjustment("第1局", Decimal("3.5"), "全省推广", "省政府通报"),
        Adjustment("第2局", Decimal(-50), "弄虚作假", "核查报告"),
        Adjustment("第4局", None, "泄露个人隐私", "市纪委通报"),
        Adjustment("第5局", Decimal(80), "多项加分", ""),
    )
    return assess(facts(*units, lines=lines), Assessment(complete=17, quality=13, late_percent=33))


RULES = Assessment(complete=17, quality=13, late_percent=33)


def written(assessed: Assessed, **what: Any) -> bytes:
    units = [unit.unit.name for unit in assessed.facts.units]
    return render_scores(assessed, RULES, COLOURS, units, **what)


@pytest.fixture(scope="module")
def book(assessed: Assessed, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The workbook as LibreOffice has counted it."""
    return counted(written(assessed), tmp_path_factory.mktemp("得分"))


def test_libreoffice_counts_every_figure_as_we_do(assessed: Assessed, book: Workbook) -> None:
    found = table(book)
    assert len(found) == len(assessed.scores) >= 20
    for score in assessed.scores:
        row = found[score.unit.name]
        for part in score.parts:
            shown = row[part.criterion.value]
            assert shown == "不计" if part.left_out else Decimal(str(round(shown, 4))) == part.points, (score, part)
        for word, value in (("基础分", score.base), ("加分", score.bonus), ("减分", score.deduction)):
            assert Decimal(str(round(row[word], 4))) == value, (score.unit.name, word)
        assert Decimal(str(round(row["总分"], 4))) == score.total
        assert (row["名次"], row["等次"]) == (score.rank if score.rank is not None else "—", score.grade)


def test_the_rows_of_the_details_add_up_to_the_totals(assessed: Assessed, book: Workbook) -> None:
    sums: dict[tuple[str, str], Decimal] = {}
    for row in book["明细"].iter_rows(min_row=2, values_only=True):
        if row[6] is not None:
            key = str(row[0]), str(row[2])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(str(round(row[6], 4)))
    for score in assessed.scores:
        for part in score.parts:
            assert sums.get((score.unit.name, part.criterion.value), Decimal(0)) == part.points


def test_what_the_office_types_counts_at_once(tmp_path: Path) -> None:
    units = (UnitFacts(LAKE, (month(3), month(4, Answer.LATE)), ()), UnitFacts(HILL, (month(3),), ()))
    rules = Assessment(punctual_bonus=0)
    data = render_scores(assess(facts(*units), rules), rules, COLOURS, [LAKE.name, HILL.name])
    book = load_workbook(io.BytesIO(data))
    sheet = book["加减分"]
    for row, values in (
        (4, (LAKE.name, 5, "全省推广")),
        (5, (HILL.name, "一票否决", "瞒报")),
        (6, (LAKE.name, 9, None)),
    ):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
    found = table(recounted(book, tmp_path))
    assert (found[LAKE.name]["加分"], found[LAKE.name]["总分"], found[LAKE.name]["名次"]) == (5, 92.5, 1)
    assert (found[HILL.name]["一票否决"], found[HILL.name]["名次"]) == ("见加减分表", "—")
    assert found[HILL.name]["等次"] == "不合格"


def test_the_same_assessment_gives_the_same_bytes(assessed: Assessed) -> None:
    assert written(assessed) == written(assessed)


def test_every_point_names_its_month_or_task_and_the_file(assessed: Assessed) -> None:
    rows = list(load_workbook(io.BytesIO(written(assessed)))["明细"].iter_rows(min_row=2, values_only=True))
    assert all(row[7] for row in rows)
    timely = [row for row in rows if row[2] == "报送按时" and "按时" in str(row[7])]
    assert timely
    assert all("台账.xlsx" in str(row[8]) for row in timely)


def test_the_scheme_is_printed_from_the_settings() -> None:
    rules = Assessment(late_percent=70, exempt={"市气象局": "机构改革"}, kinds={"区县": {"timely": 35, "done": 30}})
    data = render_scores(assess(facts(UnitFacts(LAKE, (month(3),), ())), rules), rules, COLOURS, [LAKE.name])
    words = "".join(
        str(cell.value or "") for row in load_workbook(io.BytesIO(data))["说明"].iter_rows() for cell in row
    )
    for said in ("逾期报送得70%", "市气象局：机构改革", "区县：报送按时35分", "红色督办单2分", "连续3期没有报送"):
        assert said in words


# --- 加减分 read back --------------------------------------------------------------------------------------------


def typed(*rows: tuple[object, ...], data: bytes | None = None) -> bytes:
    """Rows typed below what stands in 加减分."""
    rules = Assessment()
    made = data or render_scores(assess(facts(UnitFacts(LAKE, (month(3),), ())), rules), rules, COLOURS, [])
    book = load_workbook(io.BytesIO(made))
    sheet = book["加减分"]
    first = next(n for n in range(4, 200) if sheet.cell(n, 1).value is None)
    for number, values in enumerate(rows, first):
        for column, value in enumerate(values, 1):
            sheet.cell(number, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("points", "meant"),
    [(2, "2"), (-1.5, "-1.5"), ("＋３分", "3"), ("扣2分", "-2"), ("－2", "-2"), ("一票否决", None), ("否决", None)],
)
def test_points_are_read_as_people_write_them(points: object, meant: str | None) -> None:
    sheet = read_sheet(typed(("临湖区", points, "有理由")), "得分.xlsx", TERMS)
    assert sheet.problems == ()
    assert list(sheet.lines.values()) == [Adjustment(LAKE.name, Decimal(meant) if meant else None, "有理由")]


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        (("某某局", 2, "好"), "A4", "单位名录里没有“某某局”"),
        ((None, 2, "好"), "A4", "没有写单位"),
        (("临湖区", "若干", "好"), "B4", "分值“若干”看不懂"),
        (("临湖区", 0, "好"), "B4", "分值是 0"),
        (("临湖区", 2, None), "C4", "没有写理由"),
        (("临湖区", 2, "好", "文件", "去年"), "E4", "期次“去年”"),
        (("临湖区", 2, "好", "文件", "2025-12"), "E4", "不在考核范围内"),
    ],
)
def test_a_faulty_line_is_told_with_its_cell_and_kept_for_the_office(
    row: tuple[object, ...], cell: str, said: str
) -> None:
    sheet = read_sheet(typed(row), "得分.xlsx", TERMS)
    assert [(p.cell, said in p.message) for p in sheet.problems] == [(cell, True)]
    assert sheet.lines == {}
    assert sheet.faulty[0][-1].startswith("未计入：")
    again = render_scores(
        assess(facts(UnitFacts(LAKE, (month(3),), ())), Assessment()), Assessment(), COLOURS, [], sheet.faulty
    )
    back = read_sheet(again, "得分.xlsx", TERMS)
    assert [problem.message for problem in back.problems] == [problem.message for problem in sheet.problems]


def test_the_same_line_twice_counts_once_and_is_told() -> None:
    sheet = read_sheet(typed(("临湖区", -1, "迟报"), ("临湖区人民政府", -1, "迟报")), "得分.xlsx", TERMS)
    assert len(sheet.lines) == 1
    assert "完全相同" in sheet.problems[0].message


def test_columns_may_be_moved_and_the_sheet_saved_by_libreoffice(tmp_path: Path) -> None:
    book = recounted(load_workbook(io.BytesIO(typed(("临湖区", -1, "迟报", "通报", "2026-07")))), tmp_path)
    sheet = book["加减分"]
    sheet.move_range("A3:E10", rows=2, cols=3)
    stream = io.BytesIO()
    book.save(stream)
    found = read_sheet(stream.getvalue(), "得分.xlsx", TERMS)
    assert list(found.lines.values()) == [Adjustment(LAKE.name, Decimal(-1), "迟报", "通报", "2026-07")]
    assert (found.plan, found.first, found.last) == ("要点", "2026-01", "2026-12")
