"""The workbook inside a chart: what Word opens when somebody edits the chart's data."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO

from xlsxwriter import Workbook

from flows.documents.charts.model import Chart, Shape
from flows.package import settled

SHEET = "数据"


def told_categories(chart: Chart) -> tuple[str, ...]:
    """The categories as the chart shows them: in a ring with their counts, which its legend thereby tells."""
    if chart.shape is not Shape.RING:
        return chart.categories
    return tuple(
        f"{word}{value or 0:.{chart.decimals}f}{chart.unit}"
        for word, value in zip(chart.categories, chart.series[0].values, strict=True)
    )


def data_workbook(chart: Chart, stamp: date) -> bytes:
    """Categories in A, one column for each series, names in row 1; the same chart and stamp give the same bytes.

    In a ring a category is a formula of its count: who changes the count in Word changes the legend with it.
    """
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime.combine(stamp, time())})
    sheet = book.add_worksheet(SHEET)
    head = book.add_format({"font_name": "宋体", "font_size": 11, "bold": True})
    plain = book.add_format({"font_name": "宋体", "font_size": 11})
    number = book.add_format({"font_name": "宋体", "font_size": 11, "num_format": chart.number_format})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(chart.series), 18)
    for row, (word, told) in enumerate(zip(chart.categories, told_categories(chart), strict=True), 1):
        if chart.shape is Shape.RING:
            quoted = word.replace('"', '""')
            formula = f'="{quoted}"&TEXT(B{row + 1},"0{"." if chart.decimals else ""}{"0" * chart.decimals}")'
            sheet.write_formula(row, 0, f'{formula}&"{chart.unit}"', plain, told)
        else:
            sheet.write_string(row, 0, word, plain)
    for column, series in enumerate(chart.series, 1):
        sheet.write_string(0, column, series.name, head)
        for row, value in enumerate(series.values, 1):
            if value is not None:
                sheet.write_number(row, column, value, number)
    book.close()
    return settled(buffer.getvalue(), stamp)
