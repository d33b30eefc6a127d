"""Several tasks at once on one encoder: kinds and patterns of drafts, process patterns of notes, draft or question
or aside, and which page answers (contrastive, InfoNCE; van den Oord et al. 2018)."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from coach.learned.features import FORMS
from coach.review import KINDS
from evals.train_encoder.examples import Labels, NoteExample, SetExample, Typed, as_vector
from evals.train_encoder.network import LAYERS, WIDTH, Layer, ModelFile, pooled

SCALE = 8.0
SETS, NOTES, FORMS_AT_ONCE, PAIRS = 8, 12, 32, 40
TOKENS, TOKENS_OF_PASSAGE = 128, 72
TEMPERATURE = 0.06
PROSE_SHARE = 0.3
NUMBERS = 5


class Plan(NamedTuple):
    """How to train."""

    trainable: int = 4
    epochs: int = 5
    coarse_epochs: int = 2
    rate: float = 2e-4
    head_rate: float = 4e-3
    seed: int = 0


class Encoder(nn.Module):
    """The upper layers with a linear head per task; below, everything is frozen and computed once a text."""

    def __init__(self, file: ModelFile, labels: Labels, plan: Plan) -> None:
        super().__init__()
        self._file = file
        self._below = [Layer(file, number).eval() for number in range(LAYERS - plan.trainable)]
        self._kept: dict[tuple[str, int], Tensor] = {}
        self.above = nn.ModuleList(Layer(file, number) for number in range(LAYERS - plan.trainable, LAYERS))
        self.heads = nn.ModuleDict(
            {
                "kind": nn.Linear(WIDTH, len(KINDS)),
                "key_result": nn.Linear(WIDTH, len(labels.key_result)),
                "objective": nn.Linear(WIDTH, len(labels.objective)),
                "set": nn.Linear(2 * WIDTH + NUMBERS, len(labels.set)),
                "process": nn.Linear(WIDTH, len(labels.process)),
                "form": nn.Linear(WIDTH, len(FORMS)),
            }
        )

    def prepare(self, texts: Iterable[str], most: int = TOKENS) -> None:
        """Compute the frozen layers for these texts."""
        new = sorted({text for text in texts if (text, most) not in self._kept}, key=len)
        with torch.no_grad():
            for start in range(0, len(new), 64):
                batch = new[start : start + 64]
                states, there = self._file.embedded([self._file.ids(text, most) for text in batch])
                for layer in self._below:
                    states = layer(states, there)
                for text, row, tokens in zip(batch, states, there, strict=True):
                    self._kept[text, most] = row[: int(tokens.sum())].half()

    def forward(self, texts: Sequence[tuple[str, int]]) -> Tensor:
        """Return a unit vector per (text, most tokens)."""
        rows = [self._kept[text] for text in texts]
        longest = max(map(len, rows))
        states = torch.zeros(len(rows), longest, WIDTH)
        there = torch.zeros(len(rows), longest, dtype=torch.bool)
        for index, row in enumerate(rows):
            states[index, : len(row)] = row.float()
            there[index, : len(row)] = True
        for layer in self.above:
            states = layer(states, there)
        return pooled(states, there)

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Return a unit vector per text, as the engine will."""
        self.eval()
        self.prepare(texts)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        found = torch.zeros(len(texts), WIDTH)
        with torch.no_grad():
            for start in range(0, len(order), 64):
                places = order[start : start + 64]
                found[places] = self([(texts[place], TOKENS) for place in places])
        return found


def set_features(objective: Tensor, key_results: Tensor) -> Tensor:
    """Return both vectors and how near their parts are: enough to teach the encoder; `make train-sets` looks closer."""
    near = key_results @ objective
    among = key_results @ key_results.T - 2 * torch.eye(len(key_results))
    numbers = [near.min(), near.mean(), near.max(), among.max() if len(key_results) > 1 else near.new_tensor(0.0)]
    count = near.new_tensor(min(len(key_results), 8) / 4)
    return torch.cat([objective * SCALE, key_results.mean(0) * SCALE, torch.stack([*numbers, count])])


