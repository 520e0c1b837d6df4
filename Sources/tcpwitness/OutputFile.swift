internal import CLinux
internal import Glibc
internal import Linux

/// A file that is to be written, checked before the work that fills it and created whole or not at all.
///
/// The bytes go to a file without a name (O_TMPFILE), which a killed process cannot leave behind, and the name is
/// given to it at the end.
struct OutputFile {
    private let option: String
    let path: String
    /// A device, a pipe: written in place, since there is nothing to replace.
    private let isSpecial: Bool

    /// Checks that the file can be created, and leaves no trace of that. Throws a complaint.
    init(checking path: String, option: String) throws {
        self.option = option
        var status = stat()
        if !path.isEmpty, stat(path, &status) == 0 {
            let kind = status.st_mode & S_IFMT
            guard kind != S_IFDIR else { throw Complaint("\(option) \(path): is a directory") }
            // The file itself is replaced, not the symbolic link that leads to it.
            self.path = resolved(path)
            isSpecial = kind != S_IFREG
            guard access(path, W_OK) == 0 else { throw Complaint("\(option) \(path): \(Errno.current)") }
        } else {
            self.path = path
            isSpecial = false
            guard !path.isEmpty, !path.hasSuffix("/") else { throw Complaint("\(option) '\(path)': not a file name") }
        }
        if !isSpecial { try complaining { () throws(SystemError) in try probe() } }
    }

    /// Whether both would write the same file.
    func isSame(as other: OutputFile) -> Bool { !isSpecial && path == other.path }

    /// Whether it would replace the file of that name.
    func replaces(_ other: String) -> Bool { !isSpecial && path == resolved(other) }

    /// Creates the file with these bytes, replacing an old one, and gives it for more. Throws a complaint.
    @discardableResult
    func create(_ bytes: [UInt8]) throws -> Writer {
        let file = try complaining { () throws(SystemError) in
            isSpecial ? try Descriptor.open(path, O_WRONLY).writing(bytes) : try createWhole(bytes)
        }
        return Writer(file: file, output: self)
    }

    /// An output file that exists and grows.
    final class Writer {
        private let file: Descriptor
        private let output: OutputFile

        fileprivate init(file: consuming Descriptor, output: OutputFile) {
            self.file = file
            self.output = output
        }

        /// Adds bytes at the end. Throws a complaint.
        func append(_ bytes: [UInt8]) throws {
            do {
                try file.write(bytes)
            } catch {
                throw output.complaint(error)
            }
        }
    }

    private func createWhole(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        guard let file = try openUnnamed() else {
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
            do {
                try file.write(bytes)
                try renameTemporary()
            } catch {
                unlink(temporary)
                throw error
            }
            return file
        }
        try file.write(bytes)
        let unnamed = "/proc/self/fd/\(file.raw)"
        if linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return file }
        guard Errno.current == .EEXIST else { throw SystemError("link") }
        guard linkat(AT_FDCWD, unnamed, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else { throw SystemError("link") }
        do {
            try renameTemporary()
        } catch {
            unlink(temporary)
            throw error
        }
        return file
    }

    private func probe() throws(SystemError) {
        if try openUnnamed() != nil { return }
        _ = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
        unlink(temporary)
    }

    /// A file without a name in the directory; nil where the file system has no such thing (NFS, older overlayfs).
    private func openUnnamed() throws(SystemError) -> Descriptor? {
        do {
            return try Descriptor.open(directory, O_WRONLY | clx_O_TMPFILE)
        } catch {
            // EISDIR is the answer of a file system that does not know the flag.
            if error.errno == .EOPNOTSUPP || error.errno.rawValue == EISDIR { return nil }
            throw error
        }
    }

    private func renameTemporary() throws(SystemError) {
        guard rename(temporary, path) == 0 else { throw SystemError("rename") }
    }

    private var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private var temporary: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return "\(directory)/.\(name).\(getpid())"
    }

    private func complaining<Result: ~Copyable>(_ body: () throws(SystemError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw complaint(error)
        }
    }

    private func complaint(_ error: SystemError) -> Complaint { Complaint("\(option) \(path): \(error.errno)") }
}

/// The path without symbolic links; the path itself where nothing exists.
private func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}

extension Descriptor {
    /// Writes bytes on the way.
    fileprivate consuming func writing(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        try write(bytes)
        return self
    }
}
