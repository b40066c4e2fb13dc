"""Finished runs, pushed to an MLflow tracking server by its REST API: each once, whatever dies in between."""
