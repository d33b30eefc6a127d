"""The guided interview: which finding is raised, what is asked next, and what an answer does to the draft."""

import re

from coach.catalog import Catalog
from coach.chat.compose import key_result_from, objective_from
from coach.chat.edits import applied, edit_of
from coach.chat.listen import Said, listen, says_number
from coach.chat.look import Look, Open, is_process, look, with_blanks_filled
from coach.chat.talk import Talk
from coach.chat.words import filled, words_in
from coach.conversation import Edit, Option, Question, Raised, Slot
from coach.critique import Critic
from coach.critique.scaffold import placeholders_in
from coach.language import locale_of
from coach.language.clauses import GRAMMAR
from coach.reading import read
from coach.review import Kind

_PATCHES = {"no-baseline": "today", "no-target": "target", "no-evidence-source": "witness"}
_SLOT_OF = {"today": Slot.BASELINE, "target": Slot.TARGET, "witness": Slot.WITNESS}
_CHOICES = {"too-many-key-results": "keep", "duplicate-key-results": "which"}
_MORE = "too-few-key-results"
_OBJECTIVE = "objective"
_ENDS = ((Slot.WITNESS, "no-evidence-source"), (Slot.GUARDRAIL, "no-guardrail"))
_PATIENCE = 2
_PHRASE = 4
_NEEDED = (Slot.PEOPLE, Slot.CHANGE)


