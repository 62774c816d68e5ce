"""Background work: job values, progress messages, cancelling, the compute process."""
