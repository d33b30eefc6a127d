"""The scorers: pure functions from labels and answers to figures."""
