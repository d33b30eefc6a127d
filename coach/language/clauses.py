"""What a person said, set into a sentence: people after "of" / "der", and what they do as a predicate."""

import re
from collections.abc import Callable
from typing import NamedTuple


class Grammar(NamedTuple):
    """How a language sets people and predicates into a sentence; `None` where the words do not fit.

    `people_of("die Mieter")` → "der Mieter" / "of the tenants"; `people_first` → "Die Mieter" / "The tenants";
    `predicate("dass sie die Abrechnung verstehen")` → "verstehen die Abrechnung" / "understand the statement".
    """

    they: str
    people_of: Callable[[str], str | None]
    people_first: Callable[[str], str | None]
    predicate: Callable[[str, bool], str | None]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def tidy(words: str) -> str:
    """Return words without quotes, blanks and full stops around them."""
    return re.sub(r"\s+", " ", words).strip(" \t\n.,;:!„“”\"'»«–-")


_PREPOSITION = {
    "de": re.compile(r"^(?:für|bei|von|an|den meisten)\s+", re.IGNORECASE),
    "en": re.compile(r"^(?:for|of|among|by|it'?s|it is|mostly|mainly)\s+", re.IGNORECASE),
}

# German -----------------------------------------------------------------------------------------------------------

_GENITIVE = {"die": "der", "den": "der", "unsere": "unserer", "unseren": "unserer", "eure": "eurer", "euren": "eurer",
             "meine": "meiner", "meinen": "meiner", "alle": "aller", "allen": "aller", "viele": "vieler",
             "diese": "dieser", "diesen": "dieser", "ihre": "ihrer", "ihren": "ihrer"}  # fmt: skip
_NOMINATIVE = {"den": "die", "unseren": "unsere", "euren": "eure", "meinen": "meine", "allen": "alle",
               "diesen": "diese", "ihren": "ihre"}  # fmt: skip
_PLURAL = re.compile(
    r"(?:[:*_]innen|innen|leute|eltern|kräfte|gäste|ärzte|wirte|räte|teams|azubis|profis|menschen|personen|"
    r"mitarbeitende|studierende|lehrende|reisende|pflegende|wartende|alleinerziehende|jugendliche|ehrenamtliche|"
    r"angehörige|vereine|vorstände|verbände|betriebe|freunde|beschäftigte|angestellte|befragte|betroffene|erwachsene|versicherte|vorgesetzte|[a-zäöüß](?:er|en))$",
    re.IGNORECASE,
)
_DATIVE = re.compile(r"(?P<stem>\w+(?:er|el|eute|kräfte|gäste|ärzte|wirte|räte))n$")
_BENT = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+en?$")
_SINGULAR = re.compile(
    r"(?:ung|heit|keit|schaft|ei|ion|tät|ik|ur|amt|haus|team|vertrieb|einkauf|service|abteilung)$", re.IGNORECASE
)
_AFTER_HEAD = re.compile(
    r"^(?:im|in|aus|am|an|auf|bei|beim|mit|ohne|vom|von|zur|zum|der|des|die|und|,|\()", re.IGNORECASE
)
_PRONOUN_DE = re.compile(r"^(?:sie|die|alle|diese|die leute)\s+", re.IGNORECASE)
_SUBORDINATE_DE = re.compile(r"^(?:[,–-]?\s*)?(?:dann\s+)?(?:dass|damit|so\s?dass|wenn|weil)\s+", re.IGNORECASE)
_VERBS_DE = _words(
    """
    sind haben können müssen wollen dürfen finden bekommen wissen sehen verstehen nutzen kommen erhalten sagen
    erledigen melden buchen brauchen kaufen bestellen bleiben warten reden helfen fühlen rufen schreiben lesen lösen
    machen gehen geben nehmen lernen arbeiten empfehlen schaffen tippen fragen werden starten beginnen entscheiden
    tun
    """
)
_NO_VERB_DE = _words(
    """
    den einen keinen ihren unseren euren seinen allen jeden diesen wenigen vielen neuen ersten zweiten besseren
    zwischen neben gegen wegen hinten vorne oben unten außen innen morgen gestern daneben dagegen zusammen selten
    einzelnen anderen meisten eigenen ohnehin offen zufrieden gelegen gerne gern drinnen schon kaum eben
    """
)
_INFINITIVE = re.compile(r"^[a-zäöüß]{2,}(?:en|ern|eln|tun|sein)$")
_PARTICIPLE = re.compile(
    r"^(?:ge|(?:an|ab|auf|aus|ein|zu|vor|mit|nach|los|um)ge)(?!hen|ben|nieß|winn|nüg|lang|stalt|hör)\w+(?:en|t)$"
)
_SEPARABLE = re.compile(r"^(?P<particle>ab|an|auf|aus|ein|los|mit|nach|vor|zu|zurück|zusammen|weiter|fest|teil|weg|hin|her)(?P<verb>[a-zäöüß]{3,}(?:en|ern|eln))$")  # fmt: skip
_NOT_SEPARABLE = _words("antworten ankern arbeiten achten ändern äußern mitteln einigen eignen einsamen warten")


