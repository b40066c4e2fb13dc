"""What looks at samples as they come, and gives each a number that says how strange it is."""
