"""What is held of the child of a request, put together on paper for whoever examines it."""
