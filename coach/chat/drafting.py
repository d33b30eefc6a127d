"""Drafting with a model: it may propose the wording of an edit; what passes every check is offered as well."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import NamedTuple

from pydantic import BaseModel, Field

from coach.chat.edits import applied, edit_of
from coach.chat.look import UNKNOWN
from coach.chat.voice import Streams
from coach.chat.words import words_in
from coach.conversation import Conversation, Edit, Option, Proposal, Step, TurnKind, WorkingDraft
from coach.critique import Critic
from coach.detectors import Place
from coach.errors import ModelOutputInvalid
from coach.language import Language, in_spelling_of
from coach.llm import parsed
from coach.okr import Draft
from coach.prompting import open_prompt

_NAMES = {"de": "German", "en": "English"}
_MOST_TRIED = 2
_LONGEST_NOTES = 8_000


class ProposedEdit(BaseModel):
    """The new wording of one element."""

    element: str
    text: str


class ProposedEdits(BaseModel):
    """What the model answers."""

    edits: list[ProposedEdit] = Field(min_length=1)


class Wanted(NamedTuple):
    """The element to be worded, as the guided edit has it; `guided` False: the guided coach has no wording for it."""

    edit: Edit
    guided: bool


class Drafting:
    """Asks a model for the wording of what the guided coach would offer; never for whether to offer it."""

    def __init__(self, model: Streams, critic: Critic, muted: frozenset[str] = frozenset()) -> None:
        self._model = model
        self._critic = critic
        self._muted = muted
        self._prompt = open_prompt("edit")

    def without(self, muted: frozenset[str]) -> "Drafting":
        """Return the same with these patterns muted."""
        return Drafting(self._model, self._critic, muted)

    def wanted(self, step: Step) -> Wanted | None:
        """Return what the model may word: an offer that is more than the person's own words, or a rewrite asked for."""
        reply, message = step.turn.reply, step.turn.message
        if reply.proposal is not None:
            edits = reply.proposal.options[0].edits
            edit = edits[0]
            added = edit.after is not None and edit.after.startswith((edit.before or "\0").rstrip(" ."))
            own = (edit.after or "").rstrip(".").casefold() in message.text.casefold()
            return None if len(edits) > 1 or edit.after is None or added or own else Wanted(edit, guided=True)
        if step.turn.kind != TurnKind.REWRITE:
            return None
        element = _open_element(step.conversation)
        before = step.conversation.draft.texts().get(element or "")
        return Wanted(edit_of(element, before, before), guided=False) if element and before else None

    async def propose(self, step: Step, wanted: Wanted) -> Option:
        """Return a checked edit. Raises ModelError where the model fails or proposes nothing that passes."""
        edit, head, language = wanted.edit, step.conversation, step.turn.language
        known = {known.slot.value: known.words for known in head.memory.known if known.element == edit.element}
        messages = self._prompt.render(
            {
                "language_name": _NAMES[language],
                "element": edit.element,
                "text": edit.before or "",
                "guided": edit.after if wanted.guided else "",
                "said": step.turn.message.text,
                "known": known,
                "draft": head.draft.texts(),
                "open": _open_at(head, edit.element),
            }
        )
        said = ""
        async with aclosing(self._model.stream(messages, self._model.deadline())) as pieces:
            async for piece in pieces:
                said += piece
        proposed = parsed(said, ProposedEdits).edits
        texts = [" ".join(each.text.split()) for each in proposed if each.element == edit.element and each.text.strip()]
        return self._checked(step, edit, texts[:_MOST_TRIED], [*known.values()], language)

    def _checked(
        self, step: Step, edit: Edit, texts: Sequence[str], known: Sequence[str], language: Language
    ) -> Option:
        """Return the first wording whose review is clean, which says nothing that nobody said, and keeps the subject:
        that of the guided wording, for what a person has said since stands there and not in the draft."""
        head = step.conversation
        draft = applied(head.draft, [edit])
        place = _place_of(draft, edit.element)
        told = [head.context.notes or "", step.turn.message.text, *known, edit.before or ""]
        source = Draft(
            language=language,
            mode="rules",
            profile=head.profile,
            objectives=draft.known_objectives(unknown=UNKNOWN),
            context=head.context.model_copy(update={"notes": "\n".join(told)[-_LONGEST_NOTES:]}),
        )
        for text in texts:
            if text in {edit.before, edit.after}:
                continue
            checked = self._critic.checked(source, place, text, muted=self._muted)
            if checked.status == "verified":
                after = edit_of(edit.element, edit.before, checked.text, objective=edit.objective)
                return Option(edits=(after,), status="verified", source="model")
        raise ModelOutputInvalid("failed-checks", "no proposed edit passes the checks")


def with_option(step: Step, wanted: Wanted, option: Option) -> Step:
    """Return a step that offers the model's wording too, behind the guided one where there is one."""
    reply, head = step.turn.reply, step.conversation
    words = words_in(step.turn.language, head.address)
    sample = " ".join(head.draft.texts().values())

    def say(name: str, **values: str) -> str:
        line = words.say(name, **values)
        return in_spelling_of(sample, line) if step.turn.language == "de" else line

    said = say("offer_by_model", text=option.edits[0].after or "")
    if wanted.guided and reply.proposal is not None:
        first, *others = reply.proposal.options
        text = reply.text
        for other in others:
            text = text.replace(say("offer_second", text=other.edits[0].after or "") + "\n", "")
        text = text.removesuffix(say("how_to_accept_two")).removesuffix(say("how_to_accept"))
        text += f"{said}\n{say('how_to_accept_two')}"
        proposal = reply.proposal.model_copy(update={"options": (first, option)})
    else:
        text = f"{said}\n{say('how_to_accept')}"
        number = head.version.number if head.version else 0
        proposal = Proposal(id=f"p{step.turn.number}", version=number, options=(option,))
    memory = head.memory.model_copy(update={"proposal": proposal, "pending": None})
    reply = reply.model_copy(update={"text": text, "proposal": proposal, "question": None})
    return Step(
        conversation=head.model_copy(update={"memory": memory}), turn=step.turn.model_copy(update={"reply": reply})
    )


def _open_element(head: Conversation) -> str | None:
    """Return the element that is talked about, else the first that stands in the draft."""
    pending, texts = head.memory.pending, head.draft.texts()
    if pending is not None and pending.element in texts:
        return pending.element
    return next(iter(texts), None)


def _open_at(head: Conversation, element: str) -> list[str]:
    """Return what the last review found at an element."""
    if head.review is None:
        return []
    found = []
    for objective, seen in zip(head.draft.objectives, head.review.objectives, strict=False):
        found += [(objective.id, finding.message) for finding in seen.findings]
        for key_result, its in zip(objective.key_results, seen.key_results, strict=False):
            found += [(key_result.id, finding.message) for finding in its.findings]
    return [message for owner, message in found if owner == element]


def _place_of(draft: WorkingDraft, element: str) -> Place:
    for index, objective in enumerate(draft.objectives):
        if objective.id == element:
            return Place(index)
        for number, key_result in enumerate(objective.key_results):
            if key_result.id == element:
                return Place(index, number)
    raise ModelOutputInvalid("failed-checks", "the element is none of the draft's")
