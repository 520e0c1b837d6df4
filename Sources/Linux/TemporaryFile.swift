internal import Glibc

/// A file without a name, which nobody can leave behind.
package struct TemporaryFile: ~Copyable, Sendable {
    package let descriptor: Descriptor

    /// Makes one with these contents, to be read from its beginning. Throws the error of the failing call.
    package init(_ bytes: [UInt8] = []) throws(SystemError) {
        let file = try Self.make()
        try file.write(bytes)
        try file.rewind()
        descriptor = file
    }

    /// Where temporary files go.
    package static var directory: String { Environment.variable("TMPDIR") ?? "/tmp" }

    private static func make() throws(SystemError) -> Descriptor {
        var path = Array("\(directory)/tcpwitness-XXXXXX".utf8CString)
        let inheritable = mkstemp(&path)
        guard inheritable >= 0 else { throw SystemError("make a file in \(directory)") }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink(name)
            close(inheritable)
        }
        return try Descriptor.open(name, .O_RDWR)
    }

    /// Gives it a length; what is new of it are zeros. Throws the `ftruncate(2)` error.
    package func extend(to length: Int) throws(SystemError) {
        guard ftruncate(descriptor.raw, length) == 0 else { throw SystemError("ftruncate") }
    }

    /// All that is in it now. Throws the error of fstat(2) or pread(2).
    package func contents() throws(SystemError) -> [UInt8] { try contents(from: 0) }

    /// What is in it from a place on; the place of others who write to it does not change.
    package func contents(from start: Int) throws(SystemError) -> [UInt8] {
        try contents(from: start, count: descriptor.status().size - start)
    }

    /// What it begins with, and what it ends with, each in so many bytes at most.
    package func ends(of length: Int) throws(SystemError) -> [UInt8] {
        let size = try descriptor.status().size
        if size <= 2 * length { return try contents(from: 0, count: size) }
        let newline = [UInt8(ascii: "\n")]
        return try contents(from: 0, count: length) + newline + contents(from: size - length, count: length)
    }

    /// At most so many bytes from a place on, and no more than there are, whoever says how many that should be.
    package func contents(from start: Int, count wanted: Int) throws(SystemError) -> [UInt8] {
        let room = max(0, min(wanted, try descriptor.status().size - start))
        var bytes: [UInt8] = []
        while bytes.count < room {
            let more = try Descriptor.read(descriptor.raw, at: start + bytes.count, capacity: room - bytes.count)
            if more.isEmpty { break }
            if bytes.isEmpty { bytes = more } else { bytes += more }
        }
        return bytes
    }
}
