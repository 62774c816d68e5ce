"""Label errors and the next batch of a project."""
