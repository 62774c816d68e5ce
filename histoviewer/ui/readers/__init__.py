"""The readers page: how far readers agree, and the tiles on which they do not."""
