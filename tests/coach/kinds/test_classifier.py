"""The kind of a key result: what is obvious, why, and when to keep silent."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.kinds import KindClassifier, Verdict, open_classifier
from coach.kinds.classifier import Weights, read_weights
from coach.language import LANGUAGES, Language
from coach.learned import Learned
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
def with_encoder(learned: Learned | None) -> KindClassifier:
    if learned is None:
        pytest.skip("the encoder does not run on this machine")
    return open_classifier(learned)


WITHOUT_EMBEDDING = open_classifier(None)


def verdict(classifier: KindClassifier, text: str, language: Language) -> Verdict:
    [found] = classifier.classify([read(text, language)])
    return found


@pytest.mark.parametrize(("language", "text", "kind"), OBVIOUS)
def test_the_obvious_is_right(with_encoder: KindClassifier, language: Language, text: str, kind: Kind) -> None:
    found = verdict(with_encoder, text, language)
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


def test_something_unclear_is_left_open_with_encoder(with_encoder: KindClassifier) -> None:
    unclear: list[tuple[Language, str]] = [
        ("de", "Wetter am Montag"),
        ("de", "Dings"),
        ("en", "Blue sky"),
        ("en", "See above"),
    ]
    assert Kind.UNSURE in {verdict(with_encoder, text, language).kind for language, text in unclear}


def test_verdicts_keep_the_order_of_the_texts(with_encoder: KindClassifier) -> None:
    readings = [read(text, language) for language, text, _ in OBVIOUS]
    together = with_encoder.classify(readings)
    assert [found.kind for found in together] == [kind for _, _, kind in OBVIOUS]
    assert [found.kind for found in with_encoder.classify(readings[::-1])] == [found.kind for found in together[::-1]]


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


def test_nothing_is_classified_as_nothing(with_encoder: KindClassifier) -> None:
    assert with_encoder.classify([]) == []
    assert WITHOUT_EMBEDDING.classify([]) == []


def test_the_version_says_whether_the_encoder_takes_part(with_encoder: KindClassifier) -> None:
    assert with_encoder.version.startswith(f"{read_weights().version}+")
    assert WITHOUT_EMBEDDING.version == f"{read_weights().version}-features-only"


# With weights of our own


class ScriptedEncoder(Learned):
    """Says KPI of every text; notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.ones((len(texts), 1), dtype=np.float32)

    def kinds(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray([[0, 9, 0, 0, 0]] * len(vectors), dtype=np.float32)


def weights(*, sure: float = 0.9, threshold: float = 0.5, **features: Sequence[float]) -> Weights:
    named: Mapping[str, Sequence[float]] = {name.replace("_", " "): row for name, row in features.items()}
    return Weights("v", sure, threshold, 1.0, named)


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
    encoder = ScriptedEncoder()
    classifier = KindClassifier(weights(has_make=(0, 0, 9, 0, 0)), encoder)
    texts = ["Launch the portal", "NPS", "Blue sky"]
    kinds = [found.kind for found in classifier.classify([read(text, "en") for text in texts])]
    assert kinds == [Kind.OUTPUT, Kind.KPI, Kind.KPI]
    assert encoder.asked == ["NPS", "Blue sky"]


def test_vectors_at_hand_are_used_for_every_text() -> None:
    encoder = ScriptedEncoder()
    classifier = KindClassifier(weights(), encoder)
    readings = [read(text, "en") for text in ("Launch the portal", "NPS")]
    assert {found.kind for found in classifier.classify(readings, np.ones((2, 1), dtype=np.float32))} == {Kind.KPI}
    assert encoder.asked == []


def test_the_weights_fit_the_kinds() -> None:
    shipped = read_weights()
    assert 0 < shipped.threshold < shipped.sure
    assert shipped.temperature > 0
    assert {len(row) for row in shipped.features.values()} == {len(KINDS)}
