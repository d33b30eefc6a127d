"""Questions heard before: what was found for them is remembered, for people ask the same things."""

import threading
from collections import OrderedDict

from coach.language import Language
from coach.retrieval.search import Found, Search
from coach.retrieval.vectors import digest_of

_RECENT = 512


class Remembered:
    """Finds as `Search` does; the same words find the same passages without a second search. Thread-safe.

    Only a digest of the words is kept: a talk that was deleted leaves no text here.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._recent: OrderedDict[tuple[str, Language | None, int], list[Found]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, query: str, *, language: Language | None = None, limit: int = 5) -> list[Found]:
        """Return at most `limit` passages; nothing is remembered before the index is there."""
        if not self._search.ready():
            return self._search.find(query, language=language, limit=limit)
        asked = (digest_of(query), language, limit)
        with self._lock:
            if (known := self._recent.get(asked)) is not None:
                self._recent.move_to_end(asked)
                return list(known)
        found = self._search.find(query, language=language, limit=limit)
        with self._lock:
            self._recent[asked] = found
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return list(found)
