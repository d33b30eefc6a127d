"""From a text to its reading: words with their tags, the head, and spans of what was sent."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language import LANGUAGES, Language
from coach.reading import Reading, Token, read
from coach.reading.lexicon import fold, open_lexicon

# fmt: off
ODD_WORDS = st.lists(
    st.sampled_from([
        "führen", "ein", "stellt", "das", "CRM", "Kund:innen", "Kund*innen", "Kund/-innen", "KundInnen", "Größe", "groß",
        "Stra\u00adße", "Ga\u0308ste", "🎉", "👩\u200d💻", "\u202eאבג\u202c", "مرحبا", "\x00", "\x1b[31m", "\u200b",
        "80 %", "von 3 auf 5", "→", "[Anteil?]", "[N]", "1.234,5", "12.345.67", "Q3", "(heute: 3)", "-", "KR1:", "„", "“",
        "launch", "launching", "the", "by", "in order to", "people", "tenants'", "don’t", "\n", "\t", ";", ".", ":", "_", "'",
    ]),
    max_size=14,
)
# fmt: on
ANY_TEXT = st.one_of(st.text(max_size=120), ODD_WORDS.map(" ".join), ODD_WORDS.map("".join))


def token(reading: Reading, text: str) -> Token:
    return next(token for token in reading.tokens if token.text == text)


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(LANGUAGES))
def test_any_text_can_be_read_and_every_span_quotes_what_was_sent(raw: str, language: Language) -> None:
    reading = read(raw, language)
    places = [(token.start, token.end) for token in reading.tokens]
    places += [(quantity.start, quantity.end) for quantity in reading.quantities]
    places += [(start, end) for found in reading.signals.values() for start, end in found]
    places.append(reading.body)
    for start, end in places:
        assert 0 <= start <= end <= len(reading.text)
        span = reading.span(start, end)
        assert raw[span.start : span.end] == span.text
    assert reading.head.token is None or reading.head.token in reading.tokens
    assert set(reading.main) <= set(reading.tokens)


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from(LANGUAGES))
def test_words_stand_in_order_and_are_copied_from_the_plain_text(raw: str, language: Language) -> None:
    reading = read(raw, language)
    assert all(reading.text[token.start : token.end] == token.text for token in reading.tokens)
    assert all(left.end <= right.start for left, right in pairwise(reading.tokens))


@settings(deadline=None, max_examples=30)
@given(ODD_WORDS, st.integers(min_value=1, max_value=400), st.sampled_from(LANGUAGES))
def test_long_texts_can_be_read(words: list[str], times: int, language: Language) -> None:
    reading = read((" ".join(words) * times)[:5000], language)
    assert len(reading.text) <= 5000
    assert reading.head.form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "unit",
    ["zu", "1", "1 ", "von 1 ", "from 1 to ", "[", "(", " ", "a-",
    "führen ", "stellt ", "\u00ad", "e\u0301", "1'000", "-5", "ung", "strasse"],
)  # fmt: skip
def test_no_text_takes_for_ever(unit: str, language: Language) -> None:
    started = time.process_time()
    reading = read(("x, um " * 10 + "durch von auf " + unit * 5000)[:5000], language)
    assert reading.signals is not None
    assert reading.head.form
    assert time.process_time() - started < 10  # a pattern that backtracks without bound takes minutes


@pytest.mark.parametrize(
    ("language", "text", "quoted"),
    [
        ("de", "Kunden\u00adportal ein\u00adgeführt", "ein\u00adgeführt"),
        ("de", "🎉 Portal eingefu\u0308hrt", "eingefu\u0308hrt"),
        ("en", "👩\u200d💻 Portal launched", "launched"),
        ("en", "\ufeffLaunch the portal", "Launch"),
        ("en", "Portal\u00a0laun\u200bched", "laun\u200bched"),
    ],
)
def test_the_head_is_quoted_as_it_was_sent(language: Language, text: str, quoted: str) -> None:
    reading = read(text, language)
    assert reading.head.token is not None
    span = reading.span(reading.head.token.start, reading.head.token.end)
    assert (span.text, text[span.start : span.end]) == (quoted, quoted)


@pytest.mark.parametrize(
    ("text", "word", "tag", "form"),
    [
        # separable verbs
        ("Wir führen das neue CRM ein", "führen", "make", "fin"),
        ("Das Team rollt die App bis Mai aus", "rollt", "make", "fin"),
        ("Wir stellen zwei Testerinnen ein", "stellen", "make", "fin"),
        ("Wir schließen den Vertrag ab", "schließen", "make", "fin"),
        ("Wir wollen das CRM einführen", "einführen", "make", "inf"),
        ("CRM einzuführen", "einzuführen", "make", "inf"),
        # participles
        ("Neues CRM ist eingeführt", "eingeführt", "make", "passive"),
        ("Neues CRM eingeführt", "eingeführt", "make", "part"),
        ("Die App wird ausgerollt", "ausgerollt", "make", "passive"),
        ("Die Daten sind umgezogen", "umgezogen", "make", "passive"),
        ("Kundenportal live", "live", "done", "part"),
        # nominal
        ("Einführung von CRM", "Einführung", "make", "nom"),
        ("Steigerung der Zufriedenheit", "Steigerung", "raise", "nom"),
        ("Durchführung von Schulungen", "Durchführung", "do", "nom"),
        ("Migration der Daten", "Migration", "make", "nom"),
        # plain
        ("Schulungen durchführen", "durchführen", "do", "inf"),
        ("Umsatz von 3 auf 5 Mio. € steigern", "steigern", "raise", "inf"),
        ("Zusammenarbeit verbessern", "verbessern", "wish", "inf"),
        ("Kund:innen nutzen das Portal", "nutzen", "behave", "fin"),
        ("Die eingeführten Abläufe werden genutzt", "genutzt", "behave", "passive"),
    ],
)
def test_the_head_of_a_german_text(text: str, word: str, tag: str, form: str) -> None:
    head = read(text, "de").head
    assert head.token is not None
    assert (head.token.text, head.tag, head.form) == (word, tag, form)


@pytest.mark.parametrize(
    ("text", "word", "tag", "form"),
    [
        ("Launch the portal", "Launch", "make", "inf"),
        ("Launching the portal", "Launching", "make", "nom"),
        ("The portal is launched", "launched", "make", "passive"),
        ("Portal launched", "launched", "make", "part"),
        ("We ship the app", "ship", "make", "fin"),
        ("Roll out the board to 120 teams", "Roll", "make", "inf"),
        ("Hired two testers", "Hired", "make", "part"),
        ("Running weekly meetings", "Running", "do", "nom"),
        ("Support the sales team", "Support", "do", "inf"),
        ("Increase NPS from 32 to 45", "Increase", "raise", "inf"),
        ("Improve collaboration", "Improve", "wish", "inf"),
        ("Improving collaboration", "Improving", "wish", "nom"),
        ("Users book online", "book", "behave", "fin"),
    ],
)
def test_the_head_of_an_english_text(text: str, word: str, tag: str, form: str) -> None:
    head = read(text, "en").head
    assert head.token is not None
    assert (head.token.text, head.tag, head.form) == (word, tag, form)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("KR1: Launch the app", "KR1: "),
        ("KR 1.2: Launch the app", "KR 1.2: "),
        ("- [ ] Launch the app", "- [ ] "),
        ("3. Launch the app", "3. "),
        ("Key Result 2 – Launch the app", "Key Result 2 – "),
        ("Launch the app", ""),
    ],
)
def test_a_label_is_not_part_of_the_body(text: str, labels: str) -> None:
    reading = read(text, "en")
    assert text[: reading.body.start] == labels
    assert reading.head.token is not None
    assert reading.head.token.text == "Launch"


@pytest.mark.parametrize(
    "word",
    ["Kund:innen", "Kund*innen", "Kund_innen", "Kund/innen", "Kund/-innen", "KundInnen", "Kundinnen", "Kunden", "Patient:in",
    "Ärzt:innen", "Mitarbeiter:innen", "Mitarbeitende", "Bürger*innen", "Neukund:innen"],
)  # fmt: skip
def test_every_gender_form_is_one_word_for_people(word: str) -> None:
    reading = read(f"Alle {word} kommen wieder", "de")
    assert token(reading, word).has("people")


@pytest.mark.parametrize(
    ("compound", "tag"),
    [
        ("Kundenportal", "thing"),
        ("Kundenservice-Portal", "thing"),
        ("Supportticketportal", "thing"),
        ("Kundenzufriedenheit", "notion"),
        ("Bestandskunden", "people"),
        ("Jahresumsatz", "metric"),
        ("Jahresumsatzes", "metric"),
        ("Portalen", "thing"),
    ],
)
def test_a_compound_means_what_its_head_means(compound: str, tag: str) -> None:
    known = open_lexicon("de").look_up(compound)
    assert known is not None
    assert tag in known.tags


@pytest.mark.parametrize(("german", "swiss"), [("Maßnahme", "Massnahme"), ("abschließen", "abschliessen")])
def test_both_spellings_of_a_word_are_known_alike(german: str, swiss: str) -> None:
    assert open_lexicon("de").look_up(german) == open_lexicon("de").look_up(swiss) is not None


@pytest.mark.parametrize(("language", "word"), [("de", "Xyzzy"), ("en", "xyzzy"), ("de", "r"), ("en", "r")])
def test_an_unknown_word_means_nothing(language: Language, word: str) -> None:
    assert open_lexicon(language).look_up(word) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_case_does_not_matter(language: Language) -> None:
    lexicon = open_lexicon(language)
    assert lexicon.look_up("PORTAL") == lexicon.look_up("portal") is not None
    assert fold("GROẞE") == fold("grosse")


def test_a_separated_prefix_belongs_to_its_own_clause_only() -> None:
    reading = read("Wir führen Gespräche. Ein Portal fehlt", "de")
    assert not token(reading, "führen").has("make")


@pytest.mark.parametrize(
    ("language", "text", "inside", "outside"),
    [
        ("en", "Launch the portal so that tenants report damage online", "portal", "tenants"),
        ("de", "Wir bauen das Portal, damit Mieter Schäden online melden", "Portal", "Mieter"),
        ("en", "Tenants book online (survey among visitors)", "Tenants", "visitors"),
        ("de", "Mieter buchen online (Umfrage unter Besuchern)", "Mieter", "Besuchern"),
    ],
)
def test_purpose_and_brackets_are_beside_the_main_clause(
    language: Language, text: str, inside: str, outside: str
) -> None:
    reading = read(text, language)
    words = {token.text for token in reading.main}
    assert inside in words
    assert outside not in words
    assert token(reading, outside).has("people")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "   ", "\u00ad\u200b", "🎉", "–", "- ", "42 %"])
def test_a_text_without_words_has_no_head(text: str, language: Language) -> None:
    reading = read(text, language)
    assert reading.tokens == ()
    assert (reading.head.token, reading.head.tag) == (None, "none")
