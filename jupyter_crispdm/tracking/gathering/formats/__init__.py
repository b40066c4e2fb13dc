"""The files of other trackers, one module a kind: what their bytes say, as points and pieces."""
