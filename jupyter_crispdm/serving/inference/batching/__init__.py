"""Who may work when, and in pieces of which size: a fair queue before every model."""
