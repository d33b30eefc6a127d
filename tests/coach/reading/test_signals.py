"""The named signals that failure patterns are written in."""

import pytest

from coach.language import LANGUAGES, Language
from coach.reading import read


def quoted(text: str, language: Language, signal: str) -> list[str]:
    """Return the words that a signal rests on, each stretch once."""
    reading = read(text, language)
    places = dict.fromkeys(reading.signals.get(signal, ()))
    return [reading.text[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("language", "text", "pair"),
    [
        ("de", "Wartezeit von 12 auf 5 Tage senken", "von 12 auf 5 Tage"),
        ("de", "Wartezeit von heute 12 Tagen auf unter 5 Tage senken", "von heute 12 Tagen auf unter 5 Tage"),
        ("de", "Umsatz von 3 auf 5 Mio. € steigern", "von 3 auf 5 Mio. €"),
        ("de", "Wartezeit 12 → 5 Tage", "12 → 5 Tage"),
        ("de", "Wartezeit 12 -> 5 Tage", "12 -> 5 Tage"),
        ("de", "Follower von 2000 auf 5000 steigern", "von 2000 auf 5000"),
        ("de", "von [N] auf [N] Punkte", "von [N] auf [N]"),
        ("de", "von [Ausgangswert?] auf [Zielwert?]", "von [Ausgangswert?] auf [Zielwert?]"),
        ("en", "Cut waiting from 12 to 5 days", "from 12 to 5 days"),
        ("en", "Cut waiting from currently 12 days down to 5 days", "from currently 12 days down to 5 days"),
        ("en", "Grow revenue from €3M to €5M", "from €3M to €5M"),
        ("en", "Waiting time 12 → 5 days", "12 → 5 days"),
        ("en", "Followers from 2000 to 5000", "from 2000 to 5000"),
        ("en", "to 50% from 40%", "to 50% from 40%"),
        ("en", "from [baseline?] to [target?]", "from [baseline?] to [target?]"),
        ("de", "Einziehen kostet nicht 3 Stunden, sondern 20 Minuten", "nicht 3 Stunden, sondern 20 Minuten"),
        ("de", "Kuriere warten statt 9 Minuten nur noch 4", "statt 9 Minuten nur noch 4"),
        ("en", "Moving in takes not 3 hours but 20 minutes", "not 3 hours but 20 minutes"),
        ("en", "Couriers wait instead of 9 minutes only 4", "instead of 9 minutes only 4"),
    ],
)
def test_from_x_to_y_is_a_pair_with_a_baseline(language: Language, text: str, pair: str) -> None:
    assert quoted(text, language, "pair") == [pair]
    assert pair in quoted(text, language, "baseline")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "NPS von X auf Y steigern"),
        ("de", "Von Anfang an 80 % der Mieter auf dem Portal"),
        ("de", "Umzug von Bern nach Basel"),
        ("en", "NPS from X to Y"),
        ("en", "Move from Bern to Basel by Q3 2026"),
        ("en", "Feedback from 20 users"),
    ],
)
def test_without_two_values_there_is_no_pair(language: Language, text: str) -> None:
    assert quoted(text, language, "pair") == []


@pytest.mark.parametrize(
    ("language", "text", "delta"),
    [
        ("de", "Umsatz um 12 % steigern", "12 %"),
        ("de", "Umsatz +12 %", "+12 %"),
        ("de", "12 % weniger Ausfälle", "12 %"),
        ("de", "12 % Wachstum", "12 %"),
        ("de", "Anmeldungen verdoppeln", "verdoppeln"),
        ("de", "Beschwerden halbiert", "halbiert"),
        ("en", "Grow revenue by 12%", "12%"),
        ("en", "Sign-ups +12%", "+12%"),
        ("en", "12% fewer outages", "12%"),
        ("en", "Sign-ups up 12%", "12%"),
        ("en", "Double the sign-ups", "Double"),
        ("en", "Complaints cut in half", "cut in half"),
    ],
)
def test_a_change_by_something_is_a_delta_and_a_target(language: Language, text: str, delta: str) -> None:
    assert quoted(text, language, "delta") == [delta]
    assert delta in quoted(text, language, "target")
    assert quoted(text, language, "pair") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wartezeit auf 5 Tage senken"),
        ("de", "Krankenstand unter 4 %"),
        ("en", "Cut waiting to 5 days"),
        ("en", "Sick leave below 4%"),
    ],
)
def test_a_goal_value_is_a_target_and_no_delta(language: Language, text: str) -> None:
    assert quoted(text, language, "target") != []
    assert quoted(text, language, "delta") == []
    assert quoted(text, language, "baseline") == []


