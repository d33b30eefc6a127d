"""What the coach would write instead of a card's text, by rules or by a model; where a model fails, the rules stay."""

from typing import Literal, NamedTuple

from coach.errors import Refused
from coach.review import Rewrite
from coach.workshop.card import Card
from coach.workshop.checking import card_text, draft_of, read_from
from coach.workshop.commands import OfferAlternative
from coach.workshop.reviewer import ReviewOf
from coach.workshop.room import Room


class Alternatives(NamedTuple):
    """Wordings to offer; `degraded` says why a model that was asked for has no part in them."""

    offers: tuple[OfferAlternative, ...]
    degraded: str | None


def alternatives(review: ReviewOf, tenant: str, room: Room, card: Card, mode: Literal["rules", "llm"]) -> Alternatives:
    """Return what can be offered and is no candidate yet; raise Refused where there is nothing."""
    text = card_text(room, card, card.now)
    read = review(tenant, draft_of(text, language=room.language, mode=mode, rewrite=True))
    rewrite = read_from(read, text).rewrite
    known = {card.text, *(candidate.text for candidate in card.candidates.values())}
    offers = tuple(offer for offer in _offers(card, rewrite) if offer.text not in known) if rewrite else ()
    if not offers and read.degraded is not None:
        raise Refused("no-model", f"the rules have no other wording either: {read.degraded}")
    if not offers:
        raise Refused("no-alternative", "the coach has no other wording for this card")
    return Alternatives(offers, read.degraded)


def _offers(card: Card, rewrite: Rewrite) -> tuple[OfferAlternative, ...]:
    """Return the rewrite and its alternatives; these passed every check, or they would not be there."""
    first = OfferAlternative(
        card=card.id, text=rewrite.text, source=rewrite.source, verified=rewrite.status == "verified"
    )
    others = (first.model_copy(update={"text": other.text, "verified": True}) for other in rewrite.alternatives)
    return (first, *others)
