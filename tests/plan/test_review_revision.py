"""Which item of a revised plan is which of the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from time import perf_counter

from flows.plan.model import Deadline, DeadlineSource, Item, Kind, Plan, PlanInfo
from flows.plan.review import Reviewed
from flows.plan.revision import revise
from flows.plan.revision_matching import Pair, match_items

JUNE = Deadline("6月底前", DeadlineSource.COLUMN, date(2026, 6, 30), Kind.ONCE)
SEPTEMBER = Deadline("9月底前", DeadlineSource.COLUMN, date(2026, 9, 30), Kind.ONCE)
INFO = PlanInfo("云川市公开要点", 2026)


def item(no: str, requirement: str, task: str | None = None, **more: object) -> Item:
    return replace(Item(no, requirement, task=task, responsible=("市数据局",)), **more)  # type: ignore[arg-type]


def plan(*items: Item, info: PlanInfo = INFO) -> Plan:
    return Plan("要点.docx", info, items)


class TestMatching:
    def test_the_same_words_are_the_same_item_whatever_the_number(self) -> None:
        old = [item("1", "公布办事清单。"), item("2", "开展业务培训。")]
        new = [item("1", "开展业务培训"), item("7", "公布办事清单。")]
        assert match_items(old, new) == [Pair("2", "1"), Pair("1", "7")]

    def test_of_two_items_with_the_same_words_the_task_decides(self) -> None:
        old = [item("1", "年底前完成。", "修路"), item("2", "年底前完成。", "架桥")]
        new = [item("1", "年底前完成。", "架桥"), item("2", "年底前完成。", "修路")]
        assert match_items(old, new) == [Pair("2", "1"), Pair("1", "2")]

    def test_an_item_whose_figures_changed_is_the_same(self) -> None:
        old = [item("3", "全年组织不少于两场政府开放日活动，邀请企业和群众代表参加。")]
        new = [item("5", "全年组织不少于三场政府开放日活动，邀请企业、群众代表参加。")]
        assert match_items(old, new) == [Pair("3", "5")]

    def test_what_is_only_alike_is_not_sure(self) -> None:
        old = [item("1", "把培训课件放到网站。")]
        assert match_items(old, [item("1", "把培训课件放到市政府客户端。")]) == [Pair("1", "1", sure=False)]

    def test_of_two_equally_good_partners_neither_is_sure(self) -> None:
        old = [item("1", "在门户网站公布区级机关权责清单和办事指南")]
        new = [
            item("1", "在门户网站公布县级机关权责清单和办事指南"),
            item("2", "在门户网站公布市级机关权责清单和办事指南"),
        ]
        assert [pair.sure for pair in match_items(old, new)] == [False]

    def test_something_else_is_a_new_item(self) -> None:
        assert match_items([item("1", "公布办事清单。")], [item("1", "开展业务培训。")]) == []

    def test_three_hundred_items_in_other_words_take_no_time(self) -> None:
        old = [item(str(n), f"围绕第{n}项重点工作做好政策解读，做到应解读尽解读，编号{n * 7}。") for n in range(300)]
        new = [item(str(n), f"结合第{n}件中心工作抓好政策解读，做到应解读尽解读，编号{n * 7}。") for n in range(300)]
        start = perf_counter()
        match_items(old, new)
        assert perf_counter() - start < 5


class TestMerging:
    def test_nothing_changed_gives_the_offices_table(self) -> None:
        base = plan(item("1", "公布清单。", deadline=JUNE))
        office = plan(item("1", "公布全部清单。", deadline=JUNE))
        result = revise(Reviewed(office, reading=base), base)
        assert result.plan == office
        assert (result.changes, result.renumbering) == ((), None)

    def test_each_field_is_taken_from_the_side_that_changed_it(self) -> None:
        base = plan(item("1", "公布清单。", "清单", deadline=JUNE))
        office = plan(item("1", "公布清单。", "晒清单", deadline=JUNE))
        new = plan(item("1", "公布清单。", "清单", deadline=SEPTEMBER))
        (merged,) = revise(Reviewed(office, reading=base), new).plan.items
        assert (merged.task, merged.deadline) == ("晒清单", SEPTEMBER)

    def test_a_conflict_offers_the_new_text(self) -> None:
        base = plan(item("1", "公布清单。", deadline=JUNE))
        office = plan(item("1", "公布清单。", deadline=replace(JUNE, due=date(2026, 6, 15))))
        result = revise(Reviewed(office, reading=base), plan(item("1", "公布清单。", deadline=SEPTEMBER)))
        (doubt,) = result.plan.doubts
        assert (doubt.field, doubt.choices) == ("due", ("9月底前",))
        assert result.plan.items == office.items

    def test_both_sides_the_same_is_no_conflict(self) -> None:
        base, both = plan(item("1", "公布清单。", deadline=JUNE)), plan(item("1", "公布清单。", deadline=SEPTEMBER))
        assert revise(Reviewed(both, reading=base), both).plan == both

    def test_the_plan_itself_is_merged_too(self) -> None:
        base = plan(item("1", "公布清单。"))
        office = replace(base, info=replace(INFO, issuer="云川市人民政府办公室"))
        new = replace(base, info=replace(INFO, doc_number="云政办发〔2026〕9号"))
        info = revise(Reviewed(office, reading=base), new).plan.info
        assert (info.issuer, info.doc_number) == ("云川市人民政府办公室", "云政办发〔2026〕9号")

    def test_a_row_the_office_added_keeps_its_place_and_gives_way_to_the_plans_number(self) -> None:
        base = plan(item("1", "公布清单。"), item("2", "开展培训。"))
        office = plan(base.items[0], item("3", "办公室自己加的事。"), base.items[1])
        new = plan(*base.items, item("3", "新文件新增的工作。"))
        result = revise(Reviewed(office, reading=base), new)
        assert [i.requirement for i in result.plan.items] == [
            "公布清单。",
            "办公室自己加的事。",
            "开展培训。",
            "新文件新增的工作。",
        ]
        assert [i.no for i in result.plan.items] == ["1", "原3", "2", "3"]
        assert result.renumbering is not None
        assert result.renumbering.moves == {"3": "原3"}

    def test_a_row_the_office_added_that_the_plan_now_has_is_one_item(self) -> None:
        base = plan(item("1", "公布清单。"))
        office = plan(base.items[0], item("9", "组织开展政务公开业务培训。", responsible=("市司法局",)))
        new = plan(*base.items, item("2", "组织开展政务公开业务培训。"))
        result = revise(Reviewed(office, reading=base), new)
        assert [(i.no, i.responsible) for i in result.plan.items] == [("1", ("市数据局",)), ("2", ("市司法局",))]
        assert result.renumbering is not None
        assert result.renumbering.moves == {"9": "2"}

    def test_a_deleted_row_comes_back_only_when_the_document_changed_it(self) -> None:
        base = plan(item("1", "公布清单。"), item("2", "开展培训。", deadline=JUNE))
        reviewed = Reviewed(plan(base.items[0]), reading=base)
        assert [i.no for i in revise(reviewed, base).plan.items] == ["1"]
        result = revise(reviewed, plan(base.items[0], item("2", "开展培训。", deadline=SEPTEMBER)))
        assert [i.no for i in result.plan.items] == ["1", "2"]
        assert [doubt.no for doubt in result.plan.doubts] == ["2"]

    def test_the_number_of_a_deleted_row_does_not_inherit_its_history(self) -> None:
        base = plan(item("1", "公布清单。"), item("2", "开展培训。"))
        new = plan(item("1", "公布清单。"), item("2", "建设政务公开专区并配备设备。"))
        result = revise(Reviewed(plan(base.items[0]), reading=base), new)
        assert result.renumbering is not None
        assert result.renumbering.moves == {"2": "原2"}

    def test_a_cancelled_item_that_the_document_has_again_is_taken_up(self) -> None:
        base = plan(item("1", "公布清单。"))
        gone = item("原2", "组织开展政务公开业务培训。")
        reviewed = Reviewed(base, reading=base, cancelled=(gone,), marks={"原2": "已取消"})
        result = revise(reviewed, plan(*base.items, item("2", gone.requirement)))
        assert [i.no for i in result.plan.items] == ["1", "2"]
        assert result.cancelled == ()
        assert result.renumbering is not None
        assert result.renumbering.moves == {"原2": "2"}
        assert [change.old_no for change in result.changes if change.what == "恢复"] == ["2"], (
            "not 原2: it is told as 原第 2 条"
        )