@pytest.mark.parametrize(
    ("language", "text", "baseline", "target"),
    [
        ("de", "80 % der Mieter buchen online (heute: 40 %)", "40 %", "80 %"),
        ("de", "80 % der Mieter buchen online (40 % bisher)", "40 %", "80 %"),
        ("de", "80 % der Mieter buchen online, aktuell 40 %", "40 %", "80 %"),
        ("en", "80% of tenants book online (today: 40%)", "40%", "80%"),
        ("en", "80% of tenants book online (40% today)", "40%", "80%"),
        ("en", "80% of tenants book online, currently 40%", "40%", "80%"),
    ],
)
def test_what_is_said_of_today_is_the_baseline(language: Language, text: str, baseline: str, target: str) -> None:
    assert quoted(text, language, "baseline") == [baseline]
    assert quoted(text, language, "target") == [target]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "20 % weniger Ausfälle als im Vorjahr"),
        ("de", "20 % weniger Ausfälle gegenüber Q1"),
        ("en", "20% fewer outages than last year"),
        ("en", "20% fewer outages compared to Q1"),
    ],
)
def test_a_comparison_in_words_is_a_baseline(language: Language, text: str) -> None:
    assert quoted(text, language, "baseline") != []


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Liegedauer um 0,8 auf 5,2 Tage senken"), ("en", "Cut waiting by 0.8 days to 5.2 days")],
)
def test_a_start_that_can_be_worked_out_is_derivable(language: Language, text: str) -> None:
    assert quoted(text, language, "derivable") != []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["2025-12-31", "ISO 9001", "24/7", "Version 2.0", "[Anteil?]", "[share?]", "X %"])
def test_dates_names_and_placeholders_are_no_measure(language: Language, text: str) -> None:
    reading = read(f"Portal {text}", language)
    assert not reading.has("measure", "percent", "target", "delta", "baseline")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blanked_number_is_a_measure_and_a_target(language: Language) -> None:
    reading = read("[N] % xy", language)
    assert reading.has("measure")
    assert reading.has("target")
    assert not reading.has("placeholder")


@pytest.mark.parametrize(
    ("language", "text", "share"),
    [
        ("de", "80 % der neuen Mieter buchen online", "80 %"),
        ("de", "8 von 10 Mieter:innen verstehen sie", "8 von 10"),
        ("de", "120 Teams arbeiten damit", "120"),
        ("en", "80% of new tenants book online", "80%"),
        ("en", "8 out of 10 tenants understand it", "8 out of 10"),
        ("en", "120 teams work with it", "120"),
    ],
)
def test_a_number_of_people_is_noticed(language: Language, text: str, share: str) -> None:
    assert quoted(text, language, "people-share") == [share]


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Umsatz um 12 % steigern"), ("de", "Umsatz 80 %, Mieter zufrieden"), ("en", "Grow revenue by 12%")],
)
def test_a_number_of_things_counts_no_people(language: Language, text: str) -> None:
    assert quoted(text, language, "people-share") == []


@pytest.mark.parametrize(
    ("language", "text", "absolute"),
    [
        ("de", "Alle Mieter buchen online", "Alle"),
        ("de", "100 % der Mieter buchen online", "100 %"),
        ("de", "0 % Ausfälle", "0 %"),
        ("en", "All tenants book online", "All"),
        ("en", "100% of tenants book online", "100%"),
        ("en", "Gate 2: nobody waits", "nobody"),
    ],
)
def test_all_or_nothing_is_an_absolute_target(language: Language, text: str, absolute: str) -> None:
    assert quoted(text, language, "absolute-target") == [absolute]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Jede Woche eine Umfrage"),
        ("de", "Quote von 90 auf 100 %"),
        ("de", "Das Portal für alle Mieter öffnen"),
        ("en", "Every week a survey"),
        ("en", "Rate from 90 to 100%"),
        ("en", "Open the portal for all tenants"),
        ("de", "Jede zweite Familie kommt wieder"),
        ("de", "Höchstens jede:r fünfte Azubi bricht ab"),
        ("en", "Every third guest books again"),
        ("en", "No more than 40 parcels go astray"),
        ("de", "Drei von vier Familien haben alle Zettel dabei"),
        ("de", "40 Patenschaften, jede mit festem Termin"),
        ("en", "85% of drivers read every notice"),
        ("en", "40 sponsorships, each with a fixed date"),
    ],
)
def test_a_rhythm_a_reach_a_fraction_a_bound_a_count_and_a_pair_are_no_absolute_target(
    language: Language, text: str
) -> None:
    assert quoted(text, language, "absolute-target") == []


