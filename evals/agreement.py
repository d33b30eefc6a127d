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
from coach.strategy.alignment import Align
from coach.strategy.elements import trade_offs_of
from coach.strategy.words import reads
from evals.frames import FOLDER, LabelledFrame, place_of, read_frames, short_of
from evals.subject import coach_for

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


def found_in(frame: LabelledFrame, align: Align) -> list[Reading]:
    """Return what the coach finds without a model, as a reading per text."""
    found = align(frame.draft())
    return [
        Reading(
            serves=tuple(short_of(link.element) for link in text.links),
            conflicts=tuple(short_of(each.trade_off.at) for each in found.conflicts if each.at == text.at),
        )
        for text in found.texts
    ]


def main() -> None:
    """Show what is to be labelled, or print how far labellings and coach agree."""
    if "--show" in sys.argv:
        language: Language = "de" if sys.argv[-1] == "de" else "en"
        print("\n\n".join("\n".join(shown(frame)) for frame in drawn(language)))
        return
    second, align = read_second(), coach_for("rules").desk.align
    for language in LANGUAGES:
        links, turned, coach = Pairs([], []), Pairs([], []), Pairs([], [])
        for frame in drawn(language):
            read = second[frame.organisation]
            ours = _as_labelled(frame, found_in(frame, align))
            parts = (*pairs_of(frame, read), pairs_of(ours, read)[0])
            for whole, part in zip((links, turned, coach), parts, strict=True):
                whole.one.extend(part.one)
                whole.other.extend(part.other)
        rows = (("links, both labellings", links), ("trade-offs, both", turned), ("links, coach and second", coach))
        for name, pairs in rows:
            print(
                f"{name:24} {language}  {len(pairs.one):4} pairs, {sum(pairs.one):3} and {sum(pairs.other):3} marked"
                f"  kappa {kappa(pairs):.2f}  F1 {f1(pairs):.2f}"
            )


def _as_labelled(frame: LabelledFrame, readings: Sequence[Reading]) -> LabelledFrame:
    """Return the frame with these readings in place of its labels."""
    rest = iter(readings)
    objectives = []
    for objective in frame.objectives:
        serves = next(rest).serves
        inner = tuple(text.model_copy(update=next(rest).model_dump()) for text in objective.key_results)
        objectives.append(objective.model_copy(update={"serves": serves, "key_results": inner}))
    return frame.model_copy(update={"objectives": tuple(objectives)})


if __name__ == "__main__":
    main()
