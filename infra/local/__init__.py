"""The embedded stack: a private PostgreSQL and RabbitMQ and the five services on loopback, in one data folder."""
