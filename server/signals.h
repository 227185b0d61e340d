// SIGTERM and SIGINT, which ask the daemon to end.
#ifndef LATHE_SERVER_SIGNALS_H_
#define LATHE_SERVER_SIGNALS_H_

namespace lathe {

// Keeps the two from killing the calling thread and the threads that it starts from now on; SIGPIPE is ignored. Call
// first in main.
void BlockTerminationSignals();

// Waits for one of the two and returns it. Requires: blocked.
int AwaitTerminationSignal();

// Starts to watch for a further one, which ends the process at once with `exit_code`: whoever asks twice is in a hurry.
void ExitOnTerminationSignal(int exit_code);

}  // namespace lathe

#endif  // LATHE_SERVER_SIGNALS_H_
