"""What leaves a lake for another owner, by a policy and a budget of privacy, and what comes from one."""
