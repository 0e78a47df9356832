"""Elements chosen: sorting, taking, diagonals, triangles."""
