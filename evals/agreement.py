"""A second labelling of links and trade-offs, made from the texts alone, against the stored one.

    python -m evals.agreement --show de   the frames and drafts drawn, without any label
    python -m evals.agreement             how far the two labellings agree, and the coach with each of them

What two readers agree on bounds what can honestly be asked of anything that is measured against one of them.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml

from coach.language import LANGUAGES, Language
from coach.okr import Strict
from coach.strategy.elements import trade_offs_of
from coach.strategy.words import reads
from evals.frames import FOLDER, LabelledFrame, place_of, read_frames, short_of

SECOND = FOLDER / "second.yaml"
DRAWN = 6


class Reading(Strict):
    """What a second reader saw in a text: the short names of what it serves and what it turns round."""

    serves: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


class Pairs(NamedTuple):
    """Yes or no for each pair of text and element (or trade-off), from two sides."""

    one: list[bool]
    other: list[bool]


def drawn(language: Language) -> list[LabelledFrame]:
    """Return the held-out organisations that were labelled twice: drawn by their names alone."""
    held_out = [frame for frame in read_frames(language) if frame.split == "held-out"]
    return sorted(held_out, key=lambda frame: hashlib.sha256(frame.organisation.encode()).hexdigest())[:DRAWN]


def shown(frame: LabelledFrame) -> Iterator[str]:
    """Yield the lines a second reader sees: elements, trade-offs, texts; no label."""
    yield f"## {frame.organisation}"
    for element in frame.elements():
        yield f"{short_of(element.at):3} {' | '.join(element.parts[:1] if element.layer == 'moal' else element.parts)}"
    for trade_off in trade_offs_of(frame.strategy, reads(frame.language, "trade_off")):
        yield f"{short_of(trade_off.at):3} {trade_off.text}"
    for number, (said, text) in enumerate(zip(frame.said(), frame.texts(), strict=True)):
        yield f"{'O' if said.above is None else ' '} {number:2} {text.text}"


def read_second() -> Mapping[str, Sequence[Reading]]:
    """Return the second labelling: organisation -> one reading per text."""
    content = yaml.load(SECOND.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: [Reading.model_validate(each or {}) for each in texts] for name, texts in content.items()}


def pairs_of(frame: LabelledFrame, second: Sequence[Reading]) -> tuple[Pairs, Pairs]:
    """Return all pairs of text and element, and of text and trade-off: as stored, and as read the second time."""
    elements = [element.at for element in frame.elements()]
    between = [each.at for each in trade_offs_of(frame.strategy, reads(frame.language, "trade_off"))]
    links, turned = Pairs([], []), Pairs([], [])
    for stored, read in zip(frame.texts(), second, strict=True):
        for pairs, places, one, other in (
            (links, elements, stored.serves, read.serves),
            (turned, between, stored.conflicts, read.conflicts),
        ):
            pairs.one.extend(at in set(map(place_of, one)) for at in places)
            pairs.other.extend(at in set(map(place_of, other)) for at in places)
    return links, turned


def kappa(pairs: Pairs) -> float:
    """Return Cohen's kappa: agreement beyond what chance would bring.

    >>> kappa(Pairs([True, True, False, False], [True, False, False, False]))
    0.5
    """
    number = len(pairs.one)
    same = sum(one == other for one, other in zip(*pairs, strict=True)) / number
    yes, also = sum(pairs.one) / number, sum(pairs.other) / number
    chance = yes * also + (1 - yes) * (1 - also)
    return (same - chance) / (1 - chance)


def f1(pairs: Pairs) -> float:
    """Return the F1 of one side against the other, which is the same either way round."""
    both = sum(one and other for one, other in zip(*pairs, strict=True))
    return 2 * both / max(1, sum(pairs.one) + sum(pairs.other))


def main() -> None:
    """Show what is to be labelled, or print how far the labellings agree."""
    if "--show" in sys.argv:
        language: Language = "de" if sys.argv[-1] == "de" else "en"
        print("\n\n".join("\n".join(shown(frame)) for frame in drawn(language)))
        return
    second = read_second()
    for language in LANGUAGES:
        links, turned = Pairs([], []), Pairs([], [])
        for frame in drawn(language):
            for whole, part in zip((links, turned), pairs_of(frame, second[frame.organisation]), strict=True):
                whole.one.extend(part.one)
                whole.other.extend(part.other)
        for name, pairs in (("links", links), ("trade-offs", turned)):
            print(
                f"{name:10} {language}  {len(pairs.one):4} pairs, {sum(pairs.one):3} and {sum(pairs.other):3} marked"
                f"  kappa {kappa(pairs):.2f}  F1 {f1(pairs):.2f}"
            )


if __name__ == "__main__":
    main()
