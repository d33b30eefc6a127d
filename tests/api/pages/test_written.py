"""Pages in one language alone."""

from api.pages.written import text_in, written
from coach.language import Language
from coach.retrieval.passages import Passage

_PASSAGE = Passage(id="article/x/en/y", type="article", slug="x", language="en", title="X", heading="Y", text="…")


def test_the_readers_language_comes_first_and_the_other_serves() -> None:
    assert text_in({"de": "gut", "en": "good"}, "en") == "good"
    assert text_in({"de": "gut"}, "en") == "gut"


def test_passages_of_the_other_language_say_so() -> None:
    def only_english(language: Language) -> list[Passage]:
        return [_PASSAGE] if language == "en" else []

    assert written(only_english, "de") == ("en", [_PASSAGE])
    assert written(lambda _: [], "de") == ("de", [])
