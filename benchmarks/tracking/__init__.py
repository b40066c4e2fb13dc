"""Parts of `bench_tracking`: long runs, many runs, and how soon a point is told."""
