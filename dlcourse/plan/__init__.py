"""Planning training at scale: schedules of a pipeline, their time, their memory."""
