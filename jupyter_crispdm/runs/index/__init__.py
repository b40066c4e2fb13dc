"""The index of runs: what each has logged, in figures that are carried on with each new point, never read anew."""
