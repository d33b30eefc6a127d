"""German: inflection, separable verbs, numbers, and the words that tell the language."""

import re
from collections.abc import Sequence

from coach.language.locale import Form, Locale

_THEN = (
    r"\d|ein(?:e[nrm]?|s|mal)?\b|zwei|drei|halb|heute|bisher|bislang|jetzt|gestern|früher|sonst|zuvor|üblich|geplant|erwartet|nötig|"
    r"notwendig|wir\b|uns\b|nur\b|vor|letzt|vergangen|frühling|frühjahr|sommer|herbst|winter|jahr|quartal|monat|woche|tag\b|stunde|"
    r"anfang|beginn|ende\b|start|Q[1-4]|januar|jänner|februar|märz|april|mai\b|juni|juli|august|september|oktober|november|dezember"
)
_FUNCTION_WORDS = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "eines",
        "und",
        "oder",
        "aber",
        "nicht",
        "ist",
        "sind",
        "wird",
        "werden",
        "wurde",
        "wurden",
        "haben",
        "hat",
        "wir",
        "ihr",
        "sie",
        "es",
        "ich",
        "uns",
        "unser",
        "unsere",
        "unserer",
        "unseren",
        "mit",
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "auf",
        "für",
        "bei",
        "beim",
        "im",
        "am",
        "aus",
        "nach",
        "durch",
        "über",
        "unter",
        "um",
        "ohne",
        "gegen",
        "als",
        "wie",
        "dass",
        "damit",
        "bis",
        "pro",
        "je",
        "kein",
        "keine",
        "alle",
        "alles",
        "jede",
        "jeder",
        "mehr",
        "weniger",
        "auch",
        "nur",
        "noch",
        "schon",
        "sich",
        "ins",
        "ans",
        "vor",
        "seit",
        "wenn",
        "weil",
        "pro",
        "zwischen",
        "mindestens",
        "höchstens",
        "maximal",
        "bereits",
        "davon",
        "heute",
        "bisher",
        "jährlich",
        "neue",
        "neuen",
        "neues",
        "neuer",
    ]
)
_ENDINGS = re.compile(r"(?:ung|ungen|keit|heit|schaft|lich|isch|innen|ierung|ieren|chen)$")
_LETTERS = re.compile("[äöüß]")
_SWISS = re.compile(
    r"\b(?:gr[oö]ss\w*|massnahme\w*|aussen\w*|ausser\w*|\w*stra?sse\w*|\w*schliess\w*|weiss\w*|heiss\w*|"
    r"gemäss|regelmäss\w*|\w*mässig\w*|grüss\w*|\w*füsse?\w*|mass\b|fleiss\w*|spass|stoss\w*|bloss|süss\w*|"
    r"fliess\w*|giess\w*|geniess\w*|messgrösse\w*)\b",
    re.IGNORECASE,
)
_PREFIXES = ("auseinander", "gegenüber", "zusammen", "entgegen", "herunter")


def is_swiss(text: str) -> bool:
    """Whether a German text writes ss where Germany and Austria write ß."""
    return "ß" not in text and _SWISS.search(text) is not None


_IN_BOTH = frozenset({"in", "was", "will", "an", "so"})
"""Words of English too: they speak for neither language."""
_SAYS_GERMAN = frozenset(
    {"statt", "je", "ans", "ins", "wer", "wem", "wen", "wie", "etwa", "rund", "mindestens", "höchstens"}
)


def _evidence(words: Sequence[str]) -> float:
    score = 0.0
    for word in words:
        if word in _FUNCTION_WORDS or word in _IN_BOTH or word in _SAYS_GERMAN:
            score += 1
        elif _LETTERS.search(word):
            score += 1.5
        elif _ENDINGS.search(word):
            score += 0.6
    return score


def _fold(word: str) -> str:
    return word.replace("ß", "ss")


def _weak_participle(prefix: str, stem: str, infinitive: str) -> str:
    inner = stem if infinitive.endswith("ieren") or stem.startswith(_INSEPARABLE) else "ge" + stem
    ending = "et" if stem.endswith(("t", "d", "gn", "chn", "ffn")) else "t"
    return prefix + inner + ending


_INSEPARABLE = ("be", "ent", "er", "ge", "miss", "ver", "zer", "über", "unter")


