"""What callers send: forms, pictures and archives of strangers, read within limits."""
