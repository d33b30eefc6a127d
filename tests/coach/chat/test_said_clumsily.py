"""Answers as people give them: several facts at once, to another question, with a complaint, with slips."""

import pytest

from coach.chat.listen import listen
from coach.chat.words import words_in
from coach.conversation import Slot, TurnKind
from coach.language import Language
from tests.coach.chat.conftest import Talk, Talked


def offered(played: Talked) -> str:
    """Return the text that is on offer at the end."""
    proposal = played.end.memory.proposal
    assert proposal is not None
    return proposal.options[0].edits[0].after or ""


@pytest.mark.parametrize(
    ("language", "asked", "said", "heard"),
    [
        (
            "de",
            Slot.CHANGE,
            "60 % statt 40, Frau-Holle-Kita fragt die Eltern",
            {"baseline": "40 %", "target": "60 %", "witness": "Frau-Holle-Kita fragt die Eltern"},
        ),
        (
            "de",
            Slot.BASELINE,
            "so um die 30, vielleicht 60 am Ende keine ahnung",
            {"baseline": "30 %", "target": "60 %"},
        ),
        (
            "de",
            Slot.CHANGE,
            "Kund:innen finden in 2 statt 5 Minuten, was sie suchen",
            {
                "people": "Kund:innen",
                "change": "sie finden, was sie suchen",
                "baseline": "5 Minuten",
                "target": "2 Minuten",
            },
        ),
        (
            "de",
            Slot.CHANGE,
            "Gäste bekommen ihr Essen nach 10 Minuten und nicht erst nach 25",
            {"people": "Gäste", "change": "sie bekommen ihr Essen", "baseline": "25 Minuten", "target": "10 Minuten"},
        ),
        (
            "de",
            Slot.PEOPLE,
            "azubis, 3 von 10 brechen ab, soll 1 von 10 werden",
            {"people": "Azubis", "change": "sie brechen ab", "baseline": "30 %", "target": "10 %"},
        ),
        (
            "de",
            Slot.PEOPLE,
            "die Pflegekräfte halt. sie verbringen weniger Zeit mit Doku, 20 min statt 45",
            {
                "people": "die Pflegekräfte",
                "change": "sie verbringen weniger Zeit mit Doku",
                "baseline": "45 min",
                "target": "20 min",
            },
        ),
        ("de", Slot.BASELINE, "Pflegekräfte", {"people": "Pflegekräfte"}),
        ("de", Slot.WITNESS, "40 auf 60", {"baseline": "40", "target": "60"}),
        (
            "en",
            Slot.CHANGE,
            "new joiners ship first change in week 2 and not 6",
            {"people": "new joiners", "change": "they ship first change", "baseline": "week 6", "target": "week 2"},
        ),
        (
            "en",
            Slot.CHANGE,
            "fewer nurses quit, 5 instead of 12 a year",
            {"people": "fewer nurses", "change": "they quit", "baseline": "12 a year", "target": "5 a year"},
        ),
        (
            "en",
            Slot.CHANGE,
            "from 40 to 60, patients, HR runs a survey",
            {"people": "patients", "baseline": "40", "target": "60", "witness": "HR runs a survey"},
        ),
        ("en", Slot.CHANGE, "they dont have to call twice", {"change": "they don't have to call twice"}),
    ],
)
def test_every_fact_of_an_answer_is_kept(language: Language, asked: Slot, said: str, heard: dict[str, str]) -> None:
    found = listen(said, words_in(language), asked)
    assert {slot.value: text for slot, text in found.slots.items()} == heard


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "k.A."),
        ("de", "weiß ich nich"),
        ("de", "kann ich nicht sagen"),
        ("en", "k.a. / n/a"),
        ("en", "beats me"),
        ("en", "couldn't tell you"),
    ],
)
def test_not_knowing_is_no_answer(language: Language, said: str) -> None:
    assert listen(said, words_in(language), Slot.PEOPLE).unknown


