"""The progress page: how fast reviewing goes, what it still finds, how readers and model agree."""
