"""Unit cells: who leads, who is responsible, and that nothing gets lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.plan.textual import full_width
from flows.plan.unit_words import PERSON
from flows.plan.units import PieceKind, join_names, numbered_cells, split_names, split_units


@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("市数据局", [], ["市数据局"]),
        ("市数据局牵头，各地各部门负责", ["市数据局"], ["各地各部门"]),
        ("市政府办公室牵头，各地各部门执行", ["市政府办公室"], ["各地各部门"]),
        ("各县（市、区）政府（管委会）", [], ["各县（市、区）政府（管委会）"]),
        ("各县(市、区)政府(管委会)、市直各单位", [], ["各县（市、区）政府（管委会）", "市直各单位"]),
        (
            "各县（市、区）；市司法局、市商务局牵头，市直各单位按职责分工落实",
            ["市司法局", "市商务局"],
            ["各县（市、区）", "市直各单位"],
        ),
        ("市教育局、市国资委等部门按职责分工落实", [], ["市教育局", "市国资委"]),
        ("市医保局等市直单位按职责分工落实", [], ["市医保局"]),
        ("各街道；市直各单位。市财政局按照职责分工强化监管。", [], ["各街道", "市直各单位", "市财政局"]),
        ("牵头单位：市数据局；责任单位：市司法局、各街道", ["市数据局"], ["市司法局", "各街道"]),
        ("（牵头单位:市数据局;配合单位:市司法局）", ["市数据局"], ["市司法局"]),
        ("市数据局（牵头）、市司法局", ["市数据局"], ["市司法局"]),
        ("由市商务局牵头，会同市财政局、市税务局办理", ["市商务局"], ["市财政局", "市税务局"]),
        ("办公室牵头，各科室配合", ["办公室"], ["各科室"]),
        ("法规科主办、各科室协办", ["法规科"], ["各科室"]),
        ("市发改委、市财政局，分别牵头", ["市发改委", "市财政局"], []),
        ("市教育局和市体育局，市工业和信息化局", [], ["市教育局", "市体育局", "市工业和信息化局"]),
        ("市、县直各单位", [], ["市、县直各单位"]),
        ("市数据局牵头市司法局配合", ["市数据局"], ["市司法局"]),
        ("市人力资源和社会\n保障局、市财\n政局", [], ["市人力资源和社会保障局", "市财政局"]),
        ("市教育局\n市财政局", [], ["市教育局", "市财政局"]),
        ("市教育局、市教育局", [], ["市教育局"]),
        ("会同县人民政府", [], ["会同县人民政府"]),
        ("省科技厅按职责分工负责，各市人民政府结合实际落实", [], ["省科技厅", "各市人民政府"]),
        ("市数据局为牵头单位，市司法局、市财政局为配合单位", ["市数据局"], ["市司法局", "市财政局"]),
        ("市数据局总牵头，各区组织实施", ["市数据局"], ["各区"]),
        ("市司法局指导，各县（市、区）落实", [], ["市司法局", "各县（市、区）"]),
        ("市数据局、市司法局各司其职", [], ["市数据局", "市司法局"]),
        ("市数据局、市司法局依职责落实", [], ["市数据局", "市司法局"]),
        ("市数据局、市司法局在各自职责范围内负责", [], ["市数据局", "市司法局"]),
        ("市发改委、市财政局等有关部门和单位", [], ["市发改委", "市财政局"]),
        ("市住建、市场监管、医疗保障等部门", [], ["市住建", "市场监管", "医疗保障"]),
        ("市委、市政府各部门", [], ["市委、市政府各部门"]),
        ("各县、区人民政府，市直各单位", [], ["各县、区人民政府", "市直各单位"]),
        ("州委编办及州直相关单位，市园林局及各区政府", [], ["州委编办", "州直相关单位", "市园林局", "各区政府"]),
        ("市住建局等政府各有关部门负责落实", [], ["市住建局"]),
        ("各市、州人民政府，各镇、街道", [], ["各市、州人民政府", "各镇、街道"]),
        ("各镇人民政府、街道办事处", [], ["各镇人民政府", "街道办事处"]),
        (
            "市直和中央、省驻云有关单位，区县市人民政府、管委会）",
            [],
            ["市直和中央、省驻云有关单位", "区县市人民政府", "管委会"],
        ),
        ("市直各单位（除市公安局、市司法局外）、各街道", [], ["市直各单位（除市公安局、市司法局外）", "各街道"]),
        ("市直各部门，除市公安局外", [], ["市直各部门，除市公安局外"]),
        ("除市公安局和市司法局外的市直各部门", [], ["除市公安局和市司法局外的市直各部门"]),
        ("市公安局（交警支队）、市政府办〔市数据局〕", [], ["市公安局（交警支队）", "市政府办〔市数据局〕"]),
        ("1.市数据局 2.市司法局、市财政局", [], ["市数据局", "市司法局", "市财政局"]),
        ("①市数据局②市司法局", [], ["市数据局", "市司法局"]),
        ("（1）市数据局；（2）市司法局", [], ["市数据局", "市司法局"]),
        ("市民政局（周某某）、市司法局（张文强）牵头", ["市民政局", "市司法局"], []),
        ("市民政局 周某某\n市公安局（交警支队）", [], ["市民政局", "市公安局（交警支队）"]),
        ("市林业局、市农业农村局（林业站）", [], ["市林业局", "市农业农村局（林业站）"]),
        ("市教育局/市财政局+市司法局", [], ["市教育局", "市财政局", "市司法局"]),
        ("牵头：市数据局 配合：市司法局、市财政局", ["市数据局"], ["市司法局", "市财政局"]),
        ("牵头单位市数据局，配合单位市司法局", ["市数据局"], ["市司法局"]),
        ("市数据局\n（牵头）\n市司法局", ["市数据局"], ["市司法局"]),
        ("教育局、财政局\n民政局", [], ["教育局", "财政局", "民政局"]),
        ("市住房和城乡\n建设局\n市人力资源和社会\n保障局", [], ["市住房和城乡建设局", "市人力资源和社会保障局"]),
        ("市政府\n办公室、市委\n宣传部", [], ["市政府办公室", "市委宣传部"]),
        ("—", [], []),
        ("", [], []),
    ],
)
def test_a_unit_cell_reads(text: str, lead: list[str], responsible: list[str]) -> None:
    cell = split_units(text)
    assert (list(cell.lead), list(cell.responsible)) == (lead, responsible)


def test_in_a_column_of_leading_units_every_unit_leads_unless_a_verb_says_otherwise() -> None:
    assert split_units("市数据局、市司法局", leads=True).lead == ("市数据局", "市司法局")
    assert split_units("市数据局牵头，市司法局配合", leads=True).responsible == ("市司法局",)


@pytest.mark.parametrize(
    "text",
    [
        "涉及重大项目的相关县市区和部门",
        "有监管职能的市政府各部门",
        "各县（市、区",
        "市教育局、市财政局会同市税务局负责",
        "各街道，市司法局牵头",
    ],
)
def test_an_expression_that_only_a_person_can_settle_carries_a_doubt(text: str) -> None:
    assert split_units(text).doubts


def test_units_called_by_their_part_in_the_plan_are_a_group_without_a_doubt() -> None:
    assert not split_units("各牵头单位、有关责任单位").doubts


@pytest.mark.parametrize(
    "text",
    ["市直各单位（除市公安局外）", "市数据局、市司法局牵头，各区配合", "市级各有关部门", "市财政局会同市税务局负责"],
)
def test_a_clear_cell_carries_no_doubt(text: str) -> None:
    assert split_units(text).doubts == ()


def test_a_star_is_no_part_of_a_name_and_a_person_is_asked_what_it_means() -> None:
    cell = split_units("★市数据局、市司法局")
    assert cell.responsible == ("市数据局", "市司法局")
    assert "★" in cell.doubts[0][1]


def test_a_numbered_cell_is_taken_apart_by_its_numbers() -> None:
    assert numbered_cells("1.市数据局、市司法局；2.市财政局") == {1: "市数据局、市司法局", 2: "市财政局"}
    assert numbered_cells("①市数据局\n②市财政局") == {1: "市数据局", 2: "市财政局"}
    assert numbered_cells("市数据局、市司法局") == {}
    assert numbered_cells("2.市数据局；3.市司法局") == {}


WORDS = (
    "市数据局 各县（市、区） 牵头 负责 、 ， ； 。 等部门 按职责分工落实 牵头单位： 和 "
    "及 会同 （牵头） 由 ( ) 市 区 的 "
    "1. ① ★ （周某） 张文强 除 外 配合 责任单位： 结合实际 各司其职 指导 市公安局（交警支队） 局 委"
)
PARTS = st.sampled_from([*WORDS.split(), "\n"])
CELLS = st.one_of(st.text(max_size=30), st.lists(PARTS, max_size=10).map("".join))
VERBS = (
    "等|按|根据|依|在|结合|总|作?为|是|各司|各尽|齐抓|通力|分工|分级|同步|指导|监督|督|协调|完成|审核|跟踪|推动|保障|把关|主抓|主责"
    "|负总责|兜底|统一|牵头|主办|抓总|负责|执行|落实|配合|协|承办|参|实施|推进|办理|支持|监管|.*工作|共同|分别|具体|积极|密切|联合"
    "|统筹|各负其责|主动|组织|抓好|做好|加强|强化|认真|给予|予以|全力|相关|有关|各项"
)
CONNECTING = re.compile(rf"由|会同|牵头会同|（.{{2,8}}）|.{{2,14}}：|(?:牵头|责任|配合|落实)单位|(?:{VERBS}).*")


def solid(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f\x80-\x9f]", "", full_width(text))


@given(CELLS)
@example("（牵头单位：市数据局；责任单位：各街道）")
@example("各县（市、区")
def test_every_character_ends_in_a_unit_a_connecting_word_or_a_separator(text: str) -> None:
    cell = split_units(text)
    assert solid("".join(piece.text for piece in cell.pieces)) == solid(text)
    for piece in cell.pieces:
        if piece.kind is PieceKind.MARK:
            listed = re.fullmatch(r"[0-9]{1,2}[.．、]\s*|（[0-9]{1,2}）\s*|[①-⑳]\s*|[*＊★☆▲△※]+", piece.text)
            assert listed or PERSON.search(piece.text), piece
        if piece.kind is PieceKind.WORD:
            assert CONNECTING.fullmatch(piece.text), piece
        if piece.kind is PieceKind.SEPARATOR:
            assert not re.search(r"[\w]", re.sub("以及|和|及|与|无|_", "", piece.text)), piece


@pytest.mark.parametrize("names", [("市数据局",), ("市、县直各单位", "各县（市、区）政府（管委会）", "各街道")])
def test_names_joined_for_the_workbook_come_back(names: tuple[str, ...]) -> None:
    assert split_names(join_names(names)) == names


def test_the_office_may_part_names_as_it_likes() -> None:
    assert split_names("市数据局，市司法局; 各街道\n市财政局") == ("市数据局", "市司法局", "各街道", "市财政局")
