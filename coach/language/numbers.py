"""Numbers as people write them, in both locales: 1.234,5 · 1,234.5 · 4,2 Mio. € · 8 von 10 · a third of."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from coach.language.locale import Locale

Unit = Literal["percent", "points", "money", "duration", "ratio", "count", "date", "name", "placeholder"]


class Quantity(NamedTuple):
    """A number in a text. `value` is None where it is blanked or a ratio in words; a percentage is 0–100."""

    start: int
    end: int
    text: str
    value: float | None
    unit: Unit

    @property
    def measures(self) -> bool:
        """Whether it can decide a key result: dates, names and unfilled placeholders cannot."""
        return self.unit not in {"date", "name", "placeholder"}


_MONTH = (
    r"(?:jan|feb|mär|maer|mar|apr|mai|may|jun|jul|aug|sep|sept|okt|oct|nov|dez|dec)"
    r"(?:uar[y]?|ruar[y]?|ch|z|il|i|e|ust|tember|ober|ember|y)?"
)
_DATES = re.compile(
    rf"\b(?:\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?(?:20)?\d{{2}}(?!\.?\d)|(?!\d))|20\d\d-\d\d(?:-\d\d)?|\d{{1,2}}/\d{{1,2}}/(?:20)?\d\d"
    rf"|[QH][1-4](?:\s?[/-]?\s?(?:20)?\d\d)?\b|FY\s?'?(?:20)?\d\d(?:-Q[1-4])?|KW\s?\d{{1,2}}|\d{{1,2}}\.?\s(?:of\s)?{_MONTH}\b(?:\s20\d\d)?"
    rf"|\d{{1,2}}:\d\d(?!\d)(?!\s?(?:min|h\b|std|stunden|hours?))|\d{{1,2}}(?:\.\d\d)?(?=\s?Uhr\b)|\d{{1,2}}(?=\s?[ap]\.?m\b)"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s?%)(?:,?\s20\d\d)?|(?<![\d.,])(?:19|20)(?!00)\d\d(?:/(?:20)?\d\d)?(?![\d.,]*\d)(?!\s?(?:%|€|\$|EUR|USD|CHF|k\b)))",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"(?<=[^\W\d_] )\d+\.0(?:\.\d+)*(?![%€$\w,.\d]|\s?[%€$])(?! (?:to|auf|von|bis|points?|Punkte|Sterne|stars|days?|Tage)\b)|\b24/7\b|\b1[:-]1s?\b|\b1-on-1s?\b|§+\s?\d+\w*|#\d+|\b(?:ISO(?:/IEC)?|DIN|EN|BSI|RFC|Art\.?|Artikel|Article|Version|v|Level|Phase|Stufe|Tier|Wave|Welle|Modul|Module|"
    r"Kapitel|Chapter|Los|Release|Sprint|Top|Schicht|Linie|Halle|Werk|Station|Schalter|Gate|Step|Type|Typ|SOC|Scope|Web|Part|Teil|Klasse|Grade|Year|Band|PHP|Python|Java|Office|Windows|Area|Gleis|Raum|Room|Ward|line|ward|room|gate|phase|stage|level|grade|year|class|floor|tier|shift|version)"
    r"[\s-]?\d+(?:[.,]\d+)*\w*|\b\w*[^\W\d_]-?\d+(?:\.\d+)*[A-Za-z]*\b|\b\d+[A-Za-z]+\d+\w*\b|\b\d[A-Z]{2,}\w*|\b\d[DGFB]A?\b|\bB2[BC]\b|\b\d+(?:st|nd|rd|th)\b|\b\d+(?:\.\d+){2,}\b",
)
_NUMBER = r"\d{1,3}(?:[.,'’\u2009\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_UNITS = (
    r"(?P<percent>\s?%(?!-?\w*punkt)|\s?(?:prozent|percent|per cent)\b)"
    r"|(?P<points>\s?(?:%-?punkte?n?|prozentpunkte?n?|percentage points?|pp\b|points?\b|punkte?n?\b|pts?\b))"
    r"|(?P<money>\s?(?:€|\$|£|eur(?:o|os)?\b|usd\b|chf\b|franken\b|dollars?\b|fr\.))"
    r"|(?P<duration>\s?-?(?:ms|millisekunden|milliseconds?|sekunden?|seconds?|secs?|s|minuten?|minutes?|mins?|stunden?|hours?|hrs?|h|"
    r"(?:werk|arbeits|business |working |calendar |kalender)?(?:tage?n?|days?)|wochen?|weeks?|monate?n?|months?)\b)"
)
_QUANTITY = re.compile(
    rf"(?P<sign>[+\-±~≥≤<>]\s?)?(?P<before>[€$£]\s?|(?:EUR|USD|CHF|Fr\.)\s?)?(?P<number>{_NUMBER})"
    rf"(?P<times>\s?(?:mio|mrd|tsd|million(?:en)?|milliarden?|billion|thousand|tausend|bn|mm|mn|k|m|b)\b\.?)?(?:{_UNITS}|(?P<factor>x\b|-?(?:fold|fach)\b))?",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\[(?:N|n|#|number|Zahl|x|X|\.\.\.|…)\](?:\s?(?:%|€|\$))?|\b[Nn]n?\s?%")
_PLACEHOLDER = re.compile(
    r"\[[^\W\d_][^\]\[]{0,40}\?\]|(?<!\w)[XYZxyz]{1,2}\s?(?:%|€|\$|Prozent\b|percent\b)|\bTBD\b|\?\?+|_{2,}\s?%?"
)


def parse_number(text: str, *, decimal_comma: bool) -> float:
    """Return the value of digits with separators, read as the locale would.

    >>> parse_number("1.234,5", decimal_comma=True), parse_number("1,234.5", decimal_comma=False)
    (1234.5, 1234.5)
    """
    digits = re.sub(r"[\s'’\u2009\u202f]", "", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
    else:
        mark = "," if comma >= 0 else "."
        groups = digits.split(mark)
        thousands = len(groups) > 1 and all(len(group) == 3 for group in groups[1:]) and groups[0] != "0"
        own = (mark == ",") == decimal_comma
        decimal = ("." if mark == "," else ",") if thousands and (not own or len(groups) > 2) else mark
    whole, _, part = digits.rpartition(decimal) if decimal in digits else (digits, "", "0")
    return float(re.sub(r"[.,]", "", whole) + "." + part)


def find_quantities(text: str, locale: Locale) -> list[Quantity]:
    """Return the numbers of a text in order, without overlaps."""
    taken: list[Quantity] = []
    covered = bytearray(len(text))

    def take(start: int, end: int, value: float | None, unit: Unit) -> None:
        if end > start and not any(covered[start:end]):
            covered[start:end] = b"\x01" * (end - start)
            taken.append(Quantity(start, end, text[start:end], value, unit))

    for match in _PLACEHOLDER.finditer(text):
        take(*match.span(), None, "placeholder")
    for match in _BLANK.finditer(text):
        take(*match.span(), None, "percent" if "%" in match[0] else "count")
    for match in locale.fraction.finditer(text):
        take(*match.span(), None, "ratio")
    for match in _DATES.finditer(text):
        take(*match.span(), None, "date")
    for match in locale.ordinal.finditer(text):
        take(*match.span(), None, "name")
    for match in _NAMES.finditer(text):
        if _QUANTITY.fullmatch(match[0]) is None:
            take(*match.span(), None, "name")
    for match in _QUANTITY.finditer(text):
        _take_number(match, locale, take)
    for match in re.finditer(r"[^\W\d_]+", text):
        if (value := locale.number_words.get(match[0].lower())) is not None:
            take(*match.span(), value, "count")
    return sorted(taken)


def _take_number(match: re.Match[str], locale: Locale, take: Callable[[int, int, float | None, Unit], None]) -> None:
    value = parse_number(match["number"], decimal_comma=locale.decimal_comma)
    if match["times"]:
        value *= locale.multipliers.get(match["times"].strip(" .").lower(), 1.0)
    unit: Unit = "count"
    if match["percent"]:
        unit = "percent"
    elif match["points"]:
        unit = "points"
    elif match["money"] or match["before"]:
        unit = "money"
    elif match["duration"]:
        unit = "duration"
    take(match.start(), match.end(), value, unit)
