"""Files: who sees which folder, and what people do with files; over Jupyter's Contents, no second file server."""
