"""What is known of an element, its people before all, and the questions after what is not."""

from coach.chat.compose import bare_people
from coach.chat.talk import Talk
from coach.chat.words import filled
from coach.conversation import Slot
from coach.language import locale_of
from coach.language.clauses import GRAMMAR
from coach.reading import read


def questions_about(talk: Talk, element: str | None, name: str) -> list[str]:
    """Return the questions after a thing, with the people of the element in them."""
    people = people_of(talk, element) or talk.words.say("people_default")
    people = bare_people(people, talk.words)
    first = GRAMMAR[talk.language].people_first(people)
    called = talk.words.say("they")
    if first is not None and len(first.split()) <= 3:
        several = len(first.split()) > 1
        german = locale_of(talk.language).nouns_are_capitalised
        small = several if german else not first.split()[0].isupper()
        called = first[0].lower() + first[1:] if people[0].islower() or small else first
    them = called if talk.words.say("them") == "them" and called != "they" else talk.words.say("them")
    return [filled(text, {"people": called, "them": them}) for text in talk.words.questions(name)]


def people_of(talk: Talk, element: str | None) -> str | None:
    """Return the people of an element: as said, as its objective names them, as said of another."""
    if element and (own := talk.known.get((element, Slot.PEOPLE))):
        return own.words
    texts = talk.draft.texts()
    objective = next(
        (o for o in talk.draft.objectives if o.id == element or any(k.id == element for k in o.key_results)), None
    )
    candidates = [texts.get(element or "", ""), (objective.text or "") if objective else ""]
    for text in candidates:
        reading = read(text, talk.language)
        for token in reading.tokens:
            if token.has("people") and reading.locale.is_plural_people(token.text):
                return token.text
    near = {objective.id, *(each.id for each in objective.key_results)} if objective else set()
    others = [
        known.words
        for (owner, slot), known in reversed(talk.known.items())
        if slot == Slot.PEOPLE
        and known.language == talk.language
        and (owner in near or len(talk.draft.objectives) == 1)
    ]
    return others[0] if others else None


def known_of(talk: Talk, element: str | None) -> dict[Slot, str]:
    """Return what is known of an element, with its people where only another one named them."""
    known = talk.of(element or "")
    if Slot.PEOPLE not in known and (people := people_of(talk, element)):
        known[Slot.PEOPLE] = people
    return known
