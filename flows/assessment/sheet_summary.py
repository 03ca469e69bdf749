"""汇总: the ranking of districts and departments apart. Points, totals, places and grades are formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.assessment import adjust_sheet
from flows.assessment.model import Assessed, Criterion, Score, Series
from flows.assessment.settings import Assessment
from flows.assessment.sheet_details import Places
from flows.assessment.sheet_tools import Grid, at
from flows.assessment.words import bounds_of, number
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean, height_of, lines_needed
from flows.periods import spoken

SHEET: Final = "汇总"
_FONT: Final = {"name": "宋体", "size": 10}
_COLOURS: Final = ("#5B9BD5", "#A9D18E", "#FFE066", "#F4B183", "#B4A7D6")
_MOST: Final = 40
"""Bars that one chart can carry and still be read."""


@dataclass(frozen=True, slots=True)
class Lines:
    """0-based rows of 加减分 that formulas look through."""

    first: int
    last: int

    def column(self, word: str) -> str:
        """The cells of a column."""
        place = adjust_sheet.COLUMNS.index(word)
        top, end = at(self.first, place, fixed=True), at(self.last, place, fixed=True)
        return f"{adjust_sheet.SHEET}!{top}:{end}"


class Summary:
    """The sheet, its columns as the scheme needs them."""

    def __init__(
        self, workbook: Workbook, sheet: Worksheet, styles: Styles, assessed: Assessed, rules: Assessment
    ) -> None:
        self.workbook, self.sheet, self.styles, self.assessed, self.rules = workbook, sheet, styles, assessed, rules
        used = {part.criterion for score in assessed.scores for part in score.parts}
        self.criteria = [criterion for criterion in Criterion if criterion in used]
        words = ["名次", "单位", "类别", *(c.value for c in self.criteria), "基础分", "加分", "减分", "总分"]
        self.words = [*words, "一票否决", "等次"]
        widths = {"名次": 6, "单位": 26, "类别": 10, "一票否决": 20, "等次": 9}
        columns = [(word, widths.get(word, 9.5)) for word in self.words]
        left = {self.place("单位"), self.place("一票否决")}
        self.grid = Grid(sheet, styles, columns, centred=frozenset(range(len(columns))) - left)
        self.blocks: list[tuple[Series, int, int]] = []

    def place(self, word: str) -> int:
        """The 0-based column of a word."""
        return self.words.index(word)

    def write(self, places: Places, lines: Lines, chart_sheet: Worksheet) -> None:
        """Fill the sheet, and the charts on another one."""
        facts = self.assessed.facts
        last = len(self.words) - 1
        self.sheet.hide_gridlines(2)
        title = clean(f"{facts.plan_title} {facts.range_words}考核得分表")
        self.sheet.merge_range(0, 0, 0, last, title, self.styles.get(font_name=HEAD_FACE, font_size=16, align="center"))
        self.sheet.set_row(0, 32)
        months = len(facts.months)
        self.sheet.write_string(
            1, 0, f"截至{spoken(facts.as_of)}，计入{months}期，满分{self.assessed.full}分", self.styles.get()
        )
        row = 3
        for series in self.assessed.series:
            row = self._series(series, row, places, lines)
        row = self._notes(row)
        self.grid.finish()
        self.sheet.protect("", {"format_columns": True, "format_rows": True})
        self._charts(chart_sheet)

    def _series(self, series: Series, row: int, places: Places, lines: Lines) -> int:
        heading = self.styles.get(font_name=HEAD_FACE, font_size=13)
        allowed = f"，{self.rules.grades[0]}名额{series.quota}家" if self.rules.excellent_percent < 100 else ""
        self.sheet.write_string(row, 0, f"{series.title}（{len(series.scores)}家{allowed}）", heading)
        self.sheet.set_row(row, 24)
        self.grid.head(row + 1)
        first, end = row + 2, row + 1 + len(series.scores)
        for line, score in enumerate(series.scores, first):
            self._score(score, line, places, lines, (first, end), series.quota)
        self.blocks.append((series, first, end))
        return end + 2

    def _score(self, score: Score, row: int, places: Places, lines: Lines, block: tuple[int, int], quota: int) -> None:
        unit = score.unit.name
        blank: list[Any] = [None, unit, score.unit.kind, *([None] * (len(self.words) - 3))]
        if score.vetoes:
            blank[self.place("一票否决")] = "；".join(score.vetoes)
        self.grid.row(row, blank)
        for criterion in self.criteria:
            part = next((part for part in score.parts if part.criterion is criterion), None)
            column = self.place(criterion.value)
            if part is None or part.left_out:
                told = "—" if part is None else "不计"
                self.sheet.write_string(row, column, told, self.grid.look(row, column, font_color="#7F7F7F"))
            else:
                formula = f"=ROUND(SUM({places.points_of(unit, criterion)}),2)"
                self.grid.formula(row, column, formula, float(part.points), "0.00")
        self._sums(score, row, places.changes_of(unit), lines)
        self._verdict(score, row, lines, block, quota)

    def _sums(self, score: Score, row: int, automatic: str, lines: Lines) -> None:
        first, last = (at(row, self.place(c.value)) for c in (self.criteria[0], self.criteria[-1]))
        self.grid.formula(row, self.place("基础分"), f"=ROUND(SUM({first}:{last}),2)", float(score.base), "0.00")
        own = f"{lines.column(adjust_sheet.UNIT)},{at(row, self.place('单位'), fixed=True)}"
        reason = f'{lines.column(adjust_sheet.REASON)},"?*"'
        values = lines.column(adjust_sheet.POINTS)

        def summed(sign: str) -> str:
            hand = f'SUMIFS({values},{own},{reason},{values},"{sign}0")'
            return f'SUMIF({automatic},"{sign}0")+{hand}' if automatic else hand

        gain = f"=ROUND(MIN({number(self.rules.bonus_limit)},{summed('>')}),2)"
        loss = f"=ROUND(MAX(-{number(self.rules.deduction_limit)},{summed('<')}),2)"
        self.grid.formula(row, self.place("加分"), gain, float(score.bonus), "0.00")
        self.grid.formula(row, self.place("减分"), loss, float(score.deduction), "0.00")
        base, bonus, less = (at(row, self.place(word)) for word in ("基础分", "加分", "减分"))
        self.grid.formula(
            row, self.place("总分"), f"=MAX(0,ROUND({base}+{bonus}+{less},2))", float(score.total), "0.00", bold=True
        )

    def _verdict(self, score: Score, row: int, lines: Lines, block: tuple[int, int], quota: int) -> None:
        veto, total = self.place("一票否决"), self.place("总分")
        own = f"{lines.column(adjust_sheet.UNIT)},{at(row, self.place('单位'), fixed=True)}"
        called = f'{lines.column(adjust_sheet.POINTS)},"{adjust_sheet.VETO}"'
        if not score.vetoes:
            formula = f'=IF(COUNTIFS({own},{called})>0,"见{adjust_sheet.SHEET}表","")'
            self.grid.formula(row, veto, formula, "")
        totals = f"{at(block[0], total, fixed=True)}:{at(block[1], total, fixed=True)}"
        free = f'({at(block[0], veto, fixed=True)}:{at(block[1], veto, fixed=True)}="")'
        mine, stopped = at(row, total), f'{at(row, veto)}<>""'
        rank = f'=IF({stopped},"—",1+SUMPRODUCT(({totals}>{mine})*{free}))'
        self.grid.formula(row, self.place("名次"), rank, score.rank if score.rank is not None else "—", "0")
        bounds = bounds_of(self.rules)
        names = [name.replace('"', '""') for name in self.rules.grades]
        better = f"1+SUMPRODUCT(({totals}>{mine})*{free})"
        place = better if self.rules.excellent_ties else f"SUMPRODUCT(({totals}>={mine})*{free})"
        fits = f"AND({mine}>={bounds[0]},{place}<={quota})"
        grade = (
            f'=IF({stopped},"{names[3]}",IF({fits},"{names[0]}",IF({mine}>={bounds[1]},"{names[1]}",'
            f'IF({mine}>={bounds[2]},"{names[2]}","{names[3]}"))))'
        )
        self.grid.formula(row, self.place("等次"), grade, score.grade)

    def _notes(self, row: int) -> int:
        notes = []
        if self.assessed.excluded:
            told = "；".join(f"{unit}（{reason}）" for unit, reason in self.assessed.excluded)
            notes.append(f"没有列入考核的{len(self.assessed.excluded)}家：{told}。")
        if self.assessed.pending:
            notes.append(
                f"有来件还没有处理、相应期次没有计入的：{'、'.join(self.assessed.pending)}。处理后请再运行一次。"
            )
        if self.assessed.talks:
            told = "；".join(f"{talk.unit}（{'；'.join(talk.reasons)}）" for talk in self.assessed.talks)
            notes.append(f"约谈建议{len(self.assessed.talks)}家：{told}。")
        notes.append("“不计”：没有可考核的内容，分值已按比例分到该单位的其他项。每一分的来历见“明细”，办法见“说明”。")
        last = len(self.words) - 1
        width = sum(width for _, width in self.grid.columns)
        for text in notes:
            look = self.styles.get(text_wrap=True, valign="top")
            self.sheet.merge_range(row, 0, row, last, clean(text), look)
            self.sheet.set_row(row, min(height_of(lines_needed(text, width, 10.0), 10.0), 400.0))
            row += 1
        return row

    def _charts(self, sheet: Worksheet) -> None:
        """Each unit's points by criterion, in ranking order: native, fed from this sheet."""
        row = 0
        breaks: list[int] = []
        sheet.hide_gridlines(2)
        for series, first, end in self.blocks:
            shown = min(end, first + _MOST - 1)
            chart = self.workbook.add_chart({"type": "bar", "subtype": "stacked"})
            for criterion, colour in zip(self.criteria, _COLOURS, strict=False):
                column = self.place(criterion.value)
                chart.add_series(
                    {
                        "name": [SHEET, first - 1, column],
                        "categories": [SHEET, first, self.place("单位"), shown, self.place("单位")],
                        "values": [SHEET, first, column, shown, column],
                        "fill": {"color": colour},
                        "gap": 40,
                    }
                )
            cut = f"，前{_MOST}家" if shown < end else ""
            chart.set_title(
                {"name": f"各单位基础分：{series.title}{cut}", "name_font": {"name": "黑体", "size": 13, "bold": False}}
            )
            chart.set_legend({"position": "bottom", "font": _FONT})
            chart.set_y_axis({"reverse": True, "num_font": _FONT})
            # The units' axis is turned round, which would put this one on top.
            chart.set_x_axis({"num_font": _FONT, "min": 0, "max": self.assessed.full, "label_position": "high"})
            height = 150 + 24 * (shown - first + 1)
            chart.set_size({"width": 640, "height": height})
            sheet.insert_chart(row, 0, chart)
            row += height // 20 + 2
            breaks.append(row)
        sheet.set_portrait()
        sheet.set_paper(9)
        # Excel ignores page breaks on a sheet that is fitted to a page, so this one is scaled instead.
        sheet.set_print_scale(70)
        sheet.set_h_pagebreaks(breaks[:-1])
