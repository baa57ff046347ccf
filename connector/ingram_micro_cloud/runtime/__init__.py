"""The life of one call: configuration, check, inputs, permission, guard, request, outcome."""
