"""What any service needs to run, and whose meaning no service depends on."""
