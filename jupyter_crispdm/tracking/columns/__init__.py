"""Long curves on the disk: columns and a pyramid of minima and maxima, so that any zoom costs the same."""
