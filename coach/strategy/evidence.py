"""What speaks for a link: nearness and shared words, those of the texts around it, and what kind of text it is.

Nothing here depends on the other elements of the frame: taking one away never makes another link stronger. Texts of a
draft, however, compete for an element.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from coach.embedding import Embedder
from coach.language import Language
from coach.strategy.elements import LAYERS, Element
from coach.strategy.likeness import Space, content_words
from coach.strategy.shared_words import shared_words
from coach.strategy.words import reads

SORTS = (*(layer for layer in LAYERS if layer != "goal"), "customer", "process", "learning", "finance")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "nearness": ("near",),
    "shared words": ("rarest", "amount", "of_wording", "of_text", "both", "own"),
    "texts above, below, beside": tuple(
        f"{what}_{where}" for what in ("near", "both", "rarest") for where in ("above", "below", "beside")
    ),
    "against the other texts": ("near_over_mean", "near_over_next", "both_over_mean", "both_over_next"),
    "sort of element": ("is_objective", *SORTS, *(f"objective_{sort}" for sort in SORTS)),
    "kind of text": ("gives_up", "length", "figure", "people_say", "people_say_moal"),
}
FEATURES = tuple(name for names in GROUPS.values() for name in names)
_FIGURE = re.compile(r"\d")
_LONGEST_GAP = 12


class Said(NamedTuple):
    """A text of the draft; `above`: the place of its objective in the list, None for an objective."""

    text: str
    above: int | None = None


class Evidence(NamedTuple):
    """`table`: texts x elements x FEATURES; `parts`: the likest part of each element; `placed`: a row per text."""

    table: Any
    parts: Any
    placed: Any


def gather(
    texts: Sequence[Said],
    elements: Sequence[Element],
    language: Language,
    embedder: Embedder | None,
    space: Space,
    rarity: Mapping[str, float],
) -> Evidence:
    """Return all evidence; every text and every part is embedded once."""
    import numpy as np  # noqa: PLC0415 - heavy

    wordings = list(dict.fromkeys(part for element in elements for part in element.parts))
    place = {wording: at for at, wording in enumerate(wordings)}
    columns = [[place[part] for part in element.parts] for element in elements]
    words = shared_words(
        [content_words(said.text, language) for said in texts],
        [content_words(wording, language) for wording in wordings],
        rarity,
    )
    near, placed = np.zeros((len(texts), len(wordings)), dtype=np.float32), None
    if embedder is not None:
        rows = space.placed(embedder.embed_queries([*(said.text for said in texts), *wordings]))
        placed = rows[: len(texts)]
        near = placed @ rows[len(texts) :].T
    likest = words.rarest if embedder is None else near
    table = {name: _highest(values, columns) for name, values in words._asdict().items()}
    table |= {"near": _highest(near, columns), "both": _highest(np.sqrt(words.of_wording * words.of_text), columns)}
    _around(table, texts)
    _against(table)
    _described(table, texts, elements, language)
    stacked = np.stack([np.broadcast_to(table[name], (len(texts), len(elements))) for name in FEATURES], axis=-1)
    parts = np.stack([likest[:, own].argmax(1) for own in columns], axis=1)
    return Evidence(stacked, parts, placed)


def sorts_of(elements: Sequence[Element]) -> list[str]:
    """Return the sort of each element: its layer, of a goal its perspective."""
    return [element.perspective or element.layer for element in elements]


def _highest(values: Any, columns: Sequence[Sequence[int]]) -> Any:
    import numpy as np  # noqa: PLC0415 - heavy

    return np.stack([values[:, own].max(1) for own in columns], axis=1)


def _around(table: dict[str, Any], texts: Sequence[Said]) -> None:
    """Add what the objective above, the key results below and those beside have, else 0."""
    import numpy as np  # noqa: PLC0415 - heavy

    families: dict[int, list[int]] = {}
    for at, said in enumerate(texts):
        if said.above is not None:
            families.setdefault(said.above, []).append(at)
    for name in ("near", "both", "rarest"):
        above, below, beside = (np.zeros_like(table[name]) for _ in range(3))
        for at, inner in families.items():
            own = table[name][inner]
            above[inner] = table[name][at]
            below[at] = own.max(0)
            beside[inner] = _highest_other(own)
        table |= {f"{name}_above": above, f"{name}_below": below, f"{name}_beside": beside}


def _against(table: dict[str, Any]) -> None:
    """Add by how much a text is ahead of the draft's other texts."""
    for name in ("near", "both"):
        values = table[name]
        table[f"{name}_over_mean"] = values - values.mean(0)
        table[f"{name}_over_next"] = values - _highest_other(values)


def _highest_other(values: Any) -> Any:
    """Return for each row, column by column, the highest value of all other rows, 0 where there is none."""
    import numpy as np  # noqa: PLC0415 - heavy

    if len(values) == 1:
        return np.zeros_like(values)
    ranked = np.sort(values, axis=0)
    first = np.arange(len(values))[:, None] == values.argmax(0)
    return np.where(first, ranked[-2], ranked[-1])


def _described(table: dict[str, Any], texts: Sequence[Said], elements: Sequence[Element], language: Language) -> None:
    """Add what is true of the text alone, of the element alone, and of both without comparing them."""
    import numpy as np  # noqa: PLC0415 - heavy

    def flag(values: Sequence[float]) -> Any:
        return np.asarray(values, dtype=np.float32)

    gives_up, people_say = reads(language, "gives_up"), reads(language, "people_say")
    outer = flag([said.above is None for said in texts])[:, None]
    table["is_objective"] = outer
    for sort in SORTS:
        table[sort] = flag([own == sort for own in sorts_of(elements)])[None, :]
        table[f"objective_{sort}"] = table[sort] * outer
    table["gives_up"] = flag([bool(gives_up.search(said.text, _LONGEST_GAP)) for said in texts])[:, None]
    table["length"] = np.log1p(flag([len(content_words(said.text, language)) for said in texts]))[:, None]
    table["figure"] = flag([bool(_FIGURE.search(said.text)) for said in texts])[:, None]
    table["people_say"] = flag([bool(people_say.search(said.text)) for said in texts])[:, None]
    table["people_say_moal"] = table["people_say"] * table["moal"]
