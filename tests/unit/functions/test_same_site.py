"""Requests that another site's page makes in a person's name."""

import pytest

from functions.request_errors import OtherSiteError
from functions.same_site import check_same_site

OWN = ("https://cpor.example", "https://app.azurewebsites.example/api/claims?x=1")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "https://cpor.example"},
        {"origin": "https://cpor.example:443"},
        {"origin": "https://CPOR.example"},
        {"origin": "https://app.azurewebsites.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_own_pages_and_programs_are_let_in(headers: dict[str, str]) -> None:
    """Our own pages, and programs that send neither header, may change things."""
    check_same_site("POST", headers, own_urls=OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "Cross-Site", "origin": "https://cpor.example"},
        {"sec-fetch-site": ""},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://evil.example"},
        {"origin": "http://cpor.example"},
        {"origin": "https://cpor.example:8443"},
        {"origin": "https://cpor.example.evil.example"},
        {"origin": "https://evil.example/https://cpor.example"},
        {"origin": "https://cpor.example:notaport"},
        {"origin": "https://[bad"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "put"])
def test_other_sites_are_refused(method: str, headers: dict[str, str]) -> None:
    """Whatever marks the request as another site's makes it refused, whichever header says so."""
    with pytest.raises(OtherSiteError):
        check_same_site(method, headers, own_urls=OWN)


@pytest.mark.parametrize("method", ["GET", "head", "OPTIONS"])
def test_reading_is_open_to_links(method: str) -> None:
    """Following a link from anywhere is fine: it changes nothing."""
    check_same_site(method, {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, own_urls=OWN)
