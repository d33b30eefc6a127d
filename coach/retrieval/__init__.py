"""Finding passages of the knowledge base: passages, embeddings, indexes, hybrid search."""
