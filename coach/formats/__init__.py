"""Reading drafts from files, and writing reviews as reports."""

from coach.formats.reading import FORMATS, format_of, read_draft
from coach.formats.writing import WRITERS, write_review

__all__ = ["FORMATS", "WRITERS", "format_of", "read_draft", "write_review"]
