"""What holds for every test, on whatever machine and however it was started."""

import signal

from hypothesis import settings

# No example is judged by the time it takes: a machine may be busy.
settings.register_profile("exo-jobs", deadline=None)
settings.register_profile("long", deadline=None, max_examples=2_000)  # for `make fuzz`
settings.load_profile("exo-jobs")

# Where the tests were started in the background, SIGINT is ignored, and children inherit that.  A
# handler is not inherited: with one here, each child starts with the default, as in a foreground.
signal.signal(signal.SIGINT, signal.default_int_handler)
