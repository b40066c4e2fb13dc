"""What runs were made of, as it travels: code, environment, data, and how each stands to that of another run."""