def _split_people_de(words: str) -> tuple[str | None, list[str], str, list[str]] | None:
    """Return determiner, adjectives, head noun and what follows, of German words for several people; else None."""
    parts = _PREPOSITION["de"].sub("", tidy(words)).split()
    determiner = parts.pop(0).lower() if parts and parts[0].lower() in {*_GENITIVE, "der", "das", "dem"} else None
    adjectives: list[str] = []
    if len(parts) > 1 and _BENT.match(parts[0]) and parts[1][:1].isupper() and _PLURAL.search(parts[1]):
        adjectives.append(parts.pop(0).lower())  # a capital only because the sentence begins
    while parts and parts[0][:1].islower():
        if _AFTER_HEAD.match(parts[0]):
            return None
        adjectives.append(parts.pop(0))
    if not parts or determiner in {"der", "das", "dem"}:
        return None
    head, rest = parts[0], parts[1:]
    if rest and not _AFTER_HEAD.match(rest[0]):
        return None
    if dative := _DATIVE.match(head):
        head = (
            dative["stem"] if determiner in {"den", "unseren", "allen", "meinen"} or not _PLURAL.search(head) else head
        )
    if _SINGULAR.search(head) or not _PLURAL.search(head):
        return None
    return determiner, adjectives, head, rest


def _people_of_de(words: str) -> str | None:
    found = _split_people_de(words)
    if found is None:
        return None
    determiner, adjectives, head, rest = found
    first = _GENITIVE.get(determiner or "die", "der")
    bent = [re.sub(r"e$", "en", adjective) for adjective in adjectives]
    head = re.sub(r"(end|lich|rig|igt|llt|agt|ffen|wachsen|ert|tzt)e$", r"\1en", head)
    return " ".join([first, *bent, head, *rest])


def _people_first_de(words: str) -> str | None:
    found = _split_people_de(words)
    if found is None:
        return None
    determiner, adjectives, head, rest = found
    first = [_NOMINATIVE.get(determiner, determiner)] if determiner else []
    bent = [re.sub(r"en$", "e", a) if determiner is None else a for a in adjectives]
    text = " ".join([*first, *bent, head, *rest])
    return text[:1].upper() + text[1:]


def _is_verb_de(word: str) -> bool:
    lower = word.lower()
    if lower in _VERBS_DE:
        return True
    return bool(_INFINITIVE.match(word)) and lower not in _NO_VERB_DE and not _PARTICIPLE.match(lower)


def _fronted(words: list[str]) -> str:
    """Return a clause with its verb at the end as one with the verb first: "selbst abschließen" → "schließen selbst ab"."""
    verb, rest = words[-1], words[:-1]
    cut = _SEPARABLE.match(verb.lower())
    if cut and verb.lower() not in _NOT_SEPARABLE and not (rest and _is_verb_de(rest[-1])):
        return " ".join([cut["verb"], *rest, cut["particle"]])
    return " ".join([verb, *rest])


def _predicate_de(words: str, follows_people: bool) -> str | None:
    text = tidy(words)
    subordinate = _SUBORDINATE_DE.match(text)
    if subordinate:
        text = text[subordinate.end() :]
    stripped = _PRONOUN_DE.sub("", text)
    subject_said = stripped != text or follows_people
    parts = stripped.split()
    if not parts or ("," in stripped.rstrip(",") and subordinate):
        return None if not parts else _verb_before_comma(stripped)
    first = parts[0].rstrip(",")
    if _is_verb_de(first) and (parts[0][:1].islower() or parts[0].lower() in _VERBS_DE) and len(parts) > 1:
        return parts[0].lower() + stripped[len(parts[0]) :]
    if (
        len(parts) > 1
        and _is_verb_de(parts[-1])
        and (subordinate or subject_said or parts[0][:1].islower() or len(parts) > 2)
    ):
        return _fronted(parts)
    return None


_SINGLE_LAST_DE = re.compile(r"(?P<rest>\S.*)\s(?P<verb>ist|hat|wird|kann|bleibt|läuft|steht|gilt)")
_SUBJECT_DE = re.compile(r"(?P<subject>(?:[\w%,.:*]+\s+){0,4}?[A-ZÄÖÜ][\w:*]+)\s+(?P<rest>\S.*)")


