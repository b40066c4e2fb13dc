"""The protocol of live facts without sockets, clocks and waiting: what a reader at a place is told next."""
