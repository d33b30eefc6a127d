"""Sentences: what was said of an element becomes one, part by part; what is missing is asked for."""

from coach.catalog import Catalog
from coach.chat.edits import edit_of
from coach.chat.guide import Guide
from coach.chat.known import known_of, questions_about
from coach.chat.listen import Said, listen
from coach.chat.offers import Offers
from coach.chat.talk import Talk
from coach.chat.values import says_number
from coach.conversation import Option, Question, Slot
from coach.language.clauses import GRAMMAR
from coach.reading import read

_PATIENCE = 2
_PHRASE = 4
_NEEDED = (Slot.PEOPLE, Slot.CHANGE)


class Sentences:
    """Builds an element from answers. Stateless: everything stands in the talk."""

    def __init__(self, catalog: Catalog, guide: Guide, offers: Offers) -> None:
        self._catalog = catalog
        self._guide = guide
        self._offers = offers

    def build(self, talk: Talk, question: Question, said: Said, text: str) -> None:
        """Keep what was said of an element, then ask for what is missing or offer the sentence."""
        element = question.element or self._element_of(talk, question)
        if element is None:
            talk.say("noted")
            talk.set_aside += [e.finding.fingerprint for e in talk.seen.open if e.finding.pattern == question.pattern]
            self._guide.go_on(talk)
            return
        talk.stuck = 0
        question = question.model_copy(update={"element": element})
        if said.whole is not None and element.startswith("k") and self._as_said(talk, question, said.whole):
            return
        slots = dict(said.slots)
        if (
            Slot.PEOPLE not in slots
            and not {Slot.BASELINE, Slot.TARGET} & set(slots)
            and set(slots) != {Slot.WITNESS}
            and self._about_work(talk, element, text)
        ):
            self._not_yet(talk, question)
            return
        if element.startswith("o") and Slot.PEOPLE not in slots and says_number(text, talk.words):
            self._keep_for_later(talk, question)
            return
        if element.startswith("o") and Slot.PEOPLE not in slots and self._stands(talk, text):
            self._offers.offer(
                talk, [edit_of(element, talk.draft.texts().get(element), _sentence(text))], source="user"
            )
            return
        if question.slot == Slot.OBSERVATION:
            self._keep_told(talk, element, slots)
        if question.slot == Slot.OBSERVATION and Slot.CHANGE in slots:
            talk.learn(element, {Slot.OBSERVATION: slots[Slot.CHANGE]})
        talk.learn(element, slots)
        self._ask_or_propose(talk, question)

    def _keep_told(self, talk: Talk, element: str, slots: dict[Slot, str]) -> None:
        """Where something else is told now, keep what was told with its figures for a key result of its own."""
        old = talk.of(element)
        values = {Slot.BASELINE, Slot.TARGET}
        if (
            not {Slot.PEOPLE, Slot.CHANGE} <= set(slots)
            or not {Slot.CHANGE, *values} <= set(old)
            or values & set(slots)
        ):
            return
        talk.learn(talk.new_id("k"), {slot: words for slot, words in old.items() if slot != Slot.OBSERVATION})
        for slot in values:
            talk.forget(element, slot)

    def _keep_for_later(self, talk: Talk, question: Question) -> None:
        """A figure makes no objective: say so, and stay with what was asked or offered."""
        talk.say("number_later")
        if talk.proposal is not None:
            talk.say("offer_objective", text=talk.proposal.options[0].edits[0].after or "")
            talk.say("how_to_accept")
            return
        name = "people" if Slot.PEOPLE not in talk.of(question.element or "") else "change"
        if (other := talk.unasked(questions_about(talk, question.element, name), question.element)) is not None:
            talk.ask(question.model_copy(update={"text": other, "slot": Slot(name)}))

    def _stands(self, talk: Talk, text: str) -> bool:
        """Whether an answer without people in it may stand as an objective: neither half a sentence nor a number."""
        half = GRAMMAR[talk.language].predicate(text, False) is not None
        return len(text.split()) > _PHRASE and not half and not says_number(text, talk.words)

    def _about_work(self, talk: Talk, element: str, text: str) -> bool:
        """Whether an answer speaks of what the team does, or of a figure, and of nobody else."""
        reading = read(text, talk.language)
        if any(token.has("people") for token in reading.tokens):
            return False
        moved = (
            element.startswith("o")
            or any(token.has("raise", "lower") for token in reading.tokens)
            or any(map(str.isdigit, text))
        )
        return talk.words.has("about_us", text) or (moved and bool(reading.words("metric")))

    def _not_yet(self, talk: Talk, question: Question) -> None:
        talk.stuck += 1
        name = "people" if question.element and Slot.PEOPLE not in talk.of(question.element) else "change"
        other = talk.unasked(questions_about(talk, question.element, name), question.element)
        if talk.stuck > _PATIENCE or other is None:
            talk.stuck = 0
            if not self._offers.rewrite(talk, question.element):
                self._guide.leave(talk, question)
            return
        talk.say("not_yet")
        talk.ask(question.model_copy(update={"text": other, "slot": Slot(name)}))

    def _element_of(self, talk: Talk, question: Question) -> str | None:
        """Return the element that an answer about a set helps: the first key result with something open."""
        own = [each.element for each in talk.seen.open if each.objective == question.objective and each.element]
        return next((element for element in own if element.startswith("k")), None)

    def _as_said(self, talk: Talk, question: Question, whole: str) -> bool:
        """Offer an answer that is itself a key result, where it reads better than what stands there."""
        assert question.element is not None
        before = talk.draft.texts().get(question.element)
        text = whole[:1].upper() + whole[1:]
        edit = edit_of(question.element, before, text, objective=self._offers.home(talk, question))
        now = talk.seen.warnings(question.element) if before else 1
        left = self._offers.faults(talk, [edit], question.element)
        if len(left) >= now and set(left) - {"no-baseline"}:
            return False
        talk.learn(question.element, listen(whole, talk.words, None).slots)
        self._offers.offer(talk, [edit], source="user")
        return True

    def _ask_or_propose(self, talk: Talk, question: Question) -> None:
        element = question.element
        assert element is not None
        known = known_of(talk, question.element)
        for slot in _NEEDED:
            if slot not in known and not (slot == Slot.PEOPLE and self._asked_enough(talk, element)):
                return self._ask_for(talk, question, slot)
        if element.startswith("k") and not {Slot.BASELINE, Slot.TARGET} & set(known):
            return self._ask_for(talk, question, Slot.BASELINE)
        return self.propose(talk, question)

    def _asked_enough(self, talk: Talk, element: str) -> bool:
        """Whether people were asked for twice: then they stay a blank."""
        texts = set(questions_about(talk, element, "people"))
        return sum(row.partition("|")[2] in texts for row in talk.asked if row.startswith(f"{element}|")) >= _PATIENCE

    def _ask_for(self, talk: Talk, question: Question, slot: Slot) -> None:
        text = talk.unasked(questions_about(talk, question.element, slot.value), question.element)
        if text is None:
            return self.propose(talk, question) if slot == Slot.BASELINE else self._guide.leave(talk, question)
        talk.ask(question.model_copy(update={"text": text, "slot": slot}))
        return None

    def propose(self, talk: Talk, question: Question) -> None:
        """Offer the sentence that is known of an element; ask once more where it would still not hold."""
        element = question.element
        assert element is not None
        known = known_of(talk, question.element)
        if Slot.CHANGE not in known:
            if not self._offers.rewrite(talk, element):
                self._guide.leave(talk, question)
            return
        edit = self._offers.composed(talk, question, known)
        if (twin := next((id for id, text in talk.draft.texts().items() if text == edit.after), None)) is not None:
            self._twice(talk, question, twin)
            return
        left = self._offers.faults(talk, [edit], element)
        everything = {Slot.PEOPLE, Slot.BASELINE, Slot.TARGET, Slot.WITNESS} <= set(known)
        if left and Slot.OBSERVATION not in known and not everything:
            text = talk.unasked(talk.words.questions("observation"), element)
            if text is not None and not any(row.startswith(f"{element}|") and row.endswith(text) for row in talk.asked):
                talk.learn(element, {Slot.OBSERVATION: ""})
                message = self._message(talk, left[0])
                talk.lines.append(message)
                talk.ask(question.model_copy(update={"text": text, "slot": Slot.OBSERVATION}))
                return
        self._offers.offer(talk, [edit], source="user")

    def _twice(self, talk: Talk, question: Question, twin: str) -> None:
        """What was told stands in the draft already: nothing is put there twice, and one of two may go."""
        talk.say("already_there", about=talk.label(twin))
        texts = talk.draft.texts()
        if question.element in texts and question.element.startswith("k"):
            left = [text for element, text in texts.items() if element.startswith("k") and element != question.element]
            talk.offer(
                [
                    Option(
                        edits=(edit_of(question.element, texts[question.element], None),),
                        status="verified",
                        source="user",
                    )
                ]
            )
            talk.say("offer_removal", texts=" · ".join(left))
            talk.say("how_to_accept")
            return
        self._guide.set_aside(talk, question)
        self._guide.go_on(talk)

    def _message(self, talk: Talk, pattern: str) -> str:
        texts = self._catalog.patterns[pattern].text[talk.language].messages
        name = self._catalog.patterns[pattern].text[talk.language].name
        return next(
            (talk.words.to_them(text) for text in texts if "{" not in text), talk.words.say("reads_as", name=name)
        )


def _sentence(text: str) -> str:
    """Return what was said as a sentence of the draft: a capital first, no full stop."""
    bare = text.strip().rstrip(".! ")
    return bare[:1].upper() + bare[1:]
