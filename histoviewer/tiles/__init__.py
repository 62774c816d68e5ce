"""Data set layouts, decoding, the packed tile store, synthetic tiles."""
