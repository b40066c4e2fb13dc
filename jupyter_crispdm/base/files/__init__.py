"""Files and directories: written whole or not at all, opened with care, watched, removed."""
