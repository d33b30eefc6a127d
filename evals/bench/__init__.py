"""Performance by ratio: what we cost against what the bare parts cost, in one run."""
