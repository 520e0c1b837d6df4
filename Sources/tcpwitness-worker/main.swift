// A worker makes the system calls a scenario asks for, one at a time, and knows nothing of the scenario.
internal import Worker

serveRequests()
