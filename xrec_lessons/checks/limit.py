"""Stop a function that does not end, on every system."""

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["time_limit"]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs in the block after so many seconds.

    Only the main thread, in which a notebook runs its cells, can be interrupted; elsewhere there
    is no limit.

    Raises
    ------
    TimeoutError
        When the time is over. A Ctrl-C of the user's own stays a KeyboardInterrupt.

    Examples
    --------
    >>> with time_limit(60):
    ...     sum(range(10))
    45
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over = threading.Event()

    def interrupt() -> None:
        over.set()
        _thread.interrupt_main()

    # A process in the background may ignore the interrupt: listen for as long as it is needed.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            timer.cancel()
            if over.is_set():
                time.sleep(0.1)  # it ended just as the timer went off: let the interrupt come here
    except KeyboardInterrupt:
        if over.is_set():
            raise TimeoutError(f"It did not end within {seconds:g} seconds.") from None
        raise
    finally:
        signal.signal(signal.SIGINT, handler or signal.SIG_DFL)
