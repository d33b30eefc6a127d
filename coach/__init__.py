"""okr-coach: helps teams write better OKRs. The core; `coach.wiring.open_coach` puts it together."""

__version__ = "0.1.0"
