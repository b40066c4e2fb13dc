"""Alarms of streams, what people do about them, and spans of time that they name."""
