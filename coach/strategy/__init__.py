"""From purpose to key result, and back: frame, alignment, scorecard bridge, cycle, readiness."""