@pytest.mark.parametrize(
    ("draft", "said", "complaint"),
    [
        (
            "O: Unsere Mieter:innen fühlen sich gut betreut\n- Neues Ticketsystem bis Mai live",
            "Mieter:innen bekommen am selben Tag eine Antwort, aber das nervt langsam",
            "nervt",
        ),
        (
            "Objective: Patients wait less\n- new scheduling tool rolled out by June",
            "patients. and honestly this whole OKR thing is a waste of time",
            "waste",
        ),
    ],
)
def test_a_complaint_is_heard_and_stays_out_of_the_draft(draft: str, said: str, complaint: str, talk: Talk) -> None:
    played = talk([draft, said, "40 → 60 %"])
    heard = "Das höre ich" if "Das" in played.turns[1].reply.text else "I hear that"
    assert heard in played.turns[1].reply.text
    assert complaint not in played.last.reply.text


def test_a_complaint_about_their_day_is_what_they_experience(talk: Talk) -> None:
    said = listen("Mieter:innen sind weniger genervt von der Hotline", words_in("de"), Slot.CHANGE)
    assert said.slots[Slot.CHANGE] == "sie sind weniger genervt von der Hotline"
    assert not said.complaint


@pytest.mark.parametrize("said", ["ja genau so", "ok passt", "jup, meinetwegen", "ja ja, mach das bitte so"])
def test_consent_in_several_words_takes_what_is_offered(said: str, talk: Talk) -> None:
    draft = "O: Familien finden schnell einen Kita-Platz\n- Neues Kita-Portal bis Mai live"
    played = talk([draft, "Eltern finden beim ersten Versuch einen Platz, 60 % statt 40", said], language="de")
    assert played.last.kind == TurnKind.ACCEPT
    assert any("60 % der Eltern" in text for text in played.texts)


@pytest.mark.parametrize("said", ["yeah ok fine", "sure, why not", "that is good for me", "ok let's take it"])
def test_consent_in_several_english_words_takes_what_is_offered(said: str, talk: Talk) -> None:
    draft = "Objective: Patients wait less\n- new scheduling tool rolled out by June"
    played = talk([draft, "patients get seen within 20 min", "60% instead of 40, front desk asks them", said])
    assert played.last.kind == TurnKind.ACCEPT
    assert "60% of patients get seen within 20 min (today: 40%, front desk asks them, by June)" in played.texts


def test_fewer_people_are_a_share_of_them_all(talk: Talk) -> None:
    draft = "O: New joiners feel at home quickly\n- Onboarding program launched"
    played = talk([draft, "less new joiners leave in probation", "30 to 10"], language="en")
    assert offered(played) == "10% of new joiners leave in probation (today: 30%)"


def test_what_is_told_by_the_way_is_taken_up_later(talk: Talk) -> None:
    draft = "O: Unsere Mieter:innen fühlen sich gut betreut\n- Neues Ticketsystem bis Mai live"
    played = talk(
        [
            draft,
            "Mieter:innen bekommen am selben Tag eine Antwort, 60 % statt 30",
            "ach ja, noch was: die Hausverwalter müssen seltener telefonieren",
            "ja",
            "20 auf 50",
            "ja",
        ],
        language="de",
    )
    assert "60 % der Mieter:innen" in played.turns[2].reply.text
    assert "die Hausverwalter müssen seltener telefonieren" in played.turns[3].reply.text
    assert any(text.startswith("50 % der Hausverwalter müssen seltener telefonieren") for text in played.texts)


def test_not_knowing_while_something_is_offered_leaves_the_offer(talk: Talk) -> None:
    draft = "O: Familien finden schnell einen Kita-Platz\n- Neues Kita-Portal bis Mai live"
    played = talk([draft, "Eltern finden beim ersten Versuch einen Platz, 60 % statt 40", "k.A."], language="de")
    assert "60 % der Eltern" in offered(played)
    assert "60 % der Eltern" in played.last.reply.text


@pytest.mark.parametrize("text", ["New website live", "program launched", "CRM migrated to the cloud by Q3"])
def test_a_finding_quotes_more_than_a_word_of_a_short_text(text: str, talk: Talk) -> None:
    played = talk([f"Objective: Customers like shopping here\n- {text}"], language="en")
    assert f"“{text}”" in played.last.reply.text


_DRAFT = {
    "de": "O: Familien finden schnell einen Kita-Platz\n- Neues Kita-Portal bis Mai live",
    "en": "Objective: Patients wait less\n- new scheduling tool rolled out by June",
}
_ANSWER = {
    "de": "Eltern finden beim ersten Versuch einen Platz, 60 % statt 40",
    "en": "patients get seen within 20 min, 60% instead of 40",
}


