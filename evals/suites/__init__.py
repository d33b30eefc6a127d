"""The suites: each takes labelled drafts, prints its table and returns its figures."""
