"""The routes of text that models write."""
