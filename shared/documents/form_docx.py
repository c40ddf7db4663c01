"""The proof-of-execution form as a Word document, to be typed into."""

import io
from typing import TYPE_CHECKING

from shared.documents.form_words import BLANK, Entry, FormWords

if TYPE_CHECKING:
    from docx.document import Document as WordDocument


def form_docx(form: FormWords) -> bytes:
    """The document's bytes. A line to be filled in is a row of underscores behind its label, on a line of its own."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.core_properties.title = form.title
    document.core_properties.author = ""
    document.core_properties.language = form.language
    document.styles["Normal"].font.size = Pt(10.5)
    document.add_heading(form.title, level=0)
    document.add_paragraph(form.lead)
    for section in form.sections:
        document.add_heading(section.title, level=2)
        if section.statement:
            document.add_paragraph(section.statement)
        for entry in section.entries:
            _add(document, entry)
    document.sections[0].footer.paragraphs[0].text = form.footer
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add(document: "WordDocument", entry: Entry) -> None:
    line = document.add_paragraph()
    line.add_run(f"{entry.label}: ").bold = True
    line.add_run(entry.value or BLANK)
    if entry.tall:
        for _ in range(3):
            document.add_paragraph(BLANK * 2)
