"""`make train-forms`: fit the head that tells drafts, questions and other matters apart anew on the shipped encoder.

Beside what the encoder learned from, it sees the everyday questions of knowledge/questions, in small letters as they
are typed and as somebody careful would write them, so that neither capitals nor a question mark make another matter of
one.
"""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.catalog import open_catalog
from coach.embedding import tuned_embedder
from coach.language import LANGUAGES
from coach.learned.features import FORMS, SCALE
from coach.learned.heads import HEADS_FILE
from coach.retrieval.passages import all_passages
from coach.retrieval.questions import read_questions
from evals.drafts import own_drafts

_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = re.compile(r"(?<=[a-zäöüß,] )[^\W\d_]+")
_EVERY = 5
_STRENGTH = 0.3


def examples() -> Iterator[tuple[str, str]]:
    """Yield texts with their form."""
    catalog = open_catalog()
    asked = [text for passage in all_passages(catalog) for text in passage.asked]
    asked += [question.query for language in LANGUAGES for question in read_questions(language)[::2]]
    drafts = [text for passage in all_passages(catalog) for text in passage.drafts][::2]
    drafts += [text for draft in own_drafts() for text in (draft.objective, *draft.key_results)][::_EVERY]
    aside = [text for texts in catalog.aside.values() for text in texts]
    cased = _casing(passage.text for passage in all_passages(catalog))
    asked = asked[::3]
    asked += [_as_written(text, cased) for text in asked]
    aside += [text.lower().rstrip("?") for text in aside]
    for form, texts in zip(FORMS, (drafts, asked, aside), strict=True):
        yield from ((text, form) for text in dict.fromkeys(texts))


def _casing(texts: Iterable[str]) -> dict[str, str]:
    """Return how words are most often written within a sentence, by their lower case."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in _INSIDE.findall(text):
            seen[word.lower()][word] += 1
    return {lower: forms.most_common(1)[0][0] for lower, forms in seen.items()}


def _as_written(text: str, cased: Mapping[str, str]) -> str:
    """Return a question typed in small letters as somebody careful would write it."""
    written = _WORD.sub(lambda match: cased.get(match[0], match[0]), text)
    return f"{written[:1].upper()}{written[1:].rstrip('?')}?"


def main() -> None:
    """Train and write; the other heads stay as they are."""
    encoder = tuned_embedder()
    assert encoder is not None, "this needs the encoder in the package"
    texts, forms = zip(*examples(), strict=True)
    model = LogisticRegression(C=_STRENGTH, max_iter=2_000, class_weight="balanced")
    rows = encoder.embed_queries(texts) * SCALE
    model.fit(rows, [FORMS.index(form) for form in forms])
    right = float((model.predict(rows) == [FORMS.index(form) for form in forms]).mean())
    with np.load(HEADS_FILE, allow_pickle=False) as stored:
        heads = {name: stored[name] for name in stored.files}
    heads["form weight"] = model.coef_.astype(np.float16)
    heads["form bias"] = model.intercept_.astype(np.float32)
    content = io.BytesIO()
    np.savez(content, **heads)
    HEADS_FILE.write_bytes(content.getvalue())
    print(f"{HEADS_FILE.name}: forms of {len(texts)} texts, {right:.3f} right")


if __name__ == "__main__":
    main()
