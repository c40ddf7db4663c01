"""One good proof of each kind, made once."""

from datetime import date

import pytest

from tools import sample_proofs

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def good_pdf() -> bytes:
    """A PDF that says all that the checks look for."""
    return sample_proofs.pdf_proof(customer="Alpine Outfitters", products=["Microsoft Teams"], dated=TODAY)


@pytest.fixture(scope="session")
def good_docx() -> bytes:
    """A Word document that says all that the checks look for."""
    return sample_proofs.docx_proof(customer="Alpine Outfitters", products=["Microsoft Teams"], dated=TODAY)


@pytest.fixture(scope="session")
def png() -> bytes:
    """A picture of a paper."""
    return sample_proofs.picture("PNG")


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A photograph of a paper."""
    return sample_proofs.picture("JPEG")
