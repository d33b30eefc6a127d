"""The order of words in an index, with umlauts beside their vowels."""

import unicodedata


def alphabetical(text: str) -> str:
    """Return the key by which a text is sorted: letters without accents, without case."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()


def initial(text: str) -> str:
    """Return the letter that a text stands under."""
    return alphabetical(text)[:1].upper()
