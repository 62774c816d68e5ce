"""Pure values and rules, numpy only: no files, no threads, no database, no window."""
