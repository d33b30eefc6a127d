"""Feedback as it is sent: a remark says something, and nothing beyond it is taken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import InputError
from coach.feedback import parse_remarks

COMMENTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=2_000)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({}, "/findings"),
        ({"findings": []}, "/findings"),
        ({"findings": [{}]}, "/findings/0/fingerprint"),
        ({"findings": [{"fingerprint": "a"}]}, "/findings/0"),
        ({"findings": [{"fingerprint": "a", "verdict": "maybe"}]}, "/findings/0/verdict"),
        ({"findings": [{"fingerprint": 5, "verdict": "accept"}]}, "/findings/0/fingerprint"),
        ({"findings": [{"fingerprint": "a", "comment": " \n"}]}, "/findings/0/comment"),
        ({"findings": [{"fingerprint": "a", "comment": "x" * 2_001}]}, "/findings/0/comment"),
        ({"findings": [{"fingerprint": "a", "comment": "a\0b"}]}, "/findings/0/comment"),
        ({"findings": [{"fingerprint": "a", "verdict": "accept", "author": "Kim"}]}, "/findings/0/author"),
        ({"findings": [{"fingerprint": "a", "verdict": "accept"}], "tenant": "b"}, "/tenant"),
    ],
)
def test_a_fault_is_named_with_its_place(body: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_remarks(body)
    assert pointer in {problem.pointer for problem in caught.value.problems}


@given(
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.sampled_from(["accept", "reject", None]),
    st.one_of(st.none(), COMMENTS),
)
def test_a_verdict_or_a_comment_will_do(fingerprint: str, verdict: str | None, comment: str | None) -> None:
    sent = {"fingerprint": fingerprint, "verdict": verdict, "comment": comment}
    if verdict is None and comment is None:
        with pytest.raises(InputError, match="neither a verdict nor a comment"):
            parse_remarks({"findings": [sent]})
    else:
        assert parse_remarks({"findings": [sent]}).findings[0].model_dump() == sent
