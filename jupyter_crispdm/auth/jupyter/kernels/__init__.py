"""Kernels: whose each is and what it is told of them, how many there are, and what may be said to them."""
