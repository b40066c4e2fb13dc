"""Questions about runs: conditions, orders, and the fields that both speak of."""
