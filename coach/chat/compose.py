"""Compose: what was said, set into one sentence; what is not known stays a visible blank."""

import re
from collections.abc import Mapping

from coach.chat.words import Words
from coach.conversation import Slot
from coach.language.clauses import GRAMMAR, tidy
from coach.reading import read

_LONGEST_EXPERIENCE = 5
_SMALL = re.compile(r"(?:wir|ich|die|der|das|unsere?|we|the|our)\b", re.IGNORECASE)
_SHARE = re.compile(r"%|\b(?:von|of|out of|aus)\s+\d+\b|^\[")


def key_result_from(known: Mapping[Slot, str], words: Words, *, deadline: str = "") -> str:
    """Return a key result from what is known of it."""
    people = known.get(Slot.PEOPLE) or words.say("compose.people_blank")
    target = known.get(Slot.TARGET) or words.say("compose.share_blank")
    witness = known.get(Slot.WITNESS, "")
    asked = words.has("confirms", witness) or words.has("asks_them", witness)
    confirmed = "compose.confirmed" if asked else "compose.source"
    extra = words.say(confirmed, witness=inside(witness)) if witness else ""
    extra += words.say("compose.until", deadline=deadline) if deadline else ""
    grammar = GRAMMAR[words.language]
    core, comma, which = people.partition(",")
    told = f", {tidy(which)}," if comma and grammar.people_of(core) else ""
    core = core if told else people
    share = _SHARE.search(target) or any(end == len(target) for _, end, _ in words.share_at(target))
    if share and Slot.TARGET in known:
        core = bare_people(core, words)  # "fewer" is what the two figures say
    of_people = (grammar.people_of(core) or words.say("compose.people_of_unknown", people=core)) + told
    first = (grammar.people_first(core) or words.say("compose.people_first_unknown", people=core)) + told
    if people.startswith("["):
        of_people = grammar.people_of(words.say("people_default")) or people
        of_people = f"{of_people} {people}"
    fewer = words.has("fewer", core) and words.language == "en" and first.lower().startswith("less ")
    first = f"Fewer {first[5:]}" if fewer else first
    if words.has("fewer", core) and not share:
        target = known.get(Slot.TARGET) or words.say("compose.target_blank")
    shared = share and not (words.has("fewer", core) and Slot.TARGET not in known)
    text = words.say(
        "compose.share" if shared else "compose.measured",
        share=target,
        target=target,
        people_of=of_people,
        people_first=first,
        predicate=predicate_from(known.get(Slot.CHANGE, ""), words),
        today=words.say("compose.today"),
        goal=words.say("compose.goal"),
        baseline=known.get(Slot.BASELINE) or words.say("compose.baseline_blank"),
        extra=extra,
    )
    return text[:1].upper() + text[1:]


def bare_people(people: str, words: Words) -> str:
    """Return people without "fewer" before them."""
    return words.patterns["fewer"].sub("", people)


def inside(clause: str) -> str:
    """Return a clause as it stands inside a sentence."""
    return clause[:1].lower() + clause[1:] if _SMALL.match(clause) else clause


def objective_from(known: Mapping[Slot, str], words: Words) -> str:
    """Return an objective from what is known: who, and what is different for them."""
    people, change = known.get(Slot.PEOPLE, ""), known.get(Slot.CHANGE, "")
    grammar = GRAMMAR[words.language]
    core, comma, which = people.partition(",")
    told = f", {tidy(which)}," if comma and grammar.people_first(core) else ""
    core = core if told else people
    first = (grammar.people_first(core) or words.say("compose.people_first_unknown", people=core)) + told
    return words.say("compose.objective", people_first=first, predicate=predicate_from(change, words))


def predicate_from(change: str, words: Words) -> str:
    """Return what people do, experience or say, in their words: as a predicate where they form one, else quoted."""
    predicate = GRAMMAR[words.language].predicate(change, False)
    if predicate is not None:
        return predicate
    bare = tidy(change)
    reading = read(bare, words.language)
    first = next(iter(reading.tokens), None)
    if first is not None and first.start == 0 and first.form == "inf" and not reading.locale.nouns_are_capitalised:
        return bare[0].lower() + bare[1:]
    verbs = any(token.form in {"fin", "inf", "part"} and not token.text[:1].isupper() for token in reading.tokens)
    if words.is_all("state", bare):
        return words.say("compose.state", words=bare[0].lower() + bare[1:])
    if len(bare.split()) <= _LONGEST_EXPERIENCE and not verbs and "," not in bare:
        return words.say("compose.experienced", words=_small(bare))
    return words.say("compose.said", words=bare[:1].upper() + bare[1:])


def _small(words: str) -> str:
    """Return words with a small first letter where the first one is no noun or name."""
    first = words.split(maxsplit=1)[0]
    return (
        words[0].lower() + words[1:]
        if re.match(r"^(?:Weniger|Mehr|Kein|Keine|Keinen|Less|Fewer|More|No|Better|Faster|Shorter)$", first)
        else words
    )
