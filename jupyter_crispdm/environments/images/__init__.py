"""Docker and Podman images as environments."""
