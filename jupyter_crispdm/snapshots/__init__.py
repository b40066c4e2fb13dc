"""Work that saves itself, field by field, and work that people save under a name."""
