"""Formal: German that speaks to a team ("ihr") or to one person ("Du") as it speaks to people addressed as "Sie".

The catalogue speaks to teams; a conversation set to "Sie" does not. What stands in quotes is somebody's own words and
stays as it is.
"""

import re

_QUOTED = re.compile(r"(„[^“]*“)")
_SENTENCE = re.compile(r"(?<=[.!?:])(\s+)|(\n)")
_CLAUSE_END = re.compile(r"[,.;:?!–(]|\s(?:und|oder|aber)\s(?!dann\b)")
_IRREGULAR = {"seid": "sind", "tut": "tun", "wärt": "wären", "wart": "waren", "bist": "sind", "hast": "haben",
              "weißt": "wissen", "willst": "wollen", "kannst": "können", "musst": "müssen", "magst": "mögen",
              "hättest": "hätten", "würdest": "würden", "könntest": "könnten", "möchtest": "möchten"}  # fmt: skip
_NOT_VERBS = frozenset(
    {"womit", "damit", "somit", "wert", "nicht", "erst", "jetzt", "nächst", "selbst", "fast", "meist", "dort", "seit"}
    | {"mit", "laut", "weit", "statt", "oft", "leicht", "acht", "insgesamt"}
)
_VERB = re.compile(r"[a-zäöüß]{2,}t$", re.IGNORECASE)
_REFLEXIVE = re.compile(r"\b(Sie|sind|haben)\b(?P<between>(?:\s+\w+){0,1}?)\s+euch\b")
_DATIVE = re.compile(r"\b(?P<before>bei|von|mit|aus|zu|nach|unter|zwischen|neben|vor|hinter) euch\b", re.IGNORECASE)
_ACCUSATIVE = re.compile(
    r"\b(?P<before>für|um|ohne|gegen|durch|über) euch\b"
    r"|\b(?P<verb>(?:bring|hinder|überrasch|freu|stör|ärger|zwing|trenn|betriff|führ|treff|bremse?|frag)\w*) euch\b"
    r"|\beuch\b(?=[^,.?!]*\bkosten\b)"
    r"|\beuch\b(?=\s+(?:(?:kaum\s+)?jemand|zuversichtlich|weiter|voran|aufhalten|überraschen|ärgern|freuen|stören|treffen|fragen|bringen|ab)\b)",
    re.IGNORECASE,
)
_TOLD = {"frag": "fragen", "lies": "lesen", "behalte": "behalten", "stell": "stellen", "schreib": "schreiben",
         "nimm": "nehmen", "gib": "geben", "sag": "sagen", "such": "suchen", "prüf": "prüfen", "nenn": "nennen",
         "lass": "lassen", "denk": "denken", "streich": "streichen", "lasst": "lassen", "füllt": "füllen",
         "schreibt": "schreiben", "vereinbart": "vereinbaren"}  # fmt: skip
_ORDERED = re.compile(
    rf"(?P<lead>^|, |\bund )(?P<verb>(?:{'|'.join(_TOLD)}))(?=,? (?:die|den|das|sie|dem|ins|dazu|es|bis|"
    r"jemand\w*|mir|dir|dich|einen?|dann)\b)",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"(?:,|\s(?:und|oder))\s+(?:(?!ihr\b|du\b)[a-zäöüß]+\s){0,2}?(?P<verb>[a-zäöüß]+t)(?=\s*(?:[,.:;?!]|$)|\s(?:und|oder)\b)"
)
_YOUR = re.compile(r"\b(?P<e>[Ee])(?:uer(?P<bare>)|ur(?P<end>e[nmrs]?))\b")
_ORDER = re.compile(
    r"^(?P<lead>\W*)(?P<verb>Ergänzt|Stellt|Lasst|Nehmt|Schreibt|Nennt|Streicht|Einigt|Haltet|Fragt|Sucht|Legt|Füllt|Sagt|"
    r"Setzt|Macht|Schaut|Wählt|Prüft|Vereinbart|Denkt|Gebt|Trennt|Sammelt|Zählt|Messt|Holt|Bleibt|Formuliert)"
    r"(?=\s+(?:die|den|das|dem|der|eine?n?|zwei|drei|euch|es|sie|dazu|darunter|beide|lieber|nur|zuerst|vorher|daneben|je|bei|im|in)\b)"
)


def formal(text: str) -> str:
    """Return a German text as it is said to people addressed as "Sie"."""
    if not re.search(r"\b(?:ihr|euch|eue?r\w*|du|dir|dich|dein\w*)\b", text, re.IGNORECASE) and not _ORDER.search(text):
        return text
    return "".join(part if part.startswith("„") else _sentences(part) for part in _QUOTED.split(text))


