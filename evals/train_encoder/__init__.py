"""`make train-encoder`: fine-tune the upper layers of the bundled embedding model on this repository's own data."""
