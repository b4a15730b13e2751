"""Images, broker and database settings for `docker-compose.yml`, and what prepares and migrates such an installation."""
