"""How good the coach is: datasets, scorers, suites, baselines, benches."""
