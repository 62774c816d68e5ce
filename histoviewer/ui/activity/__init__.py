"""The activity page: every step of reviewing, each of which can be taken back on its own."""
