"""The models of the open project, and what can be done with them."""