@pytest.mark.parametrize(
    ("language", "said", "kind"),
    [
        ("de", "ach ne, lieber doch nicht", TurnKind.REJECT),
        ("de", "gefällt mir so gar nicht", TurnKind.REJECT),
        ("de", "mach du mal", TurnKind.REWRITE),
        ("de", "schreib das mal ordentlich hin", TurnKind.REWRITE),
        ("de", "mach es mal schöner", TurnKind.REWRITE),
        ("de", "noch eine andere Fassung", TurnKind.REWRITE),
        ("de", "was fehlt'n noch", TurnKind.LOOKS_GOOD),
        ("de", "passt schon so denk ich", TurnKind.ACCEPT),
        ("de", "ups, zurück", TurnKind.UNDO),
        ("de", "sag mal, wieviel Geld krieg ich wenn das klappt?", TurnKind.BOUNDARY),
        ("de", "der Meier kriegt eh nix hin, oder?", TurnKind.BOUNDARY),
        ("de", "wie gut ist mein Team im Vergleich zu den anderen", TurnKind.BOUNDARY),
        ("de", "kannst du mir nen Kuchenrezept geben", TurnKind.OFF_TOPIC),
        ("de", "let's do this in english", TurnKind.LANGUAGE),
        ("en", "hmm not so sure about that one", TurnKind.REJECT),
        ("en", "that doesn't fit", TurnKind.REJECT),
        ("en", "can u just write it better", TurnKind.REWRITE),
        ("en", "make it nicer", TurnKind.REWRITE),
        ("en", "gimme another version", TurnKind.REWRITE),
        ("en", "what's missing", TurnKind.LOOKS_GOOD),
        ("en", "undo pls", TurnKind.UNDO),
        ("en", "is bob doing a good job?", TurnKind.BOUNDARY),
        ("en", "who's slacking on my team", TurnKind.BOUNDARY),
        ("en", "how much bonus do i get for 80%", TurnKind.BOUNDARY),
        ("en", "whats the weather", TurnKind.OFF_TOPIC),
        ("en", "können wir auf deutsch weitermachen", TurnKind.LANGUAGE),
    ],
)
def test_orders_said_clumsily_are_orders_and_no_part_of_the_draft(
    language: Language, said: str, kind: TurnKind, talk: Talk
) -> None:
    played = talk([_DRAFT[language], _ANSWER[language], said], language=language)
    assert played.last.kind == kind
    assert said not in " ".join([*played.texts, played.last.reply.text])


@pytest.mark.parametrize(("language", "said"), [("de", "das vorletzte wieder"), ("en", "as if by magic")])
def test_words_that_change_nothing_leave_the_offer_as_it_is(language: Language, said: str, talk: Talk) -> None:
    played = talk([_DRAFT[language], _ANSWER[language], said], language=language)
    assert offered(played) == offered(talk([_DRAFT[language], _ANSWER[language]], language=language))
    assert said not in played.last.reply.text


def test_what_was_taken_back_can_be_put_back_once(talk: Talk) -> None:
    played = talk([_DRAFT["en"], _ANSWER["en"], "yes", "undo", "put it back", "redo"], language="en")
    assert played.turns[3].reply.version is not None
    assert played.turns[4].reply.version is not None
    assert played.turns[4].reply.version.draft == played.turns[2].reply.version.draft  # type: ignore[union-attr]
    assert played.last.reply.version is None
    assert "nothing to put back" in played.last.reply.text
    again = talk([_DRAFT["en"], _ANSWER["en"], "yes", "undo", "redo", "undo"], language="en")
    assert again.texts == talk([_DRAFT["en"]], language="en").texts


def test_a_bound_in_what_people_do_is_no_value_of_the_share(talk: Talk) -> None:
    played = talk([_DRAFT["en"], _ANSWER["en"]], language="en")
    assert offered(played) == "60% of patients get seen within 20 min (today: 40%, by June)"


def test_another_story_told_instead_leaves_the_first_with_its_figures(talk: Talk) -> None:
    draft = "O: New joiners feel at home quickly\n- Onboarding program launched"
    said = [
        "new joiners ship first change in week 2 and not 6",
        "less new joiners leave in probation",
        "30 to 10",
        "yes",
    ]
    played = talk([draft, *said], language="en")
    assert played.texts[1] == "10% of new joiners leave in probation (today: 30%)"
    assert "“new joiners ship first change (week 6 → week 2)”" in played.last.reply.text
