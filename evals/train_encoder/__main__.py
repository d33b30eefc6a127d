"""Train the encoder and its heads; with --without-folds on all data but those, for calibration."""

import argparse
import hashlib
import io
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from coach.catalog import open_catalog
from coach.embedding.bundled import model_path
from coach.embedding.tuned import LAYERS_FILE
from coach.learned.heads import HEADS_FILE
from coach.review import KINDS
from evals.drafts import read_drafts, read_notes
from evals.scorers.classes import accuracy, from_counts, macro_f1
from evals.train_encoder.examples import Labels, NoteExample, SetExample, labels_of, notes, set_example, sets, typed
from evals.train_encoder.network import ModelFile
from evals.train_encoder.training import SCALE, Encoder, Plan, Trainer


def main() -> None:
    """Train and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-folds", type=int, nargs="*", default=[], help="leave these folds (0-6) out")
    parser.add_argument("--out", type=Path, help="write to this folder instead of into the package")
    parser.add_argument(
        "--watch", type=Path, nargs="*", default=[], help="labelled drafts to report on; never trained on"
    )
    parser.add_argument("--epochs", type=int, default=Plan().epochs)
    parser.add_argument("--trainable", type=int, default=Plan().trainable)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    plan = Plan(epochs=options.epochs, trainable=options.trainable, seed=options.seed)
    catalog = open_catalog()
    labels = labels_of(catalog)
    everything, all_notes = sets(), notes()
    kept = [example for example in everything if example.group not in options.without_folds]
    kept_notes = [note for note in all_notes if note.group not in options.without_folds]
    print(f"{len(kept)} of {len(everything)} objectives, {len(kept_notes)} of {len(all_notes)} notes", flush=True)
    encoder = Encoder(ModelFile(model_path()), labels, plan)
    watched = {
        "left out": ([e for e in everything if e not in kept], [n for n in all_notes if n not in kept_notes]),
        **{path.stem: _read(path) for path in options.watch},
    }

    def report(epoch: int) -> None:
        for name, (examples, more) in watched.items():
            if examples or more:
                print(f"  {name}: {_measured(encoder, labels, examples, more)}", flush=True)
        encoder.train()

    pages = list(typed(catalog))
    Trainer(encoder, labels, plan).fit(kept, kept_notes, pages, report)
    _write(encoder, labels, options.out)


def _read(path: Path) -> tuple[list[SetExample], list[NoteExample]]:
    if "process" in path.name:
        return [], [NoteExample(0, note.text, frozenset(note.patterns)) for note in read_notes(path)]
    return [set_example(draft) for draft in read_drafts(path)], []


def _measured(encoder: Encoder, labels: Labels, examples: Sequence[SetExample], more: Sequence[NoteExample]) -> str:
    """Return accuracy and macro-F1 of kinds, and micro-F1 of patterns at 0.4."""
    parts = []
    with torch.no_grad():
        if examples:
            texts = [text for example in examples for text in example.key_results]
            vectors = encoder.embed(texts) * SCALE
            answered = [KINDS[i].value for i in encoder.heads["kind"](vectors).argmax(1).tolist()]
            kinds = [kind for example in examples for kind in example.kinds]
            pairs = [(KINDS[k].value, a) for k, a in zip(kinds, answered, strict=True) if k is not None]
            expected, given = [a for a, _ in pairs], [b for _, b in pairs]
            parts.append(f"kinds {accuracy(expected, given):.3f}/{macro_f1(expected, given):.3f}")
            wanted = [found for example in examples for found in example.patterns]
            parts.append(_patterns("key results", encoder, "key_result", vectors, wanted, labels.key_result))
            vectors = encoder.embed([example.objective for example in examples]) * SCALE
            wanted = [example.objective_patterns for example in examples]
            parts.append(_patterns("objectives", encoder, "objective", vectors, wanted, labels.objective))
        if more:
            vectors = encoder.embed([note.text for note in more]) * SCALE
            parts.append(
                _patterns("notes", encoder, "process", vectors, [note.patterns for note in more], labels.process)
            )
    return ", ".join(parts)


def _patterns(
    name: str,
    encoder: Encoder,
    head: str,
    vectors: torch.Tensor,
    wanted: Sequence[frozenset[str]],
    slugs: Sequence[str],
) -> str:
    found = (torch.sigmoid(encoder.heads[head](vectors)) > 0.4).tolist()
    answers = [frozenset(slug for slug, yes in zip(slugs, row, strict=True) if yes) for row in found]
    hits = sum(len(a & w) for a, w in zip(answers, wanted, strict=True))
    score = from_counts(hits=hits, answered=sum(map(len, answers)), expected=sum(map(len, wanted)))
    return f"{name} {score.f1:.3f} (p {score.precision:.2f} r {score.recall:.2f})"


def _write(encoder: Encoder, labels: Labels, folder: Path | None) -> None:
    """Write layers and heads; the same weights give the same bytes."""
    stored = {name: value for layer in encoder.above for name, value in layer.stored().items()}
    layers = {name: np.frombuffer(value, np.uint8) for name, value in sorted(stored.items())}
    heads = {}
    for name, head in sorted(encoder.heads.items()):
        heads[f"{name} weight"] = head.weight.detach().numpy().astype(np.float16)
        heads[f"{name} bias"] = head.bias.detach().numpy().astype(np.float32)
    for level in labels._fields:
        heads[f"{level} labels"] = np.array(getattr(labels, level))
    for file, arrays in ((LAYERS_FILE, layers), (HEADS_FILE, heads)):
        path = folder / file.name if folder else file
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        np.savez(content, **arrays)
        path.write_bytes(content.getvalue())
        print(f"{path.name}: {path.stat().st_size} bytes, {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")


if __name__ == "__main__":
    random.seed(0)
    main()
