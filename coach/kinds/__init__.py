"""What kind of key result a text is: outcome, kpi, output, activity, vague; or unsure."""

from coach.kinds.classifier import KindClassifier, Verdict, open_classifier

__all__ = ["KindClassifier", "Verdict", "open_classifier"]
