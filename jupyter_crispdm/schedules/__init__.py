"""Jobs that start at times of their own."""
