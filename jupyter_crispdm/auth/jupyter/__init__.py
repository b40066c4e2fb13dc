"""The hooks into Jupyter Server: who asks, what is open, kernels with an owner, limits of bodies and frames."""
