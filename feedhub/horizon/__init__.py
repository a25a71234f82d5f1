"""What follows from notices: lead times, reminders due, and the shapes of views. Pure; never stores or renders."""
