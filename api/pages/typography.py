"""What belongs together on one line."""

import re

from markupsafe import Markup

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[%€])")


def unbroken(value: object) -> object:
    """Return a text whose numbers do not part from their units at the end of a line; anything else as it is."""
    if isinstance(value, Markup):
        return Markup(_BEFORE_UNIT.sub("\u00a0", value))  # noqa: S704 - it was HTML before
    return _BEFORE_UNIT.sub("\u00a0", value) if isinstance(value, str) else value
