"""How much a pattern weighs, and who disagrees."""

from fastapi import FastAPI

from api.pages.opinions import disagreement, opinion_in, opinions
from coach.catalog import FailurePattern
from coach.language import LANGUAGES


def _pattern(app: FastAPI, **severity: str) -> FailurePattern:
    pattern: FailurePattern = app.state.coach.catalog.pattern("no-baseline")
    return FailurePattern.model_validate({**pattern.model_dump(), "severity": severity})


def test_profiles_of_one_mind_share_a_clause(app: FastAPI) -> None:
    pattern = _pattern(app, default="warning", google="advice", lenient="advice")
    assert disagreement(pattern, "de") == (
        "Hier gehen die Meinungen auseinander. Für die beiden Artikel hinter der Methode ist das etwas, das ihr "
        "klären solltet, für die Praxis bei Google und das nachsichtige Profil eine Anregung."
    )
    assert disagreement(pattern, "en") == (
        "Opinions differ here. For the two articles behind the method this is something to sort out; for practice at "
        "Google and the lenient profile it is a suggestion."
    )


def test_a_profile_that_lets_it_pass_is_named_too(app: FastAPI) -> None:
    pattern = _pattern(app, default="error", google="off")
    assert "für die Praxis bei Google kein Thema." in str(disagreement(pattern, "de"))
    assert opinion_in(pattern, "google") == "off"
    assert opinion_in(pattern, "unheard-of") == "error"


def test_where_all_agree_nothing_is_said(app: FastAPI) -> None:
    pattern = _pattern(app, default="advice", google="advice")
    assert [opinion.severity for opinion in opinions(pattern)] == ["advice", "advice"]
    assert all(disagreement(pattern, language) is None for language in LANGUAGES)
