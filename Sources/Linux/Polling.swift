internal import CLinux
internal import Glibc

/// Waiting for descriptors with poll(2).
package enum Polling {
    /// Waits until at least one of some descriptors can be read, or its other end is gone; tells of each whether it can.
    ///
    /// A signal or the end of the timeout ends it with none.
    ///
    /// - Parameter timeout: kept to within a few milliseconds, also where the kernel itself is less exact; nil waits for
    ///   ever.
    @discardableResult
    package static func readable(_ descriptors: [Int32], timeout: Duration? = nil) -> [Bool] {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        clx_poll(&polled, UInt(polled.count), timeout.map { max(0, $0.nanoseconds) } ?? -1)
        return polled.map { $0.revents != 0 }
    }

    /// The same for one descriptor.
    @discardableResult
    package static func isReadable(_ descriptor: Int32, timeout: Duration = .zero) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return clx_poll(&polled, 1, timeout.nanoseconds) > 0
    }

    /// Waits until a descriptor can be written, or the timeout is over.
    package static func awaitWritable(_ descriptor: Int32, timeout: Duration) {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        clx_poll(&polled, 1, timeout.nanoseconds)
    }

    /// Waits, for what has no descriptor to wait for.
    package static func pause(_ duration: Duration) { clx_poll(nil, 0, duration.nanoseconds) }
}

/// A count in the kernel that one thread raises and another waits for, eventfd(2).
package struct EventCounter: ~Copyable, Sendable {
    private let handle: Descriptor

    /// Throws the eventfd(2) error.
    ///
    /// - Parameter waits: whether to take waits until there is something to take.
    package init(waits: Bool = true) throws(SystemError) {
        let raw = eventfd(0, Int32(EFD_CLOEXEC) | (waits ? 0 : Int32(EFD_NONBLOCK)))
        guard raw >= 0 else { throw SystemError("eventfd") }
        handle = Descriptor(owning: raw)
    }

    /// Readable when there is something to take.
    package var descriptor: Int32 { handle.raw }

    /// Makes it readable.
    package func raise() {
        var one: UInt64 = 1
        write(handle.raw, &one, 8)
    }

    /// Takes what has been raised, so that it is readable no longer.
    package func take() {
        var count: UInt64 = 0
        read(handle.raw, &count, 8)
    }
}
