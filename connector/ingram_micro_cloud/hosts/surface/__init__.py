"""What every serving host offers, as data: the operations of the actions, the operators' endpoints, their answers."""
