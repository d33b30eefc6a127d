"""Acts: what the coach does for each kind of turn."""

from collections.abc import Callable

from coach.chat.answers import Answers
from coach.chat.edits import edit_of
from coach.chat.explain import Explain
from coach.chat.guide import Guide
from coach.chat.hearing import Heard
from coach.chat.offers import Offers
from coach.chat.taking import take
from coach.chat.talk import Talk
from coach.conversation import Action, DraftVersion, Option, Question, TurnKind
from coach.errors import InputError, Problem

Versions = Callable[[int], DraftVersion]
"""Finds an earlier version of the draft by its number."""


class Acts:
    """Does what was heard. Stateless: everything stands in the talk."""

    def __init__(self, guide: Guide, answers: Answers, offers: Offers, explain: Explain) -> None:
        self._guide = guide
        self._answers = answers
        self._offers = offers
        self._explain = explain

    def respond(self, talk: Talk, heard: Heard, text: str, versions: Versions) -> None:
        """Do what a message was taken for."""
        match heard.kind:
            case TurnKind.DRAFT if heard.pasted is not None:
                take(talk, heard.pasted, text, self._guide)
            case TurnKind.ANSWER:
                self._answers.answered(talk, text)
            case TurnKind.QUESTION:
                if heard.about == "clarify":
                    self._explain.clarify(talk, self._answers)
                else:
                    self._explain.answer(talk, text)
            case TurnKind.ACCEPT:
                self._accept(talk, heard.option)
            case TurnKind.REJECT:
                self._reject(talk, keep=heard.keep)
            case TurnKind.UNDO:
                self._undo(talk, versions, redo=heard.about == "redo")
            case TurnKind.REWRITE:
                pending, offered = talk.pending, talk.proposal
                element = pending.element if pending else None
                if offered is not None and element is None:
                    element = offered.options[0].edits[0].element
                if self._offers.rewrite(talk, element):
                    if offered is not None and talk.proposal is not None and offered.options == talk.proposal.options:
                        talk.lines.clear()
                        talk.proposal = offered
                        talk.say("same_offer")
                else:
                    name = "need_first" if pending is not None else "nothing_to_rewrite"
                    talk.say(name if talk.draft.objectives else "no_draft_yet")
                    talk.pending = pending
                    self._answers.ask_otherwise(talk)
            case TurnKind.LOOKS_GOOD:
                if talk.draft.objectives:
                    self._guide.close(talk)
                else:
                    talk.say("no_draft_yet")
            case TurnKind.LANGUAGE:
                talk.say("language_switched")
                self._again(talk)
            case TurnKind.BOUNDARY:
                talk.say(f"boundary_{heard.about}")
                self._explain.cite(talk, "tied-to-pay" if heard.about == "pay" else "individual-okr")
            case TurnKind.COURTESY:
                again = "hello_again" if talk.draft.objectives else "hello"
                talk.say("thanks" if heard.about == "thanks" else again)
            case TurnKind.OVERRIDE | TurnKind.OFF_TOPIC:
                talk.say(heard.kind.value)

    def act(self, talk: Talk, action: Action, versions: Versions) -> None:
        """Do what was done by button or API; raise InputError where it does not fit."""
        match action.do:
            case "accept":
                if talk.proposal is None or action.proposal not in {None, talk.proposal.id}:
                    raise InputError([Problem("/action/proposal", "is not on offer (any more)", "stale-proposal")])
                self._accept(talk, action.option)
            case "reject":
                self._reject(talk, keep=False)
            case "undo":
                self._undo(talk, versions)
            case "language":
                if action.language is None:
                    raise InputError([Problem("/action/language", "is missing", "missing")])
                talk.say("language_switched")
                self._again(talk)
            case "edit":
                self._edit(talk, action)

    def _accept(self, talk: Talk, option: int) -> None:
        proposal = talk.proposal
        if proposal is None:
            talk.say("nothing_offered")
            return
        if option >= len(proposal.options):
            raise InputError([Problem("/action/option", f"there are {len(proposal.options)} options", "no-option")])
        chosen = proposal.options[option]
        talk.make(chosen, "accepted")
        for edit in chosen.edits:
            self._offers.keep_means(talk, edit)
        talk.say("accepted")
        self._guide.go_on(talk)

    def _reject(self, talk: Talk, *, keep: bool) -> None:
        """Drop what is on offer; with `keep`, or at the second refusal, leave the element and go on."""
        offered, question = talk.proposal, talk.pending
        talk.proposal = None
        talk.say("rejected")
        if offered is not None:
            edit = offered.options[0].edits[0]
            question = Question(text="", element=edit.element, objective=edit.objective)
        if question is not None:
            self._guide.set_aside(talk, question)
        self._guide.go_on(talk)

    def _undo(self, talk: Talk, versions: Versions, *, redo: bool = False) -> None:
        version = talk.conversation.version
        if redo:
            self._redo(talk, versions)
            return
        if version is None or version.parent is None:
            talk.say("nothing_to_undo")
            return
        before = versions(version.parent)
        talk.put(before.draft, "undone", parent=before.parent)
        talk.seen = self._guide.look(talk)
        talk.say("undone")
        self._guide.go_on(talk)

    def _redo(self, talk: Talk, versions: Versions) -> None:
        """Put back what was taken back last. Only a step back is followed by one forward: whatever else changed the
        draft since then is not written over."""
        version = talk.conversation.version
        before = versions(version.number - 1) if version is not None and version.origin == "undone" else None
        parent = versions(before.parent) if before is not None and before.parent is not None else None
        if before is None or version is None or parent is None or parent.draft != version.draft:
            talk.say("nothing_to_redo")
            return
        talk.put(before.draft, "undone", parent=before.parent)
        talk.seen = self._guide.look(talk)
        talk.say("redone")
        self._guide.go_on(talk)

    def _edit(self, talk: Talk, action: Action) -> None:
        before = talk.draft.texts().get(action.element or "")
        if action.element is None or before is None:
            raise InputError([Problem("/action/element", "is no element of the draft", "unknown-element")])
        if action.text is not None and not action.text.strip():
            raise InputError([Problem("/action/text", "is empty; leave it out to remove the element", "empty")])
        if action.text is None and action.element.startswith("o"):
            raise InputError([Problem("/action/text", "is missing; an objective cannot be removed", "missing")])
        talk.make(
            Option(edits=(edit_of(action.element, before, action.text),), status="verified", source="user"), "edited"
        )
        talk.say("edited")
        self._guide.go_on(talk)

    def _again(self, talk: Talk) -> None:
        """Take up in the language chosen what was open in the other one."""
        if talk.draft.objectives and talk.pending is not None:
            self._guide.go_on(talk)
