"""The first page of the day: what is due, what waits for whoever looks, what came back, what is new."""
