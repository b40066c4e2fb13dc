"""Reading a stream's samples: live as they come, the window, any past hour, all of it as a file."""
