"""Parts of reading a run: the order of its rows, where it came from, when an epoch is over, fewer points to draw."""
