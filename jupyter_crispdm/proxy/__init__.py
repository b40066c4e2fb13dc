"""The streams of other services, passed on message by message, from hosts that the operator lists."""
