"""Jobs: long computations, each a process of its own that outlives the browser and the server."""
