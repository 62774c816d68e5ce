"""Dialogs: each asks for one thing and returns it as a value; none of them does it."""
