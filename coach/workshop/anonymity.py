"""Who somebody is, so that it leads back to nobody.

A participant's token is drawn here, kept by their browser and stored nowhere. From it comes a `seat` (the same
person again) and per vote a `ballot` (the same vote changed, not a second one). Digests of a 256-bit secret cannot
be followed back, and without the token neither the seat and the ballots nor two ballots can be put together.
"""

import hashlib
import secrets
from typing import NamedTuple

HOST_PREFIX, PARTICIPANT_PREFIX = "okrh_", "okrp_"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are made of: nothing that looks or sounds like something else on a wall."""
CODE_LENGTH = 8


class HostActor(NamedTuple):
    """A host, by the id of their link."""

    host: str


class ParticipantActor(NamedTuple):
    """A participant, by the token that only their browser keeps."""

    token: str

    @property
    def seat(self) -> str:
        """The digest under which the room knows that somebody is there."""
        return _digest("seat", self.token)

    def ballot(self, subject: str) -> str:
        """Return the digest under which a vote on a subject is counted once."""
        return _digest("ballot", subject, self.token)


class Stage(NamedTuple):
    """Whoever has the code and nothing else: sees what the wall shows, does nothing."""


class CoachActor(NamedTuple):
    """The coach itself: adds reviews, admits people."""


Actor = HostActor | ParticipantActor | Stage | CoachActor


def new_token() -> str:
    """Return a participant's token."""
    return PARTICIPANT_PREFIX + secrets.token_urlsafe(32)


def new_host_secret() -> str:
    """Return the secret of a host's link."""
    return HOST_PREFIX + secrets.token_urlsafe(32)


def host_digest(secret: str) -> str:
    """Return what is stored of a host's secret."""
    return _digest("host", secret)


def new_code() -> str:
    """Return a code to join with: 31⁸ possibilities (8.5 · 10¹¹), so that guessing finds none."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_as_typed(typed: str) -> str:
    """Return a code as it is stored, from what somebody typed.

    >>> code_as_typed(" ktr7-m2xq ")
    'KTR7M2XQ'
    """
    return "".join(character for character in typed[:40].upper() if character in ALPHABET)


def code_as_shown(code: str) -> str:
    """Return a code in two groups, as it stands on the wall.

    >>> code_as_shown("KTR7M2XQ")
    'KTR7-M2XQ'
    """
    return f"{code[:4]}-{code[4:]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