class Guide:
    """Decides what comes next. Stateless: everything stands in the talk."""

    def __init__(self, critic: Critic, catalog: Catalog, muted: frozenset[str] = frozenset()) -> None:
        self._critic = critic
        self._muted = muted
        self._catalog = catalog

    # -- what comes next -------------------------------------------------------------------------------------------

    def go_on(self, talk: Talk) -> None:
        """Raise the next finding with one question, or say what holds."""
        talk.pending = None
        if not talk.draft.objectives:
            talk.say("no_draft_yet")
            return
        talk.seen = self.look(talk)
        missing = next((o for o in talk.draft.objectives if o.text is None), None)
        if missing is not None and (text := talk.unasked(talk.words.questions("objective"), missing.id)):
            talk.ask(Question(text=text, slot=Slot.CHANGE, element=missing.id, pattern=_OBJECTIVE))
            return
        while (each := talk.seen.first(talk.set_aside)) is not None:
            if self._raise(talk, each):
                return
            talk.set_aside.append(each.finding.fingerprint)
        if not self._ask_the_rest(talk):
            self.close(talk)

    def _raise(self, talk: Talk, each: Open) -> bool:
        """Raise a finding and ask about it; False where every question about it has been asked."""
        pattern = each.finding.pattern
        element = each.element
        slot: Slot | None = None
        if is_process(each):
            question = each.finding.question
            talk.set_aside.append(each.finding.fingerprint)
        elif pattern in _PATCHES:
            slot = _SLOT_OF[_PATCHES[pattern]]
            question = talk.unasked(talk.words.questions(_PATCHES[pattern]), element) or ""
        elif pattern in _CHOICES:
            question = talk.unasked(talk.words.questions(_CHOICES[pattern]), each.objective) or ""
        elif pattern == _MORE:
            name = "observation" if self._bare(talk, each.objective) else "more"
            question = talk.unasked(self._slot_questions(talk, each.objective, name), each.objective) or ""
            element, slot = talk.new_id("k"), Slot.CHANGE
        else:
            asked = self._catalog.patterns[pattern].text[talk.language].questions
            question = talk.unasked([each.finding.question, *asked], element) or ""
            slot = Slot.PEOPLE if talk.words.has("asks_people", question) else None
        if not question:
            return False
        talk.raised = Raised(element=each.element, finding=each.finding)
        talk.citations = [
            c for c in (talk.seen.review.citations if talk.seen.review else ()) if c.id in each.finding.citations
        ]
        if pattern == _MORE and self._bare(talk, each.objective):
            talk.say("no_key_result_yet")
        else:
            talk.lines.append(f"{talk.label(each.element)}: {_without_questions(each.finding.message)}")
        talk.ask(Question(text=question, slot=slot, element=element, objective=each.objective, pattern=pattern))
        return True

    def _bare(self, talk: Talk, objective: str | None) -> bool:
        return any(each.id == objective and not each.key_results for each in talk.draft.objectives)

    def _ask_the_rest(self, talk: Talk) -> bool:
        """Ask once who confirms, what must not suffer, what it serves; True where there was something to ask."""
        for slot, pattern in _ENDS:
            each = next((e for e in talk.seen.open if e.finding.pattern == pattern), None)
            anybody = any(row.partition("|")[2] in talk.words.questions(slot.value) for row in talk.asked)
            if each is None or anybody:
                continue
            element = each.element or each.objective
            talk.lines.append(f"{talk.label(element)}: {each.finding.message}")
            talk.raised = Raised(element=each.element, finding=each.finding)
            text = talk.words.questions(slot.value)[0]
            talk.ask(Question(text=text, slot=slot, element=element, objective=each.objective, pattern=pattern))
            return True
        served = talk.strategy_question()
        if served is not None and not any(row.endswith(f"|{served}") for row in talk.asked):
            first = talk.draft.objectives[0].id
            talk.ask(Question(text=served, slot=Slot.STRATEGY, element=first, objective=first))
            return True
        return False

    def close(self, talk: Talk) -> None:
        """Say what is still open, or that it holds."""
        words = talk.words
        names = {slug: pattern.text[talk.language].name for slug, pattern in self._catalog.patterns.items()}
        aside = frozenset(talk.set_aside)
        counted = [each for each in talk.seen.open if each.counts]
        still = [each for each in counted if each.finding.fingerprint not in aside]
        missing = [objective.id for objective in talk.draft.objectives if objective.text is None]
        if still or missing:
            talk.say("open_list")
            talk.lines += [
                words.say("open_item", about=talk.label(e), name=words.say("no_objective_yet")) for e in missing
            ]
            items = [(talk.label(each.element), names[each.finding.pattern]) for each in still]
            talk.lines += [words.say("open_item", about=about, name=name) for about, name in dict.fromkeys(items)]
            return
        blanks = dict.fromkeys(b for text in talk.draft.texts().values() for b in placeholders_in(text))
        if blanks:
            talk.say("holds_with_blanks", blanks=", ".join(blanks))
        elif not counted:
            talk.say("holds" if not talk.seen.open else "nothing_urgent")
        if left := dict.fromkeys(names[each.finding.pattern] for each in counted):
            talk.say("set_aside_list", names=", ".join(left))
            if not blanks:
                talk.say("nothing_else")
        elif advice := dict.fromkeys(names[each.finding.pattern] for each in talk.seen.open):
            talk.say("advice_left", names=", ".join(list(advice)[:3]))

    def look(self, talk: Talk) -> Look:
        """Return the review of the draft on the table."""
        if talk.looked_for is not talk.draft:
            talk.seen = look(self._critic, talk.draft, talk.conversation, talk.language, self._muted)
            talk.looked_for = talk.draft
        return talk.seen

    # -- what an answer does ---------------------------------------------------------------------------------------

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
        said = listen(text, talk.words, question.slot)
        if said.unknown or not said.anything:
            self._no_answer(talk, question)
        elif question.pattern in _CHOICES:
            self._chosen(talk, question, text)
        elif question.slot == Slot.STRATEGY:
            self._noted(talk, question, said)
        elif question.slot == Slot.GUARDRAIL:
            self._guarded(talk, question, said, text)
        elif question.pattern in _PATCHES and question.element and self._patched(talk, question, said):
            pass
        else:
            self._built(talk, question, said, text)

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
        self._propose(talk, Question(text="", element=element, objective=home))
        return True

    def ask_otherwise(self, talk: Talk) -> None:
        """Ask the open question in other words, where there are any left."""
        question = talk.pending
        if question is None:
            return
        named = question.slot is not None and question.slot.value in talk.words.texts["questions"]
        if named and question.slot is not None:
            rows = self._slot_questions(talk, question.element, question.slot.value)
        elif question.pattern is not None and question.pattern in self._catalog.patterns:
            rows = list(self._catalog.patterns[question.pattern].text[talk.language].questions)
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
        text = talk.unasked(self._slot_questions(talk, question.element, name), question.element)
        if text is None:
            self._leave(talk, question)
            return
        talk.say("unclear_pending")
        talk.ask(question.model_copy(update={"text": text}))

    def _noted(self, talk: Talk, question: Question, said: Said) -> None:
        talk.learn(question.element or "", said.slots)
        talk.say("noted")
        self.go_on(talk)

    def _no_answer(self, talk: Talk, question: Question) -> None:
        """Nothing was said that helps: another side, then an offer, then on to the next."""
        talk.stuck += 1
        element = question.element
        if question.slot in {Slot.STRATEGY, Slot.GUARDRAIL} or question.pattern in _CHOICES:
            return self._leave(talk, question)
        if question.slot in {Slot.BASELINE, Slot.TARGET, Slot.WITNESS} and element is not None:
            if question.slot == Slot.WITNESS:
                return self._leave(talk, question)
            talk.say("not_known")
            if question.pattern in _PATCHES:
                blank = talk.words.say(f"compose.{question.slot.value}_blank")
                return self._patch(talk, question, blank)
            talk.learn(element, {Slot.BASELINE: talk.words.say("compose.baseline_blank")})
            return self._propose(talk, question)
        if talk.stuck >= _PATIENCE:
            talk.stuck = 0
            if not self.offer_rewrite(talk, element):
                self._leave(talk, question)
            return None
        name = (
            "people" if question.slot == Slot.CHANGE and element and Slot.PEOPLE not in talk.of(element) else "change"
        )
        other = talk.unasked(self._slot_questions(talk, element, name), element)
        if other is None:
            return self._leave(talk, question)
        talk.say("unclear_pending")
        talk.ask(question.model_copy(update={"text": other, "slot": Slot(name)}))
        return None

    def _leave(self, talk: Talk, question: Question) -> None:
        """Leave an element as it is and go on."""
        talk.say("not_known")
        self.set_aside(talk, question)
        self.go_on(talk)

    def set_aside(self, talk: Talk, question: Question) -> None:
        """Raise no more what stands at the element of a question as it is now."""
        talk.stuck = 0
        talk.proposal = None
        for each in talk.seen.open:
            same = each.element == question.element and question.element in {*talk.draft.texts()}
            if same or (each.finding.pattern == question.pattern and each.objective == question.objective):
                talk.set_aside.append(each.finding.fingerprint)

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
            self._leave(talk, question)
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
        if said.whole is None and self._faults(talk, [edit], element):
            talk.say("noted")
            self.go_on(talk)
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
        before = talk.draft.texts()[question.element]
        slot = {"baseline": value, "target": value, "witness": value}
        after = talk.words.say(f"compose.{name}", text=before.rstrip(" ."), **slot)
        self._offer(talk, [edit_of(question.element, before, after)], source="user")

    def _built(self, talk: Talk, question: Question, said: Said, text: str) -> None:
        """Keep what was said of an element, then ask for what is missing or offer the sentence."""
        element = question.element or self._element_of(talk, question)
        if element is None:
            talk.say("noted")
            talk.set_aside += [e.finding.fingerprint for e in talk.seen.open if e.finding.pattern == question.pattern]
            self.go_on(talk)
            return
        talk.stuck = 0
        question = question.model_copy(update={"element": element})
        if said.whole is not None and element.startswith("k") and self._as_said(talk, question, said.whole):
            return
        slots = dict(said.slots)
        if (
            Slot.PEOPLE not in slots
            and not {Slot.BASELINE, Slot.TARGET} & set(slots)
            and self._about_work(talk, element, text)
        ):
            self._not_yet(talk, question)
            return
        if element.startswith("o") and Slot.PEOPLE not in slots and self._stands(talk, text):
            self._offer(talk, [edit_of(element, talk.draft.texts().get(element), _sentence(text))], source="user")
            return
        if question.slot == Slot.OBSERVATION and Slot.CHANGE in slots:
            talk.learn(element, {Slot.OBSERVATION: slots[Slot.CHANGE]})
        talk.learn(element, slots)
        self._ask_or_propose(talk, question)

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
        other = talk.unasked(self._slot_questions(talk, question.element, name), question.element)
        if talk.stuck > _PATIENCE or other is None:
            talk.stuck = 0
            if not self.offer_rewrite(talk, question.element):
                self._leave(talk, question)
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
        edit = edit_of(question.element, before, text, objective=self._home(talk, question))
        now = talk.seen.warnings(question.element) if before else 1
        left = self._faults(talk, [edit], question.element)
        if len(left) >= now and set(left) - {"no-baseline"}:
            return False
        talk.learn(question.element, listen(whole, talk.words, None).slots)
        self._offer(talk, [edit], source="user")
        return True

    def _ask_or_propose(self, talk: Talk, question: Question) -> None:
        element = question.element
        assert element is not None
        known = self._with_defaults(talk, question)
        for slot in _NEEDED:
            if slot not in known and not (slot == Slot.PEOPLE and self._asked_enough(talk, element)):
                return self._ask_for(talk, question, slot)
        if element.startswith("k") and not {Slot.BASELINE, Slot.TARGET} & set(known):
            return self._ask_for(talk, question, Slot.BASELINE)
        return self._propose(talk, question)

    def _asked_enough(self, talk: Talk, element: str) -> bool:
        """Whether people were asked for twice: then they stay a blank."""
        texts = set(self._slot_questions(talk, element, "people"))
        return sum(row.partition("|")[2] in texts for row in talk.asked if row.startswith(f"{element}|")) >= _PATIENCE

    def _ask_for(self, talk: Talk, question: Question, slot: Slot) -> None:
        text = talk.unasked(self._slot_questions(talk, question.element, slot.value), question.element)
        if text is None:
            return self._propose(talk, question) if slot == Slot.BASELINE else self._leave(talk, question)
        talk.ask(question.model_copy(update={"text": text, "slot": slot}))
        return None

    def _slot_questions(self, talk: Talk, element: str | None, name: str) -> list[str]:
        people = self._people(talk, element) or talk.words.say("people_default")
        first = GRAMMAR[talk.language].people_first(people)
        called = talk.words.say("they")
        if first is not None and len(first.split()) <= 3:
            several = len(first.split()) > 1
            german = locale_of(talk.language).nouns_are_capitalised
            small = several if german else not first.split()[0].isupper()
            called = first[0].lower() + first[1:] if people[0].islower() or small else first
        them = called if talk.words.say("them") == "them" and called != "they" else talk.words.say("them")
        return [filled(text, {"people": called, "them": them}) for text in talk.words.questions(name)]

    def _people(self, talk: Talk, element: str | None) -> str | None:
        """Return the people of an element: as said, as its objective names them, as said of another."""
        if element and (own := talk.known.get((element, Slot.PEOPLE))):
            return own.words
        texts = talk.draft.texts()
        objective = next(
            (o for o in talk.draft.objectives if o.id == element or any(k.id == element for k in o.key_results)), None
        )
        candidates = [texts.get(element or "", ""), (objective.text or "") if objective else ""]
        for text in candidates:
            reading = read(text, talk.language)
            for token in reading.tokens:
                if token.has("people") and reading.locale.is_plural_people(token.text):
                    return token.text
        near = {objective.id, *(each.id for each in objective.key_results)} if objective else set()
        others = [
            known.words
            for (owner, slot), known in reversed(talk.known.items())
            if slot == Slot.PEOPLE
            and known.language == talk.language
            and (owner in near or len(talk.draft.objectives) == 1)
        ]
        return others[0] if others else None

    def _with_defaults(self, talk: Talk, question: Question) -> dict[Slot, str]:
        known = talk.of(question.element or "")
        if Slot.PEOPLE not in known and (people := self._people(talk, question.element)):
            known[Slot.PEOPLE] = people
        return known

    def _propose(self, talk: Talk, question: Question) -> None:
        element = question.element
        assert element is not None
        known = self._with_defaults(talk, question)
        if Slot.CHANGE not in known:
            if not self.offer_rewrite(talk, element):
                self._leave(talk, question)
            return
        edit = self._composed(talk, question, known)
        left = self._faults(talk, [edit], element)
        if left and Slot.OBSERVATION not in known:
            text = talk.unasked(talk.words.questions("observation"), element)
            if text is not None and not any(row.startswith(f"{element}|") and row.endswith(text) for row in talk.asked):
                talk.learn(element, {Slot.OBSERVATION: ""})
                message = self._message(talk, left[0])
                talk.lines.append(message)
                talk.ask(question.model_copy(update={"text": text, "slot": Slot.OBSERVATION}))
                return
        self._offer(talk, [edit], source="user")

    def _message(self, talk: Talk, pattern: str) -> str:
        texts = self._catalog.patterns[pattern].text[talk.language].messages
        name = self._catalog.patterns[pattern].text[talk.language].name
        return next((text for text in texts if "{" not in text), talk.words.say("reads_as", name=name))

    def _composed(self, talk: Talk, question: Question, known: dict[Slot, str]) -> Edit:
        element = question.element
        assert element is not None
        before = talk.draft.texts().get(element)
        told = talk.known.get((element, Slot.CHANGE))
        words = words_in(told.language, talk.conversation.address) if told else talk.words
        if element.startswith("o"):
            return edit_of(element, before, objective_from(known, words))
        after = key_result_from(known, words, deadline=self._deadline(talk, before))
        return edit_of(element, before, after, objective=self._home(talk, question))

    def _deadline(self, talk: Talk, before: str | None) -> str:
        if before is None:
            return ""
        reading = read(before, talk.language)
        found = reading.signals.get("deadline", ())
        return reading.text[found[0].start : found[0].end].strip(" ().,;") if found else ""

    def _home(self, talk: Talk, question: Question) -> str | None:
        """Return the objective that a new key result goes to; None for one that stands there already."""
        if question.element in talk.draft.texts():
            return None
        return question.objective or talk.draft.objectives[0].id

    def _faults(self, talk: Talk, edits: list[Edit], element: str) -> list[str]:
        """Return the patterns that would still weigh at an element after the edits, its blanks filled."""
        after = with_blanks_filled(applied(talk.draft, edits), talk.language)
        seen = look(self._critic, after, talk.conversation, talk.language, self._muted)
        return [each.finding.pattern for each in seen.at(element) if each.counts]

    def _offer(self, talk: Talk, edits: list[Edit], *, source: str) -> None:
        edit = edits[0]
        assert edit.after is not None
        left = self._faults(talk, edits, edit.element)
        status = "unverified" if left else "scaffold" if edit.placeholders else "verified"
        talk.offer([Option.model_validate({"edits": tuple(edits), "status": status, "source": source})])
        name = "offer_frame" if edit.placeholders else "offer_objective" if edit.element.startswith("o") else "offer"
        talk.say("offer_added" if edit.before is None and edit.element.startswith("k") else name, text=edit.after)
        talk.say("how_to_accept")

    # -- a rewrite, when asked for or when nothing else helps ------------------------------------------------------

    def offer_rewrite(self, talk: Talk, element: str | None) -> bool:
        """Offer up to two ways to put an element; False where there is none."""
        talk.seen = self.look(talk)
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
        known = self._with_defaults(talk, Question(text="", element=element))
        if Slot.CHANGE in known and Slot.PEOPLE in known:
            edits.append(self._composed(talk, Question(text="", element=element), known))
        if before is not None and (text := self._from_library(talk, element)):
            edits.append(edit_of(element, before, text))
        found: dict[str, Option] = {}
        for edit in edits:
            if edit.after is None or edit.after == before:
                continue
            faults = self._faults(talk, [edit], element)
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


def _without_questions(message: str) -> str:
    """Return a message without what it asks: a turn asks one question, its own."""
    kept = [part for part in re.split(r"(?<=[.!?])\s+", message) if not part.endswith("?")]
    return " ".join(kept) or message.rstrip("?")


def _sentence(text: str) -> str:
    """Return what was said as a sentence of the draft: a capital first, no full stop."""
    bare = text.strip().rstrip(".! ")
    return bare[:1].upper() + bare[1:]
