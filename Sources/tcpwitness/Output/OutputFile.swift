internal import Linux

/// A file that is to be written, checked before the work that fills it and created whole or not at all.
///
/// The bytes go to a file without a name (O_TMPFILE), which a killed process cannot leave behind, and the name is
/// given to it at the end. A symbolic link is never written through, also not one that is put there meanwhile: the name
/// is then taken away from it.
struct OutputFile {
    /// Where the bytes go.
    private enum Place {
        /// A name in a directory, which a new file gets.
        case file(OutputDirectory, name: String)
        /// A device or a pipe, which cannot be replaced.
        case device
        /// One of this process's own descriptors, by a name such as `/dev/stdout`.
        case own(Int32)
    }

    private let option: String
    private let path: String
    private let place: Place

    /// Checks that the file can be created, and leaves no trace of that. Throws a complaint.
    init(checking path: String, option: String) throws {
        self.option = option
        self.path = path
        func complain(_ words: String) -> Complaint { Complaint("\(option) \(path): \(words)") }
        if let own = Self.ownDescriptor(path) {
            guard Descriptor.isOpen(own) else { throw complain("\(Errno.current)") }
            place = .own(own)
            return
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw Complaint("\(option) '\(path)': not a file name") }
        if Files.status(path, following: false)?.kind == .other {
            place = .device
            guard Files.isWritable(path) else { throw complain("\(Errno.current)") }
            return
        }
        if Files.isDirectory(path) { throw complain("is a directory") }
        guard !path.hasSuffix("/") else { throw Complaint("\(option) '\(path)': not a file name") }
        do {
            let slash = path.lastIndex(of: "/")
            let directory = try OutputDirectory(
                existing: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
            place = .file(directory, name: slash.map { String(path[path.index(after: $0)...]) } ?? path)
        } catch {
            throw complain("\(error.errno)")
        }
        try check()
    }

    /// Checks the same of a name in a directory that is open. Throws a complaint.
    init(_ name: String, in directory: OutputDirectory, option: String) throws {
        self.option = option
        path = "\(directory.path)/\(name)"
        place = .file(directory, name: name)
        try check()
    }

    private func check() throws {
        guard case .file(let directory, let name) = place else { return }
        if let status = directory.status(of: name) {
            switch status.kind {
            case .regular: break
            case .symbolicLink: throw Complaint("\(option) \(path): is a symbolic link, which is not written through")
            case .directory: throw Complaint("\(option) \(path): is a directory")
            case .other: throw Complaint("\(option) \(path): is no regular file")
            }
            guard directory.canWrite(name) else { throw Complaint("\(option) \(path): \(Errno.current)") }
        }
        try complaining { () throws(SystemError) in
            if try directory.openUnnamed() != nil { return }
            var temporary = ""
            _ = try openTemporary(directory, name, &temporary)
            directory.remove(temporary)
        }
    }

    /// The file's path; nil for what is no file.
    var filePath: String? {
        guard case .file = place else { return nil }
        return path
    }

    /// Whether both would write the same file.
    func isSame(as other: OutputFile) -> Bool {
        guard case .file(let own, let name) = place, case .file(let its, let otherName) = other.place else {
            return false
        }
        return name == otherName && own.isSame(as: its)
    }

    /// Whether it would replace the file of that name.
    func replaces(_ other: String) -> Bool {
        guard case .file(let directory, let name) = place, let own = directory.status(of: name) else { return false }
        return Files.status(other)?.identity == own.identity
    }

    /// Creates the file with these bytes, replacing an old one, and gives it for more. Throws a complaint.
    @discardableResult
    func create(_ bytes: [UInt8]) throws -> Writer {
        if case .file(let directory, let name) = place {
            return try createWhole(directory, name) { try $0.append(bytes) }
        }
        let writer = Writer(file: try complaining(openDevice), output: self)
        try writer.append(bytes)
        return writer
    }

    /// An output file that exists and grows.
    final class Writer {
        fileprivate let file: Descriptor
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

    /// Replaces a file by one that has the same lines but for those that are changed, and gives it for more. Throws a
    /// complaint. What cannot be replaced stays as it is.
    func replace(_ old: Writer, changing change: ([UInt8]) throws -> [UInt8]) throws -> Writer {
        guard case .file(let directory, let name) = place else { return old }
        return try createWhole(directory, name) { new in
            try old.file.eachLine { try new.append(try change($0) + [UInt8(ascii: "\n")]) }
        }
    }

    private func openDevice() throws(SystemError) -> Descriptor {
        if case .own(let number) = place { return try Descriptor.duplicate(number) }
        return try Descriptor.open(path, [.O_WRONLY, .O_NOFOLLOW, .O_NOCTTY])
    }

    /// - Parameter fill: writes what the file is to have before its name is given to it.
    private func createWhole(
        _ directory: OutputDirectory, _ name: String, _ fill: (Writer) throws -> Void
    ) throws -> Writer {
        var temporary = ""
        let writer = Writer(
            file: try complaining { () throws(SystemError) in
                if let unnamed = try directory.openUnnamed() { return unnamed }
                return try openTemporary(directory, name, &temporary)
            }, output: self)
        do {
            try fill(writer)
            try complaining { () throws(SystemError) in try give(writer.file, name, in: directory, &temporary) }
        } catch {
            if !temporary.isEmpty { directory.remove(temporary) }
            throw error
        }
        return writer
    }

    /// Gives a file its name, also where there is one of that name: it is replaced in one step, so that nobody finds
    /// nothing.
    private func give(
        _ file: borrowing Descriptor, _ name: String, in directory: OutputDirectory, _ temporary: inout String
    ) throws(SystemError) {
        if temporary.isEmpty {
            do {
                return try directory.link(file, as: name)
            } catch {
                guard error.errno == .EEXIST else { throw error }
            }
            temporary = try linkTemporary(file, directory, name)
        }
        try directory.rename(temporary, to: name)
    }

    /// A new file with a name that nobody has, for file systems that have none without.
    private func openTemporary(
        _ directory: OutputDirectory, _ name: String, _ temporary: inout String
    ) throws(SystemError) -> Descriptor {
        var number = 0
        while true {
            temporary = Self.temporary(name, number)
            do {
                return try directory.open(temporary, [.O_RDWR, .O_CREAT, .O_EXCL, .O_NOFOLLOW])
            } catch {
                number += 1
                guard error.errno == .EEXIST, number < Self.trials else { throw error }
            }
        }
    }

    /// Gives a file without a name one that nobody has.
    private func linkTemporary(
        _ file: borrowing Descriptor, _ directory: OutputDirectory, _ name: String
    ) throws(SystemError) -> String {
        var number = 0
        while true {
            let temporary = Self.temporary(name, number)
            do {
                try directory.link(file, as: temporary)
                return temporary
            } catch {
                number += 1
                guard error.errno == .EEXIST, number < Self.trials else { throw error }
            }
        }
    }

    /// Names that others have taken are no reason to give up at once.
    private static let trials = 32

    private static func temporary(_ name: String, _ number: Int) -> String {
        ".\(name.prefix(100)).\(OwnProcess.id)" + (number == 0 ? "" : ".\(number)")
    }

    /// The number in the names that the kernel gives to a process's own descriptors.
    private static func ownDescriptor(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return Descriptor.standardOutput
        case "/dev/stderr": return Descriptor.standardError
        default: break
        }
        for directory in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(directory) {
            return Int32(path.dropFirst(directory.count))
        }
        return nil
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
