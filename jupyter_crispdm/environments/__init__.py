"""Environments: found by reading directories, activated as a shell would, offered as kernels."""
