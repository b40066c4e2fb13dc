"""Commands about models and serving."""
