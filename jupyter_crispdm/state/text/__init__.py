"""Text that several people write at once: merged without conflicts, kept, and followed live."""
