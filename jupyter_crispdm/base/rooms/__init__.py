"""What a room is to the house: what it offers, what it is made from, when it starts and closes."""
