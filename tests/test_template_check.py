"""`taizhang template check`: what is wrong with a template is told before a bulletin is wanted."""

from __future__ import annotations

from pathlib import Path

import docx

from tests.office import new_office


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
