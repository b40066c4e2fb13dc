"""The door of the front: who may come in, how many, how fast, and for whom they ask."""
