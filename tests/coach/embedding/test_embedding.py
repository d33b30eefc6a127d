"""Embedding models behind one port: the bundled one, a look-up table, and an address."""

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.embedding import BundledEmbedder, PrecomputedEmbedder, TunedEmbedder, can_embed, tuned_embedder
from coach.embedding.precomputed import missing_in, write_vectors
from coach.embedding.remote import RemoteEmbedder
from coach.errors import ModelUnavailable

Rows = NDArray[np.float32]


def lengths(rows: Rows) -> list[float]:
    return [float(length) for length in np.linalg.norm(rows, axis=1)]


# The bundled model


@pytest.fixture(scope="module")
def bundled() -> BundledEmbedder:
    if not can_embed():
        pytest.skip("the bundled embedding does not run on this machine")
    return BundledEmbedder()


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> TunedEmbedder:
    found = tuned_embedder(tmp_path_factory.mktemp("encoder"))
    if found is None:
        pytest.skip("the encoder does not run on this machine")
    return found


def test_the_tuned_model_is_another_one_of_the_same_shape(bundled: BundledEmbedder, tuned: TunedEmbedder) -> None:
    texts = ["Portal live", "Was ist ein Ausgangswert?"]
    rows = tuned.embed_queries(texts)
    assert rows.shape == (2, 384)
    assert lengths(rows) == pytest.approx([1, 1], abs=1e-4)
    assert not np.allclose(rows, bundled.embed_queries(texts), atol=0.05)


def test_the_tuned_model_is_the_same_from_memory_where_nothing_can_be_written(
    tuned: TunedEmbedder, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    for folder in (None, blocked / "below"):
        other = TunedEmbedder(folder)
        assert np.allclose(other.embed_queries(["Portal live"]), tuned.embed_queries(["Portal live"]), atol=1e-6)


def test_a_damaged_copy_of_the_tuned_model_is_written_anew(tmp_path: Path) -> None:
    first = TunedEmbedder(tmp_path)
    expected = first.embed_queries(["Portal live"])
    [file] = tmp_path.glob("*.bin")
    file.write_bytes(file.read_bytes()[:1000])
    assert np.allclose(TunedEmbedder(tmp_path).embed_queries(["Portal live"]), expected, atol=1e-6)
    assert len(list(tmp_path.glob("*"))) == 1


def test_bundled_vectors_have_length_one(bundled: BundledEmbedder) -> None:
    for rows in (bundled.embed_queries(["Portal", "Größe"]), bundled.embed_passages(["Portal", "Größe"])):
        assert rows.shape == (2, 384)
        assert rows.dtype == np.float32
        assert lengths(rows) == pytest.approx([1, 1], abs=1e-4)


def test_the_same_text_has_the_same_vector_alone_or_in_company(bundled: BundledEmbedder) -> None:
    [alone] = bundled.embed_queries(["Portal live"])
    assert np.allclose(bundled.embed_queries(["x", "Portal live", "y"])[1], alone, atol=1e-6)


def test_what_means_the_same_is_near_in_both_languages(bundled: BundledEmbedder) -> None:
    german, english, other = bundled.embed_queries(
        ["Kunden finden die Rechnung verständlich", "Customers understand the invoice", "The train leaves at noon"]
    )
    assert german @ english > german @ other


def test_a_question_is_near_its_passage(bundled: BundledEmbedder) -> None:
    [question] = bundled.embed_queries(["Was ist ein Ausgangswert?"])
    fitting, other = bundled.embed_passages(
        ["Der Ausgangswert sagt, wo ihr heute steht.", "Ein Workshop dauert zwei Stunden."]
    )
    assert question @ fitting > question @ other


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "a\x00b", "\ud800", "🎉" * 1_000, "a" * 5_000, "e\u0301" * 2_000, "\u202eאב"]
)
def test_any_text_can_be_embedded(bundled: BundledEmbedder, text: str) -> None:
    assert lengths(bundled.embed_queries([text])) == pytest.approx([1], abs=1e-4)


def test_composed_and_combining_letters_are_one(bundled: BundledEmbedder) -> None:
    composed, combining = bundled.embed_queries(["Gäste", "Ga\u0308ste"])
    assert np.array_equal(composed, combining)


# Looked up rather than computed


