"""The scorers against figures worked out by hand."""

import pytest

from evals.scorers.agreement import cohens_kappa
from evals.scorers.calibration import bins, expected_calibration_error, reliability_plot
from evals.scorers.intervals import bootstrap


def test_kappa_takes_chance_away() -> None:
    assert cohens_kappa(["a", "a", "b", "b"], ["a", "a", "b", "b"]) == 1
    assert cohens_kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"]) == 0
    assert cohens_kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"]) == pytest.approx(0.5)
    assert cohens_kappa([], []) == 0


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    assert expected_calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert expected_calibration_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)
    assert [found.texts for found in bins([0.05, 0.5, 1.0], [False, True, True])] == [1, 1, 1]


def test_the_plot_shows_every_group() -> None:
    plot = reliability_plot({"de": bins([0.9, 0.4], [True, False]), "en": bins([0.7], [True])})
    assert plot.startswith("<svg")
    assert plot.count("<polyline") == 2
    assert plot.count("<circle") == 3


def test_an_interval_holds_the_figure_and_is_the_same_every_time() -> None:
    rows = [True] * 70 + [False] * 30
    low, high = bootstrap(rows, lambda drawn: sum(drawn) / len(drawn))
    assert 0.55 < low < 0.7 < high < 0.85
    assert (low, high) == bootstrap(rows, lambda drawn: sum(drawn) / len(drawn))
    assert bootstrap([], len) == (0, 0)
