"""What waits to be accepted, between which wards: for the coordinator, without a child."""
