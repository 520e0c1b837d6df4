internal import CLinux
internal import Glibc

/// A file descriptor that is closed when its owner goes away.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: Int32

    package static let standardInput: Int32 = 0
    package static let standardOutput: Int32 = 1
    package static let standardError: Int32 = 2

    /// Takes ownership of an open descriptor.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { Glibc.close(raw) }

    /// Gives the descriptor away; the caller closes it.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// Closes it now rather than at the end of its owner.
    package consuming func close() {}

    /// Opens a path. Throws the `open(2)` error.
    package static func open(
        _ path: String, _ flags: OpenFlags, mode: UInt32 = 0o644
    ) throws(SystemError) -> Descriptor {
        let raw = Glibc.open(path, flags.rawValue | O_CLOEXEC, mode)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        return Descriptor(owning: raw)
    }

    /// Another descriptor of the same open file. Throws the `fcntl(2)` error.
    package static func duplicate(_ raw: Int32) throws(SystemError) -> Descriptor {
        let copy = fcntl(raw, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError("fcntl(F_DUPFD_CLOEXEC)") }
        return Descriptor(owning: copy)
    }

    /// Whether a number is that of an open file.
    package static func isOpen(_ raw: Int32) -> Bool { fcntl(raw, F_GETFD) >= 0 }

    /// Whether it is a terminal.
    package static func isTerminal(_ raw: Int32) -> Bool { isatty(raw) == 1 }

    /// How many rows and columns a terminal has; nil for what is none.
    package static func size(of raw: Int32) -> (rows: Int, columns: Int)? {
        var size = winsize()
        return ioctl(raw, UInt(TIOCGWINSZ), &size) == 0 ? (Int(size.ws_row), Int(size.ws_col)) : nil
    }

    /// Writes everything, retrying short writes and `EINTR`. Throws the `write(2)` error.
    package func write(_ bytes: [UInt8]) throws(SystemError) { try Self.write(bytes, to: raw) }

    /// The same for a descriptor that somebody else closes.
    package static func write(_ bytes: [UInt8], to raw: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress! + done, bytes.count - done) }
            if count >= 0 {
                done += count
            } else if errno != Glibc.EINTR {
                throw SystemError("write")
            }
        }
    }

    /// Reads up to `capacity` bytes; an empty answer is the end. Throws the `read(2)` error.
    package func read(capacity: Int) throws(SystemError) -> [UInt8] { try Self.read(raw, capacity: capacity) }

    /// The same for a descriptor that somebody else closes.
    package static func read(_ raw: Int32, capacity: Int) throws(SystemError) -> [UInt8] {
        try filled(capacity, "read") { Glibc.read(raw, $0, capacity) }
    }

    /// Reads into a buffer that is there; 0 is the end, or nothing now. Throws the `read(2)` error.
    package static func read(_ raw: Int32, into buffer: inout [UInt8]) throws(SystemError) -> Int {
        while true {
            let count = Glibc.read(raw, &buffer, buffer.count)
            if count >= 0 { return count }
            switch errno {
            case Glibc.EINTR: continue
            case Glibc.EAGAIN: return 0
            default: throw SystemError("read")
            }
        }
    }

    /// Reads up to `capacity` bytes from a place in the file. Throws the `pread(2)` error.
    package static func read(_ raw: Int32, at place: Int, capacity: Int) throws(SystemError) -> [UInt8] {
        try filled(capacity, "pread") { pread(raw, $0, capacity, place) }
    }

    private static func filled(
        _ capacity: Int, _ call: String, _ read: (UnsafeMutablePointer<UInt8>) -> Int
    ) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, taken in
            guard let base = buffer.baseAddress else { return }
            while true {
                let count = read(base)
                if count >= 0 {
                    taken = count
                    return
                }
                if errno != Glibc.EINTR {
                    failure = SystemError(call)
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Goes back to the file's beginning. Throws the `lseek(2)` error.
    package func rewind() throws(SystemError) { try seek(SEEK_SET) }

    /// Goes to the file's end. Throws the `lseek(2)` error.
    package func seekToEnd() throws(SystemError) { try seek(SEEK_END) }

    private func seek(_ whence: Int32) throws(SystemError) {
        guard lseek(raw, 0, whence) >= 0 else { throw SystemError("lseek") }
    }

    /// Waits until nobody else has the file locked, and locks it until it is closed. Throws the `flock(2)` error.
    package func lock() throws(SystemError) {
        while flock(raw, LOCK_EX) != 0 {
            if errno != Glibc.EINTR { throw SystemError("flock") }
        }
    }
}

/// Two connected `SOCK_SEQPACKET` sockets, both close-on-exec. Throws the `socketpair(2)` error.
package func messagePair() throws(SystemError) -> (ours: Int32, theirs: Int32) {
    try makePair(Int32(SOCK_SEQPACKET.rawValue))
}

/// Two connected `SOCK_STREAM` sockets, both close-on-exec. Throws the `socketpair(2)` error.
package func streamPair() throws(SystemError) -> (ours: Int32, theirs: Int32) {
    try makePair(Int32(SOCK_STREAM.rawValue))
}

private func makePair(_ type: Int32) throws(SystemError) -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
        throw SystemError("socketpair")
    }
    return (pair[0], pair[1])
}

/// A pipe, close-on-exec at both ends. Throws the `pipe2(2)` error.
package func makePipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try check(clx_pipe(&ends), "pipe2")
    return (ends[0], ends[1])
}

/// Sends one message with a descriptor beside it; -1 sends none. Throws the `sendmsg(2)` error.
package func sendMessage(_ message: [UInt8], on socket: Int32, passing descriptor: Int32) throws(SystemError) {
    let sent = message.withUnsafeBytes { clx_send_with_fd(socket, $0.baseAddress, message.count, descriptor) }
    guard sent == message.count else { throw SystemError("sendmsg") }
}
