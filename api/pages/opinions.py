"""How much a pattern weighs, in words, and where the profiles disagree about it."""

from typing import NamedTuple

from api.pages.texts import enumerate_names, name_of, say
from coach.catalog import FailurePattern
from coach.language import Language


class Opinion(NamedTuple):
    """What one profile thinks of a pattern; `severity` is `off` where it lets it pass."""

    profile: str
    severity: str


def opinions(pattern: FailurePattern) -> list[Opinion]:
    """Return the opinion of each profile, in the order of the file."""
    return [Opinion(profile, str(severity)) for profile, severity in pattern.severity.items()]


def opinion_in(pattern: FailurePattern, profile: str) -> str:
    """Return the severity in force in a profile, or `off`."""
    severity = pattern.severity_in(profile)
    return "off" if severity is None else severity.value


def disagreement(pattern: FailurePattern, language: Language) -> str | None:
    """Return a sentence that says who sees the pattern how, or None where all profiles agree."""
    camps: dict[str, list[str]] = {}
    for profile, severity in opinions(pattern):
        camps.setdefault(severity, []).append(name_of(language, "profile_in_sentence", profile))
    if len(camps) < 2:
        return None
    clauses = [
        say(
            language,
            "disagreement.next" if position else "disagreement.first",
            profiles=enumerate_names(language, profiles),
            severity=name_of(language, "severity_in_sentence", severity),
        )
        for position, (severity, profiles) in enumerate(camps.items())
    ]
    return say(language, "disagreement.whole", clauses=say(language, "disagreement.joint").join(clauses))
