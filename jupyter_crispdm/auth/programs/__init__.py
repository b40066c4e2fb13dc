"""Programs that the server itself starts for somebody, kernels and jobs, and the token that it gives to each."""
