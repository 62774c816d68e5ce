"""How good models are, one or several beside each other."""
