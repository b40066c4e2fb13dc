"""The short way of a request to a model: from uvicorn's parser to the worker and back, without a task or a timer.

Only what is whole and plain goes it. A request that is refused by its headers, comes in chunks, waits for another on
its connection, or is otherwise unusual goes the long way, where all care is taken; both lead to the same code.
"""
