internal import Linux
internal import Synchronization

/// What came through standard input, kept in a file without a name so that it can be read again.
enum InputSpool {
    /// -1 until it has been read.
    private static let kept = Mutex<Int32>(-1)

    /// Opens it at its beginning. Throws the error of the failing call.
    static func open() throws(SystemError) -> Descriptor {
        let number = try kept.withLock { number throws(SystemError) in
            if number < 0 { number = try fill().release() }
            return number
        }
        return try Descriptor.open("/proc/self/fd/\(number)", .O_RDONLY)
    }

    private static func fill() throws(SystemError) -> Descriptor {
        let file = try Descriptor.open(TemporaryFile.directory, [.O_RDWR, .O_TMPFILE], mode: 0o600)
        while case let more = try Descriptor.read(Descriptor.standardInput, capacity: 1 << 20), !more.isEmpty {
            try file.write(more)
        }
        return file
    }
}
