"""A few drafts of each language, for what a model is asked about one by one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from coach.formats.reading import read_draft
from coach.language import Language
from coach.okr import Draft, parse_draft
from evals.request import Request

TOUR = Path(__file__).parent / "datasets" / "tour"
_LANGUAGES: tuple[Language, ...] = ("de", "en")
_FROM_EACH = 5


def sampled(request: Request) -> list[Draft]:
    """Return drafts of one objective, of each language the tour's and some labelled ones.

    `request.most`: how many in all; the tour is left out where somebody brings their own data.
    """
    each = (request.most or 4 * _FROM_EACH) // len(_LANGUAGES)
    chosen: list[Draft] = []
    for language in _LANGUAGES:
        tour = [] if request.own_data else list(_tour(language))[: (each + 1) // 2]
        chosen += tour + _spread(_labelled(request, language), each - len(tour))
    return chosen


def _tour(language: Language) -> Iterator[Draft]:
    for path in sorted(TOUR.glob(f"{language}-*.md")):
        draft = read_draft(path.read_bytes(), "md")
        yield draft.model_copy(update={"objectives": draft.objectives[:1], "language": language})


def _labelled(request: Request, language: Language) -> Iterator[Draft]:
    for draft in request.drafts:
        if draft.lang == language:
            body = {"objective": draft.objective, "key_results": draft.key_results, "language": language}
            yield parse_draft(body)


def _spread(drafts: Iterable[Draft], number: int) -> list[Draft]:
    found = list(drafts)
    return found[:: max(1, len(found) // number)][:number] if number > 0 else []
