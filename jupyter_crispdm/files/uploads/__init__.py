"""Upload of large files in pieces that go on where they were cut, by the tus protocol 1.0."""
