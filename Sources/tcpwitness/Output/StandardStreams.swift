internal import Glibc

/// Input, output and errors as the process was given them.
enum StandardStreams {
    /// Keeps the numbers of those that are closed (`>&-`) from the files that are opened next, which would else get what
    /// is printed.
    ///
    /// What is opened in their place is in the wrong direction, so that printing still fails.
    static func reserve() {
        for (number, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is taken, which is this one.
            _ = open("/dev/null", flags)
        }
    }
}