def _verb_forms(entry: str, irregular: Sequence[str]) -> list[tuple[str, Form]]:
    prefix, _, verb = entry.rpartition("|")
    infinitive = prefix + verb
    stem = verb.removesuffix("en") if verb.endswith("en") else verb.removesuffix("n")
    forms: list[tuple[str, Form]] = [(infinitive, "inf")]
    participle, *nominal = irregular or (_weak_participle(prefix, stem, infinitive),)
    forms += [(participle + ending, "part") for ending in ("", "e", "en", "er", "es", "em")]
    if prefix:
        forms.append((f"{prefix}zu{verb}", "inf"))
    else:  # after the participle: "migriert" is both, and drafts mean "sind migriert"
        ending = "et" if stem.endswith(("t", "d", "gn", "chn", "ffn")) else "t"
        forms += [(stem + ending, "fin"), (stem + "te", "fin"), (stem + "ten", "fin"), (stem + "e", "fin")]
    nominal = nominal or ([infinitive.removesuffix("en") + "ung"] if infinitive.endswith("ieren") else [])
    for noun in nominal:
        forms += [(noun, "nom"), (noun + "en", "nom"), (noun + "s", "nom"), (noun + "e", "nom")]
    return [(_fold(form), kind) for form, kind in forms]


def _separable(entry: str) -> tuple[str, str] | None:
    """Return (finite stem, separated prefix) of "ein|führen", as in "Wir führen … ein"."""
    prefix, _, verb = entry.rpartition("|")
    return (_fold(verb.removesuffix("en")), prefix) if prefix else None


_NOUN_ENDINGS = ("innen", "ern", "en", "er", "es", "em", "in", "e", "n", "s")


def _stems(word: str) -> list[str]:
    found = [word]
    for ending in _NOUN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            found.append(word[: -len(ending)])
    return found


_PLURAL_PEOPLE = frozenset(
    [
        "kunden",
        "klienten",
        "nutzer",
        "anwender",
        "mieter",
        "bewohner",
        "bürger",
        "einwohner",
        "anwohner",
        "patienten",
        "schüler",
        "eltern",
        "familien",
        "kinder",
        "senioren",
        "besucher",
        "gäste",
        "leser",
        "hörer",
        "zuschauer",
        "mitglieder",
        "spender",
        "kollegen",
        "kolleginnen",
        "fachkräfte",
        "pflegekräfte",
        "lehrkräfte",
        "lehrpersonen",
        "azubis",
        "lehrlinge",
        "bewerber",
        "kandidaten",
        "führungskräfte",
        "entwickler",
        "ingenieure",
        "partner",
        "lieferanten",
        "händler",
        "käufer",
        "abonnenten",
        "fahrgäste",
        "pendler",
        "landwirte",
        "teams",
        "anrufer",
        "teilnehmer",
        "haushalte",
        "nachbarn",
        "betriebe",
        "firmen",
        "vereine",
        "schulen",
        "kliniken",
        "praxen",
        "filialen",
        "gemeinden",
        "autoren",
        "monteure",
        "techniker",
        "handwerker",
        "fahrer",
        "disponenten",
        "fans",
        "interessenten",
        "verbraucher",
        "gründer",
        "forscher",
        "tester",
        "frauen",
        "männer",
        "mädchen",
        "menschen",
        "personen",
        "standorte",
        "abteilungen",
        "fachbereiche",
        "redaktionen",
        "bauherren",
        "auftraggeber",
        "radfahrer",
        "neukunden",
        "bestandskunden",
        "endkunden",
        "kundinnen",
        "ärzte",
        "hausärzte",
        "dozenten",
    ]
)


def _is_plural_people(word: str) -> bool:
    return word[:1].isupper() and (word.lower().endswith("innen") or word.lower() in _PLURAL_PEOPLE)


_NUMBER_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "null",
            "_",
            "zwei",
            "drei",
            "vier",
            "fünf",
            "sechs",
            "sieben",
            "acht",
            "neun",
            "zehn",
            "elf",
            "zwölf",
            "dreizehn",
            "vierzehn",
            "fünfzehn",
        ]
    )
    if word not in {"_", "null"}
} | {
    "zwanzig": 20.0,
    "dreißig": 30.0,
    "dreissig": 30.0,
    "vierzig": 40.0,
    "fünfzig": 50.0,
    "hundert": 100.0,
    "tausend": 1000.0,
    "dutzend": 12.0,
}

_N = r"(?:\d|\[)"
_DATE = (
    r"(?:Ende|Mitte|Anfang|Jahresende|Quartalsende|Monatsende|Jahreswechsel|Sommer|Herbst|Winter|Frühling|Frühjahr|"
    r"Q[1-4]|H[12]|KW|J[aä]nn?(?:er|uar)?|Feb(?:ruar|er)?|März|April|Mai|Juni|Juli|August|Sept(?:ember)?|Oktober|"
    r"November|Dezember|Weihnachten|Ostern|Montag|Freitag|20\d\d|\d{1,2}\.\s?(?:\d{1,2}\.|[A-ZJ]))"
)

