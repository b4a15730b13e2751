"""The embedded stack on a real PostgreSQL and a real RabbitMQ."""
