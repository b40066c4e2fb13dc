"""Commands about people and the tokens of their programs."""
