"""What an answer says, by slot, and the sentence that is made of it."""

import pytest

from coach.chat.compose import key_result_from, objective_from
from coach.chat.listen import language_of, listen
from coach.chat.words import words_in
from coach.conversation import Slot
from coach.language import Language

_B, _T = Slot.BASELINE, Slot.TARGET


@pytest.mark.parametrize(
    ("language", "said", "baseline", "target"),
    [
        ("de", "von 40 auf 70", "40 %", "70 %"),
        ("de", "heute 40 %, Ziel 70 %", "40 %", "70 %"),
        ("de", "70 statt 40 Prozent", "40 %", "70 %"),
        ("de", "auf 70 %, heute sind es 40 %", "40 %", "70 %"),
        ("de", "von 5 auf 2 Tage", "5 Tage", "2 Tage"),
        ("de", "40 → 70", "40 %", "70 %"),
        ("de", "keine Ahnung, aber 80 % wären toll", None, "80 %"),
        ("de", "aktuell 12,5 %", "12,5 %", None),
        ("en", "from 40 to 70", "40%", "70%"),
        ("en", "about 30% today, 60 by the end", "30%", "60%"),
        ("en", "30% today and 60% as target", "30%", "60%"),
        ("en", "70% instead of 40%", "40%", "70%"),
        ("en", "5 days today, 2 days then", "5 days", "2 days"),
    ],
)
def test_numbers_go_where_they_belong(language: Language, said: str, baseline: str | None, target: str | None) -> None:
    slots = listen(said, words_in(language), Slot.BASELINE).slots
    assert (slots.get(_B), slots.get(_T)) == (baseline, target)


@pytest.mark.parametrize(
    ("language", "asked", "said", "people", "change"),
    [
        ("de", Slot.PEOPLE, "die Mieter", "die Mieter", None),
        ("de", Slot.PEOPLE, "Naja, das sind vor allem die neuen Kolleg:innen, die noch keinen Zugang haben", "die neuen Kolleg:innen, die noch keinen Zugang haben", None),
        ("de", None, "Die Leute im Vertrieb, die müssen nichts mehr doppelt eintippen.", "Die Leute im Vertrieb", "sie müssen nichts mehr doppelt eintippen"),
        ("de", None, "Die Kolleg:innen an der Linie bekommen, was sie zum Arbeiten brauchen", "Die Kolleg:innen an der Linie", "sie bekommen, was sie zum Arbeiten brauchen"),
        ("de", Slot.CHANGE, "weniger Anrufe", None, "weniger Anrufe"),
        ("en", Slot.PEOPLE, "well, I think mostly the night nurses", "the night nurses", None),
        ("en", None, "Customers in their first month invite a second team", "Customers in their first month", "they invite a second team"),
        ("en", Slot.CHANGE, "stay with us after school", None, "stay with us after school"),
    ],
)  # fmt: skip
def test_people_and_what_they_do(
    language: Language, asked: Slot | None, said: str, people: str | None, change: str | None
) -> None:
    slots = listen(said, words_in(language), asked).slots
    assert (slots.get(Slot.PEOPLE), slots.get(Slot.CHANGE)) == (people, change)


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "weiß ich nicht"), ("de", "keine Ahnung"), ("de", "Das sehe ich anders"), ("en", "no idea"), ("en", "I don't know"), ("en", "I see that differently")],
)  # fmt: skip
def test_what_says_nothing_is_nothing(language: Language, said: str) -> None:
    assert not listen(said, words_in(language), Slot.CHANGE).anything


@pytest.mark.parametrize(
    ("language", "known", "sentence"),
    [
        ("de", {Slot.PEOPLE: "neue Mieter:innen", Slot.CHANGE: "dass sie den Vertrag selbst abschließen", _B: "40 %", _T: "70 %"}, "70 % der neuen Mieter:innen schließen den Vertrag selbst ab (heute: 40 %)"),
        ("de", {Slot.PEOPLE: "unsere Kunden", Slot.CHANGE: "weniger Wartezeit"}, "[Anteil?] unserer Kunden erleben weniger Wartezeit (heute: [Ausgangswert?])"),
        ("de", {Slot.PEOPLE: "der Vertrieb", Slot.CHANGE: "Kundendaten ohne Nachfrage finden", _T: "80 %"}, "80 % der Beteiligten (der Vertrieb) finden Kundendaten ohne Nachfrage (heute: [Ausgangswert?])"),
        ("de", {Slot.PEOPLE: "Mieter:innen", Slot.CHANGE: "Der Ablesetermin klappt beim ersten Mal", _T: "70 %", _B: "40 %", Slot.WITNESS: "Kurzbefragung"}, "70 % der Mieter:innen sagen: „Der Ablesetermin klappt beim ersten Mal“ (heute: 40 %, Quelle: Kurzbefragung)"),
        ("de", {Slot.PEOPLE: "Bürger:innen", Slot.CHANGE: "bekommen Antwort", _T: "2 Tage", _B: "5 Tage"}, "Bürger:innen bekommen Antwort (Ziel: 2 Tage, heute: 5 Tage)"),
        ("de", {Slot.PEOPLE: "Mitarbeitende am Schalter", Slot.CHANGE: "haben Zeit für schwierige Fälle"}, "[Anteil?] der Mitarbeitenden am Schalter haben Zeit für schwierige Fälle (heute: [Ausgangswert?])"),
        ("en", {Slot.PEOPLE: "our callers", Slot.CHANGE: "They can settle it in one call", _B: "40%", _T: "70%"}, "70% of our callers can settle it in one call (today: 40%)"),
        ("en", {Slot.PEOPLE: "Tenants", Slot.CHANGE: "less waiting"}, "[share?] of tenants experience less waiting (today: [baseline?])"),
    ],
)  # fmt: skip
def test_what_is_known_becomes_one_sentence(language: Language, known: dict[Slot, str], sentence: str) -> None:
    assert key_result_from(known, words_in(language)) == sentence


def test_an_objective_says_who_and_what() -> None:
    known = {Slot.PEOPLE: "den Kunden", Slot.CHANGE: "sie bekommen ihre Ware pünktlich"}
    assert (
        objective_from({**known, Slot.PEOPLE: "die Kunden"}, words_in("de"))
        == "Die Kunden bekommen ihre Ware pünktlich"
    )


def test_a_few_words_do_not_switch_the_language() -> None:
    assert language_of("wissen jeden Montag, was ansteht", "de") == "de"
    assert language_of("They would find the answer without asking us again", "de") == "en"
