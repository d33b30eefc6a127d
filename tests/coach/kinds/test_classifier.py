"""The kind of a key result: what is obvious, why, and when to keep silent."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.embedding import Embedder, bundled_embedder
from coach.kinds import KindClassifier, Verdict, open_classifier
from coach.kinds.classifier import Stage, Weights, read_weights
from coach.kinds.features import features_of
from coach.language import LANGUAGES, Language
from coach.reading import read
from coach.review import KINDS, Kind

OBVIOUS: list[tuple[Language, str, Kind]] = [
    ("de", "8 von 10 Mieter:innen finden die Nebenkosten-Erklärung verständlich", Kind.OUTCOME),
    ("de", "80 % der neuen Kund:innen schließen die Einrichtung ohne Anruf ab", Kind.OUTCOME),
    ("de", "60 % der Bürger*innen buchen ihren Termin online (heute: 20 %)", Kind.OUTCOME),
    ("de", "Umsatz um 12 % steigern", Kind.KPI),
    ("de", "Krankenstand unter 4 %", Kind.KPI),
    ("de", "NPS von 32 auf 45", Kind.KPI),
    ("de", "Neues CRM bis Ende Q3 eingeführt", Kind.OUTPUT),
    ("de", "Wir führen das neue CRM ein", Kind.OUTPUT),
    ("de", "Einführung eines Kundenportals", Kind.OUTPUT),
    ("de", "Portal veröffentlichen", Kind.OUTPUT),
    ("de", "Regelmäßige Abstimmung mit dem Vertrieb durchführen", Kind.ACTIVITY),
    ("de", "20 Interviews mit Kund:innen führen", Kind.ACTIVITY),
    ("de", "Die Qualität spürbar verbessern", Kind.VAGUE),
    ("de", "Zusammenarbeit stärken", Kind.VAGUE),
    ("en", "80% of new tenants finish set-up without calling support", Kind.OUTCOME),
    ("en", "120 teams work with the new board every week", Kind.OUTCOME),
    ("en", "9 out of 10 patients know whom to call after discharge", Kind.OUTCOME),
    ("en", "Grow ARR from 3 to 4 M€", Kind.KPI),
    ("en", "NPS +10", Kind.KPI),
    ("en", "Test coverage 80%", Kind.KPI),
    ("en", "Launch the self-service portal by May", Kind.OUTPUT),
    ("en", "New CRM is rolled out", Kind.OUTPUT),
    ("en", "Publish 6 blog posts", Kind.OUTPUT),
    ("en", "Run monthly stakeholder meetings", Kind.ACTIVITY),
    ("en", "Conduct 20 interviews", Kind.ACTIVITY),
    ("en", "Improve collaboration", Kind.VAGUE),
    ("en", "Significantly better quality", Kind.VAGUE),
]
UNHEARD_OF = ["Xyzzy", "Blorf quux", "🎉", "–", "\u00ad"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    found = bundled_embedder()
    if found is None:
        pytest.skip("the bundled embedding does not run on this machine")
    return found


@pytest.fixture(scope="module")
def with_embedding(embedder: Embedder) -> KindClassifier:
    return open_classifier(embedder)


WITHOUT_EMBEDDING = open_classifier(None)


def verdict(classifier: KindClassifier, text: str, language: Language) -> Verdict:
    [found] = classifier.classify([read(text, language)])
    return found


@pytest.mark.parametrize(("language", "text", "kind"), OBVIOUS)
def test_the_obvious_is_right(with_embedding: KindClassifier, language: Language, text: str, kind: Kind) -> None:
    found = verdict(with_embedding, text, language)
    assert (found.kind, found.likeliest) == (kind, kind)
    assert found.confidence > 0.6


@pytest.mark.parametrize(("language", "text", "kind"), OBVIOUS)
def test_the_obvious_is_right_without_embedding(language: Language, text: str, kind: Kind) -> None:
    assert verdict(WITHOUT_EMBEDDING, text, language).kind == kind


@pytest.mark.parametrize(("language", "text", "_kind"), OBVIOUS)
def test_reasons_are_words_of_the_text(language: Language, text: str, _kind: Kind) -> None:
    found = verdict(WITHOUT_EMBEDDING, text, language)
    assert 1 <= len(found.evidence) <= 3
    assert len(set(found.evidence)) == len(found.evidence)
    assert all(words and words in text for words in found.evidence)


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("de", "Neues CRM bis Ende Q3 eingeführt", "eingeführt"),
        ("de", "Krankenstand unter 4 %", "Krankenstand"),
        ("de", "Die Qualität spürbar verbessern", "spürbar"),
        ("en", "Launch the self-service portal by May", "Launch"),
        ("en", "Run monthly stakeholder meetings", "meetings"),
        ("en", "Improve collaboration", "collaboration"),
    ],
)
def test_the_telling_word_is_among_the_reasons(language: Language, text: str, reason: str) -> None:
    assert reason in verdict(WITHOUT_EMBEDDING, text, language).evidence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", UNHEARD_OF)
def test_what_says_nothing_is_left_open(text: str, language: Language) -> None:
    found = verdict(WITHOUT_EMBEDDING, text, language)
    assert found.kind == Kind.UNSURE
    assert found.likeliest in KINDS
    assert found.confidence < read_weights().threshold


def test_something_unclear_is_left_open_with_embedding(with_embedding: KindClassifier) -> None:
    unclear: list[tuple[Language, str]] = [
        ("de", "Wetter am Montag"),
        ("de", "Dings"),
        ("en", "Blue sky"),
        ("en", "See above"),
    ]
    assert Kind.UNSURE in {verdict(with_embedding, text, language).kind for language, text in unclear}


def test_verdicts_keep_the_order_of_the_texts(with_embedding: KindClassifier) -> None:
    readings = [read(text, language) for language, text, _ in OBVIOUS]
    together = with_embedding.classify(readings)
    assert [found.kind for found in together] == [kind for _, _, kind in OBVIOUS]
    assert [found.kind for found in with_embedding.classify(readings[::-1])] == [found.kind for found in together[::-1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maßnahmen zur Straßenreinigung eingeführt", "Massnahmen zur Strassenreinigung eingeführt"),
        ("Neues CRM eingeführt", "Neues C\u00adRM ein\u00adgeführt"),
        ("KR1: Neues CRM eingeführt", "- Neues CRM eingeführt"),
    ],
)
def test_spelling_and_labels_do_not_change_the_kind(one: str, other: str) -> None:
    first, second = (verdict(WITHOUT_EMBEDDING, text, "de") for text in (one, other))
    assert first.kind == second.kind
    assert first.confidence == pytest.approx(second.confidence, abs=0.05)


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_gets_a_verdict(text: str, language: Language) -> None:
    found = verdict(WITHOUT_EMBEDDING, text, language)
    assert found.kind in Kind
    assert 1 / len(KINDS) <= found.confidence + 1e-4
    assert found.confidence <= 1
    plain = read(text, language).text
    assert all(words in plain for words in found.evidence)


def test_nothing_is_classified_as_nothing(with_embedding: KindClassifier) -> None:
    assert with_embedding.classify([]) == []
    assert WITHOUT_EMBEDDING.classify([]) == []


def test_the_version_says_whether_an_embedding_takes_part(with_embedding: KindClassifier) -> None:
    assert with_embedding.version == read_weights().version
    assert WITHOUT_EMBEDDING.version == f"{read_weights().version}-features-only"


# With weights of our own


class CountingEmbedder:
    """Embeds every text as its length; notes what it was asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.asarray([[float(len(text))] for text in texts], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_queries(texts)


def weights(
    *,
    sure: float = 0.9,
    threshold: float = 0.5,
    embedding: Sequence[Sequence[float]] = ((0,),) * 5,
    **features: Sequence[float],
) -> Weights:
    named: Mapping[str, Sequence[float]] = {name.replace("_", " "): row for name, row in features.items()}
    return Weights("v", sure, threshold, Stage(named, (), 1.0), Stage(named, embedding, 1.0))


def test_even_odds_are_no_verdict() -> None:
    found = verdict(KindClassifier(weights(), None), "Launch the portal", "en")
    assert (found.kind, found.confidence, found.evidence) == (Kind.UNSURE, 0.2, ())


def test_a_feature_decides_and_is_the_reason() -> None:
    classifier = KindClassifier(weights(has_make=(0, 0, 5, 0, 0)), None)
    found = verdict(classifier, "Launch the portal", "en")
    assert (found.kind, found.evidence) == (Kind.OUTPUT, ("Launch",))


def test_below_the_threshold_the_likeliest_kind_is_still_known() -> None:
    classifier = KindClassifier(weights(threshold=0.999, has_make=(0, 0, 5, 0, 0)), None)
    found = verdict(classifier, "Launch the portal", "en")
    assert (found.kind, found.likeliest) == (Kind.UNSURE, Kind.OUTPUT)
    assert 0.9 < found.confidence < 0.999


def test_only_texts_in_doubt_are_embedded_and_all_in_one_batch() -> None:
    embedder = CountingEmbedder()
    classifier = KindClassifier(weights(has_make=(0, 0, 9, 0, 0), embedding=((0,), (1,), (0,), (0,), (0,))), embedder)
    texts = ["Launch the portal", "NPS", "Blue sky"]
    kinds = [found.kind for found in classifier.classify([read(text, "en") for text in texts])]
    assert kinds == [Kind.OUTPUT, Kind.KPI, Kind.KPI]
    assert embedder.asked == ["NPS", "Blue sky"]


def test_the_weights_fit_the_kinds() -> None:
    shipped = read_weights()
    assert 0 < shipped.threshold < shipped.sure <= 1
    for stage in (shipped.alone, shipped.together):
        assert stage.temperature > 0
        assert {len(row) for row in stage.features.values()} == {len(KINDS)}
    assert shipped.alone.embedding == []
    assert [len(row) for row in shipped.together.embedding] == [384] * len(KINDS)


def test_the_features_name_what_they_saw() -> None:
    found = features_of(read("80 % der Mieter:innen buchen online", "de"))
    assert {"has people", "has people-share", "share of people", "people before head"} <= set(found)
    place = found["has people"].place
    assert place is not None
    assert "80 % der Mieter:innen buchen online"[place.start : place.end] == "Mieter:innen"