class Dice:
    """Embeds a text as a fixed vector of its letters; notes what it was asked for."""

    name = "dice"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Rows:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Rows:
        self.asked += texts
        rows = np.asarray([[text.count("a") + 1, len(text), 3] for text in texts], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


TEXTS = ["banana", "Größe 🎉", "portal", "banana"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "vectors.npz"
    write_vectors(Dice(), TEXTS, file)
    return file


def test_known_passages_are_looked_up(table: Path) -> None:
    model = Dice()
    rows = PrecomputedEmbedder(model, table).embed_passages(TEXTS)
    assert model.asked == []
    assert np.allclose(rows, Dice().embed_passages(TEXTS), atol=0.02)
    assert lengths(rows) == pytest.approx([1] * 4, abs=1e-6)


def test_new_passages_are_computed_and_stay_in_order(table: Path) -> None:
    model = Dice()
    texts = ["new one", "portal", "another", "banana"]
    rows = PrecomputedEmbedder(model, table).embed_passages(texts)
    assert model.asked == ["new one", "another"]
    assert np.allclose(rows, Dice().embed_passages(texts), atol=0.02)


def test_queries_are_never_looked_up(table: Path) -> None:
    model = Dice()
    rows = PrecomputedEmbedder(model, table).embed_queries(["banana"])
    assert model.asked == ["banana"]
    assert np.array_equal(rows, Dice().embed_queries(["banana"]))


def test_the_name_is_that_of_the_model_behind(table: Path) -> None:
    assert PrecomputedEmbedder(Dice(), table).name == "dice"


def test_a_table_of_another_model_is_not_used(table: Path) -> None:
    model = Dice()
    model.name = "other"
    PrecomputedEmbedder(model, table).embed_passages(["banana"])
    assert model.asked == ["banana"]


@pytest.mark.parametrize("content", [None, b"no table", b"\x93NUMPY"])
def test_without_a_table_everything_is_computed(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "vectors.npz"
    if content is not None:
        file.write_bytes(content)
    model = Dice()
    rows = PrecomputedEmbedder(model, file).embed_passages(["banana"])
    assert model.asked == ["banana"]
    assert np.allclose(rows, Dice().embed_passages(["banana"]))


def test_what_a_table_lacks_is_counted_once_per_text(table: Path, tmp_path: Path) -> None:
    assert missing_in(table, TEXTS, "dice") == 0
    assert missing_in(table, TEXTS, "other") == 3
    assert missing_in(table, [*TEXTS, "new", "new", "newer"], "dice") == 2
    assert missing_in(tmp_path / "nowhere.npz", TEXTS, "dice") == 3


def test_the_same_texts_give_the_same_file(table: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    write_vectors(Dice(), TEXTS[::-1], again)
    with np.load(table) as one, np.load(again) as two:
        assert one.files == two.files
        assert all(np.array_equal(one[name], two[name]) for name in one.files)


# Behind an address


class Address(ThreadingHTTPServer):
    """An OpenAI-compatible address on loopback that notes what it is asked."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Answer(BaseHTTPRequestHandler):
    server: Address

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["authorization"])
        data = [
            {"object": "embedding", "index": index, "embedding": [3.0, 4.0 * len(text)]}
            for index, text in enumerate(asked["input"])
        ]
        content = json.dumps(
            {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        )
        self.send_response(self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[Address]:
    with Address() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_vectors_from_an_address_are_made_unit_length(address: Address) -> None:
    embedder = RemoteEmbedder(address.url, "m", "secret")
    for rows in (embedder.embed_queries(["a", "ä🎉"]), embedder.embed_passages(["a", "ä🎉"])):
        assert rows.shape == (2, 2)
        assert rows.dtype == np.float32
        assert rows[0] == pytest.approx([0.6, 0.8])
        assert lengths(rows) == pytest.approx([1, 1])
    assert address.asked[0] == {"model": "m", "input": ["a", "ä🎉"], "encoding_format": "float"}
    assert address.keys == ["Bearer secret"] * 2


def test_an_address_that_fails_is_a_model_that_is_unavailable(address: Address) -> None:
    address.status = 500
    with pytest.raises(ModelUnavailable, match="embedding address did not answer") as caught:
        RemoteEmbedder(address.url, "m", "secret").embed_queries(["a"])
    assert caught.value.code == "embedding"
    assert "secret" not in str(caught.value)
    assert len(address.asked) == 2  # once again, then no more


def test_each_address_and_model_names_an_index_of_its_own() -> None:
    names = [
        RemoteEmbedder(url, model, None).name
        for url, model in [
            ("http://127.0.0.1:1/v1", "m"),
            ("http://127.0.0.1:1/v1", "n"),
            ("http://127.0.0.1:2/v1", "m"),
        ]
    ]
    assert len(set(names)) == 3
    assert all(name.replace("-", "").isalnum() and len(name) <= 60 for name in names)
