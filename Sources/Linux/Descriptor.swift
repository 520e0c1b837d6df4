internal import Glibc

/// A file descriptor that is closed when its owner goes away.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: Int32

    /// Takes ownership of an open descriptor.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Gives the descriptor away; the caller closes it.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// Opens a path with `O_CLOEXEC` added. Throws the `open(2)` error.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o644) throws(SystemError) -> Descriptor {
        let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        return Descriptor(owning: raw)
    }

    /// Writes everything, retrying short writes and `EINTR`. Throws the `write(2)` error.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
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
    package func read(capacity: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, taken in
            while true {
                let count = Glibc.read(raw, buffer.baseAddress, capacity)
                if count >= 0 {
                    taken = count
                    return
                }
                if errno != Glibc.EINTR {
                    failure = SystemError("read")
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Two connected `SOCK_SEQPACKET` sockets, both close-on-exec. Throws the `socketpair(2)` error.
package func messagePair() throws(SystemError) -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { throw SystemError("socketpair") }
    return (pair[0], pair[1])
}

/// Small files of /proc and /sys, whole.
package enum Files {
    /// Reads a file to its end. Throws the `open(2)` or `read(2)` error.
    package static func read(_ path: String) throws(SystemError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The same as bytes.
    package static func bytes(_ path: String) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY)
        var bytes = try file.read(capacity: 16384)
        while !bytes.isEmpty {
            let more = try file.read(capacity: 16384)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Writes a value to an existing file. Throws the `open(2)` or `write(2)` error, naming path and value.
    package static func write(_ value: String, to path: String) throws(SystemError) {
        let file = try Descriptor.open(path, O_WRONLY)
        do {
            try file.write(Array(value.utf8))
        } catch {
            throw SystemError("write \(value) to \(path)", error.errno)
        }
    }

    /// Whether the path exists.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
