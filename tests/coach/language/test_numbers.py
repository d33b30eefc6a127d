"""Numbers in both locales: what counts as a measure, what it is worth, and what is none."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.language import LANGUAGES, Language, locale_of
from coach.language.numbers import Quantity, find_quantities, parse_number


def found(text: str, language: Language) -> list[Quantity]:
    return find_quantities(text, locale_of(language))


def only(text: str, language: Language) -> Quantity:
    """Return the one number of a text."""
    [quantity] = found(text, language)
    return quantity


def grouped(digits: str, mark: str) -> str:
    head = len(digits) % 3 or 3
    return mark.join([digits[:head], *(digits[at : at + 3] for at in range(head, len(digits), 3))])


VALUES = st.builds(
    lambda whole, part: f"{whole}.{part}" if part else str(whole),
    st.integers(min_value=0, max_value=10**12),
    st.text("0123456789", max_size=2),
)


@settings(deadline=None)
@given(VALUES, st.sampled_from(["", ".", "'", "’", "\u202f", " "]))
def test_german_numbers_come_back_whatever_groups_their_thousands(value: str, mark: str) -> None:
    whole, _, part = value.partition(".")
    written = (grouped(whole, mark) if mark else whole) + ("," + part if part else "")
    assert parse_number(written, decimal_comma=True) == float(Decimal(value))


@settings(deadline=None)
@given(VALUES, st.sampled_from(["", ",", "'", "’", "\u202f", " "]))
def test_english_numbers_come_back_whatever_groups_their_thousands(value: str, mark: str) -> None:
    whole, _, part = value.partition(".")
    written = (grouped(whole, mark) if mark else whole) + ("." + part if part else "")
    assert parse_number(written, decimal_comma=False) == float(Decimal(value))


@pytest.mark.parametrize(
    ("written", "german", "english"),
    [
        ("1.234,5", 1234.5, 1234.5),  # two different marks leave no doubt in either language
        ("1,234.5", 1234.5, 1234.5),
        ("1.234", 1234.0, 1.234),
        ("1,234", 1.234, 1234.0),
        ("99,9", 99.9, 99.9),
        ("99.9", 99.9, 99.9),
        ("0,123", 0.123, 0.123),
        ("0.123", 0.123, 0.123),
        ("1.234.567", 1234567.0, 1234567.0),
        ("1,234,567", 1234567.0, 1234567.0),
        ("1'000", 1000.0, 1000.0),
        ("1’250’000,50", 1250000.5, 1250000.5),
        ("007", 7.0, 7.0),
    ],
)
def test_separators_are_read_as_the_locale_would(written: str, german: float, english: float) -> None:
    assert parse_number(written, decimal_comma=True) == german
    assert parse_number(written, decimal_comma=False) == english


@pytest.mark.parametrize("written", ["1.234.5", "1,234,56", "1.234,567.8", "1,234.567,8", "12.345.67"])
def test_marks_in_an_order_that_no_locale_knows_still_give_a_number(written: str) -> None:
    last = written[max(written.rfind("."), written.rfind(",")) + 1 :]
    for decimal_comma in (True, False):
        assert str(parse_number(written, decimal_comma=decimal_comma)).endswith("." + last)


@pytest.mark.parametrize(
    ("language", "text", "written", "value", "unit"),
    [
        ("de", "Umsatz auf 1.234,5 € bringen", "1.234,5 €", 1234.5, "money"),
        ("de", "Umsatz von 4,2 Mio. €", "4,2 Mio. €", 4_200_000.0, "money"),
        ("de", "Spenden: 2 Mrd. Euro", "2 Mrd. Euro", 2e9, "money"),
        ("de", "Kosten unter CHF 1'000", "CHF 1'000", 1000.0, "money"),
        ("de", "1’000 Franken gespart", "1’000 Franken", 1000.0, "money"),
        ("de", "Anteil steigt um 20 Prozentpunkte", "20 Prozentpunkte", 20.0, "points"),
        ("de", "Anteil steigt um 20 pp", "20 pp", 20.0, "points"),
        ("de", "Quote steigt um 10 %-Punkte", "10 %-Punkte", 10.0, "points"),
        ("de", "99,9 % der Anrufe", "99,9 %", 99.9, "percent"),
        ("de", "99.9 Prozent der Anrufe", "99.9 Prozent", 99.9, "percent"),
        ("de", "Antwort nach 0,5 Tagen", "0,5 Tagen", 0.5, "duration"),
        ("de", "Antwort nach 3 Arbeitstagen", "3 Arbeitstagen", 3.0, "duration"),
        ("de", "2.000 Kunden buchen online", "2.000", 2000.0, "count"),
        ("de", "2000 Kunden buchen online", "2000", 2000.0, "count"),
        ("de", "1 000 000 Aufrufe", "1 000 000", 1e6, "count"),
        ("de", "12 Tsd. Leser", "12 Tsd.", 12_000.0, "count"),
        ("de", "drei Schulen machen mit", "drei", 3.0, "count"),
        ("de", "dreißig Schulen machen mit", "dreißig", 30.0, "count"),
        ("de", "dreissig Schulen machen mit", "dreissig", 30.0, "count"),
        ("de", "Umsatz 5-fach", "5-fach", 5.0, "count"),
        ("en", "Reach 1,234.5 points", "1,234.5 points", 1234.5, "points"),
        ("en", "Revenue of $4.2 million", "$4.2 million", 4_200_000.0, "money"),
        ("en", "Revenue of €3M", "€3M", 3e6, "money"),
        ("en", "Save USD 1,000", "USD 1,000", 1000.0, "money"),
        ("en", "Save CHF 1'000", "CHF 1'000", 1000.0, "money"),
        ("en", "Share up 20 percentage points", "20 percentage points", 20.0, "points"),
        ("en", "Share up 20 pp", "20 pp", 20.0, "points"),
        ("en", "99.9% of calls", "99.9%", 99.9, "percent"),
        ("en", "99.9 per cent of calls", "99.9 per cent", 99.9, "percent"),
        ("en", "Answer within 1.5 days", "1.5 days", 1.5, "duration"),
        ("en", "Answer within 2 business days", "2 business days", 2.0, "duration"),
        ("en", "p95 below < 200 ms", "< 200 ms", 200.0, "duration"),
        ("en", "5k readers", "5k", 5000.0, "count"),
        ("en", "2000 users book online", "2000", 2000.0, "count"),
        ("en", "twelve schools join", "twelve", 12.0, "count"),
        ("en", "3x more sign-ups", "3x", 3.0, "count"),
    ],
)
def test_a_number_has_value_and_unit(language: Language, text: str, written: str, value: float, unit: str) -> None:
    [quantity] = [q for q in found(text, language) if q.measures]
    assert (quantity.text, quantity.value, quantity.unit) == (written, value, unit)


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("de", "8 von 10 Mieter:innen finden sie verständlich", "8 von 10"),
        ("de", "acht von zehn Eltern kommen wieder", "acht von zehn"),
        ("de", "jede zweite Kundin kommt wieder", "jede zweite"),
        ("de", "jeder vierte Besucher kommt wieder", "jeder vierte"),
        ("de", "jede:r Dritte kommt wieder", "jede:r Dritte"),
        ("de", "ein Drittel der Eltern kommt wieder", "ein Drittel"),
        ("de", "die Hälfte der Eltern kommt wieder", "die Hälfte"),
        ("de", "drei Viertel der Eltern kommen wieder", "drei Viertel"),
        ("en", "8 out of 10 tenants understand it", "8 out of 10"),
        ("en", "eight in ten parents return", "eight in ten"),
        ("en", "a third of patients return", "a third"),
        ("en", "two thirds of patients return", "two thirds"),
        ("en", "half of patients return", "half of"),
        ("en", "one in three patients returns", "one in three"),
        ("en", "every second patient returns", "every second"),
    ],
)
def test_a_ratio_in_words_measures(language: Language, text: str, written: str) -> None:
    quantity = only(text, language)
    assert (quantity.text, quantity.unit, quantity.value) == (written, "ratio", None)
    assert quantity.measures


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "bis 31.12.2025"),
        ("de", "bis 31. 12."),
        ("de", "ab 3. Januar"),
        ("de", "am 12. Mai 2025"),
        ("de", "bis Ende Q3 2025"),
        ("de", "bis KW 12"),
        ("de", "bis 2030"),
        ("de", "Saison 2025/26"),
        ("de", "ab 2025-03-31"),
        ("en", "by 31 December 2025"),
        ("en", "by Dec 31, 2025"),
        ("en", "by May 3rd"),
        ("en", "by 12/31/2025"),
        ("en", "by 2025-12-31"),
        ("en", "by the end of Q3"),
        ("en", "in H1 2026"),
        ("en", "in FY25"),
        ("en", "by 2030"),
    ],
)
def test_a_date_measures_nothing(language: Language, text: str) -> None:
    quantity = only(text, language)
    assert quantity.unit == "date"
    assert not quantity.measures


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "24/7",
        "ISO 9001",
        "ISO 27001",
        "ISO/IEC 27001",
        "DIN 5008",
        "Version 2.0",
        "version 2.0",
        "v2.1",
        "2.4.1",
        "10.0.0.1",
        "B2B",
        "COVID-19",
        "§ 87",
        "#4711",
        "SOC 2",
        "1:1",
        "Python 3.11",
        "p95",
        "2nd",
    ],
)
def test_a_name_with_a_number_in_it_measures_nothing(language: Language, name: str) -> None:
    quantity = only(f"xy {name} xy", language)
    assert (quantity.text, quantity.unit, quantity.measures) == (name, "name", False)


def test_a_german_ordinal_is_a_name() -> None:
    assert only("Bestehensquote in der 9. Klasse", "de").unit == "name"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("blank", ["[N]", "[n]", "[#]", "[…]"])
def test_a_blanked_number_counts_as_a_number(language: Language, blank: str) -> None:
    quantity = only(f"{blank} xy", language)
    assert (quantity.text, quantity.value, quantity.measures) == (blank, None, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blanked_percentage_is_a_percentage(language: Language) -> None:
    quantity = only("[N] % xy", language)
    assert (quantity.text, quantity.unit) == ("[N] %", "percent")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unfilled", ["X %", "x%", "XX %", "Y €", "TBD", "??", "___ %"])
def test_an_unfilled_number_does_not_measure(language: Language, unfilled: str) -> None:
    quantity = only(f"auf {unfilled} xy", language)
    assert (quantity.unit, quantity.measures) == ("placeholder", False)


@pytest.mark.parametrize(
    "own", ["[share?]", "[number?]", "[baseline?]", "[target?]", "[period?]", "[duration?]",
    "[Anteil?]", "[Anzahl?]", "[Ausgangswert?]", "[Zielwert?]", "[Zeitraum?]", "[Dauer?]", "[wer genau?]"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_placeholders_do_not_measure(language: Language, own: str) -> None:
    quantity = only(f"{own} xy", language)
    assert (quantity.text, quantity.unit, quantity.measures) == (own, "placeholder", False)


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("de", "von 3 auf 5 Tage", [3.0, 5.0]),
        ("de", "von 2000 auf 5000 Follower", [2000.0, 5000.0]),
        ("de", "NPS 32 → 45", [32.0, 45.0]),
        ("en", "from 3 to 5 days", [3.0, 5.0]),
        ("en", "NPS 32 → 45", [32.0, 45.0]),
        ("en", "NPS 32 -> 45", [32.0, 45.0]),
        ("en", "10–15 minutes", [10.0, 15.0]),
    ],
)
def test_both_ends_of_a_change_are_found(language: Language, text: str, values: list[float]) -> None:
    assert [quantity.value for quantity in found(text, language)] == values


ANY_DIGITS = st.text(st.sampled_from("0123456789.,'’ %€$-+/:[]NX?kx\u202f→ Mio von auf to"), max_size=40)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), ANY_DIGITS), st.sampled_from(LANGUAGES))
def test_numbers_stand_in_order_and_never_overlap(text: str, language: Language) -> None:
    quantities = found(text, language)
    assert all(text[q.start : q.end] == q.text and q.text for q in quantities)
    assert all(left.end <= right.start for left, right in pairwise(quantities))
