"""The ProofTemplates of the use cases: the form in both kinds of file, in the reader's language."""

from shared.documents.form_docx import form_docx
from shared.documents.form_pdf import form_pdf
from shared.documents.form_words import form_words
from shared.texts import language_for, texts
from shared.usecases.template_records import TemplateFormat, TemplateValues


class DocumentProofTemplates:
    """Writes the form with reportlab and python-docx, which are loaded when the first one is asked for."""

    def render(
        self, values: TemplateValues, *, kind: TemplateFormat, wish: str | None, country: str | None
    ) -> tuple[bytes, str]:
        """The file, and the language that it speaks: the wish, else the country's, else English."""
        language = language_for(wish, country=country)
        form = form_words(values, texts(language))
        return (form_pdf if kind is TemplateFormat.PDF else form_docx)(form), language
