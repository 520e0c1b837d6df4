internal import Glibc

/// What stat(2) tells of a file.
package struct FileStatus: Sendable {
    package enum Kind: Sendable { case regular, directory, symbolicLink, other }

    /// The same for all names of one file.
    package struct Identity: Hashable, Sendable {
        let device: UInt
        let inode: UInt
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int
    package let identity: Identity
    /// The permission bits, with those of set-user-ID and the like.
    package let mode: UInt32
    /// When its contents were last changed, in nanoseconds since 1970.
    package let modified: Int64

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        size = Int(status.st_size)
        identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        mode = status.st_mode & 0o7777
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}

extension Descriptor {
    /// Throws the `fstat(2)` error.
    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw SystemError("fstat") }
        return FileStatus(status)
    }
}

/// Files by their paths.
package enum Files {
    /// Reads a file to its end. Throws the `open(2)` or `read(2)` error.
    package static func read(_ path: String) throws(SystemError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The same as bytes.
    package static func bytes(_ path: String) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, .O_RDONLY)
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
        let file = try Descriptor.open(path, .O_WRONLY)
        do {
            try file.write(Array(value.utf8))
        } catch {
            throw SystemError("write \(value) to \(path)", error.errno)
        }
    }

    /// Whether the path exists.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether this process may read it; if not, `Errno.current` says why.
    package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Whether this process may write it; if not, `Errno.current` says why.
    package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// Whether this process may execute it.
    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// What the path leads to; nil where nothing is there, or nothing that may be seen.
    ///
    /// - Parameter following: whether a symbolic link at the end is followed.
    package static func status(_ path: String, following: Bool = true) -> FileStatus? {
        var found = stat()
        return (following ? stat(path, &found) : lstat(path, &found)) == 0 ? FileStatus(found) : nil
    }

    /// Whether the path leads to a directory.
    package static func isDirectory(_ path: String) -> Bool { status(path)?.kind == .directory }

    /// The absolute path without symbolic links, `.` and `..`; nil where it leads nowhere.
    package static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Where a symbolic link points, as it is written there; nil for what is none.
    package static func target(ofLink path: String) -> String? {
        var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = text.withUnsafeMutableBytes {
            readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return length >= 0 ? String(decoding: text[..<length], as: UTF8.self) : nil
    }

    /// The names in a directory, in no order, without `.` and `..`. Throws the `opendir(3)` error.
    package static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw SystemError("open \(path)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The paths that a pattern of glob(7) matches, in order; directories end in a slash.
    package static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_MARK | GLOB_TILDE, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Makes a directory. Throws the `mkdir(2)` error.
    package static func makeDirectory(_ path: String, mode: UInt32 = 0o777) throws(SystemError) {
        guard mkdir(path, mode) == 0 else { throw SystemError("mkdir \(path)") }
    }

    /// Removes an empty directory. Throws the `rmdir(2)` error.
    package static func removeDirectory(_ path: String) throws(SystemError) {
        guard rmdir(path) == 0 else { throw SystemError("rmdir \(path)") }
    }

    /// Removes a name of a file. Throws the `unlink(2)` error.
    package static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else { throw SystemError("unlink \(path)") }
    }

    /// Gives a file another name, in the place of what had it. Throws the `rename(2)` error.
    package static func rename(_ path: String, to new: String) throws(SystemError) {
        guard Glibc.rename(path, new) == 0 else { throw SystemError("rename \(path) to \(new)") }
    }
}

extension String {
    /// Whether a pattern of glob(7) stands for the whole text.
    package func matches(glob pattern: String) -> Bool { fnmatch(pattern, self, 0) == 0 }
}
