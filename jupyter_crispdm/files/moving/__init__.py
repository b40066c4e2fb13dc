"""Files moved, copied, thrown away and brought back: whole or not at all, and never over something else."""