def _sentences(text: str) -> str:
    return "".join(_sentence(part) if part and part.strip() else part or "" for part in _SENTENCE.split(text))


def _sentence(text: str) -> str:
    text = _ORDER.sub(lambda match: f"{match['lead']}{_bent(match['verb'])} Sie", text)
    text = _ORDERED.sub(_told, text)
    text = _person(_person(text, "ihr"), "du")
    text = re.sub(r"\b(Sie) [Dd](?:ir|ich)\b", r"\1 sich", re.sub(r"\bals ihr(?=[,.]|$)", "als Sie", text))
    text = _REFLEXIVE.sub(lambda match: f"{match[1]}{match['between']} sich", text)
    text = _DATIVE.sub(lambda match: f"{match['before']} Ihnen", text)
    text = _ACCUSATIVE.sub(lambda match: f"{match['before'] or match['verb'] or ''} Sie".lstrip(), text)
    text = re.sub(r"\b(?:[Ee]uch|[Dd]ir)\b", "Ihnen", re.sub(r"\b[Dd]ich\b", "Sie", text))
    text = re.sub(r"\b[Dd]ein(e[nmrs]?)?\b", lambda match: f"Ihr{match[1] or ''}", text)
    return _YOUR.sub(lambda match: f"Ihr{match['end'] or ''}", text)


def _told(match: re.Match[str]) -> str:
    """Return an order to one or several as one to people addressed as "Sie"."""
    verb = _TOLD[match["verb"].lower()]
    return f"{match['lead']}{verb[:1].upper() + verb[1:] if match['verb'][:1].isupper() else verb} Sie"


def _person(text: str, pronoun: str) -> str:
    """Return a sentence whose subject is "Sie" where it was the pronoun, with its verb; else the sentence itself."""
    at = 0
    while (match := re.search(rf"\b{pronoun}\b", text[at:], re.IGNORECASE)) is not None:
        start, end = at + match.start(), at + match.end()
        verb = _verb_of(text, start, end)
        at = end
        if verb is None:
            continue
        first, last = verb
        bent = _bent(text[first:last], one=pronoun == "du")
        if first < start:
            text = text[:first] + bent + text[last:start] + "Sie" + text[end:]
        else:
            rest = text[last:]
            while first > start and (more := _ALSO.match(rest)) is not None and _is_verb(more["verb"]):
                bent += rest[: more.start("verb")] + _bent(more["verb"])
                rest = rest[more.end("verb") :]
            text = text[:start] + "Sie" + text[end:first] + bent + rest
        at = max(start, at - 1)
    return text


def _verb_of(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the verb of a pronoun stands: before it, right behind it, or at the end of its clause."""
    before = re.search(r"(\w+)\s+$", text[:start])
    if (
        before is not None
        and _is_verb(before[1])
        and (before[1][0].islower() or not text[: before.start(1)].strip(" –-"))
    ):
        return before.start(1), before.end(1)
    rest = text[end:]
    if re.match(r"\s+(?!OKR\b)[A-ZÄÖÜ]", rest) or re.search(r"\bihm oder $", text[:start]):
        return None  # "ihr Startpunkt": whose it is
    behind = re.match(r"\s+(\w+)", rest)
    if not text[:start].strip(" –-") and behind is not None:
        return (end + behind.start(1), end + behind.end(1)) if _is_verb(behind[1]) else None
    stop = _CLAUSE_END.search(rest)
    clause = rest[: stop.start()] if stop else rest
    verbs = [found for found in re.finditer(r"\w+", clause) if _is_verb(found[0])]
    return (end + verbs[-1].start(), end + verbs[-1].end()) if verbs else None


def _is_verb(word: str) -> bool:
    return (word[:1].islower() or word.lower() in _IRREGULAR or _VERB.match(word) is not None) and (
        word.lower() in _IRREGULAR or (_VERB.match(word) is not None and word.lower() not in _NOT_VERBS)
    )


def _bent(verb: str, *, one: bool = False) -> str:
    """Return the form for "Sie" of one for "ihr", or with `one` for "du"."""
    lower = verb.lower()
    if lower in _IRREGULAR:
        found = _IRREGULAR[lower]
    elif one and lower.endswith("est"):
        found = f"{lower[:-3]}en"
    elif lower.endswith("et") or (one and lower.endswith("st") and not lower.endswith("sst")):
        found = f"{lower[:-2]}en"
    elif re.search(r"(?<!i)e[lr]t$", lower):
        found = f"{lower[:-1]}n"
    else:
        found = f"{lower[:-1]}en"
    return found[:1].upper() + found[1:] if verb[:1].isupper() else found
