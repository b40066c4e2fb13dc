"""The inference server: Starlette on uvicorn, one process, a worker process for each model.

It imports nothing of Jupyter and never torch. What it shall run it reads from `serving/deployments/*.json`,
what it does it tells in `serving/state.json`; so the server may die and come back without a prediction lost.
"""
