"""Pages that are written in one language alone are shown in that one."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from coach.language import LANGUAGES, Language
from coach.retrieval.passages import Passage

Text = TypeVar("Text")


class Written(NamedTuple):
    """The passages of a page, and the language that they are in."""

    language: Language
    passages: list[Passage]


def text_in(texts: Mapping[Language, Text], language: Language) -> Text:
    """Return the text in a language, else in the one that there is."""
    return texts[language] if language in texts else next(iter(texts.values()))


def written(passages_in: Callable[[Language], list[Passage]], language: Language) -> Written:
    """Return the passages of a page in the reader's language, else in another."""
    for candidate in (language, *(other for other in LANGUAGES if other != language)):
        if passages := passages_in(candidate):
            return Written(candidate, passages)
    return Written(language, [])
