internal import Linux

/// Input, output and errors as the process was given them.
enum StandardStreams {
    /// Keeps the numbers of those that are closed (`>&-`) from the files that are opened next, which would else get what
    /// is printed.
    ///
    /// What is opened in their place is in the wrong direction, so that printing still fails.
    static func reserve() {
        let streams: [(Int32, OpenFlags)] = [
            (Descriptor.standardInput, .O_WRONLY), (Descriptor.standardOutput, .O_RDONLY),
            (Descriptor.standardError, .O_RDONLY),
        ]
        for (number, flags) in streams where !Descriptor.isOpen(number) {
            // The lowest free number is taken, which is this one.
            _ = try? Descriptor.open("/dev/null", flags).release()
        }
    }
}
