"""The classifier's weights are what the repository's data make them, byte for byte."""

from coach.kinds.classifier import WEIGHTS
from evals.train_kinds import examples, rendered, train


def test_training_rebuilds_the_weights_byte_for_byte() -> None:
    content, figures = train(examples())
    assert rendered(content) == WEIGHTS.read_text(encoding="utf-8")
    assert figures["accuracy"] >= 0.8
