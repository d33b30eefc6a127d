"""What a browser prefers, by the quality lists in its headers."""

from coach.language import LANGUAGES, Language

_HTML = ("text/html", "application/xhtml+xml")


def weights(header: str) -> dict[str, float]:
    """Return the entries of a quality list, in lower case, with their weights.

    >>> weights("de-CH, en;q=0.8")
    {'de-ch': 1.0, 'en': 0.8}
    """
    listed = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        if name:
            listed[name] = _quality(parameters)
    return listed


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def wants_html(accept: str) -> bool:
    """Whether a page is asked for by name and not less than JSON; `*/*` alone asks for no page."""
    listed = weights(accept)
    page = max(listed.get(name, 0.0) for name in _HTML)
    return page > 0 and page >= listed.get("application/json", 0.0)


def preferred_language(accept_language: str) -> Language | None:
    """Return the language of ours that is wanted most, or None where none is named."""
    wanted: dict[Language, float] = {}
    for tag, weight in weights(accept_language).items():
        for language in LANGUAGES:
            if tag.partition("-")[0] == language:
                wanted[language] = max(weight, wanted.get(language, 0.0))
    best = max(wanted, key=lambda language: wanted[language], default=None)
    return best if best is not None and wanted[best] > 0 else None
