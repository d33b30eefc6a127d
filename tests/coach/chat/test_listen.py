"""What an answer says, by slot, and the sentence that is made of it."""

import pytest

from coach.chat.compose import key_result_from, objective_from
from coach.chat.listen import listen
from coach.chat.tongue import language_of
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


@pytest.mark.parametrize(
    ("language", "said", "baseline", "target"),
    [
        ("de", "etwa ein Drittel heute, drei Viertel am Schluss", "ein Drittel", "drei Viertel"),
        ("de", "vielleicht jeder Dritte, schön wäre, wenn es zwei von drei wären", "ein Drittel", "zwei Drittel"),
        ("de", "7 von 10, heute 3 von 10", "30 %", "70 %"),
        ("de", "heute keiner, Ziel die Hälfte", "0 %", "die Hälfte"),
        ("de", "30 -> 80%", "30 %", "80 %"),
        ("de", "weiß nicht, vielleicht 10%? Ziel 90", "10 %", "90 %"),
        ("en", "a third now, half by the end", "a third", "half"),
        ("en", "half today, 80% would be great", "half", "80%"),
        ("en", "never measured, but maybe one in three, and two out of three would be fine", "a third", "two thirds"),
        ("en", "I'd say a quarter know that now. Three quarters would be great.", "a quarter", "three quarters"),
    ],
)
def test_shares_in_words_count_as_numbers(language: Language, said: str, baseline: str, target: str) -> None:
    slots = listen(said, words_in(language), Slot.BASELINE).slots
    assert (slots.get(_B), slots.get(_T)) == (baseline, target)


@pytest.mark.parametrize(
    ("language", "asked", "said", "people", "change"),
    [
        ("de", Slot.CHANGE, "die Mitarbeitenden am Schalter", "die Mitarbeitenden am Schalter", None),
        ("de", None, "Eltern mit kleinen Kindern", "Eltern mit kleinen Kindern", None),
        ("de", None, "Schüler der Mittelstufe, und sie sollen selbst entscheiden", "Schüler der Mittelstufe", "sie sollen selbst entscheiden"),
        ("de", None, "vor allem die Leute in der Produktion, die haben ja oft Chefs, die nie gelernt haben, wie das geht", "die Leute in der Produktion", None),
        ("de", Slot.BASELINE, "Sie würden sich trauen, früh etwas zu sagen", None, "Sie würden sich trauen, früh etwas zu sagen"),
        ("en", None, "caretakers", "caretakers", None),
        ("en", None, "patients who come for the first time", "patients who come for the first time", None),
        ("en", Slot.PEOPLE, "faster", None, "faster"),
        ("en", Slot.PEOPLE, "42", None, None),
    ],
)  # fmt: skip
def test_who_they_are_and_what_they_do_are_told_apart(
    language: Language, asked: Slot | None, said: str, people: str | None, change: str | None
) -> None:
    slots = listen(said, words_in(language), asked).slots
    assert (slots.get(Slot.PEOPLE), slots.get(Slot.CHANGE)) == (people, change)


@pytest.mark.parametrize(
    ("language", "known", "sentence"),
    [
        ("de", {Slot.PEOPLE: "Kunden, die eine Rechnung suchen", Slot.CHANGE: "sie finden sie sofort", _B: "ein Drittel", _T: "die Hälfte"}, "Die Hälfte der Kunden, die eine Rechnung suchen, finden sie sofort (heute: ein Drittel)"),
        ("de", {Slot.PEOPLE: "neue Leute", Slot.CHANGE: "schneller produktiv"}, "[Anteil?] der neuen Leute sind schneller produktiv (heute: [Ausgangswert?])"),
        ("en", {Slot.PEOPLE: "the team leads", Slot.CHANGE: "they talk weekly", _B: "a third", _T: "half"}, "Half of the team leads talk weekly (today: a third)"),
    ],
)  # fmt: skip
def test_it_reads_as_it_was_said(language: Language, known: dict[Slot, str], sentence: str) -> None:
    assert key_result_from(known, words_in(language)) == sentence


@pytest.mark.parametrize(
    ("language", "asked", "said", "slots"),
    [
        ("de", Slot.PEOPLE, "ja so neue mitarbeiter halt", {Slot.PEOPLE: "neue Mitarbeiter"}),
        ("de", Slot.PEOPLE, "die bürger halt, oder wer weiss", {Slot.PEOPLE: "die Bürger"}),
        ("de", Slot.PEOPLE, "keine ahnung, die neuen vielleicht", {Slot.PEOPLE: "die neuen vielleicht"}),
        ("en", Slot.PEOPLE, "dunno, the new ones i guess", {Slot.PEOPLE: "the new ones"}),
        ("en", Slot.CHANGE, "well they know whom to ask, honestly it's a mess", {Slot.CHANGE: "they know whom to ask"}),
    ],
)
def test_what_is_said_around_it_is_left_out(language: Language, asked: Slot, said: str, slots: dict[Slot, str]) -> None:
    assert listen(said, words_in(language), asked).slots == slots


@pytest.mark.parametrize(
    ("language", "said", "slots"),
    [
        ("de", "60 statt 40 %, fragt die HR nach 4 Wochen", {_B: "40 %", _T: "60 %", Slot.WITNESS: "die HR fragt sie nach 4 Wochen"}),
        ("de", "von 5 auf 2 Tage, das misst die Disposition", {_B: "5 Tage", _T: "2 Tage", Slot.WITNESS: "die Disposition misst das"}),
        ("en", "30 to 60%, the ward clerk counts it on Fridays", {_B: "30%", _T: "60%", Slot.WITNESS: "the ward clerk counts it on Fridays"}),
        ("de", "vielleicht 8 von 10, jetzt eher so 5", {_B: "50 %", _T: "80 %"}),
        ("en", "maybe 9 out of 12, now like 4", {_B: "4 out of 12", _T: "9 out of 12"}),
        ("de", "keine ahnung, früher warens 45 min", {_B: "45 min"}),
        ("en", "before it was 10 percent", {_B: "10%"}),
    ],
)  # fmt: skip
def test_figures_come_with_who_confirms_them_and_of_how_many(
    language: Language, said: str, slots: dict[Slot, str]
) -> None:
    assert listen(said, words_in(language), Slot.BASELINE).slots == slots