@pytest.mark.parametrize(
    ("language", "text", "signal", "words"),
    [
        ("de", "Portal bis Ende Q3 gebaut", "deadline", "bis Ende Q3"),
        ("de", "Portal bis zum 31.12.2025 gebaut", "deadline", "bis zum 31.12.2025"),
        ("de", "Wir bauen das Portal, damit Mieter buchen", "purpose", ", damit"),
        ("de", "Portal und App gebaut", "conjunction", "und"),
        ("en", "Portal built by the end of Q3", "deadline", "by the end of Q3"),
        ("en", "Build a portal so that tenants book", "purpose", "so that"),
        ("en", "Build a portal and an app", "conjunction", "and"),
    ],
)
def test_deadline_purpose_and_conjunction_are_quoted(language: Language, text: str, signal: str, words: str) -> None:
    assert quoted(text, language, signal) == [words]


@pytest.mark.parametrize(
    ("language", "text"), [("de", "Umsatz steigern"), ("de", "Kosten senken"), ("en", "Raise revenue"), ("en", "Cut costs")]
)  # fmt: skip
def test_raising_and_lowering_are_a_change(language: Language, text: str) -> None:
    assert quoted(text, language, "change") != []
    assert quoted(text, language, "target") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signal_rests_on_something_or_is_absent(language: Language) -> None:
    for text in ("", "Portal", "80 %", "Wir führen das Portal ein", "Launch the portal"):
        assert all(read(text, language).signals.values())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Mehr Eltern schreiben uns, als anrufen"),
        ("de", "Gäste buchen öfter selbst, als sie an der Theke fragen"),
        ("de", "Rückfragen am Tresen übersteigen die am Telefon"),
        ("en", "More parents write to us than ring"),
        ("en", "Guests book by themselves more often than they ask at the desk"),
        ("en", "Questions at the desk outnumber those on the phone"),
    ],
)
def test_one_thing_more_than_another_is_a_comparison_and_its_own_target(language: Language, text: str) -> None:
    assert quoted(text, language, "comparison")
    assert quoted(text, language, "target")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Mehr Buchungen als im Vorjahr"),
        ("de", "Mehr als 40 Gäste buchen selbst"),
        ("de", "Weniger Rückfragen als erwartet"),
        ("en", "More bookings than last season"),
        ("en", "More than 40 guests book by themselves"),
        ("en", "Letters sent no later than six weeks before"),
        ("en", "Bookings exceed the budget"),
    ],
)
def test_more_than_before_or_than_a_number_is_no_comparison(language: Language, text: str) -> None:
    assert quoted(text, language, "comparison") == []


@pytest.mark.parametrize(
    ("language", "text", "pair"),
    [
        ("de", "Mieter warten 6 statt 19 Tage auf die Antwort", "6 statt 19 Tage"),
        ("de", "Schlüssel ist nach 2 Stunden da und nicht nach 9", "2 Stunden da und nicht nach 9"),
        ("en", "Tenants wait 6 days instead of 19", "6 days instead of 19"),
        ("en", "Keys handed over in week 2 and not 6", "2 and not 6"),
    ],
)
def test_this_and_not_that_is_a_pair(language: Language, text: str, pair: str) -> None:
    assert quoted(text, language, "pair") == [pair]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "12 Anfragen, nicht mehr als 3 offen"),
        ("en", "Skip rate in the first 30 s not above 38 %"),
        ("en", "12 requests, not more than 3 open"),
    ],
)
def test_a_bound_beside_a_number_is_no_pair(language: Language, text: str) -> None:
    assert quoted(text, language, "pair") == []
