"""What a visitor chose and was told: found in the widgets of a page, and put back before it is shown."""
