"""Live facts: topics that views follow from a cursor, over one WebSocket a page or a stream of lines."""
