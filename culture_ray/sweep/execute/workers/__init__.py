"""Workers of a sweep: replicas and the governor, as processes of Ray's or beside the driver."""
