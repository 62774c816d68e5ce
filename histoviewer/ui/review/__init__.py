"""The review page: a grid of tiles, what is known of one of them, and the keys that judge them."""
