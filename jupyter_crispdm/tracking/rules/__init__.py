"""The rules by which metrics are found in logs: kept, changed, and tried on a log before they count."""
