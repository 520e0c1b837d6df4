internal import Linux

/// Where an exploration writes what it finds: a directory that nothing else is in.
final class FindingDirectory {
    let path: String
    /// Nil until there is something to write.
    private var directory: OutputDirectory?

    /// Checks that it can be made, or is there and empty; makes nothing yet. Throws a complaint.
    init(checking path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw Complaint("--output '\(path)': not a directory name") }
        self.path = path
        do throws(SystemError) {
            guard Files.status(path, following: false) != nil else {
                let name = path.last == "/" ? path.dropLast() : path[...]
                let parent = name.lastIndex(of: "/").map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
                guard try OutputDirectory(existing: parent).canWrite(".") else { throw SystemError("", .EACCES) }
                return
            }
            directory = try OutputDirectory(making: path)
        } catch {
            throw Complaint("--output \(path): \(error.errno)")
        }
        if let name = Self.names(in: path).first { throw Complaint("--output \(path): is not empty, it has \(name)") }
    }

    /// Makes it, where it is not there. Throws a complaint.
    @discardableResult
    func make() throws -> OutputDirectory {
        if let directory { return directory }
        do throws(SystemError) {
            let made = try OutputDirectory(making: path)
            directory = made
            return made
        } catch {
            throw Complaint("--output \(path): \(error.errno)")
        }
    }

    /// Writes a file. Throws a complaint.
    func write(_ bytes: [UInt8], as name: String) throws {
        try OutputFile(name, in: make(), option: "--output").create(bytes)
    }

    /// Takes files away whose names begin so.
    func remove(beginning start: String) {
        for name in Self.names(in: path) where name.hasPrefix(start) { directory?.remove(name) }
    }

    private static func names(in path: String) -> [String] { ((try? Files.names(in: path)) ?? []).sorted() }
}
