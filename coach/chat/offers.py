"""Offers: what was said, or what the library has, as edits that a person may accept."""

from coach.chat.compose import key_result_from, objective_from
from coach.chat.edits import applied, edit_of
from coach.chat.known import known_of
from coach.chat.look import look, with_blanks_filled
from coach.chat.talk import Talk
from coach.chat.words import words_in
from coach.conversation import Edit, Option, Question, Slot
from coach.critique import Critic
from coach.reading import read
from coach.review import Kind


class Offers:
    """Puts edits on offer, each reviewed before it is shown. Stateless: everything stands in the talk."""

    def __init__(self, critic: Critic, muted: frozenset[str] = frozenset()) -> None:
        self._critic = critic
        self._muted = muted

    def composed(self, talk: Talk, question: Question, known: dict[Slot, str]) -> Edit:
        """Return the edit that sets what is known of an element into a sentence."""
        element = question.element
        assert element is not None
        before = talk.draft.texts().get(element)
        told = talk.known.get((element, Slot.CHANGE))
        words = words_in(told.language, talk.conversation.address) if told else talk.words
        if element.startswith("o"):
            return edit_of(element, before, objective_from(known, words))
        after = key_result_from(known, words, deadline=self._deadline(talk, before))
        return edit_of(element, before, after, objective=self.home(talk, question))

    def _deadline(self, talk: Talk, before: str | None) -> str:
        if before is None:
            return ""
        reading = read(before, talk.language)
        found = reading.signals.get("deadline", ())
        return reading.text[found[0].start : found[0].end].strip(" ().,;") if found else ""

    def home(self, talk: Talk, question: Question) -> str | None:
        """Return the objective that a new key result goes to; None for one that stands there already."""
        if question.element in talk.draft.texts():
            return None
        return question.objective or talk.draft.objectives[0].id

    def faults(self, talk: Talk, edits: list[Edit], element: str) -> list[str]:
        """Return the patterns that would still weigh at an element after the edits, its blanks filled."""
        after = with_blanks_filled(applied(talk.draft, edits), talk.language)
        seen = look(self._critic, after, talk.conversation, talk.language, self._muted)
        return [each.finding.pattern for each in seen.at(element) if each.counts]

    def offer(self, talk: Talk, edits: list[Edit], *, source: str) -> None:
        """Offer edits, and say how they are taken."""
        edit = edits[0]
        assert edit.after is not None
        left = self.faults(talk, edits, edit.element)
        status = "unverified" if left else "scaffold" if edit.placeholders else "verified"
        talk.offer([Option.model_validate({"edits": tuple(edits), "status": status, "source": source})])
        name = "offer_frame" if edit.placeholders else "offer_objective" if edit.element.startswith("o") else "offer"
        talk.say("offer_added" if edit.before is None and edit.element.startswith("k") else name, text=edit.after)
        talk.say("how_to_accept")

    def rewrite(self, talk: Talk, element: str | None) -> bool:
        """Offer up to two ways to put an element; False where there is none."""
        talk.seen = talk.look_again(self._critic, self._muted)
        order = [element] if element else []
        order += [each.element for each in talk.seen.open if each.counts and each.element and each.element not in order]
        for candidate in order:
            if options := self._ways(talk, candidate):
                talk.offer(options)
                texts = [option.edits[0].after or "" for option in options]
                framed = any(option.edits[0].placeholders for option in options)
                talk.say("offer_frame" if framed else "offer", text=texts[0])
                for text in texts[1:]:
                    talk.say("offer_second", text=text)
                talk.say("how_to_accept_two" if len(options) > 1 else "how_to_accept")
                return True
        return False

    def _ways(self, talk: Talk, element: str) -> list[Option]:
        before = talk.draft.texts().get(element)
        edits = []
        known = known_of(talk, element)
        if Slot.CHANGE in known and Slot.PEOPLE in known:
            edits.append(self.composed(talk, Question(text="", element=element), known))
        if before is not None and (text := self._from_library(talk, element)):
            edits.append(edit_of(element, before, text))
        found: dict[str, Option] = {}
        for edit in edits:
            if edit.after is None or edit.after == before:
                continue
            faults = self.faults(talk, [edit], element)
            status = "unverified" if faults else "scaffold" if edit.placeholders else "verified"
            found.setdefault(edit.after, Option.model_validate({"edits": (edit,), "status": status}))
        return list(found.values())

    def _from_library(self, talk: Talk, element: str) -> str | None:
        review = talk.seen.review
        assert review is not None
        for objective, seen in zip(talk.draft.objectives, review.objectives, strict=True):
            pairs = [(objective.id, seen.rewrite)]
            pairs += [(k.id, r.rewrite) for k, r in zip(objective.key_results, seen.key_results, strict=True)]
            for owner, rewrite in pairs:
                if owner == element and rewrite is not None and rewrite.status != "unchanged":
                    return rewrite.text
        return None

    def keep_means(self, talk: Talk, edit: Edit) -> None:
        """Remember the words of a doing or a deliverable that an edit replaces: it may still be the way there."""
        if edit.before is None or not edit.element.startswith("k") or talk.seen.review is None:
            return
        kinds = {kr.text: kr.kind for objective in talk.seen.review.objectives for kr in objective.key_results}
        if kinds.get(edit.before) in {Kind.OUTPUT, Kind.ACTIVITY, Kind.KPI}:
            talk.learn(edit.element, {Slot.MEANS: edit.before})
