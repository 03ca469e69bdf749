"""Pieces that are workbooks. Each names the kind of plan it is modelled on."""

from __future__ import annotations

from datetime import date

from tests.plan.museum.builders import Excel, Piece, Sheet
from tests.plan.papers import LEFT, UP

# 重点工作台账: a sheet a field of work, a sheet of explanations in front
SHEETS = Excel(
    (
        Sheet(
            "填报说明",
            (("填报说明",), ("一、请各单位于每月25日前更新进展。",), ("二、进展情况不超过200字。",)),
        ),
        Sheet(
            "项目建设",
            (
                ("望湖区2026年重点工作台账（项目建设）", LEFT, LEFT, LEFT, LEFT),
                ("序号", "任务名称", "年度目标", "责任单位", "完成时限"),
                (1, "产业园二期", "完成主体工程并交付厂房5万平方米。", "区工信局", "10月底前"),
                (2, "滨湖路改造", "全线通车。", "区住建局", "6月底前"),
            ),
        ),
        Sheet(
            "民生保障",
            (
                ("望湖区2026年重点工作台账（民生保障）", LEFT, LEFT, LEFT, LEFT),
                ("序号", "任务名称", "年度目标", "责任单位", "完成时限"),
                (1, "扩增学位", "新增公办学位3600个。", "区教育局牵头，区住建局配合", "8月底前"),
                (2, "社区食堂", "新建社区食堂10家。", "区民政局、各街道", "年底前"),
                (3, "托育服务", "每街道建成普惠托育点1个。", "区卫健局、各街道", "11月底前"),
            ),
        ),
    )
)

# 督查台账: title and unit rows above, a hidden column of old notes, progress columns to be filled, a note below
HIDDEN = Excel(
    (
        Sheet(
            "Sheet1",
            (
                ("青岚县2025年政府重点工作督查台账", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT),
                ("填报单位：县政府督查室", LEFT, LEFT, LEFT, LEFT, "单位：项", LEFT, LEFT),
                ("编号", "工作类别", "工作任务", "内部备注", "责任单位", "联系人", "完成时限", "进展情况"),
                (1, "产业发展", "新建标准化茶园6000亩。", "去年未完成", "县农业农村局", "", "11月底前", ""),
                (2, UP, "新增规上企业9家。", "", "县工信局", "", "12月底前", ""),
                (3, "城乡建设", "县城污水厂扩建投入运行。", "拖延两次", "县住建局", "", "9月底前", ""),
                (4, UP, "新建农村公路60公里。", "", "县交通运输局、各乡镇", "", "10月底前", ""),
                (5, UP, "治理水土流失15平方公里。", "", "县水利局", "", "年底前", ""),
                ("注：完成时限以县政府确认为准。", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT),
            ),
            hidden=(4,),
        ),
    )
)

# 任务分解表: every column merged somewhere, real dates and numbers in the cells
DATES = Excel(
    (
        Sheet(
            "任务分解",
            (
                ("2023年岚桥县“三农”重点任务分解表", LEFT, LEFT, LEFT, LEFT),
                ("重点任务", "具体任务", "牵头单位", "责任单位", "完成时间"),
                ("粮食生产", "播种面积45万亩。", "县农业农村局", "各乡镇", date(2023, 6, 30)),
                (UP, "建设高标准农田3万亩。", UP, UP, date(2023, 11, 30)),
                ("产业融合", "培育县级以上龙头企业6家。", UP, "县供销社", "全年"),
                (UP, "建设冷链仓储设施12处。", "县商务局", UP, UP),
            ),
        ),
    )
)

# 一季度到四季度进度安排: steps a quarter in columns of their own
QUARTERS = Excel(
    (
        Sheet(
            "进度表",
            (
                ("桐岭县2024年重点项目推进计划表", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT),
                ("序号", "项目名称", "建设内容", "责任单位", "进度安排", LEFT, "完成时限"),
                (UP, UP, UP, UP, "上半年", "下半年", UP),
                (1, "人民医院迁建", "新建病房楼8万平方米。", "县卫健局", "完成桩基", "主体封顶", "2025年12月"),
                (2, "职教中心", "建设实训楼。", "县教育局", "完成招标", "完成主体", "2024年12月"),
                (
                    3,
                    "农贸市场",
                    "改造农贸市场3处。",
                    "县市场监管局牵头，县城管局配合",
                    "完成设计",
                    "投入使用",
                    "2024年10月底前",
                ),
            ),
        ),
    )
)

