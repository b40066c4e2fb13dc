"""Versions that leave for another server, and come from one: a zip, taken in whole or not at all.

model.json      what is known about the version, as it lies on the disk
model.<ending>  its file, by the name that its format has
script.py       the user's code beside it, where there is any
lock.txt        the packages of the environment that it was made in
history.json    which aliases it bore, from when until when
"""
