"""The labelled frames: strategies with drafts, and what in the drafts serves what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from coach.language import LANGUAGES, Language
from coach.okr import Draft, Strategy, Strict
from coach.strategy.elements import Element, elements_of
from coach.strategy.evidence import Said

FOLDER = Path(__file__).parent / "datasets" / "alignment"
Split = Literal["tuned-on", "held-out"]
_SHORT = {
    "v": "/vision",
    "p": "/purpose",
    "e": "/hed/economic_logic",
    "n": "/hed/north_star_metric",
    "h": "/hed/health_metric",
    "f": "/med/field",
    "g": "/med/health_metric",
    "m": "/moal",
    "s": "/scorecard/",
    "t": "/hed/trade_offs/",
    "u": "/med/trade_offs/",
}


class LabelledText(Strict):
    """A text with the short names of what it serves, only seems to serve, turns round and copies."""

    text: str
    serves: tuple[str, ...]
    near: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


class LabelledObjective(Strict):
    """An objective with its links and its key results."""

    objective: str
    serves: tuple[str, ...]
    key_results: tuple[LabelledText, ...]


class LabelledFrame(Strict):
    """One organisation: its frame, its draft, and how it was written: with the frame's words, or without.

    `later`: it stands in one of the files `more-*.yaml`.
    """

    organisation: str
    split: Split
    wording: Literal["own", "frame"] = "own"
    strategy: Strategy
    objectives: Annotated[tuple[LabelledObjective, ...], Field(min_length=1)]
    language: Language = "en"
    later: bool = False

    def texts(self) -> tuple[LabelledText, ...]:
        """Return objectives and key results in the order of `Draft.texts`."""
        return tuple(
            text
            for objective in self.objectives
            for text in (LabelledText(text=objective.objective, serves=objective.serves), *objective.key_results)
        )

    def said(self) -> list[Said]:
        """Return the texts as links are found for them."""
        found: list[Said] = []
        for objective in self.objectives:
            above = len(found)
            found.append(Said(objective.objective))
            found += [Said(key_result.text, above) for key_result in objective.key_results]
        return found

    def draft(self) -> Draft:
        """Return the draft with its frame, as it is sent."""
        body = {
            "language": self.language,
            "objectives": [
                {"objective": o.objective, "key_results": [kr.text for kr in o.key_results]} for o in self.objectives
            ],
            "context": {"strategy": self.strategy.model_dump(exclude_none=True)},
        }
        return Draft.model_validate(body)

    def elements(self) -> tuple[Element, ...]:
        """Return what can be served."""
        return elements_of(self.strategy)


def place_of(short: str) -> str:
    """Return the place that a short name stands for.

    >>> place_of("s1"), place_of("m"), place_of("s0k1")
    ('/scorecard/1', '/moal', '/scorecard/0/kpis/1')
    """
    return _SHORT[short[0]] + short[1:].replace("k", "/kpis/")


def short_of(place: str) -> str:
    """Return the short name of a place.

    >>> short_of("/scorecard/1"), short_of("/moal"), short_of("/med/trade_offs/0")
    ('s1', 'm', 'u0')
    """
    letter, start = max(
        ((letter, start) for letter, start in _SHORT.items() if place.startswith(start)), key=lambda each: len(each[1])
    )
    return letter + place.removeprefix(start).replace("/kpis/", "k")


def read_frames(language: Language) -> list[LabelledFrame]:
    """Return the labelled frames of a language, those written first before those written later."""
    return [
        LabelledFrame.model_validate({**entry, "language": language, "later": later})
        for name, later in ((language, False), (f"more-{language}", True))
        for entry in yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def frames(split: Split) -> Iterator[LabelledFrame]:
    """Yield the labelled frames of a split, in both languages."""
    for language in LANGUAGES:
        yield from (frame for frame in read_frames(language) if frame.split == split)
