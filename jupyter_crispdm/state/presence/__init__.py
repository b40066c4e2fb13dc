"""Who is here: on which page, how far it is scrolled, where the pointer is."""
