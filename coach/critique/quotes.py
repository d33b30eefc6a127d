"""Where the words that a model quotes stand."""

_MARKS = " \"'„“”‚‘’«»›‹"
EMPTY = "the quote is empty"


def bare(quote: str) -> str:
    """Return quoted words without the marks around them."""
    return quote.strip(_MARKS)


def place_of(quote: str, text: str) -> tuple[int, int] | None:
    """Return where quoted words begin and end in a text; None where they are none, or don't stand there."""
    words = bare(quote)
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None
