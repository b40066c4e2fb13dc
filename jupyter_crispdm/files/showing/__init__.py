"""Files shown: as a list, as their first lines, as a zip."""
