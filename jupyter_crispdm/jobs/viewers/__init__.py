"""What those see and do with jobs who may see dashboards only."""
