"""Which of the languages that there are suits a reader."""

FALLBACK = "en"
LANGUAGES = ("en", "pl")
_OF_COUNTRY = {"PL": "pl"}


def language_for(wish: str | None, *, country: str | None = None) -> str:
    """The language for a wish such as "pl-PL"; where that is null or unknown, the country's (ISO 3166-1 alpha-2).

    English where neither says anything.
    """
    wanted = (wish or "").strip().replace("_", "-").partition("-")[0].casefold()
    if wanted in LANGUAGES:
        return wanted
    return _OF_COUNTRY.get((country or "").strip().upper(), FALLBACK)
