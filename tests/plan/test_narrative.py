"""Plans told in paragraphs that name their units, in the ways offices write them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from flows.plan.model import DeadlineSource, Kind, Plan
from flows.plan.narrative_closings import cut_closings
from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.needs import shared
from tests.plan.papers import tabbed, text_file, word_file

TITLE = "云川市2026年政务公开工作要点"


def told(folder: Path, *lines: str) -> Plan:
    return read_plan(text_file(folder, "\n".join((TITLE, *lines))))


def rows(plan: Plan) -> list[tuple[object, ...]]:
    return [(i.no, i.category, i.task, i.requirement, i.lead, i.responsible) for i in plan.items]


def messages(plan: Plan, no: str | None) -> str:
    return "；".join(doubt.message for doubt in plan.doubts if doubt.no == no)


class TestARealPlan:
    @pytest.mark.parametrize("source", [("002_404ecf5992568a51.txt",), ("documents", "jianghan.docx")])
    def test_it_is_read_as_the_clerk_wrote_it(self, source: tuple[str, ...]) -> None:
        expected = json.loads(shared("gold", "002.json").read_text(encoding="utf-8"))
        for item in expected["items"]:
            item.pop("note", None)
        read = read_plan(shared("seeds", *source))
        assert read.as_dict() == {**expected, "source": source[-1]}
        assert {(doubt.no, doubt.field) for doubt in read.doubts} == {
            (None, "year"),
            ("7.1", "responsible"),
        }


class TestBrackets:
    @pytest.mark.parametrize(
        ("bracket", "lead", "responsible", "due"),
        [
            ("（牵头单位：市数据局；责任单位：各街道；完成时限：6月底前）", ("市数据局",), ("各街道",), "6月底前"),
            ("（完成时限：6月底前；责任单位：各街道；牵头单位：市数据局）", ("市数据局",), ("各街道",), "6月底前"),
            ("(牵头单位:市数据局,配合单位:市司法局、各街道)", ("市数据局",), ("市司法局", "各街道"), None),
            ("[责任科室：办公室、法规科]", (), ("办公室", "法规科"), None),
            ("【主办：市数据局 协办：各街道】", ("市数据局",), ("各街道",), None),
            ("（市数据局牵头，各街道配合，6月底前完成）", ("市数据局",), ("各街道",), "6月底前完成"),
            ("（市数据局、市司法局按职责分工负责）", (), ("市数据局", "市司法局"), None),
            ("（责任单位：市教育局（体育局）、各县（市、区））", (), ("市教育局（体育局）", "各县（市、区）"), None),
            ("（牵头单位：市数据局）（责任单位：各街道）", ("市数据局",), ("各街道",), None),
            ("（市数据局、各街道）", (), ("市数据局", "各街道"), None),
            ("——牵头单位：市数据局，责任单位：各街道", ("市数据局",), ("各街道",), None),
            ("责任单位：市数据局、各街道。", (), ("市数据局", "各街道"), None),
            ("〔责任单位：市数据局；责任时限：长期坚持〕", (), ("市数据局",), "长期坚持"),
        ],
    )
    def test_whatever_their_shape_and_order(
        self, bracket: str, lead: tuple[str, ...], responsible: tuple[str, ...], due: str | None, tmp_path: Path
    ) -> None:
        plan = told(tmp_path, "一、公开重点", "（一）晒清单。公布办事清单，写明条件。" + bracket)
        only = plan.items[0]
        assert (only.category, only.task, only.requirement) == ("公开重点", "晒清单", "公布办事清单，写明条件。")
        assert (only.lead, only.responsible, only.deadline.text) == (lead, responsible, due)
        assert plan.doubts == ()

    @pytest.mark.parametrize(
        "text",
        [
            "各县（市、区）政府（管委会）要公布清单（附后）。",
            "按照财政部门（市财政局负责）的规定公布《办法（试行）》（以下简称《办法》）。",
            "全部支持互联网协议第6版（IPv6）。",
        ],
    )
    def test_other_brackets_stay_in_the_text(self, text: str) -> None:
        assert [(segment.text, segment.closing) for segment in cut_closings(text)] == [(text, None)]

    def test_several_in_one_paragraph_close_one_item_each(self, tmp_path: Path) -> None:
        text = "（一）晒清单。公布清单（责任单位：市数据局）；更新指南（责任单位：市司法局）。"
        assert rows(told(tmp_path, "一、公开重点", text)) == [
            ("1.1", "公开重点", "晒清单", "公布清单", (), ("市数据局",)),
            ("1.2", "公开重点", "晒清单", "更新指南。", (), ("市司法局",)),
        ]

    def test_words_behind_the_last_bracket_are_kept_with_a_doubt(self, tmp_path: Path) -> None:
        plan = told(tmp_path, "一、公开重点", "（一）公布清单。写明条件。（责任单位：市数据局）同时做好归档。")
        assert plan.items[0].requirement == "写明条件。同时做好归档。"
        assert "括号后面还有文字" in messages(plan, "1.1")

    def test_a_bracket_without_its_right_half_is_read_with_a_doubt(self, tmp_path: Path) -> None:
        plan = told(tmp_path, "一、公开重点", "（一）公布清单。写明条件。（责任单位：市数据局")
        assert plan.items[0].responsible == ("市数据局",)
        assert "没有右半边" in messages(plan, "1.1")

    def test_a_bracket_on_its_own_line_speaks_for_the_numbered_paragraphs_above(self, tmp_path: Path) -> None:
        lines = ("1.公布清单。", "2.更新指南。", "（牵头单位：市数据局；责任单位：各街道）")
        plan = told(tmp_path, "一、公开重点", "（一）晒清单", *lines, "（二）开放日", "1.办一次。（各街道负责）")
        assert [(i.no, i.requirement, i.lead) for i in plan.items] == [
            ("1.1", "公布清单。", ("市数据局",)),
            ("1.2", "更新指南。", ("市数据局",)),
            ("2.1", "办一次。", ()),
        ]
        assert plan.doubts == ()

    def test_lines_of_labels_below_a_task_are_its_units_and_time(self, tmp_path: Path) -> None:
        lines = ("1.晒清单", "工作内容：公布清单。", "牵头单位：市数据局", "配合单位：无", "完成时限：6月底前")
        more = ("2.开放日", "工作内容：办一次。", "【责任单位】市司法局", "【完成时限】全年")
        plan = told(tmp_path, *lines, *more)
        assert rows(plan) == [
            ("1.1", None, "晒清单", "公布清单。", ("市数据局",), ()),
            ("2.1", None, "开放日", "办一次。", (), ("市司法局",)),
        ]
        assert [item.deadline.text for item in plan.items] == ["6月底前", "全年"]
        assert {item.deadline.source for item in plan.items} == {DeadlineSource.TEXT}

    def test_a_bracket_behind_a_heading_holds_for_what_stands_below(self, tmp_path: Path) -> None:
        plan = told(tmp_path, "一、晒清单（责任单位：市数据局）", "1.公布清单。", "2.更新指南。")
        assert [(i.no, i.responsible) for i in plan.items] == [("1", ("市数据局",)), ("2", ("市数据局",))]


class TestLevels:
    def test_numbers_that_run_through_the_plan_are_kept(self, tmp_path: Path) -> None:
        first = (
            "一、公开重点",
            "（一）晒清单",
            "1.公布清单。（责任单位：市数据局）",
            "2.更新指南。（责任单位：市数据局）",
        )
        plan = told(tmp_path, *first, "二、公开渠道", "（一）开放日", "3.办一次。（责任单位：市司法局）")
        assert [(i.no, i.category, i.task) for i in plan.items] == [
            ("1", "公开重点", "晒清单"),
            ("2", "公开重点", "晒清单"),
            ("3", "公开渠道", "开放日"),
        ]

    def test_tasks_that_are_counted_anew_in_each_chapter_count_on(self, tmp_path: Path) -> None:
        first = ("一、公开重点", "（一）晒清单", "公布清单。（责任单位：市数据局）", "更新指南。（责任单位：市数据局）")
        plan = told(tmp_path, *first, "二、公开渠道", "（一）开放日", "办一次。（责任单位：市司法局）")
        assert [item.no for item in plan.items] == ["1.1", "1.2", "2.1"]

    def test_with_chapters_alone_the_chapter_is_the_task(self, tmp_path: Path) -> None:
        plan = told(tmp_path, "一、晒清单", "公布清单。（责任单位：市数据局）", "二、开放日", "办一次。（各街道负责）")
        assert [(i.no, i.category, i.task) for i in plan.items] == [("1.1", None, "晒清单"), ("2.1", None, "开放日")]

    def test_a_paragraph_that_a_page_breaks_is_one_paragraph(self, tmp_path: Path) -> None:
        lines = (
            "（一）晒清单",
            "把各类办事清单写明条件和材料，由各单位自查自纠，送市数据",
            "",
            "局审核后公布。（责",
            "任单位：各街道）",
        )
        plan = told(tmp_path, "一、公开重点", *lines)
        assert plan.items[0].requirement == "把各类办事清单写明条件和材料，由各单位自查自纠，送市数据局审核后公布。"
        assert plan.items[0].responsible == ("各街道",)

    def test_a_text_that_wraps_at_every_line_with_page_numbers_between_is_joined(self, tmp_path: Path) -> None:
        body = (
            "（一）清理隐性门槛。对招标文件开展专项抽查，不得以注",
            "册地限制企业投标，发现一起纠正一起。（牵头单位：市发",
            "— 1 —",
            "改委；责任单位：市住建局、市水务局、市交通运输局和各",
            "街道）",
            "（二）推介民间项目。2026年5月底前，发布首批项目二十个，",
            "总投资不低于十五亿元。（牵头单位：市发改委；责任单位：",
            "市工商联）",
        )
        plan = told(tmp_path, "一、放宽准入", *body)
        assert [(i.task, i.lead) for i in plan.items] == [
            ("清理隐性门槛", ("市发改委",)),
            ("推介民间项目", ("市发改委",)),
        ]
        assert plan.items[0].requirement.endswith("不得以注册地限制企业投标，发现一起纠正一起。")


class TestWhatIsUnsure:
    def test_a_numbered_paragraph_without_units_among_others_is_kept_and_questioned(self, tmp_path: Path) -> None:
        lines = (
            "1.公布清单。（责任单位：市数据局）",
            "2.更新指南。",
            "3.压减材料。（责任单位：各街道）",
            "4.做好归档。",
        )
        plan = told(tmp_path, "一、公开重点", *lines)
        assert [item.no for item in plan.items] == ["1", "2", "3", "4"]
        assert [item.responsible for item in plan.items] == [("市数据局",), (), ("各街道",), ()]
        assert "没有责任单位" in messages(plan, "2")
        assert "没有责任单位" in messages(plan, "4")

    def test_a_paragraph_before_the_first_bracket_of_its_section_shares_it_with_a_doubt(self, tmp_path: Path) -> None:
        plan = told(tmp_path, "一、晒清单", "公布清单。", "更新指南。（责任单位：市数据局）")
        assert [item.responsible for item in plan.items] == [("市数据局",), ("市数据局",)]
        assert "暂按下一段的单位" in messages(plan, "1.1")

    def test_a_chapter_in_which_nobody_is_named_is_pointed_out(self, tmp_path: Path) -> None:
        plan = told(
            tmp_path,
            "一、公开重点",
            "（一）晒清单。公布清单。（责任单位：市数据局）",
            "二、公开渠道",
            "（二）开放日。请群众走进机关看一看。",
            "三、组织保障",
            "（三）加强领导。主要负责人亲自抓。",
        )
        assert [item.no for item in plan.items] == ["1.1"]
        assert [doubt.text for doubt in plan.doubts] == ["公开渠道"]

    def test_a_guarantee_that_asks_for_a_deliverable_is_an_item(self, tmp_path: Path) -> None:
        plan = told(
            tmp_path,
            "一、公开重点",
            "（一）晒清单。公布清单。（责任单位：市数据局）",
            "二、保障措施",
            "（一）加强领导。各单位要把公开摆上日程。",
            "（二）报送总结。各单位要认真总结，于2026年12月15日前报市政府办公室。",
            "（三）抓好培训。各街道每年至少培训两次。",
            "（四）跟踪督办。各单位要高度重视。由市司法局牵头，市数据局汇总材料，于11月底前形成报告。",
        )
        assert rows(plan)[1:3] == [
            ("2.1", "保障措施", "报送总结", "各单位要认真总结，于2026年12月15日前报市政府办公室。", (), ("各单位",)),
            ("3.1", "保障措施", "抓好培训", "各街道每年至少培训两次。", (), ("各街道",)),
        ]
        assert [item.deadline.due for item in plan.items[1:3]] == [date(2026, 12, 15), None]
        assert plan.items[2].deadline.kind is Kind.PERIODIC
        assert not messages(plan, "2.1")
        assert not messages(plan, "3.1")
        assert "取自句中" in messages(plan, "4.1"), "more than one unit is asked, in more than one sentence"

    def test_chapters_named_after_units_assign_what_stands_below(self, tmp_path: Path) -> None:
        first = ("现按牵头单位分解如下。", "一、市数据局（2项）", "1.公布清单。", "2.更新指南。（配合单位：各街道）")
        plan = told(tmp_path, *first, "二、市司法局（1项）", "3.办一次开放日。")
        assert [(i.no, i.lead, i.responsible) for i in plan.items] == [
            ("1", ("市数据局",), ()),
            ("2", ("市数据局",), ("各街道",)),
            ("3", ("市司法局",), ()),
        ]

    def test_the_first_unit_leads_where_the_plan_says_so(self, tmp_path: Path) -> None:
        lines = ("（列第一位的责任单位为牵头单位）", "一、晒清单", "1.公布清单。（责任单位：市数据局、市司法局）")
        only = told(tmp_path, *lines).items[0]
        assert (only.lead, only.responsible) == (("市数据局",), ("市司法局",))

    def test_paragraphs_without_any_unit_are_no_plan(self, tmp_path: Path) -> None:
        with pytest.raises(UserError) as caught:
            told(tmp_path, "一、公开重点", "（一）晒清单。公布办事清单。", "（二）开放日。办一次开放日。")
        assert "没有写明责任单位" in caught.value.sentence

    def test_a_letter_of_invitation_is_no_plan(self, tmp_path: Path) -> None:
        lines = ("各单位：", "一、会议时间", "2026年3月6日上午。", "二、有关要求", "请于3月5日前报名单。")
        with pytest.raises(UserError):
            read_plan(text_file(tmp_path, "\n".join(("关于召开座谈会的通知", *lines))))


class TestTextAndTable:
    HEAD = ("序号", "任务事项", "具体要求", "责任单位")

    def plan(self, folder: Path, *text: str) -> Plan:
        table = (
            self.HEAD,
            ("1", "晒清单", "1.编制各部门办事清单；\n2.公布收费目录。", "市数据局"),
            ("2", "开放日", "请群众代表走进政府机关。", "市司法局"),
        )
        return read_plan(word_file(folder, TITLE, *text, "附件", "任务分工表", table))

    def test_the_section_with_the_title_of_the_task_lends_the_date_of_the_sentence_that_fits(
        self, tmp_path: Path
    ) -> None:
        text = "（一）晒清单。2026年9月底前，编制好各部门办事清单。收费目录要及时公布并动态调整。"
        plan = self.plan(tmp_path, "一、公开重点", text)
        first, second, third = plan.items
        assert (first.deadline.text, first.deadline.source) == ("2026年9月底前", DeadlineSource.NARRATIVE)
        assert first.deadline.due == date(2026, 9, 30)
        assert (second.deadline.kind, third.deadline.kind) == (Kind.NONE, Kind.NONE)
        assert plan.doubts == ()

    def test_a_sentence_anywhere_that_repeats_the_requirement_lends_its_date(self, tmp_path: Path) -> None:
        plan = self.plan(tmp_path, "一、公开渠道", "（二）走出去。2026年10月底前，请群众代表走进政府机关参观。")
        assert [item.deadline.due for item in plan.items] == [None, None, date(2026, 10, 31)]

    def test_a_date_in_the_section_that_fits_no_requirement_goes_to_the_likeliest_with_a_doubt(
        self, tmp_path: Path
    ) -> None:
        plan = self.plan(tmp_path, "一、公开渠道", "（二）开放日。2026年11月底前完成首场活动。")
        assert plan.items[2].deadline.due == date(2026, 11, 30)
        assert "正文同名一节" in messages(plan, "2.1")

    def test_paragraphs_with_units_that_the_table_does_not_have_are_pointed_out(self, tmp_path: Path) -> None:
        plan = self.plan(tmp_path, "一、公开渠道", "（二）修网站。改造门户网站的检索功能。（责任单位：市大数据中心）")
        assert [item.no for item in plan.items] == ["1.1", "1.2", "2.1"]
        assert "表里没有" in messages(plan, None)


class TestThePlanItself:
    TASK = ("一、晒清单", "（一）公布清单。写明条件。（市数据局负责）")

    def test_the_plan_is_called_what_the_notice_calls_it(self, tmp_path: Path) -> None:
        head = (
            "云川市人民政府办公室文件",
            "云政办发[2026]7号",
            "云川市人民政府办公室关于印发",
            "《2026年云川市政务公开工作要点》的通知",
            "各区人民政府，市直各单位：",
            "现印发给你们，请认真落实。",
            "云川市人民政府办公室",
            "二〇二六年三月六日",
        )
        info = read_plan(text_file(tmp_path, "\n".join((*head, "2026年云川市政务公开工作要点", *self.TASK)))).info
        assert info.title == "2026年云川市政务公开工作要点"
        assert (info.doc_number, info.issuer) == ("云政办发〔2026〕7号", "云川市人民政府办公室")
        assert (info.issued, info.year) == (date(2026, 3, 6), 2026)

    def test_a_title_in_two_lines_is_one_title(self, tmp_path: Path) -> None:
        lines = (
            "云川市有效降低企业成本",
            "实施方案",
            "为降低企业成本，制定本方案，请各单位结合实际认真执行。",
            *self.TASK,
        )
        assert read_plan(text_file(tmp_path, "\n".join(lines))).info.title == "云川市有效降低企业成本实施方案"

    def test_the_data_sheet_of_a_web_page_is_used(self, tmp_path: Path) -> None:
        sheet = (
            ("发文机关：", "云川市人民政府", "成文日期：", "2026-03-06"),
            ("发文字号：", "云政发〔2026〕3号", "", ""),
        )
        path = text_file(tmp_path, "\n".join((tabbed(sheet), TITLE, *self.TASK)))
        info = read_plan(path).info
        assert (info.doc_number, info.issuer, info.issued) == ("云政发〔2026〕3号", "云川市人民政府", date(2026, 3, 6))

    def test_a_year_no_title_names_is_that_of_the_first_deadline(self, tmp_path: Path) -> None:
        lines = (
            "云川市公开标准化实施方案",
            "到2029年，全面建成。",
            "一、晒清单",
            "（一）公布清单。2027年6月底前完成。（市数据局负责）",
        )
        plan = read_plan(text_file(tmp_path, "\n".join(lines)))
        assert plan.info.year == 2027
        assert [doubt.field for doubt in plan.doubts] == ["year"]
