"""Which language a text is in, how words inflect, and Swiss spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language import LANGUAGES, Language, foreign_language, guess_language, in_spelling_of, locale_of
from coach.language.locale import Form


def forms(language: Language, entry: str, *irregular: str) -> dict[str, Form]:
    return dict(locale_of(language).verb_forms(entry, irregular))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir führen bis Ende Q3 das neue CRM ein"),
        ("de", "8 von 10 Mieter:innen finden die Erklärung verständlich"),
        ("de", "Umsatz um 12 % steigern"),
        ("de", "Launch der App im Mai"),
        ("de", "Antwort in 6 statt 19 Tagen"),
        ("en", "80% of new tenants finish set-up without calling support"),
        ("en", "Launch the self-service portal by May"),
        ("en", "Grow revenue by 12%"),
        ("en", "We help people in Zürich to find a flat"),
    ],
)
def test_the_words_tell_the_language(language: Language, text: str) -> None:
    other: Language = "en" if language == "de" else "de"
    assert guess_language(text, default=other) == (language, True)


@pytest.mark.parametrize("default", LANGUAGES)
@pytest.mark.parametrize("text", ["", "NPS", "42 %", "→ 🎉", "CRM 2.0", "40 in 3", "Feature-Flags in 5 Services"])
def test_the_default_holds_where_nothing_tells(default: Language, text: str) -> None:
    assert guess_language(text, default=default) == (default, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Améliorer la satisfaction des clients avant la fin du trimestre avec une nouvelle équipe", "fr"),
        ("Migliorare la soddisfazione dei clienti entro la fine del trimestre con una nuova squadra", "it"),
        ("Poprawić zadowolenie klientów do końca kwartału dzięki nowemu zespołowi", "pl"),
    ],
)
def test_a_third_language_is_recognised(text: str, code: str) -> None:
    assert foreign_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour",  # too short to be sure
        "Wir führen bis Ende Q3 das neue CRM ein",
        "80% of new tenants finish set-up without calling support",
        "NPS ARR CRM MRR SLA KPI",
    ],
)
def test_german_english_and_short_texts_are_not_foreign(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(
    ("sample", "text", "spelled"),
    [
        ("Massnahme für die grosse Strasse", "Größe der Straße", "Grösse der Strasse"),
        ("Maßnahme für die große Straße", "Größe der Straße", "Größe der Straße"),
        ("Portal live", "Größe der Straße", "Größe der Straße"),  # the sample does not show it
        ("Die grosse Maßnahme", "Größe", "Größe"),
    ],
)
def test_the_spelling_follows_the_draft(sample: str, text: str, spelled: str) -> None:
    assert in_spelling_of(sample, text) == spelled


@pytest.mark.parametrize(
    ("entry", "irregular", "form", "kind"),
    [
        ("ein|führen", ("eingeführt", "einführung"), "einführen", "inf"),
        ("ein|führen", ("eingeführt", "einführung"), "einzuführen", "inf"),
        ("ein|führen", ("eingeführt", "einführung"), "eingeführt", "part"),
        ("ein|führen", ("eingeführt", "einführung"), "eingeführten", "part"),
        ("ein|führen", ("eingeführt", "einführung"), "einführung", "nom"),
        ("ein|führen", ("eingeführt", "einführung"), "einführungen", "nom"),
        ("ab|schließen", ("abgeschlossen", "abschluss"), "abschliessen", "inf"),
        ("migrieren", (), "migriert", "part"),
        ("migrieren", (), "migrierung", "nom"),
        ("bauen", (), "gebaut", "part"),
        ("bauen", (), "baut", "fin"),
        ("bauen", (), "bauten", "fin"),
        ("testen", (), "getestet", "part"),
        ("testen", (), "testet", "fin"),
        ("zeichnen", (), "gezeichnet", "part"),
        ("verfolgen", (), "verfolgt", "part"),
        ("auf|bauen", (), "aufgebaut", "part"),
        ("auf|bauen", (), "aufzubauen", "inf"),
    ],
)
def test_german_verb_forms_are_derived(entry: str, irregular: tuple[str, ...], form: str, kind: Form) -> None:
    found = [known for derived, known in locale_of("de").verb_forms(entry, irregular) if derived == form]
    assert kind in found


def test_a_separable_verb_names_its_finite_stem_and_prefix() -> None:
    assert locale_of("de").separable("ein|führen") == ("führ", "ein")
    assert locale_of("de").separable("bauen") is None
    assert locale_of("en").separable("launch") is None


@pytest.mark.parametrize(
    ("entry", "irregular", "form", "kind"),
    [
        ("launch", (), "launch", "inf"),
        ("launch", (), "launches", "fin"),
        ("launch", (), "launched", "part"),
        ("launch", (), "launching", "nom"),
        ("improve", (), "improving", "nom"),
        ("improve", (), "improved", "part"),
        ("ship", (), "shipped", "part"),
        ("ship", (), "shipping", "nom"),
        ("deliver", (), "delivered", "part"),
        ("identify", (), "identified", "part"),
        ("identify", (), "identifies", "fin"),
        ("deploy", (), "deployed", "part"),
        ("fix", (), "fixed", "part"),
        ("build", ("built",), "built", "part"),
        ("build", ("built",), "building", "nom"),
        ("roll_out", (), "rolled_out", "part"),
        ("roll_out", (), "rolling_out", "nom"),
    ],
)
def test_english_verb_forms_are_derived(entry: str, irregular: tuple[str, ...], form: str, kind: Form) -> None:
    assert forms("en", entry, *irregular)[form] == kind


def test_an_irregular_past_replaces_the_regular_one() -> None:
    assert "builded" not in forms("en", "build", "built")
    assert "gebauet" not in forms("de", "bauen", "gebaut")


@pytest.mark.parametrize(
    ("language", "word", "plural"),
    [
        ("de", "Kundinnen", True),
        ("de", "Mieter", True),
        ("de", "Kunde", False),
        ("de", "kunden", False),
        ("en", "tenants", True),
        ("en", "people", True),
        ("en", "tenant", False),
        ("en", "tenant's", False),
    ],
)
def test_a_plural_for_people_is_known(language: Language, word: str, plural: bool) -> None:
    assert locale_of(language).is_plural_people(word) is plural


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_has_a_language(text: str, default: Language) -> None:
    guess = guess_language(text, default=default)
    assert guess.language in LANGUAGES
    assert guess.certain or guess.language == default or any(letter.isalpha() for letter in text)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_only_the_sharp_s_may_change_with_the_spelling(sample: str, text: str) -> None:
    assert in_spelling_of(sample, text) in {text, text.replace("ß", "ss")}