_REPORT = (
    ("稳增长", "市发展改革委", "各县（市、区）政府", "全年"),
    ("促创新", "市科技局", "市财政局、市教育局", "12月底前"),
    ("优环境", "市政务服务局", "市司法局、市市场监管局", "10月底前"),
    ("惠民生", "市民政局", "市人力资源社会保障局、市卫生健康委", "9月底前"),
)
# 政府工作报告任务分工: forty tasks under four chapters, numbers through
FORTY = Excel(
    (
        Sheet(
            "分工表",
            (
                ("澄湖市2026年政府工作报告重点任务分工表", LEFT, LEFT, LEFT, LEFT, LEFT),
                ("序号", "工作任务", "牵头市领导", "牵头单位", "配合单位", "完成时限"),
                *(
                    row
                    for chapter, (title, lead, others, due) in enumerate(_REPORT)
                    for row in (
                        (f"{'一二三四'[chapter]}、{title}", LEFT, LEFT, LEFT, LEFT, LEFT),
                        *(
                            (
                                chapter * 10 + n,
                                f"{title}方面第{n}项工作，建成点位{n * 12}个。",
                                "李某",
                                lead,
                                others,
                                due,
                            )
                            for n in range(1, 11)
                        ),
                    )
                ),
            ),
        ),
    ),
    to="xlsx",
)

# 县直单位任务表, from an old Excel
OLD_XLS = Excel(
    (
        Sheet(
            "任务",
            (
                ("2019年桐岭县河长制工作任务分解表", LEFT, LEFT, LEFT, LEFT),
                ("序号", "工作任务", "工作要求", "责任单位", "完成时限"),
                (
                    1,
                    "巡河履职",
                    "1.县级河长每季度巡河不少于1次；\n2.乡级河长每月巡河不少于2次。",
                    "各级河长办公室",
                    "全年",
                ),
                (2, "水域岸线", "划定河道管理范围。", "县水利局", "10月底前"),
                (UP, UP, "清理非法占用岸线。", "县水利局、沿河乡镇", UP),
                (3, "考核问责", "修订考核细则。", "县河长办", "3月15日前"),
            ),
        ),
    ),
    to="xls",
)

# 部门任务表 from LibreOffice
OPEN_ODS = Excel(
    (
        Sheet(
            "任务",
            (
                ("澄湖市卫生健康委2027年重点工作任务表", LEFT, LEFT, LEFT),
                ("工作任务", "工作内容", "责任处室", "时间要求"),
                ("医疗质量", "1.开展处方点评；2.病历质控合格率98%以上。", "医政处", "每季度一次"),
                ("公共卫生", "3.适龄儿童疫苗接种率不低于95%。", "疾控处", "全年"),
                (UP, "4.完成慢病综合防控示范区申报。", "疾控处、规划处", "第三季度末"),
                ("人才建设", "5.引进高层次人才15名。", "人事处牵头，各处室配合", "年底前"),
            ),
        ),
    ),
    to="ods",
)

# 巡察整改台账: problem, measure, leader in charge, unit, time limit; two measures a problem, dates as text
RECTIFY = Excel(
    (
        Sheet(
            "整改台账",
            (
                ("曲塘区数据局2026年巡察反馈意见整改台账", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT),
                ("序号", "存在问题", "整改措施", "责任领导", "责任科室", "整改时限", "完成情况"),
                (1, "数据归集不及时", "制定归集计划，倒排工期。", "沈某", "数据资源科", "2026.3.31", ""),
                (UP, UP, "通报逾期未归集部门。", UP, "综合科", "每月底前", ""),
                (2, "项目管理不规范", "修订项目管理办法。", "韩某", "项目科、财务科", "2026年5月", ""),
                (3, "廉政教育不经常", "每季度开展一次警示教育。", "沈某", "机关党支部", "长期坚持", ""),
            ),
        ),
    )
)

# 项目清单: months typed as dates and shown as 2026年6月, so the cell holds the first of the month
MONTHS = Excel(
    (
        Sheet(
            "清单",
            (
                ("青岚县2026年中小学校舍建设任务清单", LEFT, LEFT, LEFT),
                ("序号", "建设任务", "责任单位", "完成时限"),
                (1, "县一中图书馆竣工。", "县教育局", date(2026, 6, 1)),
                (2, "实验小学操场改造。", "县教育局、县住建局", date(2026, 8, 1)),
                (3, "乡镇学校旱厕改造14所。", "各乡镇", "10月底前"),
            ),
        ),
    ),
    date_format='yyyy"年"m"月"',
)

EXCEL: dict[str, Piece] = {
    "50-sheets": SHEETS,
    "51-hidden-column": HIDDEN,
    "52-real-dates": DATES,
    "53-quarters": QUARTERS,
    "54-forty-tasks": FORTY,
    "55-old-xls": OLD_XLS,
    "56-ods": OPEN_ODS,
    "57-rectify": RECTIFY,
    "58-months": MONTHS,
}
