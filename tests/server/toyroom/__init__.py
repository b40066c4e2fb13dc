"""A whole room in one folder, with one line in one list: notes that people write on a wall."""
