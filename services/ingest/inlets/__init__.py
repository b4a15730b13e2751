"""The two ways in: a broker, where the routing key tells who sends, and HTTP, where the login does. What comes is taken at one desk."""
