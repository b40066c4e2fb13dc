"""The parts of a model's process: frames over its socket, what a model answers, streams that take turns."""
