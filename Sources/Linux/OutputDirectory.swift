internal import Glibc

/// A directory that files are written into, held open: whatever becomes of its name, they come to lie in it.
///
/// All that throws throws the error of the failing call.
package final class OutputDirectory {
    /// The path as it was given, for complaints.
    package let path: String
    private let descriptor: Descriptor

    private init(_ path: String, _ descriptor: consuming Descriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a directory that exists, wherever its path leads.
    package convenience init(existing path: String) throws(SystemError) {
        self.init(path, try Descriptor.open(path, [.O_DIRECTORY, .O_RDONLY]))
    }

    /// Opens a directory for files whose names follow from data, and makes it if there is none.
    ///
    /// A symbolic link is refused: it may have been put there by somebody else.
    package convenience init(making path: String) throws(SystemError) {
        let plain = Self.withoutSlashes(path)
        if mkdir(plain, 0o777) != 0, Errno.current != .EEXIST { throw SystemError("mkdir \(path)") }
        // To open a link as a directory without following it fails by ENOTDIR, which would name the wrong cause.
        if Files.status(plain, following: false)?.kind == .symbolicLink { throw SystemError("open \(path)", .ELOOP) }
        self.init(path, try Descriptor.open(plain, [.O_DIRECTORY, .O_RDONLY, .O_NOFOLLOW]))
    }

    /// The same below this one.
    package func making(_ name: String) throws(SystemError) -> OutputDirectory {
        if mkdirat(descriptor.raw, name, 0o777) != 0, Errno.current != .EEXIST { throw SystemError("mkdir \(name)") }
        return OutputDirectory("\(path)/\(name)", try open(name, [.O_DIRECTORY, .O_RDONLY, .O_NOFOLLOW]))
    }

    /// Opens a name of this directory.
    package func open(_ name: String, _ flags: OpenFlags) throws(SystemError) -> Descriptor {
        let raw = openat(descriptor.raw, name, flags.rawValue | O_CLOEXEC, 0o666)
        guard raw >= 0 else { throw SystemError("open \(name)") }
        return Descriptor(owning: raw)
    }

    /// A file without a name; nil where the file system has no such thing (NFS, older overlayfs).
    package func openUnnamed() throws(SystemError) -> Descriptor? {
        do {
            return try open(".", [.O_RDWR, .O_TMPFILE])
        } catch {
            // EISDIR is the answer of a file system that does not know the flag.
            if error.errno == .EOPNOTSUPP || error.errno == .EISDIR { return nil }
            throw error
        }
    }

    /// A file that is gone with its descriptor, on any file system.
    package func openScratch() throws(SystemError) -> Descriptor {
        if let file = try openUnnamed() { return file }
        let name = ".tcpwitness.\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let file = try open(name, [.O_RDWR, .O_CREAT, .O_EXCL, .O_NOFOLLOW])
        remove(name)
        return file
    }

    /// Gives a file without a name one that is free.
    package func link(_ file: borrowing Descriptor, as name: String) throws(SystemError) {
        let unnamed = "/proc/self/fd/\(file.raw)"
        guard linkat(AT_FDCWD, unnamed, descriptor.raw, name, AT_SYMLINK_FOLLOW) == 0 else {
            throw SystemError("link \(name)")
        }
    }

    /// Gives a file another name, which it takes away from what had it.
    package func rename(_ name: String, to new: String) throws(SystemError) {
        guard renameat(descriptor.raw, name, descriptor.raw, new) == 0 else { throw SystemError("rename \(new)") }
    }

    /// Removes a name, if it is there.
    package func remove(_ name: String) { unlinkat(descriptor.raw, name, 0) }

    /// What is there under a name, itself and not where it leads; nil where nothing is.
    package func status(of name: String) -> FileStatus? {
        var status = stat()
        return fstatat(descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(status) : nil
    }

    /// Whether this process may write a file of that name; if not, `Errno.current` says why.
    package func canWrite(_ name: String) -> Bool { faccessat(descriptor.raw, name, W_OK, 0) == 0 }

    /// Whether both are the same directory.
    package func isSame(as other: OutputDirectory) -> Bool {
        guard let own = try? descriptor.status(), let its = try? other.descriptor.status() else { return false }
        return own.identity == its.identity
    }

    /// `dir/` would follow a link that `dir` is.
    private static func withoutSlashes(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return String(path)
    }
}
