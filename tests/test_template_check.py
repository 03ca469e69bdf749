"""`taizhang template check`: what is wrong with a template is told before a bulletin is wanted."""

from __future__ import annotations

from pathlib import Path

import docx

from tests.office import Office, new_office


def test_a_template_that_was_edited_wrongly_is_told_by_the_check(tmp_path: Path) -> None:
    """The packaged ones have no fault; a misspelt name is found with the right one beside it."""
    office = new_office(tmp_path)
    found = office.json("template", "check")
    assert {Path(each["file"]).name for each in found["templates"]} >= {"通报.docx", "督办单.docx"}
    assert [each["problems"] for each in found["templates"]] == [[]] * len(found["templates"])
    path = office.home / "templates" / "通报.docx"
    document = docx.Document(str(path))
    document.add_paragraph("{{ 署铭 }}")
    document.save(str(path))
    answer = office.run("template", "check", path)
    assert answer.code == 1
    assert "署铭" in answer.out
    assert "署名" in answer.out


EARLIER = Path(__file__).parent / "documents" / "earlier_templates" / "通报.docx"


def test_an_earlier_template_says_what_it_has_no_place_for(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    path = office.home / "templates" / "通报.docx"
    path.write_bytes(EARLIER.read_bytes())
    told = office.run("template", "check", path)
    assert (told.code, "通报.docx：没有发现问题" in told.out) == (0, True), "it prints as ever"
    assert "说明：没有“督查通报”刊头的位置" in told.out
    packaged = office.json("template", "check")["templates"]
    assert {Path(each["file"]).name for each in packaged if each["notes"]} == {"通报.docx"}


def test_who_wants_the_own_masthead_and_has_no_place_for_it_is_told_why_it_does_not_come(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.configure(bulletin={"style": "督查通报"})
    path = office.home / "templates" / "通报.docx"
    assert office.json("template", "check", path)["templates"][0]["problems"] == [], "the packaged one has its place"
    path.write_bytes(EARLIER.read_bytes())
    told = office.run("template", "check", path)
    assert told.code == 0, "it stops nothing"
    assert "设了“督查通报”版头，模板里没有刊头的位置，印出来仍是“文件”版头" in told.out
    assert "说明：没有“督查通报”刊头的位置" not in told.out


def test_a_template_may_be_checked_outside_of_any_office(tmp_path: Path) -> None:
    lonely = tmp_path / "通报.docx"
    lonely.write_bytes(EARLIER.read_bytes())
    told = Office(tmp_path).run("template", "check", lonely)
    assert told.code == 0
    assert "没有“督查通报”刊头的位置" in told.out
