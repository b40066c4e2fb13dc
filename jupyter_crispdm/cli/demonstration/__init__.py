"""The parts of `jupyter crispdm demo`, in the order in which they happen."""
