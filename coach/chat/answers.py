"""Answers: what a person's words do to the open question and to what is on offer."""

import re

from coach.catalog import Catalog
from coach.chat.compose import inside
from coach.chat.edits import edit_of
from coach.chat.guide import CHOICES, PATCHES, Guide
from coach.chat.known import questions_about
from coach.chat.listen import Said, listen
from coach.chat.offers import Offers
from coach.chat.sentences import Sentences
from coach.chat.talk import Talk
from coach.chat.values import in_known_unit, says_number
from coach.conversation import Option, Question, Slot
from coach.language.clauses import GRAMMAR

_PATIENCE = 2


class Answers:
    """Takes answers in. Stateless: everything stands in the talk."""

    def __init__(self, catalog: Catalog, guide: Guide, offers: Offers, sentences: Sentences) -> None:
        self._catalog = catalog
        self._guide = guide
        self._offers = offers
        self._sentences = sentences

    def answered(self, talk: Talk, text: str) -> None:
        """Apply an answer to the open question, or to what is on offer."""
        if talk.words.has("corrects", text) and self._corrected(talk, text):
            return
        question = talk.pending
        if question is None and talk.proposal is not None:
            edit = talk.proposal.options[0].edits[0]
            numeric = says_number(text, talk.words) and edit.element.startswith("k")
            slot = Slot.BASELINE if numeric else None
            question = Question(text="", slot=slot, element=edit.element, objective=edit.objective)
        if question is None:
            talk.say("unclear")
            return
        if talk.words.is_all("accept", text):
            self._ask_again(talk, question)
            return
        if talk.words.has("drop", text) and self._dropped(talk, question):
            return
        if talk.words.has("adds", text) and self._beside(talk, question, text):
            return
        said = listen(text, talk.words, question.slot)
        said = said._replace(slots=in_known_unit(said.slots, talk.of(question.element or ""), text))
        if talk.proposal is not None and talk.pending is None and self._says_nothing(talk, said):
            talk.say("unclear")
            self._offer_again(talk)
            return
        if said.complaint:
            talk.say("complaint_heard")
        if said.unknown or not said.anything:
            self._no_answer(talk, question)
        elif question.pattern in CHOICES:
            self._chosen(talk, question, text)
        elif question.slot == Slot.STRATEGY:
            self._noted(talk, question, said)
        elif question.slot == Slot.GUARDRAIL:
            self._guarded(talk, question, said, text)
        elif question.pattern in PATCHES and question.element and self._patched(talk, question, said):
            pass
        else:
            self._sentences.build(talk, question, said, text)

    def _beside(self, talk: Talk, question: Question, text: str) -> bool:
        """Keep what is told beside the open question for a key result of its own; False where it is no such thing."""
        said = listen(talk.words.patterns["adds"].sub("", text.strip()), talk.words, None)
        texts = talk.draft.texts()
        if not {Slot.PEOPLE, Slot.CHANGE} <= set(said.slots) or not any(id.startswith("k") for id in texts):
            return False
        if (
            question.element is not None
            and question.element not in texts
            and Slot.CHANGE not in talk.of(question.element)
        ):
            return False  # what else there is was asked for
        talk.learn(talk.new_id("k"), said.slots)
        talk.say("taken_beside")
        if talk.proposal is not None:
            self._offer_again(talk)
        else:
            talk.lines.append(question.text)
            talk.question = question
        return True

    def _says_nothing(self, talk: Talk, said: Said) -> bool:
        """Whether words beside an offer change nothing in it: neither people, nor a value, nor what they do."""
        if set(said.slots) != {Slot.CHANGE} or said.whole is not None or said.unknown:
            return False
        assert talk.proposal is not None
        if Slot.CHANGE not in talk.of(talk.proposal.options[0].edits[0].element):
            return False
        return GRAMMAR[talk.language].predicate(said.slots[Slot.CHANGE], False) is None

    def _offer_again(self, talk: Talk) -> None:
        assert talk.proposal is not None
        several = len(talk.proposal.options) > 1
        for name, option in zip(("offer", "offer_second"), talk.proposal.options, strict=False):
            if (after := option.edits[0].after) is not None:
                talk.say(name, text=after)
        talk.say("how_to_accept_two" if several else "how_to_accept")

    def _corrected(self, talk: Talk, text: str) -> bool:
        """Put right what was said last of an element, and offer the sentence anew; False where nothing was."""
        words = talk.words
        rest = words.patterns["instead"].sub("", words.patterns["corrects"].sub("", text)).strip()
        if talk.proposal is not None:
            edit = talk.proposal.options[0].edits[0]
            element: str | None = edit.element
            home = edit.objective
        else:
            changed = (owner for (owner, slot) in reversed(talk.known) if slot == Slot.CHANGE)
            element, home = next(changed, None), None
        if element is None or not rest or (talk.proposal is None and element not in talk.draft.texts()):
            return False
        said = listen(rest, words, Slot.BASELINE if says_number(rest, words) else Slot.PEOPLE)
        if not said.slots or Slot.CHANGE not in {*said.slots, *talk.of(element)}:
            return False
        talk.learn(element, said.slots)
        self._sentences.propose(talk, Question(text="", element=element, objective=home))
        return True

    def ask_otherwise(self, talk: Talk) -> None:
        """Ask the open question in other words, where there are any left."""
        question = talk.pending
        if question is None:
            return
        named = question.slot is not None and question.slot.value in talk.words.texts["questions"]
        if named and question.slot is not None:
            rows = questions_about(talk, question.element, question.slot.value)
        elif question.pattern is not None and question.pattern in self._catalog.patterns:
            asked = self._catalog.patterns[question.pattern].text[talk.language].questions
            rows = [talk.words.to_them(text) for text in asked]
        else:
            rows = []
        if (other := talk.unasked(rows, question.element)) is not None:
            talk.say("asked_otherwise")
            talk.ask(question.model_copy(update={"text": other}))

    def _dropped(self, talk: Talk, question: Question) -> bool:
        """Offer to remove the key result that is talked about; False where it is none of the draft's."""
        objective = next(
            (o for o in talk.draft.objectives if any(k.id == question.element for k in o.key_results)), None
        )
        if objective is None or talk.proposal is not None:
            return False
        gone = next(each for each in objective.key_results if each.id == question.element)
        left = [each.text for each in objective.key_results if each is not gone]
        if not left:
            return False
        talk.offer([Option(edits=(edit_of(gone.id, gone.text, None),), status="verified", source="user")])
        talk.say("offer_removal", texts=" · ".join(left))
        talk.say("how_to_accept")
        return True

    def _ask_again(self, talk: Talk, question: Question) -> None:
        """A mere "yes" answers no question: ask it another way, or go on where there is none."""
        name = (
            question.slot.value if question.slot and question.slot.value in talk.words.texts["questions"] else "change"
        )
        text = talk.unasked(questions_about(talk, question.element, name), question.element)
        if text is None:
            self._guide.leave(talk, question)
            return
        talk.say("unclear_pending")
        talk.ask(question.model_copy(update={"text": text}))

    def _noted(self, talk: Talk, question: Question, said: Said) -> None:
        talk.learn(question.element or "", said.slots)
        talk.say("noted")
        self._guide.go_on(talk)

    def _no_answer(self, talk: Talk, question: Question) -> None:
        """Nothing was said that helps: another side, then an offer, then on to the next."""
        talk.stuck += 1
        element = question.element
        if talk.proposal is not None and talk.stuck < _PATIENCE:
            return self._offer_again(talk)
        if question.slot in {Slot.STRATEGY, Slot.GUARDRAIL} or question.pattern in CHOICES:
            return self._guide.leave(talk, question)
        if question.slot in {Slot.BASELINE, Slot.TARGET, Slot.WITNESS} and element is not None:
            if question.slot == Slot.WITNESS:
                return self._guide.leave(talk, question)
            talk.say("not_known")
            if question.pattern in PATCHES:
                blank = talk.words.say(f"compose.{question.slot.value}_blank")
                return self._patch(talk, question, blank)
            talk.learn(element, {Slot.BASELINE: talk.words.say("compose.baseline_blank")})
            return self._sentences.propose(talk, question)
        if talk.stuck >= _PATIENCE:
            talk.stuck = 0
            if not self._offers.rewrite(talk, element):
                self._guide.leave(talk, question)
            return None
        name = (
            "people" if question.slot == Slot.CHANGE and element and Slot.PEOPLE not in talk.of(element) else "change"
        )
        other = talk.unasked(questions_about(talk, element, name), element)
        if other is None:
            return self._guide.leave(talk, question)
        talk.say("unclear_pending")
        talk.ask(question.model_copy(update={"text": other, "slot": Slot(name)}))
        return None

    def _chosen(self, talk: Talk, question: Question, text: str) -> None:
        """Keep the key results that were named, offer to remove the others."""
        objective = next(o for o in talk.draft.objectives if o.id == question.objective)
        numbers = {int(number) for number in re.findall(r"\d+", text)} & set(range(1, len(objective.key_results) + 1))
        if not numbers:
            lowered = text.lower()
            numbers = {
                index
                for index, each in enumerate(objective.key_results, start=1)
                if any(len(word) > 4 and word.lower() in lowered for word in re.findall(r"\w+", each.text))
            }
        if not numbers or len(numbers) == len(objective.key_results):
            self._guide.leave(talk, question)
            return
        kept = [each.text for index, each in enumerate(objective.key_results, start=1) if index in numbers]
        edits = [
            edit_of(each.id, each.text, None)
            for index, each in enumerate(objective.key_results, start=1)
            if index not in numbers
        ]
        talk.offer([Option(edits=tuple(edits), status="verified", source="user")])
        talk.say("offer_removal", texts=" · ".join(kept))
        talk.say("how_to_accept")

    def _guarded(self, talk: Talk, question: Question, said: Said, text: str) -> None:
        """Offer a guardrail as a key result where its words can stand as one; else note it."""
        words = said.whole or said.slots.get(Slot.GUARDRAIL, text)
        talk.learn(question.objective or "", {Slot.GUARDRAIL: words})
        element = talk.new_id("k")
        edit = edit_of(element, None, words[:1].upper() + words[1:], objective=question.objective)
        if said.whole is None and self._offers.faults(talk, [edit], element):
            talk.say("noted")
            self._guide.go_on(talk)
            return
        talk.offer([Option(edits=(edit,), status="verified", source="user")])
        talk.say("offer_added", text=edit.after or "")
        talk.say("how_to_accept")

    def _patched(self, talk: Talk, question: Question, said: Said) -> bool:
        """Add a value or a source to a key result that is good otherwise; False where the answer holds none."""
        assert question.slot is not None
        value = said.slots.get(question.slot)
        if value is None and question.slot in {Slot.BASELINE, Slot.TARGET}:
            value = said.slots.get(Slot.TARGET) or said.slots.get(Slot.BASELINE)
        if value is None or said.whole is not None:
            return False
        talk.learn(question.element or "", {question.slot: value})
        self._patch(talk, question, value)
        return True

    def _patch(self, talk: Talk, question: Question, value: str) -> None:
        assert question.element is not None
        assert question.slot is not None
        name = {Slot.BASELINE: "add_today", Slot.TARGET: "add_goal", Slot.WITNESS: "add_source"}[question.slot]
        if question.slot == Slot.WITNESS and talk.words.has("confirms", value):
            name, value = "add_confirmed", inside(value)
        before = talk.draft.texts()[question.element]
        slot = {"baseline": value, "target": value, "witness": value}
        after = talk.words.say(f"compose.{name}", text=before.rstrip(" ."), **slot)
        self._offers.offer(talk, [edit_of(question.element, before, after)], source="user")
