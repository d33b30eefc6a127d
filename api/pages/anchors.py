"""Where on its page a passage stands."""

from coach.retrieval.passages import Passage
from coach.retrieval.search import Found


def anchor_of(passage: Passage | Found) -> str:
    """Return the anchor of a passage's heading: the end of its id, so that links of search and pages agree."""
    return passage.id.rpartition("/")[2]
