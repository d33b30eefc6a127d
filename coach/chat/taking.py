"""Taking: what was pasted is put on the table, in place of the draft or beside what stands there."""

import re
from collections.abc import Sequence

from coach.chat.compose import objective_from
from coach.chat.edits import applied, edit_of
from coach.chat.guide import Guide
from coach.chat.listen import listen
from coach.chat.talk import Talk
from coach.conversation import Option, Slot, WorkingDraft, WorkingKeyResult, WorkingObjective
from coach.errors import InputError, Problem
from coach.formats.pasted import Pasted, PastedObjective
from coach.okr import MAX_KEY_RESULTS, MAX_OBJECTIVES
from coach.reading import read

_NUMBERED = re.compile(r"^\W*(?:KR|Key Result)\s?#?(\d{1,2})\s?[:=–-]\s*\S", re.IGNORECASE)
_ENOUGH = 3


def take(talk: Talk, pasted: Pasted, text: str, guide: Guide) -> None:
    """Put what was pasted on the table: a whole draft in place of the old one, key results alone beside it."""
    found = _as_meant(pasted, talk)
    few = talk.draft.objectives and not pasted.shaped and len(text.split()) < _ENOUGH
    if not found or few or not any(map(str.isalnum, text)):
        talk.say("unclear")
        return
    if len(found) > MAX_OBJECTIVES or any(len(o.key_results) > MAX_KEY_RESULTS for o in found):
        raise InputError([Problem("/text", "holds more objectives or key results than a draft may have", "too-long")])
    number = _NUMBERED.match(text)
    if number and talk.draft.objectives and len(found) == 1 and len(found[0].key_results) == 1:
        inner = talk.draft.objectives[0].key_results
        if int(number[1]) <= len(inner):
            old = inner[int(number[1]) - 1]
            edit = edit_of(old.id, old.text, found[0].key_results[0]["text"])
            talk.make(Option(edits=(edit,), status="verified", source="user"), "edited")
            talk.say("edited")
            guide.go_on(talk)
            return
    if talk.draft.objectives and all(o.objective is None for o in found):
        last = talk.draft.objectives[-1]
        edits = [
            edit_of(talk.new_id("k"), None, row["text"], objective=last.id) for o in found for row in o.key_results
        ]
        talk.put(applied(talk.draft, edits), "pasted")
    else:
        talk.put(_new_draft(talk, found), "pasted")
        talk.set_aside.clear()
    size = sum(len(objective.key_results) for objective in talk.draft.objectives)
    objectives = sum(objective.text is not None for objective in talk.draft.objectives)
    counted = talk.words.counted("count_objective", objectives) if objectives else talk.words.say("no_objective_yet")
    if size > 1:
        key_results = talk.words.counted("count_key_result", size)
        talk.say("taken_parts", objectives=counted, key_results=key_results)
    else:
        talk.say("taken")
    guide.go_on(talk)


def _new_draft(talk: Talk, found: Sequence[PastedObjective]) -> WorkingDraft:
    return WorkingDraft(
        objectives=tuple(
            WorkingObjective(
                id=talk.new_id("o"),
                text=o.objective,
                key_results=tuple(WorkingKeyResult(id=talk.new_id("k"), **row) for row in o.key_results),
            )
            for o in found
        )
    )


def _as_meant(pasted: Pasted, talk: Talk) -> list[PastedObjective]:
    """Return what was pasted; one plain sentence with a measure or a date is a key result, any other an objective."""
    if pasted.shaped or len(pasted.objectives) != 1 or pasted.objectives[0].key_results:
        return pasted.objectives
    text = pasted.objectives[0].objective or ""
    _, colon, wish = text.partition(": ")
    text = wish if colon and talk.words.has("wish", wish) else text
    text = talk.words.patterns["wish"].sub("", text)
    if talk.words.has("wish_clause", text):
        told = listen(talk.words.patterns["wish_clause"].sub(talk.words.say("that"), text), talk.words, None).slots
        if {Slot.PEOPLE, Slot.CHANGE} <= set(told):
            text = objective_from(told, talk.words)
    text = text[:1].upper() + text[1:]
    signals = read(text, talk.language).signals
    if talk.draft.objectives or {"measure", "deadline"} & set(signals):
        return [PastedObjective(None, [{"text": text}])]
    return [PastedObjective(text, [])]
