"""Reading a proof by its media type."""

from shared.documents.inspection import DOCX, PDF
from shared.documents.proof_text import ProofText


def read(content: bytes, content_type: str) -> ProofText:
    """The text of a proof, which `inspect` has found to be of that type; pictures have none. UnreadableProofError."""
    if content_type == PDF:
        from shared.documents.pdf_text import read_pdf

        return read_pdf(content)
    if content_type == DOCX:
        from shared.documents.docx_text import read_docx

        return read_docx(content)
    return ProofText()