class Task(NamedTuple):
    """A batch and what it is for."""

    name: str
    rows: Sequence[Any]


class Trainer:
    """Trains an encoder on examples."""

    def __init__(self, encoder: Encoder, labels: Labels, plan: Plan) -> None:
        self._encoder, self._labels, self._plan = encoder, labels, plan
        self._random = random.Random(plan.seed)

    def fit(
        self, sets: Sequence[SetExample], notes: Sequence[NoteExample], pages: Sequence[Typed], report: Any
    ) -> None:
        """Train; `report(epoch)` is called after each epoch."""
        encoder, plan = self._encoder, self._plan
        encoder.prepare(text for example in sets for text in (example.objective, *example.key_results))
        encoder.prepare(note.text for note in notes)
        encoder.prepare(row.text for row in pages if row.form != "prose")
        encoder.prepare((row.text for row in pages if row.form == "prose"), TOKENS_OF_PASSAGE)
        self._by_page: dict[str, list[Typed]] = defaultdict(list)
        for row in pages:
            self._by_page[row.page].append(row)
        batches = len(self._batches(sets, notes, pages))
        steps = batches * plan.epochs
        matrices = [p for p in encoder.above.parameters() if p.ndim == 2]
        vectors = [p for p in encoder.above.parameters() if p.ndim == 1]
        optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "lr": plan.rate, "weight_decay": 0.05},
                {"params": vectors, "lr": plan.rate, "weight_decay": 0.0},
                {"params": encoder.heads.parameters(), "lr": plan.head_rate, "weight_decay": 0.01},
            ]
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
        )
        for epoch in range(plan.epochs):
            started = time.monotonic()
            for layer in encoder.above:
                layer.coarse = epoch >= plan.epochs - plan.coarse_epochs
            encoder.train()
            losses: dict[str, float] = defaultdict(float)
            counts: Counter[str] = Counter()
            for number, task in enumerate(self._batches(sets, notes, pages)[:batches]):
                if number % 100 == 0:
                    print(f"  {number} of {batches} batches, {time.monotonic() - started:.0f} s", flush=True)
                optimiser.zero_grad()
                loss = getattr(self, f"_{task.name}")(task.rows)
                loss.backward()
                nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                losses[task.name] += float(loss.detach())
                counts[task.name] += 1
            shown = ", ".join(f"{name} {losses[name] / counts[name]:.3f}" for name in sorted(losses))
            print(f"epoch {epoch}: {time.monotonic() - started:.0f} s, {shown}", flush=True)
            report(epoch)

    def _batches(self, sets: Sequence[SetExample], notes: Sequence[NoteExample], pages: Sequence[Typed]) -> list[Task]:
        asked = [row for row in pages if row.page and row.form != "prose" and len(self._by_page[row.page]) > 1]
        drafts = [
            Typed("", "drafts", self._random.choice([example.objective, *example.key_results])) for example in sets
        ]
        strange = [row for row in pages if row.form == "aside"]
        by_form = [*self._some(asked, 900), *self._some(drafts, 800), *self._some(strange, 400)]
        by_form += [Typed("", "asked", note.text) for note in self._some(notes, 300)]
        batches = [
            *self._cut("sets", sets, SETS, lambda e: sum(map(len, e.key_results))),
            *self._cut("notes", notes, NOTES, lambda e: len(e.text)),
            *self._cut("forms", by_form, FORMS_AT_ONCE, lambda e: len(e.text)),
            *self._cut("pairs", self._some(asked, 4_000), PAIRS, lambda e: self._random.random()),
        ]
        self._random.shuffle(batches)
        return batches

    def _some(self, rows: Sequence[Any], most: int) -> list[Any]:
        return self._random.sample(list(rows), min(most, len(rows)))

    def _cut(self, name: str, rows: Sequence[Any], size: int, length: Any) -> list[Task]:
        """Return batches of about the same length, in random order."""
        mixed = self._some(rows, len(rows))
        found = []
        for start in range(0, len(mixed), size * 8):
            part = sorted(mixed[start : start + size * 8], key=length)
            found += [Task(name, part[at : at + size]) for at in range(0, len(part), size)]
        return found

    def _sets(self, rows: Sequence[SetExample]) -> Tensor:
        texts = [(text, TOKENS) for row in rows for text in (row.objective, *row.key_results)]
        vectors = self._encoder(texts)
        heads = self._encoder.heads
        at, objectives, key_results, together = 0, [], [], []
        for row in rows:
            size = len(row.key_results)
            objectives.append(vectors[at])
            key_results.append(vectors[at + 1 : at + 1 + size])
            if size:
                together.append(set_features(vectors[at], vectors[at + 1 : at + 1 + size]))
            at += 1 + size
        loss = _yes_or_no(
            heads["objective"](torch.stack(objectives) * SCALE),
            [as_vector(row.objective_patterns, self._labels.objective) for row in rows],
        )
        if together:
            whole = [as_vector(row.set_patterns, self._labels.set) for row in rows if row.key_results]
            loss = loss + 0.5 * _yes_or_no(heads["set"](torch.stack(together)), whole)
        kinds = [kind for row in rows for kind in row.kinds]
        known = [index for index, kind in enumerate(kinds) if kind is not None]
        if known:
            every = torch.cat(key_results)[known] * SCALE
            patterns = [found for row in rows for found in row.patterns]
            wanted = [as_vector(patterns[index], self._labels.key_result) for index in known]
            loss = loss + 0.7 * _yes_or_no(heads["key_result"](every), wanted)
            target = torch.tensor([kinds[index] for index in known])
            loss = loss + 2.0 * functional.cross_entropy(heads["kind"](every), target, label_smoothing=0.05)
        return loss

    def _notes(self, rows: Sequence[NoteExample]) -> Tensor:
        vectors = self._encoder([(row.text, TOKENS) for row in rows]) * SCALE
        wanted = [as_vector(row.patterns, self._labels.process) for row in rows]
        return _yes_or_no(self._encoder.heads["process"](vectors), wanted)

    def _forms(self, rows: Sequence[Typed]) -> Tensor:
        vectors = self._encoder([(row.text, TOKENS) for row in rows]) * SCALE
        target = torch.tensor([FORMS.index(row.form) for row in rows])
        return functional.cross_entropy(self._encoder.heads["form"](vectors), target, label_smoothing=0.05)

    def _pairs(self, rows: Sequence[Typed]) -> Tensor:
        others = [self._partner(row) for row in rows]
        near = self._vectors(rows) @ self._vectors(others).T / TEMPERATURE
        same = torch.tensor([[a.page == b.page and i != j for j, b in enumerate(rows)] for i, a in enumerate(rows)])
        near = near.masked_fill(same, -1e4)
        target = torch.arange(len(rows))
        return (functional.cross_entropy(near, target) + functional.cross_entropy(near.T, target)) / 2

    def _vectors(self, rows: Sequence[Typed]) -> Tensor:
        """Return a vector per text; long and short ones apart, so that little is computed on padding."""
        found = torch.zeros(len(rows), WIDTH)
        for long in (False, True):
            places = [index for index, row in enumerate(rows) if (row.form == "prose") == long]
            if places:
                vectors = self._encoder([(rows[place].text, _tokens(rows[place])) for place in places])
                found = found.index_copy(0, torch.tensor(places), vectors)
        return found

    def _partner(self, row: Typed) -> Typed:
        """Return another text of the same page, of either language; now and then its prose."""
        others = [other for other in self._by_page[row.page] if other.text != row.text] or [row]
        prose = self._random.random() < PROSE_SHARE
        return self._random.choice([other for other in others if (other.form == "prose") == prose] or others)


def _tokens(row: Typed) -> int:
    return TOKENS_OF_PASSAGE if row.form == "prose" else TOKENS


def _yes_or_no(scores: Tensor, wanted: Sequence[Sequence[float]]) -> Tensor:
    """Return the cross-entropy summed over labels, averaged over texts."""
    return functional.binary_cross_entropy_with_logits(scores, torch.tensor(wanted), reduction="none").sum(1).mean()
