"""What the templates of all documents are put together from: conditions, loops, chapters, lists at the end."""

from __future__ import annotations

from flows.documents.blocks import paragraph, section, tag


def when(condition: str, content: str) -> str:
    """Only where the condition holds."""
    return tag(f"if {condition}") + content + tag("endif")


def either(condition: str, then: str, otherwise: str) -> str:
    """One of two."""
    return tag(f"if {condition}") + then + tag("else") + otherwise + tag("endif")


def loop(word: str, words: str, content: str) -> str:
    """Once for each of ``words``, which is called ``word`` in the content."""
    return tag(f"for {word} in {words}") + content + tag("endfor")


def each(words: str, style: str = "BodyText") -> str:
    """A paragraph for each of ``words``."""
    return loop("段", words, paragraph(style, "{{ 段 }}"))


def chapters() -> str:
    """一、 with its paragraphs, in it （一） with its own."""
    sections = loop("节", "章.小节", paragraph("LevelTwo", "{{ 节.标题 }}") + each("节.段落"))
    return loop("章", "章节", paragraph("LevelOne", "{{ 章.标题 }}") + each("章.段落") + sections)


def attachment_head(name: str) -> str:
    """附件1 and its title, at the top of a page."""
    return paragraph("AttachmentMark", f"{{{{ {name}.标识 }}}}") + paragraph(
        "AttachmentTitle", f"{{{{ {name}.标题 }}}}"
    )


def with_text(base: dict[str, bytes], text: str, title: str) -> dict[str, bytes]:
    """The parts of 通报.docx with another text, and another title in its properties."""
    document, core = base["word/document.xml"].decode("utf-8"), base["docProps/core.xml"].decode("utf-8")
    opening = document[: document.index("<w:body>")]
    whole = f"{opening}<w:body>{text}{section('rId4', 'rId5')}</w:body></w:document>"
    return base | {
        "word/document.xml": whole.encode("utf-8"),
        "docProps/core.xml": core.replace("通报", title).encode("utf-8"),
    }


def with_styles(base: dict[str, bytes], styles: str) -> dict[str, bytes]:
    """The parts with further named styles."""
    known = base["word/styles.xml"].decode("utf-8")
    return base | {"word/styles.xml": known.replace("</w:styles>", f"{styles}</w:styles>").encode("utf-8")}
