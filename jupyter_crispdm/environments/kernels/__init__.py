"""Environments as kernels: which ones are, and making those that are not."""
