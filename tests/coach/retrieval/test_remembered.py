"""What was found once is remembered, but not before there is an index to find with."""

from typing import Any, cast

from coach.language import Language
from coach.retrieval.remembered import Remembered
from coach.retrieval.search import Found, Search


class _Searched:
    """A search that counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Language | None, int]] = []
        self.there = True

    def ready(self) -> bool:
        return self.there

    def find(self, query: str, *, language: Language | None = None, limit: int = 5) -> list[Found]:
        self.asked.append((query, language, limit))
        return [cast("Any", f"{query} {len(self.asked)}")]


def test_the_same_question_is_searched_once_and_another_one_anew() -> None:
    search = _Searched()
    find = Remembered(cast("Search", search))
    first = find("What is an outcome?", language="en")
    first.clear()
    again = [
        *find("What is an outcome?", language="en"),
        *find("What is an outcome?", language="de"),
        *find("What is an outcome?", language="en", limit=1),
    ]
    assert list(map(str, again)) == [f"What is an outcome? {number}" for number in (1, 2, 3)]
    assert "outcome" not in repr(vars(find)["_recent"].keys())
    assert len(search.asked) == 3


def test_nothing_is_remembered_before_the_index_is_there() -> None:
    search = _Searched()
    search.there = False
    find = Remembered(cast("Search", search))
    find("What is an outcome?")
    search.there = True
    find("What is an outcome?")
    find("What is an outcome?")
    assert len(search.asked) == 2
