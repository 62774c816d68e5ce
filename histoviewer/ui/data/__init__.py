"""The data page: what the data set holds, how it looks, and what is wrong with it."""
