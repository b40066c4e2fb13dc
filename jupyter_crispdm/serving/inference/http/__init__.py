"""HTTP: who is let in, within which limits, and the way from an address to what answers it."""
