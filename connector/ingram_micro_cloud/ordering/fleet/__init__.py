"""What is held and what renews, over every organization."""
