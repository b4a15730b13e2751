"""What tests of every service need: real servers of their own, fresh databases, a clock that can be set."""
