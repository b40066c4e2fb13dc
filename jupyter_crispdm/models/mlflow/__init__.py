"""Models that MLflow wrote: a folder with an `MLmodel` that says which file is the model, read without MLflow."""
