"""The settings page: what the reader prefers, in force at once."""
