"""The second labelling of links covers what was drawn, names what is there, and agrees as far as is said."""

from itertools import combinations

import pytest

from coach.language import LANGUAGES, Language
from coach.strategy.elements import trade_offs_of
from coach.strategy.words import reads
from evals.agreement import Pairs, drawn, f1, kappa, pairs_of, read_second, shown
from evals.frames import place_of, short_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_drawn_was_read_again_and_at_least_150_pairs(language: Language) -> None:
    second = read_second()
    number = 0
    for frame in drawn(language):
        assert frame.split == "held-out"
        places = {element.at for element in frame.elements()}
        between = {each.at for each in trade_offs_of(frame.strategy, reads(language, "trade_off"))}
        readings = second[frame.organisation]
        assert {place_of(short) for reading in readings for short in reading.serves} <= places
        assert {place_of(short) for reading in readings for short in reading.conflicts} <= between
        links, _ = pairs_of(frame, readings)
        assert len(links.one) == len(links.other) == len(frame.texts()) * len(places)
        number += len(links.one)
    assert number >= 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_second_reader_sees_holds_no_label(language: Language) -> None:
    for frame in drawn(language):
        lines = list(shown(frame))
        texts = [line for line in lines if any(line.endswith(text.text) for text in frame.texts())]
        assert len(texts) == len(frame.texts())
        bare = frame.model_copy(
            update={"objectives": tuple(o.model_copy(update={"serves": ()}) for o in frame.objectives)}
        )
        assert list(shown(bare)) == lines


def test_kappa_takes_chance_out_and_f1_is_the_same_both_ways() -> None:
    one, other = [True, True, False, False], [True, False, False, False]
    assert kappa(Pairs(one, other)) == pytest.approx(0.5)
    assert kappa(Pairs(one, one)) == 1
    for left, right in combinations((one, other, [False, True, True, False]), 2):
        assert f1(Pairs(left, right)) == f1(Pairs(right, left))


@pytest.mark.parametrize("short", ["v", "p", "e", "n", "h", "f", "g", "m", "s1", "s0k1", "t0", "u1"])
def test_short_names_come_back(short: str) -> None:
    assert short_of(place_of(short)) == short
