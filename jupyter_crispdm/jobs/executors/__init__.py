"""Where jobs run: on this machine, or elsewhere behind the same port."""