LOCALE = Locale(
    code="de",
    decimal_comma=True,
    number_words=_NUMBER_WORDS,
    fraction=re.compile(
        r"\b(?:jede?[rsmn]?(?::[rn])?\s+(?:zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte|zwanzigste|hundertste)[rnsm]?(?::[rn])?"
        r"|(?:die|mindestens die|über die|mehr als die)\s+hälfte|(?:ein|zwei)\s+drittel|(?:ein|drei)\s+viertel"
        r"|(?:ein|zwei|drei|vier)\s+fünftel|die meisten"
        r"|(?:\d+|zwei|drei|vier|fünf|sechs|sieben|acht|neun)\s+(?:von|aus)\s+(?:\d+|drei|vier|fünf|sechs|acht|zehn|zwölf|zwanzig)\b)",
        re.IGNORECASE,
    ),
    multipliers={
        "mio": 1e6,
        "mrd": 1e9,
        "tsd": 1e3,
        "million": 1e6,
        "millionen": 1e6,
        "milliarden": 1e9,
        "milliarde": 1e9,
        "tausend": 1e3,
        "k": 1e3,
        "m": 1e6,
        "tâsd": 1e3,
    },
    change_from_to=re.compile(
        rf"\b(?:von|ab)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}[^.;]{{0,60}}?\s(?:auf|zu|bis auf|nach)\s+(?:\S{{1,40}}\s+){{0,4}}?\S{{0,24}}{_N}"
        rf"|{_N}\S{{0,24}}(?:\s\S{{1,40}}){{0,3}}?\s?(?:→|->|=>|➔|⟶|➝|»|–>)\s?(?:\S{{1,40}}\s+){{0,2}}?\S{{0,24}}{_N}"
        rf"|\bauf\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}[^;]{{0,40}}?\b(?:von|statt|ab)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}"
        rf"|\b(?:statt|nicht|keine?)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}[^.;]{{0,60}}?\s(?:sondern|nur)\s+(?:\S{{1,40}}\s+){{0,3}}?\S{{0,24}}{_N}"
        rf"|{_N}\S{{0,24}}(?:\s[^\s,]{{1,40}}){{0,2}}?,?\s(?:und nicht|nicht|statt|anstatt)\s+(?!mehr|weniger|nur|später|früher|über|unter)(?:\S{{1,40}}\s+){{0,2}}?\S{{0,24}}{_N}",
        re.IGNORECASE,
    ),
    delta_before=re.compile(r"(?:\bum\s+(?:\w+\s+){0,2}?|(?<![\w\d])[+±]\s?)$", re.IGNORECASE),
    delta_after=re.compile(
        r"^\s*(?:%|prozent(?:punkte)?|pp|punkte)?\s*(?:mehr|weniger|höher\w*|niedriger\w*|schneller\w*|kürzer\w*|"
        r"länger\w*|geringer\w*|besser\w*|wachstum|steigerung|zuwachs|reduktion|senkung|einsparung|rückgang|erhöhung|plus|minus)\b",
        re.IGNORECASE,
    ),
    doubling=re.compile(
        r"\b(?:verdoppel\w*|verdreifach\w*|vervierfach\w*|halbier\w*|doppelt so|dreimal so|halb so)",
        re.IGNORECASE,
    ),
    baseline=re.compile(
        r"\b(?:heute|aktuell|derzeit|bisher|bislang|vorher|zuvor|momentan|zurzeit|ausgangswert|baseline|vorjahr\w*|vorquartal\w*|"
        r"gegenüber|ggü|statt|anstatt|im vergleich|verglichen|jetzt|letzte[sn]?|vorige[sn]?|vormals|gegenwärtig|startwert|ist-wert|ist:|"
        r"stand|wie (?:heute|bisher)|im schnitt (?:bisher|heute)|als (?:heute|bisher|am schalter|im)|war(?:en)? (?:es )?\d|zuletzt|anfangs|vgl)\b",
        re.IGNORECASE,
    ),
    deadline=re.compile(
        rf"\b(?:bis(?:\s+(?:zum|spätestens|zu|am))?|per|spätestens|noch vor|vor|ab|im|in|zum)\s+(?:\w+\s+)?{_DATE}(?:\s?[/.]?\s?(?:\d+\.?|Q[1-4]|[A-Z]\w+|20\d\d)){{0,3}}",
    ),
    purpose=re.compile(
        r"\bum\s+(?![^,.;]{0,24}\d)[^,.;]{0,80}?\bzu\s+\w+|(?:^|,)\s*damit\b|\bdurch\s+(?:(?:den|die|das|eine?n?|unsere?n?)\s+)?(?:(?:neue|bessere|mehr|gezielte|digitale|regelmä(?:ß|ss)ige|konsequente|klare|einheitliche)[nrs]?\b|\w+(?:ung|ierung|führung|bau|satz|einsatz|beratung|schulung(?:en)?|training|portal|system|tool|app)\b)|\bdurch\s+eine?n?\b|\bmittels\b|\bmithilfe\b|\bmit hilfe\b|\bindem\b|\bdank\b"
        r"|,?\s*um\s+[^.;]{3,90}?(?:\bzu\s+\w+|\w{1,30}zu\w{1,30}en)\b|\bauf basis von\b|\bper einführung\b|\bsodass\b|\bzwecks\b",
        re.IGNORECASE,
    ),
    conjunction=re.compile(r"\b(?:und|sowie|plus|bzw\.?|als auch|wie auch)\b|&|\s\+\s|;|\s/\s|,(?=\s)", re.IGNORECASE),
    placeholder_values={
        "Anteil": "70 %",
        "Anzahl": "30",
        "Ausgangswert": "40 %",
        "Zielwert": "70 %",
        "Zeitraum": "Woche",
        "Dauer": "3 Tage",
    },
    nouns_are_capitalised=True,
    verb_forms=_verb_forms,
    separable=_separable,
    stems=_stems,
    compounds=True,
    evidence=_evidence,
    determiners=frozenset(
        [
            "der",
            "die",
            "das",
            "den",
            "dem",
            "des",
            "ein",
            "eine",
            "einen",
            "einem",
            "einer",
            "eines",
            "unser",
            "unsere",
            "unseren",
            "unserem",
            "unserer",
            "kein",
            "keine",
            "alle",
            "sämtliche",
            "neue",
            "neuen",
            "neuer",
            "neues",
            "neuem",
            "erste",
            "ersten",
            "erster",
            "beide",
            "beiden",
            "jede",
            "jeden",
            "jeder",
            "jedes",
            "mindestens",
            "mehr",
            "weitere",
        ]
    ),
    is_plural_people=_is_plural_people,
    function_words=_FUNCTION_WORDS,
    recipients=frozenset(
        [
            "an",
            "für",
            "mit",
            "bei",
            "in",
            "von",
            "auf",
            "über",
            "unter",
            "zu",
            "zwischen",
            "durch",
            "aus",
            "ist",
            "sind",
            "ohne",
        ]
    ),
    negations=frozenset(["kein", "keine", "keiner", "keinen", "keinem", "nie", "niemals"]),
    bound=re.compile(r"(?!)"),
    comparison=re.compile(
        r"\b(?:mehr|weniger|eher|öfter|häufiger|seltener|lieber|(?:höher|kleiner|größer|grösser|geringer|kürzer|schneller|besser|früher)(?:e[nrms]?)?)"
        rf"\b[^.;()]{{2,90}}?\bals\b(?!\s+(?:(?:im|in|am|an|bei|zu|zum|vor|noch)\s+)?(?:de[rmns]\s+|die\s+|das\s+|dies\w+\s+)?(?:{_THEN}))"
        r"|\b(?:übersteig|überwieg)\w*\b(?!\s+(?:\S+\s+)?(?:\d|erwartung|budget|ziel|plan))",
        re.IGNORECASE,
    ),
    distributive=re.compile(r"jede|alle|sämtliche", re.IGNORECASE),
    ordinal=re.compile(r"(?<![\d.,])\d{1,2}\.(?=\s?[A-ZÄÖÜ][a-zäöüß]{2,})"),
    sentence_auxiliaries=frozenset(
        ["ist", "sind", "wird", "werden", "wurde", "wurden", "hat", "haben", "sei", "kann", "können", "ist's"]
    ),
    calendar=re.compile(
        r"\b(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Montag|Dienstag|Mittwoch"
        r"|Donnerstag|Freitag|Samstag|Sonntag|Jahresende|Quartalsende|Monatsende|Halbjahr|Weihnachten|Ostern|Sommerpause)s?\b"
    ),
    persons=re.compile(
        r"\b(?:Autor\w*|Verfasser\w*|Schreibende[rn]?|Mitarbeiter:?in\b|faul\w*|unfähig\w*|inkompetent\w*|dumm\w*|schlampig\w*"
        r"|nachlässig\w*|überfordert\w*|Versager\w*|Minderleister\w*|du|dein\w*|dich|dir|kündig(?:t|en) (?:ihm|ihr|ihnen)"
        r"|Gehalt\w*|Bonus|Abmahnung\w*|Entlassung\w*)\b",
        re.IGNORECASE,
    ),
    hypothesis=re.compile(r"\AWir glauben\b.{5,}\b(?:weil|denn|da)\b.{3,}\Z", re.IGNORECASE | re.DOTALL),
)
