"""`make vectors`: compute the vectors that ship with the knowledge base; `--check` says whether they are fresh."""

import sys
import tempfile
from pathlib import Path

from coach.catalog import open_catalog
from coach.embedding import PrecomputedEmbedder, tuned_embedder
from coach.embedding.precomputed import missing_in, write_vectors
from coach.paths import VECTORS
from coach.retrieval.search import Search


def main() -> None:
    """Write the vectors, or say how many texts have none."""
    embedder = tuned_embedder()
    assert embedder is not None, "the bundled embedding model does not run on this machine"
    with tempfile.TemporaryDirectory() as folder:
        texts = Search(open_catalog(), embedder, Path(folder)).texts()
    missing = missing_in(VECTORS, texts, embedder.name)
    if "--check" in sys.argv:
        if missing:
            sys.exit(f"{missing} texts of the knowledge base have no vector yet: run make vectors")
    elif missing:
        write_vectors(PrecomputedEmbedder(embedder, VECTORS), texts, VECTORS)
        print(f"{len(set(texts))} texts, {missing} computed, {VECTORS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
