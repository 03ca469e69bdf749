"""填报说明: one short sheet that answers what a unit would otherwise ask by telephone."""

from __future__ import annotations

from typing import Final

from xlsxwriter.workbook import Workbook

from flows.ledger import layout
from flows.ledger.inputs import NEWS_WANTED, RENEWED
from flows.ledger.model import Ledger, Status
from flows.ledger.styles import HEAD_FACE, INPUT_FILL, Styles
from flows.ledger.text import clean, height_of, lines_needed
from flows.periods import Period, spoken

MEANING: Final = {
    Status.IDLE: "还没有开始。进展情况可以不填",
    Status.MOVING: "已经开始、尚未完成。必须填写进展情况",
    Status.DONE: "全部要求都已落实。必须填写完成日期",
    Status.BLOCKED: "遇到困难，需要上级或其他单位协调。必须填写进展情况和存在问题",
    Status.EXEMPT: "本单位没有这项职责。请在进展情况里写明原因",
}
"""What each status means, in the words of the sheet."""


def write_guide(workbook: Workbook, styles: Styles, ledger: Ledger) -> None:
    """Add the sheet: five steps, the statuses, an example, deadline and contact."""
    sheet = workbook.add_worksheet(layout.GUIDE_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 80)
    period = Period.parse(ledger.identity.period)
    head = styles.get(font_name=HEAD_FACE, font_size=12, bottom=1)
    name = styles.cell(align="center", bold=True, font_size=11)
    text = styles.cell(font_size=11)
    row = 0

    def heading(words: str) -> None:
        nonlocal row
        sheet.write_string(row, 0, words, head)
        sheet.write_blank(row, 1, None, head)
        sheet.set_row(row, 24)
        row += 1

    def line(left: str, right: str, style: object = text) -> None:
        nonlocal row
        right = clean(right)
        sheet.write_string(row, 0, left, name)
        sheet.write_string(row, 1, right, style)
        sheet.set_row(row, max(height_of(lines_needed(right, 80, 11), 11), 20))
        row += 1

    sheet.write_string(0, 0, "填报说明", styles.get(font_name=HEAD_FACE, font_size=16))
    sheet.set_row(0, 30)
    row = 1
    asks = f"{ledger.contact}" if ledger.contact else ledger.office
    line("报送截止", spoken(ledger.reply_by))
    line("有疑问请联系", asks)
    row += 1
    heading("怎样填（五步）")
    line("第一步", f"打开“{layout.SHEET}”表，先在上方写好填报人和联系电话。")
    line("第二步", "逐行看任务，在“完成状态”的下拉列表里选一个。")
    line("第三步", "只改浅黄色的格子。上期内容已经填在里面，没有变化的不用动，有变化的直接改。")
    line(
        "写新进展",
        f"改了完成状态的，和“上期进展”里标着“{NEWS_WANTED}”的（已到完成时限），必须改写进展情况；没有进展的写明原因。",
    )
    if any(each.asks for each in ledger.rows):
        line(
            "量化指标",
            f"“{layout.PREVIOUS}”里写着“请写明累计数”或“请写明比率”的，进展情况里要有数字：今年以来一共多少，写“累计几场”；"
            "只写本月的，要写明“本月”。",
        )
    if any(each.renewed for each in ledger.rows):
        line(
            "定期任务",
            f"“{layout.PREVIOUS}”里标着“{RENEWED}”的，新的一次又开始了：请重新选完成状态，写这一次的情况和完成日期。",
        )
    if any(each.is_carried for each in ledger.rows):
        line(
            "回头看",
            f"编号底色为紫色的，是上年没有完成或核定、考评指出的事项，“{layout.PREVIOUS}”里是上年最后一次填报；照常填写，办结为止。",
        )
    line("第四步", "格子变成橙色，表示这里还缺内容，或还是上期的内容；上方“填报检查”写着“已填齐，可以报送”，就填好了。")
    line("第五步", "保存文件，作为附件回复来信。不要改文件格式，也不用盖章扫描。")
    row += 1
    heading("完成状态怎样选")
    for status in Status:
        line(status.value, MEANING[status])
    row += 1
    heading("举例")
    filled = styles.cell(font_size=11, bg_color=INPUT_FILL)
    day = f"{period.year}-{period.month:02d}"
    line(layout.STATUS, Status.DONE.value, filled)
    line(layout.PERCENT, "100%（也可以不填）", filled)
    line(layout.PROGRESS, f"{period.month}月10日印发目录，{period.month}月12日在门户网站公开，共38项。", filled)
    line(layout.DONE_ON, f"{day}-12", filled)
    line(layout.EVIDENCE, "目录印发文件；网站栏目网址", filled)
    line(layout.PROBLEM, "没有就空着", filled)
    line(layout.NEXT_STEP, "没有就空着", filled)
    row += 1
    heading("请注意")
    line("不要改", "任务编号、任务内容等白色格子已锁定；改了也不计入，有意见或要增加任务，请写在“存在问题”里。")
    line("写了不清楚", "收到后会自动核对；有要更正的，会把标红的表退回，照批注改好再回复即可。")
    sheet.protect("")
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.6)
