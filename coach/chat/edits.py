"""Edits of the working draft: made, shown as a diff, and never lost."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from coach.chat.words import Words
from coach.conversation import DiffPiece, Edit, WorkingDraft, WorkingKeyResult, WorkingObjective
from coach.critique.scaffold import placeholders_in
from coach.errors import InputError, Problem

Element = TypeVar("Element", WorkingObjective, WorkingKeyResult)
_PIECES = re.compile(r"\s*(?:\[[^\]]*\]|\w+(?:[^\w\s\[\]]\w+)*|\S)|\s+")


def diff(before: str, after: str) -> tuple[DiffPiece, ...]:
    """Return what an edit keeps, deletes and inserts, word by word, marks and blanks apart.

    Joined without the deleted it is `after`.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    found: list[DiffPiece] = []
    for change, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            found.append(DiffPiece(change="same", text="".join(old[start:end])))
            continue
        if end > start:
            found.append(DiffPiece(change="deleted", text="".join(old[start:end])))
        if last > first:
            found.append(DiffPiece(change="inserted", text="".join(new[first:last])))
    return tuple(found)


def edit_of(element: str, before: str | None, after: str | None, *, objective: str | None = None) -> Edit:
    """Return an edit with its diff and the blanks that it leaves."""
    return Edit(
        element=element,
        before=before,
        after=after,
        objective=objective,
        diff=diff(before or "", after or ""),
        placeholders=placeholders_in(after or ""),
    )


def applied(draft: WorkingDraft, edits: Iterable[Edit]) -> WorkingDraft:
    """Return the draft with the edits made; raise InputError where an element has other words by now."""
    objectives = list(draft.objectives)
    for edit in edits:
        objectives = _with(objectives, edit)
    return WorkingDraft(objectives=tuple(objectives))


def _with(objectives: list[WorkingObjective], edit: Edit) -> list[WorkingObjective]:
    if edit.element.startswith("o"):
        if not any(objective.id == edit.element for objective in objectives):
            return [*objectives, WorkingObjective(id=edit.element, text=edit.after)]
        return [
            _checked(objective, objective.text, edit).model_copy(update={"text": edit.after})
            if objective.id == edit.element
            else objective
            for objective in objectives
        ]
    if edit.before is None and edit.after is not None:
        added = WorkingKeyResult(id=edit.element, text=edit.after)
        return [
            objective.model_copy(update={"key_results": (*objective.key_results, added)})
            if objective.id == edit.objective
            else objective
            for objective in objectives
        ]
    return [
        objective.model_copy(update={"key_results": tuple(_key_results(objective.key_results, edit))})
        for objective in objectives
    ]


def _key_results(key_results: Sequence[WorkingKeyResult], edit: Edit) -> Iterable[WorkingKeyResult]:
    for each in key_results:
        if each.id != edit.element:
            yield each
        elif edit.after is not None:
            yield _checked(each, each.text, edit).model_copy(
                update={"text": edit.after, "baseline": None, "target": None}
            )


def _checked(element: Element, text: str | None, edit: Edit) -> Element:
    if text != edit.before:
        raise InputError(
            [Problem("/action/proposal", "the draft has changed since this was offered", "stale-proposal")]
        )
    return element


def labels(draft: WorkingDraft, words: Words) -> dict[str, str]:
    """Return how each element is called in the talk: "Objective", "KR 2", "KR 1.2"."""
    several = len(draft.objectives) > 1
    found = {}
    for index, objective in enumerate(draft.objectives, start=1):
        found[objective.id] = (
            words.say("about_objective_numbered", n=str(index)) if several else words.say("about_objective")
        )
        for number, key_result in enumerate(objective.key_results, start=1):
            name = "about_key_result_in" if several else "about_key_result"
            found[key_result.id] = words.say(name, o=str(index), n=str(number))
    return found
