"""Recipes: listed, edited in a form, shown as TOML and as a network, saved as new ones."""
