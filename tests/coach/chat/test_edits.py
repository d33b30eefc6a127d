"""Edits show what they change, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.chat.edits import applied, diff, edit_of
from coach.conversation import WorkingDraft, WorkingKeyResult, WorkingObjective
from coach.errors import InputError

_WORDS = st.text(st.sampled_from("ab äß%🙂 \n[?]"), max_size=60)
_DRAFT = WorkingDraft(
    objectives=(
        WorkingObjective(
            id="o1", text="A", key_results=(WorkingKeyResult(id="k2", text="b"), WorkingKeyResult(id="k3", text="c"))
        ),
    )
)


@given(_WORDS, _WORDS)
def test_a_diff_tells_both_texts(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "inserted") == before
    assert "".join(piece.text for piece in pieces if piece.change != "deleted") == after


def test_a_diff_keeps_words_that_only_get_a_mark_beside_them() -> None:
    pieces = diff("Portal bis Ende Q3 live schalten", "[Anteil?] finden alles (heute: 2, bis Ende Q3)")
    assert [piece.text for piece in pieces if piece.change == "same"] == [" bis Ende Q3"]
    assert next(piece.text for piece in pieces if piece.change == "inserted").startswith("[Anteil?] finden")


def test_an_edit_changes_one_element() -> None:
    assert applied(_DRAFT, [edit_of("k2", "b", "new")]).texts() == {"o1": "A", "k2": "new", "k3": "c"}
    assert applied(_DRAFT, [edit_of("k2", "b", None)]).texts() == {"o1": "A", "k3": "c"}
    assert applied(_DRAFT, [edit_of("k9", None, "d", objective="o1")]).texts() == {
        "o1": "A", "k2": "b", "k3": "c", "k9": "d",
    }  # fmt: skip
    assert applied(_DRAFT, [edit_of("o1", "A", "B")]).texts()["o1"] == "B"


def test_an_edit_of_other_words_is_refused() -> None:
    with pytest.raises(InputError, match="changed since"):
        applied(_DRAFT, [edit_of("k2", "something else", "new")])