def main_clause(subordinate: str) -> str | None:
    """Return what follows "dass" as a sentence of its own, where its verb can be moved; else None.

    >>> main_clause("unsere Lieferanten uns vertrauen")
    'unsere Lieferanten vertrauen uns'
    """
    match = _SUBJECT_DE.fullmatch(subordinate.strip())
    if match is None or match["subject"].lower().startswith("sich "):
        return None
    predicate = _predicate_de(f"dass {match['rest']}", False)
    if predicate is None and (single := _SINGLE_LAST_DE.fullmatch(match["rest"])) is not None:
        return f"{match['subject']} {single['verb']} {single['rest']}"
    return f"{match['subject']} {predicate}" if predicate else None


def _verb_before_comma(text: str) -> str | None:
    """Return a clause with a second one behind a comma, the verb of the first brought to its front."""
    first, _, second = text.partition(",")
    parts = first.split()
    if not parts or not _is_verb_de(parts[-1]):
        return None
    return f"{_fronted(parts)},{second}"


# English ----------------------------------------------------------------------------------------------------------

_PRONOUN_EN = re.compile(
    r"^(?:they(?:'d|'ll| would| will| should)?|people|everyone|everybody|most of them)\s+", re.IGNORECASE
)
_SUBORDINATE_EN = re.compile(r"^(?:then\s+)?(?:so\s+that|that|if|when|because|well,?)\s+", re.IGNORECASE)
_VERBS_EN = _words(
    """
    are have can could find get know see understand use come receive say settle report book need buy order stay wait
    talk help feel call write read solve make go give take learn work recommend manage type ask start begin decide
    do finish no don't want trust return arrive complete pay open answer hear leave keep spend stop choose prefer
    join share reach tell notice reply sign submit renew plan show contribute merge publish deploy release fix bring
    pick turn move handle run meet enjoy follow look check cancel invite let upgrade sell close sort install log
    click drop save lose win earn cut sleep eat walk drive travel visit attend play sing build create design draft
    review approve reject accept adopt try test set prepare deliver collect store deal cope rely depend think
    believe describe rate name list spot catch avoid prevent discover teach train mentor coach lead hire onboard
    welcome greet thank refer subscribe download upload view watch listen speak discuss agree disagree negotiate
    resolve clarify confirm verify track measure count estimate remember forget recognise recognize realise realize
    succeed fail pass graduate apply enrol enroll register hand print scan email message ring phone text chat post
    comment vote donate volunteer would should may might must cannot can't won't never always rarely usually already
    still also file change explain raise lend rent recover heal rest connect ship quit request borrow contact swap
    serve support operate drink queue browse search compare react respond commit dial insist carry eat switch reuse
    complain struggle gain reduce increase save return repeat skip experience receive
    """
)
_FUNCTION_EN = _words(
    """
    in at on of for from by with without and or but who that which whose the a an their our your his her its this these
    those to as than after before during within across per via into over under about between near like when if
    """
)
_TO_EN = re.compile(r"^to\s+(?=\w)", re.IGNORECASE)
_SINGULAR_EN = re.compile(r"^(?:a|an|the|one|every|each)\s+\w+(?:er|or|ee|ist|ant|nt)$", re.IGNORECASE)


def _people_words_en(words: str) -> str | None:
    text = _PREPOSITION["en"].sub("", tidy(words))
    if not text or _SINGULAR_EN.match(text):
        return None
    first = text.split()[0]
    return text if first.isupper() and len(first) > 1 else text[0].lower() + text[1:]


def _people_of_en(words: str) -> str | None:
    people = _people_words_en(words)
    return f"of {people}" if people else None


def _people_first_en(words: str) -> str | None:
    people = _people_words_en(words)
    return people[0].upper() + people[1:] if people else None


def _predicate_en(words: str, follows_people: bool) -> str | None:
    text = _SUBORDINATE_EN.sub("", tidy(words))
    stripped = _PRONOUN_EN.sub("", text)
    spoken = stripped != text or follows_people
    bare = _TO_EN.sub("", stripped)
    parts = bare.split()
    if not parts:
        return None
    first = parts[0].lower()
    if first in {"be", "being"}:
        return None
    if first == "no" and (len(parts) < 2 or parts[1].lower() not in {"longer", "more"}):
        return None
    lenient = spoken and not first.endswith(("s", "ing", "ed", "ly")) and first not in _FUNCTION_EN
    if first in _VERBS_EN or lenient or bare != stripped:
        return first + bare[len(parts[0]) :]
    return None


GRAMMAR = {
    "de": Grammar("sie", _people_of_de, _people_first_de, _predicate_de),
    "en": Grammar("they", _people_of_en, _people_first_en, _predicate_en),
}
