internal import Linux
internal import Worker

// Socket options that are more than one integer.
extension Socket {
    /// SO_LINGER with a time of zero: close(2) resets.
    package func resetOnClose() throws {
        try process.host.lab.require(
            process.ask(.setOption(descriptor, .SO_LINGER, [1, 0, 0, 0, 0, 0, 0, 0]), socket: self), returns: 0)
    }
}
